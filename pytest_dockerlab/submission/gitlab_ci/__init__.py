""".gitlab-ci.yml as a model."""
