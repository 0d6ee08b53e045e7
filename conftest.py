"""Of the whole project: pytest allows plugins to be named in the root's conftest.py only."""

pytest_plugins = ["pytester"]
