"""Makefiles as text: what make would read, without ever running it."""
