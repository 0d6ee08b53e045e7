"""What we make on a docker host: labels, locks, networks, limits, and its removal."""
