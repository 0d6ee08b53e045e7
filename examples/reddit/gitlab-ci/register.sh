#!/bin/sh
# Registers the runner and gives it its configuration. It asks nothing, and no secret is in it: RUNNER_TOKEN (of a runner
# that was made in GitLab: Settings, CI/CD, Runners), GITLAB_HOST, GOOGLE_PROJECT, CACHE_ACCESS_KEY and CACHE_SECRET_KEY
# are variables of the environment.
set -eu
cd "$(dirname "$0")"

docker-compose exec -T runner gitlab-runner register \
    --non-interactive \
    --url "http://$GITLAB_HOST/" \
    --token "$RUNNER_TOKEN" \
    --executor docker+machine \
    --docker-image debian:bookworm-slim

# The runner sees by itself that the file is another one now.
envsubst '$RUNNER_TOKEN $GOOGLE_PROJECT $CACHE_ACCESS_KEY $CACHE_SECRET_KEY' \
    < config.toml > /srv/gitlab-runner/config/config.toml

# The bucket of the cache.
mkdir -p /srv/cache/runner
