"""A Grading rendered: for the terminal, for Gradescope, for whatever reads JUnit. None grades."""
