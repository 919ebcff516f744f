"""Where student code runs: a network of its own, a scratch folder, limits, and the launcher."""
