"""Drives the course's application over HTTP, as its users do: posts, comments, healthchecks. Knows no docker."""
