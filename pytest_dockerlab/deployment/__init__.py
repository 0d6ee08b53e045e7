"""A submission's application, built and run on a docker host: the app tier. See ``docs/contributors.md``."""
