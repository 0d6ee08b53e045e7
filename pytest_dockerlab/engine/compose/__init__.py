"""Compose projects that really run, by the real compose."""
