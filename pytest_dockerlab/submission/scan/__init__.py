"""Who is what in a submission, and where it lies: every cohort had another layout."""
