"""docker-3/alpine-lean."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, UI

_BUNDLE = (
    " && bundle install \\\n && rm -rf /root/.bundle/cache /usr/lib/ruby/gems/*/cache \\\n && apk del .build-deps\n"
)

test_samples = sample_tests(
    "docker-3/alpine-lean",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a variant, multi-stage, on an image called alpine in its tag",
            [
                write(UI, "FROM ubuntu:16.04\n"),
                write(
                    "src/ui/Dockerfile_alpine",
                    "FROM ruby:2.4-alpine AS build\nRUN apk add build-base\nCOPY . /app\nRUN bundle install\n"
                    "FROM ruby:2.4-alpine\nCOPY --from=build /usr/local/bundle /usr/local/bundle\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "removed by name, with versions; the index removed by hand; gems by find",
            [
                write(
                    UI,
                    "FROM alpine\n"
                    "RUN apk update && apk add 'ruby>2' build-base=0.5-r0 ruby-dev~2 && bundle install \\\n"
                    "  && apk del --purge build-base ruby-dev \\\n"
                    "  && rm -rf ~/.bundle /var/cache/apk/* && find / -name '*.gem' -delete\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "the packages come from a variable; caches are mounts",
            [
                write(
                    UI,
                    'FROM alpine\nARG DEPS="build-base ruby-dev"\n'
                    "RUN --mount=type=cache,target=/var/cache/apk --mount=type=cache,target=/root/.bundle/cache \\\n"
                    "  --mount=type=cache,target=/usr/lib/ruby/gems/2.4.0/cache \\\n"
                    "  apk add $DEPS && bundle install && apk del $DEPS\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "the first steps are still there",
            [write("src/ui/Dockerfile.1", "FROM alpine\nRUN apk add gcc\n")],
        ),
        Sample(
            "unusual",
            "the members of a group, together with what depends on them",
            [replace(UI, "apk del .build-deps", "apk del --rdepends build-base ruby-dev")],
        ),
        Sample(
            "fails",
            "one layer too late",
            [replace(UI, " \\\n && apk del", "\nRUN apk del")],
            says="left in the image: build-base, ruby-dev",
            file=UI,
            line=".build-deps build-base",
            findings=1,
        ),
        Sample(
            "fails",
            "the members of a group by their own names, which apk leaves where they are",
            [replace(UI, "apk del .build-deps", "apk del build-base ruby-dev ruby-bundler")],
            says="add && apk del .build-deps",
            file=UI,
            line=".build-deps build-base",
            findings=1,
        ),
        Sample(
            "fails",
            "the index stays",
            [replace(UI, "RUN apk add --no-cache ruby", "RUN apk update && apk add ruby")],
            says="no package index",
            file=UI,
            line="apk update",
            findings=1,
        ),
        Sample(
            "fails",
            "the downloaded gems stay",
            [replace(UI, _BUNDLE, " && bundle install \\\n && apk del .build-deps\n")],
            says="rm -rf /usr/lib/ruby/gems/*/cache /root/.bundle/cache",
            file=UI,
            line="bundle install",
            findings=1,
        ),
        Sample(
            "fails",
            "the downloaded gems stay where the image called ruby has them",
            [
                write(
                    UI,
                    "FROM docker.io/library/ruby:2.4-alpine\n"
                    "RUN apk add --no-cache -t b gcc && bundle install && apk del b\n",
                )
            ],
            says="rm -rf /usr/local/bundle/cache /root/.bundle/cache",
            file=UI,
            line="bundle install",
            findings=1,
        ),
        Sample(
            "unusual",
            "the gems lie elsewhere, and so does their cache",
            [
                replace(UI, "ARG APP_HOME", "ENV GEM_HOME=/gems\nARG APP_HOME"),
                replace(UI, "/usr/lib/ruby/gems/*/cache", "$GEM_HOME/cache"),
            ],
        ),
        Sample(
            "fails",
            "what is removed is bundle's list of gems, not the gems",
            [replace(UI, "/root/.bundle/cache /usr/lib/ruby/gems/*/cache", "/root/.bundle")],
            says="rm -rf /usr/lib/ruby/gems/*/cache",
            file=UI,
            line="bundle install",
            findings=1,
        ),
        Sample(
            "fails",
            "the cache that another Ruby would have",
            [replace(UI, "/usr/lib/ruby/gems/*/cache", "/usr/local/bundle/cache")],
            says="rm -rf /usr/lib/ruby/gems/*/cache",
            file=UI,
            findings=1,
        ),
        Sample(
            "fails",
            "the same without a group: what is named is what was installed",
            [
                write(
                    UI,
                    "FROM alpine:3.7\nRUN apk add --no-cache ruby build-base ruby-dev\n"
                    "RUN gem install puma && rm -rf /usr/lib/ruby/gems/*/cache\n",
                )
            ],
            says="put gem install (line 3) into this RUN, and apk del build-base ruby-dev behind it",
            file=UI,
            findings=1,
        ),
        Sample(
            "fails",
            "the gems are installed in a later RUN, which needs the compiler",
            [
                write(
                    UI,
                    "FROM alpine:3.7\nRUN apk add --no-cache ruby && apk add --no-cache -t .deps build-base\n"
                    "COPY . /app\nRUN gem install puma && rm -rf /usr/lib/ruby/gems/*/cache\nRUN apk del .deps\n",
                )
            ],
            says="put gem install (line 4) into this RUN, and apk del .deps behind it",
            file=UI,
            line="build-base",
            findings=1,
        ),
    ],
)
