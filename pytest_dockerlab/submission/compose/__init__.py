"""Compose projects: resolved by the real compose on a guarded copy, with the lines of the student's own files."""
