"""The homework that samples of docker-3 start from, done in the plainest way."""

from __future__ import annotations

README = "README.md"
UI = "src/ui/Dockerfile"
POST = "src/post-py/Dockerfile"
COMMENT = "src/comment/Dockerfile"

BASE = {
    "README.md": """\
# Homework

## docker-3

```
docker run -d --network=reddit --network-alias=post_db --network-alias=comment_db -v reddit_db:/data/db mongo:3.2
docker run -d --network=reddit --network-alias=post me/post:1.0
docker run -d --network=reddit --network-alias=comment me/comment:1.0
docker run -d --network=reddit -p 9292:9292 me/ui:1.0
```

### From which step did the build of ui start?

Not from the first step: FROM was already in the cache, from the build of comment.

### Other aliases

```
docker run -d --network=reddit --network-alias=db1 --network-alias=db2 mongo:3.2
docker run -d --network=reddit --network-alias=post2 --env POST_DATABASE_HOST=db1 me/post:1.0
docker run -d --network=reddit --network-alias=comment2 --env COMMENT_DATABASE_HOST=db2 me/comment:1.0
docker run -d --network=reddit -p 9292:9292 -e POST_SERVICE_HOST=post2 -e COMMENT_SERVICE_HOST=comment2 me/ui:1.0
```
""",
    "src/ui/Dockerfile": """\
FROM alpine:3.7
ARG APP_HOME=/app
WORKDIR $APP_HOME
COPY . $APP_HOME
RUN apk add --no-cache ruby ruby-json \\
 && apk add --no-cache --virtual .build-deps build-base ruby-dev ruby-bundler \\
 && bundle install \\
 && rm -rf /root/.bundle/cache /usr/lib/ruby/gems/*/cache \\
 && apk del .build-deps
ENV POST_SERVICE_HOST=post POST_SERVICE_PORT=5000 COMMENT_SERVICE_HOST=comment COMMENT_SERVICE_PORT=9292
CMD ["puma"]
""",
    "src/ui/ui_app.rb": "HOST = ENV['POST_SERVICE_HOST']\n",
    "src/post-py/Dockerfile": """\
FROM python:3.6.0-alpine
WORKDIR /app
COPY . /app
ENV POST_DATABASE_HOST post_db
ENTRYPOINT ["python3", "post_app.py"]
""",
    "src/post-py/post_app.py": "import os\nHOST = os.environ['POST_DATABASE_HOST']\n",
    "src/comment/Dockerfile": """\
FROM ruby:2.2
RUN apt-get update \\
 && apt-get install -y --no-install-recommends build-essential \\
 && rm -rf /var/lib/apt/lists/*
ARG APP_HOME=/app
WORKDIR $APP_HOME
COPY . $APP_HOME
ENV COMMENT_DATABASE_HOST comment_db
CMD ["puma"]
""",
    "src/comment/comment_app.rb": "HOST = ENV['COMMENT_DATABASE_HOST']\n",
}

APT = (
    "RUN apt-get update \\\n && apt-get install -y --no-install-recommends build-essential \\\n"
    " && rm -rf /var/lib/apt/lists/*\n"
)
