"""Verify DevOps homework with pytest: Docker, compose networks, GitLab CI, Prometheus.

Importing the package does nothing; see ``docs/`` for what each of its parts is for.
"""

__version__ = "0.1.0"
