"""The samples ask for fixtures as a run does: ours, and those of the pack."""

pytest_plugins = ["pytest_dockerlab.testing.plugin", "terraform_course.fixtures"]
