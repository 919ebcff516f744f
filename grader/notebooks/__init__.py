"""The notebooks: one source in solution/notebooks/, two editions, and what opens them."""
