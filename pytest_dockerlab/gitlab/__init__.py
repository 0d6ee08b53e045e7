"""GitLab: instances, pipelines, runners, autoscaling."""
