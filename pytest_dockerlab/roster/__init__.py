"""The roster: which submissions are checked, whose they are, and where they come from."""
