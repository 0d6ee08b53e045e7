"""The course's own tests are run where it is installed, and not with ours."""

collect_ignore = ["terraform-course"]
