"""The student's loop: where am I, what is next, save and see. It shows verdicts; it makes none."""
