"""Homework 16, docker-3: what goes wrong with the images of the three services, and with running them."""

from __future__ import annotations

from .homeworks import Step, everywhere, move, remove, replace, write
from .kinds import Change, Fault

README = "README.md"
UI, POST, COMMENT = "src/ui/Dockerfile", "src/post-py/Dockerfile", "src/comment/Dockerfile"
ALPINE = "src/ui/Dockerfile.alpine"

# Parts of the example's Dockerfiles.
_ARG = "# Only the build needs it: ARG, so that the containers never see it.\nARG DEBIAN_FRONTEND=noninteractive\n"
_UI_APT = """\
RUN apt-get update \\
    && apt-get install -y --no-install-recommends puma ruby-erubi ruby-sinatra \\
    && rm -rf /var/lib/apt/lists/*
"""
_COMMENT_APT = _UI_APT.replace("ruby-erubi ruby-sinatra", "ruby-mongo ruby-sinatra")
_POST_APT = _UI_APT.replace("puma ruby-erubi ruby-sinatra", "python3-flask python3-pymongo python3-waitress")
_UI_APK = """\
RUN apk add --no-cache ruby=~3.3 \\
    && apk add --no-cache --virtual .build-deps build-base=~0.5 ruby-dev=~3.3 \\
    && gem install --no-document erubi:1.13.1 puma:5.6.9 sinatra:3.2.0 \\
    && apk del .build-deps \\
    && rm -rf "$(gem environment gemdir)/cache"
"""
_FROM = "FROM debian:bookworm-slim\n"
_COPY = "COPY . .\n"
_USER = "USER 65534:65534\n"

# Parts of its README.
_RUN_DATABASE = (
    "docker run --detach --network reddit --network-alias post_db --network-alias comment_db"
    " --volume reddit_db:/data/db mongo:7.0\n"
)
_RUN_DATABASE_OTHERWISE = _RUN_DATABASE.replace("post_db", "first_db").replace("comment_db", "second_db")
_RUN_UI_OTHERWISE = (
    "docker run --detach --network reddit --publish 9292:9292 --env POST_SERVICE_HOST=articles"
    " --env COMMENT_SERVICE_HOST=remarks example/ui:1.0\n"
)
_ANSWERS = """\
- `comment` is built after `ui`. Its `FROM` and `ARG` are the same and come from the cache; work starts at the first
  `RUN`, because it installs other packages. What the two images share on disk is the base image's layer.
- The same sources again: no step runs, every one is "Using cache".
- A source file has changed: work starts at `COPY`, the first step whose input is different. The packages stay cached,
  and that is why `COPY` comes after them.
- The image in `FROM` has changed: work starts from the first step. Every layer builds on the one below, so none of the
  cached ones can be used.
"""
_HEADING = "### From which step does a build start?\n"

_COMMENT_ON_ALPINE = """\
FROM alpine:3.20
RUN apk add --no-cache ruby=~3.3 ruby-bundler=~2.5
WORKDIR /app
COPY . .
ENV COMMENT_DATABASE_HOST=comment_db \\
    COMMENT_DATABASE=comments
CMD ["puma"]
"""
_POST_FROM_PYTHON = """\
FROM python:3.12-alpine
WORKDIR /app
COPY requirements.txt /app/
RUN pip install --no-cache-dir -r requirements.txt
COPY . /app
ENV POST_DATABASE_HOST=post_db
ENV POST_DATABASE=posts
ENTRYPOINT ["waitress-serve", "--port=5000", "posts:app"]
"""


def _here(line: str) -> str:
    return line.replace("\n", "☜\n")


def _of_readme(old: str, new: str) -> Step:
    return replace(README, old, new)


_volume_otherwise = _of_readme(
    _RUN_DATABASE_OTHERWISE, _RUN_DATABASE_OTHERWISE.replace(" --volume reddit_db:/data/db", "")
)

