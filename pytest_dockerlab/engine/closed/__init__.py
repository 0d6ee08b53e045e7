"""Networks that the docker host is not on, and the ways over them that are ours."""
