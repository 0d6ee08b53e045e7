"""Where a submission defines GitLab, its runner, the registry mirror and the cache."""
