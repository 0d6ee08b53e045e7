"""The gate of a pull request: what action.yml's step runs, and the comment that says it again."""
