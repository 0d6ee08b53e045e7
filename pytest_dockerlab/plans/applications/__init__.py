"""Applications of a submission as we would run them: its services within our policy."""
