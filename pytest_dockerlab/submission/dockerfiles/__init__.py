"""Dockerfiles, by BuildKit's own parser and by hadolint."""
