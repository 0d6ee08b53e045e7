"""Reads a submission: its files (``tree.py``), and typed models of them. Imports no engine; nothing of it is run."""
