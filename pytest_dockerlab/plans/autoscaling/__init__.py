"""What a runner's configuration would do with a burst of jobs."""