FAULTS = [
    # services
    Fault("services", "no Dockerfile of ui", remove(UI), at=ALPINE, also="docker-4/compose-file"),
    Fault(
        "services",
        "comment's Dockerfile is called otherwise",
        move(COMMENT, "src/comment/Dockerfile.comment"),
        at=COMMENT,
        also="docker-4/compose-file",
    ),
    Fault(
        "services", "dockerfile.txt", move(POST, "src/post-py/Dockerfile.txt"), at=POST, also="docker-4/compose-file"
    ),
    Fault(
        "services",
        "a folder too deep",
        move(COMMENT, "src/comment/docker/Dockerfile"),
        at=COMMENT,
        also="docker-4/compose-file",
    ),
    Fault(
        "services",
        ".dockerignore keeps the code of ui out",
        replace("src/ui/.dockerignore", "Dockerfile*\n", "Dockerfile*\n*.rb☜\n"),
    ),
    Fault(
        "services",
        ".dockerignore keeps the code of post out",
        replace("src/post-py/.dockerignore", "Dockerfile*\n", "**/*.py☜\nDockerfile*\n"),
    ),
    Fault("services", "FORM", replace(UI, "FROM ", "FORM ")),
    Fault(
        "services",
        "a base without a name",
        replace(COMMENT, "FROM debian:bookworm-slim\n", "ARG BASE\nFROM ${BASE}☜\n"),
    ),
    Fault(
        "services", "a base without its tag", replace(UI, "FROM debian:bookworm-slim\n", "ARG TAG\nFROM debian:$TAG☜\n")
    ),
    Fault("services", "no FROM", replace(COMMENT, _FROM, "☜")),
    Fault("services", "COYP", replace(UI, "COPY . .", "COYP . .")),
    Fault("services", "a line that is not continued", replace(UI, "ruby-sinatra \\\n    &&", "ruby-sinatra\n    &&☜")),
    Fault("services", "ENV without a value", replace(POST, "WORKDIR /app", "ENV POST_DATABASE_HOST\nWORKDIR /app")),
    Fault("services", "a COPY of one word", replace(POST, "COPY . .", "COPY .")),
    Fault("services", "an unknown flag", replace(COMMENT, "COPY . .", "COPY --owner=65534 . .")),
    Fault("services", "FROM with two images", replace(UI, _FROM, "FROM debian bookworm-slim\n")),
    Fault("services", "an image in capitals", replace(UI, "FROM debian", "FROM Debian")),
    Fault("services", "EXPOSE of a word", replace(UI, "EXPOSE 9292", "EXPOSE http")),
    Fault("services", "a port that is none", replace(POST, "EXPOSE 5000", "EXPOSE 92920")),
    Fault("services", "USER of nothing", replace(UI, _USER, "USER\n")),
    Fault("services", "ARG of nothing", replace(COMMENT, "ARG DEBIAN_FRONTEND=noninteractive", "ARG")),
    Fault("services", "a HEALTHCHECK without CMD", replace(POST, '    CMD ["python3", "-c"', '    ["python3", "-c"')),
    Fault("services", "a time without a unit", replace(UI, "--interval=5s", "--interval=5")),
    Fault("services", "a SHELL that is no list", replace(UI, "WORKDIR /app", "SHELL /bin/bash -c\nWORKDIR /app")),
    Fault("services", "a stage that is called by a number", replace(UI, _FROM, "FROM debian:bookworm-slim AS 1st\n")),
    Fault("services", "ONBUILD FROM", replace(COMMENT, "WORKDIR /app", "ONBUILD FROM debian\nWORKDIR /app")),
    Fault(
        "services",
        "a COPY of its own stage",
        replace(UI, _FROM, "FROM debian:bookworm-slim AS ui\n"),
        replace(UI, "COPY . .", "COPY --from=ui . .☜"),
    ),
    Fault(
        "services",
        "git's conflict",
        replace(UI, "EXPOSE 9292\n", "<<<<<<< HEAD☜\nEXPOSE 9292\n=======☜\nEXPOSE 80\n>>>>>>> docker-3☜\n"),
    ),
    Fault("services", "Markdown's fence", replace(UI, _FROM, "```dockerfile☜\n" + _FROM)),
    # hadolint
    Fault("hadolint", "no tag", replace(UI, _FROM, "FROM debian\n")),
    Fault("hadolint", "latest", replace(POST, _FROM, "FROM debian:latest\n")),
    Fault(
        "hadolint",
        "gems without their versions",
        replace(ALPINE, "gem install --no-document erubi:1.13.1 puma:5.6.9 sinatra:3.2.0", "gem install erubi puma"),
        replace(ALPINE, "RUN apk add --no-cache ruby=~3.3 \\\n", "RUN apk add --no-cache ruby=~3.3 \\☜\n"),
    ),
    Fault(
        "hadolint",
        "a pip package without its version",
        replace(POST, "WORKDIR /app", "RUN pip install --no-cache-dir flask\nWORKDIR /app"),
    ),
    Fault("hadolint", "MAINTAINER", replace(COMMENT, "WORKDIR /app", "MAINTAINER me@example.com\nWORKDIR /app")),
    Fault("hadolint", "sudo", replace(UI, "WORKDIR /app", "RUN sudo mkdir /app\nWORKDIR /app")),
    Fault("hadolint", "cd", replace(UI, "WORKDIR /app", "RUN cd /opt && mkdir data\nWORKDIR /app")),
    Fault("hadolint", "apt", replace(COMMENT, "WORKDIR /app", "RUN apt list\nWORKDIR /app")),
    Fault(
        "hadolint",
        "install without -y",
        replace(UI, "apt-get install -y ", "apt-get install "),
        replace(UI, "RUN apt-get update \\\n", "RUN apt-get update \\☜\n"),
    ),
    Fault("hadolint", "a relative WORKDIR", replace(UI, "WORKDIR /app", "WORKDIR app")),
    Fault(
        "hadolint",
        "two commands",
        replace(POST, 'CMD ["waitress-serve"', 'CMD ["flask", "run"]\nCMD ["waitress-serve"'),
        replace(POST, '"posts:app"]\n', '"posts:app"]☚\n'),
    ),
    Fault("hadolint", "root at the end", replace(UI, _USER, "USER root\n")),
    Fault(
        "hadolint",
        "a pipe that hides a failure",
        replace(UI, "WORKDIR /app", "RUN cat /etc/passwd | grep nobody\nWORKDIR /app"),
    ),
    Fault("hadolint", "the command as a text", replace(UI, 'CMD ["puma"]', "CMD puma")),
    # apt-lists
    Fault(
        "apt-lists",
        "they stay",
        replace(UI, " \\\n    && rm -rf /var/lib/apt/lists/*", ""),
        replace(UI, "puma ruby-erubi ruby-sinatra", "puma ruby-erubi ruby-sinatra☜"),
    ),
    Fault("apt-lists", "removed in another RUN", replace(COMMENT, " \\\n    && rm -rf", "☜\nRUN rm -rf")),
    Fault(
        "apt-lists",
        "another folder",
        replace(POST, "/var/lib/apt/lists/*", "/var/lib/apt/list/*"),
        replace(POST, "python3-waitress \\\n", "python3-waitress \\☜\n"),
    ),
    Fault(
        "apt-lists",
        "the cache of packages only",
        replace(UI, "rm -rf /var/lib/apt/lists/*", "rm -rf /var/cache/apt/*"),
        replace(UI, "ruby-sinatra \\\n", "ruby-sinatra \\☜\n"),
    ),
    Fault(
        "apt-lists",
        "apt-get clean",
        replace(UI, "rm -rf /var/lib/apt/lists/*", "apt-get clean"),
        replace(UI, "ruby-sinatra \\\n", "ruby-sinatra \\☜\n"),
    ),
    Fault(
        "apt-lists",
        "only where it fails",
        replace(COMMENT, "&& rm -rf", "|| rm -rf"),
        replace(COMMENT, "ruby-sinatra \\\n", "ruby-sinatra \\☜\n"),
    ),
    Fault(
        "apt-lists",
        "before the install",
        replace(
            UI,
            _UI_APT,
            "RUN apt-get update \\\n    && rm -rf /var/lib/apt/lists/* \\\n    && apt-get update \\\n    && apt-get install -y --no-install-recommends puma ruby-erubi ruby-sinatra☜\n",
        ),
    ),
    Fault(
        "apt-lists",
        "the second RUN's",
        replace(
            POST, "WORKDIR /app", "RUN apt-get update && apt-get install -y --no-install-recommends curl☜\nWORKDIR /app"
        ),
    ),
    Fault(
        "apt-lists",
        "an echo",
        replace(UI, "&& rm -rf", "&& echo rm -rf"),
        replace(UI, "ruby-sinatra \\\n", "ruby-sinatra \\☜\n"),
    ),
    # no-recommends
    Fault(
        "no-recommends",
        "ui's",
        replace(UI, " --no-install-recommends puma", " puma"),
        replace(UI, "ruby-erubi ruby-sinatra \\\n", "ruby-erubi ruby-sinatra \\☜\n"),
    ),
    Fault("no-recommends", "post's", replace(POST, " --no-install-recommends python3-flask", " python3-flask")),
    Fault("no-recommends", "--install-recommends", replace(COMMENT, "--no-install-recommends", "--install-recommends")),
    Fault(
        "no-recommends",
        "a second install",
        replace(POST, "python3-waitress \\\n", "python3-waitress \\\n    && apt-get install -y curl \\☜\n"),
    ),
    Fault("no-recommends", "--no-recommends", replace(UI, "--no-install-recommends", "--no-recommends")),
    # copy-not-add
    Fault("copy-not-add", "in ui", replace(UI, "COPY . .", "ADD . .")),
    Fault("copy-not-add", "in all of them", *(replace(path, "COPY . .", "ADD . .☜") for path in (UI, POST, COMMENT))),
    Fault("copy-not-add", "one file", replace(POST, "COPY . .", "ADD VERSION /app/VERSION\nCOPY . .")),
    Fault(
        "copy-not-add",
        "by a variable",
        replace(COMMENT, "WORKDIR /app\nCOPY . .", "ARG APP_HOME=/app\nWORKDIR $APP_HOME\nADD . $APP_HOME☜"),
    ),
    Fault("copy-not-add", "ONBUILD ADD", replace(UI, "COPY . .", "ONBUILD ADD . /app\nCOPY . .")),
    Fault(
        "build-arg",
        "a version of what is installed",
        replace(
            UI, _UI_APT, "ENV PUMA_PACKAGE=puma☜\n" + _UI_APT.replace("recommends puma", "recommends $PUMA_PACKAGE")
        ),
    ),
    # build-arg
    Fault(
        "build-arg",
        "DEBIAN_FRONTEND in ui",
        replace(UI, "ARG DEBIAN_FRONTEND=noninteractive", "ENV DEBIAN_FRONTEND=noninteractive"),
    ),
    Fault(
        "build-arg",
        "DEBIAN_FRONTEND in the old form",
        replace(POST, "ARG DEBIAN_FRONTEND=noninteractive", "ENV DEBIAN_FRONTEND noninteractive"),
    ),
    Fault(
        "build-arg",
        "a list of packages",
        replace(
            COMMENT,
            _COMMENT_APT,
            'ENV BUILD_PACKAGES="puma ruby-mongo ruby-sinatra"☜\n'
            + _COMMENT_APT.replace("puma ruby-mongo ruby-sinatra", "$BUILD_PACKAGES"),
        ),
    ),
    # alpine
    Fault(
        "alpine",
        "ruby is not installed",
        replace(
            ALPINE,
            "RUN apk add --no-cache ruby=~3.3 \\\n    && apk add --no-cache --virtual .build-deps build-base=~0.5 ruby-dev=~3.3 \\\n",
            "RUN apk add --no-cache --virtual .build-deps build-base=~0.5 ruby-dev=~3.3 \\\n",
        ),
        replace(ALPINE, "FROM alpine:3.20\n", "FROM alpine:3.20☜\n"),
    ),
    Fault(
        "alpine",
        "ruby is removed again",
        replace(
            ALPINE,
            "RUN apk add --no-cache ruby=~3.3 \\\n    && apk add --no-cache --virtual .build-deps ",
            "RUN apk add --no-cache --virtual .build-deps ruby=~3.3 ",
        ),
        replace(ALPINE, "FROM alpine:3.20\n", "FROM alpine:3.20☜\n"),
    ),
    Fault(
        "alpine",
        "the gems of the Gemfile are not installed",
        write("src/ui/Gemfile", "source 'https://rubygems.org'\ngem 'puma'\ngem 'sinatra'\n"),
        replace(ALPINE, "    && gem install --no-document erubi:1.13.1 puma:5.6.9 sinatra:3.2.0 \\\n", ""),
        replace(ALPINE, "FROM alpine:3.20\n", "FROM alpine:3.20☜\n"),
    ),
    # alpine-lean
    Fault(
        "alpine-lean",
        "the package index stays",
        replace(ALPINE, "RUN apk add --no-cache ruby=~3.3 \\\n", "RUN apk update && apk add ruby=~3.3 \\☜\n"),
    ),
    Fault(
        "alpine-lean",
        "the compiler stays",
        replace(ALPINE, "    && apk del .build-deps \\\n", ""),
        replace(ALPINE, "ruby-dev=~3.3 \\\n", "ruby-dev=~3.3 \\☜\n"),
    ),
    Fault(
        "alpine-lean",
        "it is removed in another RUN",
        replace(ALPINE, "    && apk del .build-deps \\\n", ""),
        replace(ALPINE, '/cache"\n', '/cache"\nRUN apk del .build-deps\n'),
        replace(ALPINE, "ruby-dev=~3.3 \\\n", "ruby-dev=~3.3 \\☜\n"),
    ),
    Fault(
        "alpine-lean",
        "the gems' archives stay",
        replace(ALPINE, ' \\\n    && rm -rf "$(gem environment gemdir)/cache"', ""),
        replace(ALPINE, "sinatra:3.2.0 \\\n", "sinatra:3.2.0 \\☜\n"),
    ),
    Fault(
        "alpine-lean",
        "another group is removed",
        replace(ALPINE, "apk del .build-deps", "apk del .build"),
        replace(ALPINE, "ruby-dev=~3.3 \\\n", "ruby-dev=~3.3 \\☜\n"),
    ),
    Fault(
        "alpine-lean",
        "another cache is removed",
        replace(ALPINE, 'rm -rf "$(gem environment gemdir)/cache"', "rm -rf /root/.gem"),
        replace(ALPINE, "sinatra:3.2.0 \\\n", "sinatra:3.2.0 \\☜\n"),
    ),
    # aliases
    Fault(
        "aliases",
        "an alias that is not given",
        _of_readme(_RUN_UI_OTHERWISE, _here(_RUN_UI_OTHERWISE.replace("=articles", "=article"))),
    ),
    Fault(
        "aliases",
        "an alias on another network",
        _of_readme(_RUN_UI_OTHERWISE, _here(_RUN_UI_OTHERWISE.replace("--network reddit", "--network front"))),
    ),
    Fault(
        "aliases",
        "a misspelt alias",
        _of_readme("--network-alias remarks", "--network-alias remark"),
        _of_readme(_RUN_UI_OTHERWISE, _here(_RUN_UI_OTHERWISE)),
    ),
    Fault(
        "aliases",
        "the alias of the database is missing",
        _of_readme(" --network-alias second_db", ""),
        _of_readme(
            "COMMENT_DATABASE_HOST=second_db example/comment:1.0\n",
            "COMMENT_DATABASE_HOST=second_db example/comment:1.0☜\n",
        ),
    ),
    Fault(
        "aliases",
        "the loopback address",
        _of_readme(
            "COMMENT_DATABASE_HOST=second_db example/comment:1.0\n",
            "COMMENT_DATABASE_HOST=localhost example/comment:1.0☜\n",
        ),
    ),
    Fault(
        "aliases",
        "an alias behind the image",
        _of_readme(
            "--network-alias articles --env POST_DATABASE_HOST=first_db example/post:1.0\n",
            "--env POST_DATABASE_HOST=first_db example/post:1.0 --network-alias articles\n",
        ),
        _of_readme(_RUN_UI_OTHERWISE, _here(_RUN_UI_OTHERWISE)),
    ),
    # volume
    Fault(
        "volume",
        "none",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace(" --volume reddit_db:/data/db", ""))),
        _of_readme(
            _RUN_DATABASE_OTHERWISE,
            _RUN_DATABASE_OTHERWISE.replace(" --volume reddit_db:/data/db", "").replace("\n", "☚\n"),
        ),
    ),
    Fault(
        "volume",
        "another folder",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace(":/data/db", ":/data"))),
        _of_readme(_RUN_DATABASE_OTHERWISE, _here(_RUN_DATABASE_OTHERWISE.replace(":/data/db", ":/data"))),
    ),
    Fault(
        "volume",
        "a folder of the docker host",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace("reddit_db:", "/srv/db:"))),
        _of_readme(_RUN_DATABASE_OTHERWISE, _here(_RUN_DATABASE_OTHERWISE.replace("reddit_db:", "/srv/db:"))),
    ),
    Fault(
        "volume",
        "a volume without a name",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace("reddit_db:", ""))),
        _of_readme(_RUN_DATABASE_OTHERWISE, _here(_RUN_DATABASE_OTHERWISE.replace("reddit_db:", ""))),
    ),
    Fault(
        "volume",
        "only made, not mounted",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace(" --volume reddit_db:/data/db", ""))),
        _of_readme(
            _RUN_DATABASE_OTHERWISE,
            _RUN_DATABASE_OTHERWISE.replace(" --volume reddit_db:/data/db", "").replace("\n", "☚\n"),
        ),
    ),
    Fault(
        "volume",
        "of another container",
        _of_readme(_RUN_DATABASE, _here(_RUN_DATABASE.replace(" --volume reddit_db:/data/db", ""))),
        _of_readme(
            _RUN_DATABASE_OTHERWISE,
            _RUN_DATABASE_OTHERWISE.replace(" --volume reddit_db:/data/db", "").replace("\n", "☚\n"),
        ),
        _of_readme(
            "--network-alias post example/post:1.0\n",
            "--network-alias post --volume reddit_db:/data/db example/post:1.0☚\n",
        ),
    ),
    # build-answers
    Fault("build-answers", "nothing about it", _of_readme(_HEADING + "\n" + _ANSWERS, ""), at=README),
    Fault(
        "build-answers",
        "only the question",
        _of_readme(_ANSWERS, ""),
        at=README,
    ),
    Fault(
        "build-answers",
        "no reason",
        _of_readme(_ANSWERS, "The build of ui starts from step 1.\n"),
        at=README,
    ),
]

CHANGES = [
    Change("ui on Ubuntu", replace(UI, _FROM, "FROM ubuntu:22.04\n")),
    Change(
        "ui on Alpine only",
        remove(UI),
        move(ALPINE, UI),
        everywhere(README, "--file src/ui/Dockerfile.alpine src/ui", "src/ui"),
        everywhere(README, "`src/ui/Dockerfile.alpine` is", "It is"),
    ),
    Change("comment on Alpine", remove(COMMENT), write(COMMENT, _COMMENT_ON_ALPINE)),
    Change(
        "post from Python's image",
        remove(POST),
        write(POST, _POST_FROM_PYTHON),
        write("src/post-py/requirements.txt", "flask==3.0.3\npymongo==4.8.0\nwaitress==3.0.0\n"),
    ),
    Change(
        "ui in two stages",
        replace(UI, "WORKDIR /app\nCOPY . .\n", "WORKDIR /app\nCOPY --from=sources /sources /app\n"),
        replace(UI, _FROM, "FROM busybox:1.36 AS sources\nCOPY . /sources\n\n" + _FROM),
    ),
    Change("ui's base by digest", replace(UI, _FROM, "FROM debian:bookworm-slim@sha256:" + "ab" * 32 + "\n")),
    Change("comment's base by an ARG", replace(COMMENT, _FROM, "ARG TAG=bookworm-slim\nFROM debian:${TAG}\n")),
    Change(
        "ui's files by name", replace(UI, _COPY, "COPY ui.rb service.rb config.ru VERSION ./\nCOPY views ./views/\n")
    ),
    Change(
        "the lists removed together with more",
        replace(UI, "rm -rf /var/lib/apt/lists/*", "apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*"),
    ),
    Change("the folder of the lists", replace(COMMENT, "/var/lib/apt/lists/*", "/var/lib/apt/lists")),
    Change(
        "a mounted cache",
        replace(
            POST,
            _POST_APT,
            "RUN --mount=type=cache,target=/var/lib/apt/lists --mount=type=cache,target=/var/cache/apt \\\n    apt-get update \\\n    && apt-get install -y --no-install-recommends python3-flask python3-pymongo python3-waitress\n",
        ),
    ),
    Change(
        "the RUN with semicolons",
        replace(
            UI,
            _UI_APT,
            "RUN set -e; \\\n    apt-get update; \\\n    apt-get install -y --no-install-recommends puma ruby-erubi ruby-sinatra; \\\n    rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
    Change(
        "the RUN as a heredoc",
        replace(
            COMMENT,
            _COMMENT_APT,
            "RUN <<EOF\nset -e\napt-get update\napt-get install -y --no-install-recommends puma ruby-mongo ruby-sinatra\nrm -rf /var/lib/apt/lists/*\nEOF\n",
        ),
    ),
    Change(
        "recommends by apt's option",
        replace(
            POST, "apt-get install -y --no-install-recommends", "apt-get install -y -o APT::Install-Recommends=false"
        ),
    ),
    Change(
        "options behind the packages",
        replace(
            UI,
            "-y --no-install-recommends puma ruby-erubi ruby-sinatra",
            "--no-install-recommends -y puma ruby-erubi ruby-sinatra",
        ),
    ),
    Change(
        "packages a line each",
        replace(
            POST,
            "python3-flask python3-pymongo python3-waitress",
            "\\\n        python3-flask \\\n        python3-pymongo \\\n        python3-waitress",
        ),
    ),
    Change(
        "comments within the RUN",
        replace(UI, "RUN apt-get update \\\n", "RUN apt-get update \\\n    # what the application needs\n"),
    ),
    Change(
        "ENV in the old form",
        replace(
            COMMENT,
            "ENV RACK_ENV=production \\\n    COMMENT_DATABASE_HOST=comment_db \\\n    COMMENT_DATABASE_PORT=27017 \\\n    COMMENT_DATABASE=comments\n",
            "ENV RACK_ENV production\nENV COMMENT_DATABASE_HOST comment_db\nENV COMMENT_DATABASE_PORT 27017\nENV COMMENT_DATABASE comments\n",
        ),
    ),
    Change(
        "the variable for the frontend in the RUN",
        replace(UI, _ARG, ""),
        replace(UI, "&& apt-get install", "&& DEBIAN_FRONTEND=noninteractive apt-get install"),
    ),
    Change(
        "APP_HOME",
        replace(
            UI,
            "WORKDIR /app\n" + _COPY,
            "ARG APP_HOME=/app\nRUN mkdir $APP_HOME\nWORKDIR $APP_HOME\nCOPY . $APP_HOME\n",
        ),
    ),
    Change("ADD of an address", replace(UI, _COPY, "ADD https://example.com/logo.png /app/logo.png\n" + _COPY)),
    Change(
        "ADD of an archive",
        replace(COMMENT, _COPY, "ADD assets.tar.gz /app/assets/\n" + _COPY),
        write("src/comment/assets.tar.gz", "not really\n"),
    ),
    Change("a user of its own", replace(UI, _USER, "RUN useradd --system app\nUSER app\n")),
    Change("a syntax line in post", replace(POST, _FROM, "# syntax=docker/dockerfile:1.7\n" + _FROM)),
    Change("COPY --chown", replace(POST, _COPY, "COPY --chown=65534:65534 . .\n")),
    Change(
        "the health check away",
        replace(
            COMMENT,
            'HEALTHCHECK --interval=5s --timeout=5s --start-period=20s \\\n    CMD ["ruby", "-rnet/http", "-e", "Net::HTTP.get_response(URI(\'http://127.0.0.1:9292/healthcheck\')).value"]\n',
            "",
        ),
    ),
    Change(
        "an entrypoint and its arguments",
        replace(
            POST,
            'CMD ["waitress-serve", "--port=5000", "posts:app"]',
            'ENTRYPOINT ["waitress-serve"]\nCMD ["--port=5000", "posts:app"]',
        ),
    ),
    Change("apk without the version", replace(ALPINE, "FROM alpine:3.20", "FROM alpine:3.19")),
    Change(
        "the Alpine variant on ruby's image",
        replace(ALPINE, "FROM alpine:3.20", "FROM ruby:3.3-alpine"),
        replace(ALPINE, "RUN apk add --no-cache ruby=~3.3 \\\n    && apk add", "RUN apk add"),
        replace(ALPINE, " ruby-dev=~3.3", ""),
    ),
    Change(
        "the Alpine variant called otherwise",
        move(ALPINE, "src/ui/alpine.Dockerfile"),
        everywhere(README, "src/ui/Dockerfile.alpine", "src/ui/alpine.Dockerfile"),
    ),
    Change("earlier steps kept", write("src/ui/old/notes.txt", "how it was before\n")),
    Change(
        "docker run in short options",
        everywhere(README, "--detach", "-d"),
        everywhere(README, "--volume ", "-v "),
        everywhere(README, "--publish ", "-p "),
    ),
    Change(
        "docker run with equals signs",
        everywhere(README, "--network-alias ", "--network-alias="),
        everywhere(README, "--env ", "--env="),
    ),
    Change("docker run over several lines", _of_readme(_RUN_DATABASE, _RUN_DATABASE.replace(" --", " \\\n  --"))),
    Change(
        "--mount",
        _of_readme(
            _RUN_DATABASE,
            _RUN_DATABASE.replace(
                "--volume reddit_db:/data/db", "--mount type=volume,source=reddit_db,target=/data/db"
            ),
        ),
    ),
    Change("docker container run", everywhere(README, "docker run --detach", "docker container run --detach")),
    Change("sudo docker", everywhere(README, "docker run --detach", "sudo docker run --detach")),
    Change("root's prompt before the commands", everywhere(README, "docker run --detach", "# docker run --detach")),
    Change("a prompt before the commands", everywhere(README, "docker run --detach", "$ docker run --detach")),
    Change(
        "the answers in Russian",
        _of_readme(
            _ANSWERS,
            "Сборка comment начинается не с первого шага: слои FROM и ARG уже есть в кэше после сборки ui. Если изменился файл\nисходного кода, сборка идёт с шага COPY. Если изменился FROM, сборка идёт с первого шага, потому что каждый слой\nстроится поверх предыдущего и кэш использовать нельзя.\n",
        ),
    ),
]
