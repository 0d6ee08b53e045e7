"""Samples of docker-3."""

from __future__ import annotations

from . import Edit, Sample, remove, replace, write

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

_APT = (
    "RUN apt-get update \\\n && apt-get install -y --no-install-recommends build-essential \\\n"
    " && rm -rf /var/lib/apt/lists/*\n"
)


def _sample(item: str, kind: str, title: str, *edits: Edit, **more: str | int) -> Sample:
    return Sample(f"docker-3/{item}", kind, title, edits, **more)  # type: ignore[arg-type]


def _moved(folder: str) -> list[Edit]:
    """The services in another folder."""
    ours = {path: text for path, text in BASE.items() if path.startswith("src/")}
    return [
        *(remove(path) for path in ours),
        *(write(path.replace("src/", folder), text) for path, text in ours.items()),
    ]


_SERVICES = [
    _sample("services", "passes", "the plain homework"),
    _sample(
        "services",
        "unusual",
        "the first cohort's folder, beside others that look like it",
        *_moved("reddit-microservices/"),
        write("old/ui/Dockerfile", "FRM\n"),
        write("ansible/roles/post/Dockerfile", "FRM\n"),
    ),
    _sample(
        "services",
        "unusual",
        "a variant that compose builds, of a file without Dockerfile",
        remove(POST),
        write("src/post-py/Dockerfile.prod", BASE[POST]),
        write(
            "src/docker-compose.yml",
            "services:\n  post:\n    image: me/post\n    build: {context: ./post-py, dockerfile: Dockerfile.prod}\n"
            "  ui: {build: ./ui}\n  comment: {build: ./comment}\n",
        ),
    ),
    _sample(
        "services",
        "unusual",
        "a variant that the build script builds",
        remove(UI),
        write("src/ui/Dockerfile.alpine", BASE[UI]),
        write("src/ui/docker_build.sh", "#!/bin/bash\ndocker build -t $USER_NAME/ui -f Dockerfile.alpine .\n"),
    ),
    _sample(
        "services",
        "unusual",
        "heredocs, an ARG before FROM, a stage called by other letters, a broken backup beside it",
        write(UI, "ARG V=3.7\nFROM alpine:$V AS Base\nRUN <<EOF\nFROM nothing\nEOF\nFROM BASE AS builder\nCMD puma\n"),
        write("src/ui/Dockerfile.bak", "FRM nothing\n"),
    ),
    _sample(
        "services",
        "fails",
        "only a variant of post is there",
        remove(POST),
        write("src/post-py/Dockerfile.old", BASE[POST]),
        expect_file="src/post-py/Dockerfile.old",
        expect_text="post has a file Dockerfile",
        findings=1,
    ),
    _sample(
        "services",
        "fails",
        "capital letters matter",
        remove(UI),
        write("src/ui/dockerfile", BASE[UI]),
        expect_file="src/ui/dockerfile",
        expect_text="ui has a file Dockerfile",
    ),
    _sample(
        "services",
        "fails",
        "no comment at all",
        remove(COMMENT),
        remove("src/comment/comment_app.rb"),
        expect_text="no folder of comment with a Dockerfile",
    ),
    _sample(
        "services",
        "fails",
        "a slip in an instruction",
        replace(COMMENT, "ARG APP_HOME", "ARGS APP_HOME"),
        expect_file=COMMENT,
        expect_line_contains="ARGS",
        expect_text="ARGS is no instruction",
    ),
    _sample(
        "services",
        "fails",
        "RUN before FROM",
        write(COMMENT, "RUN true\nFROM ruby:2.2\n"),
        expect_file=COMMENT,
        expect_line_contains="RUN true",
        expect_text="before the first FROM",
    ),
]

_HADOLINT = [
    _sample("hadolint", "passes", "the plain homework"),
    _sample(
        "hadolint",
        "unusual",
        "a heredoc that hadolint cannot read and Docker can, and a backup that nobody minds",
        replace(COMMENT, "CMD", "RUN <<EOF bash\nset -e\nEOF\nRUN true\nCMD"),
        write("src/ui/Dockerfile.orig", "FROM ruby\nADD . /app\n"),
    ),
    _sample(
        "hadolint",
        "unusual",
        "a byte order mark, Windows' line ends, versions of packages that are not pinned",
        write(COMMENT, "\ufeff" + BASE[COMMENT].replace("\n", "\r\n")),
    ),
    _sample(
        "hadolint",
        "fails",
        "a repository cannot silence it",
        replace(UI, "COPY .", "# hadolint ignore=DL3020\nADD ."),
        write(".hadolint.yaml", "ignored: [DL3020]\nfailure-threshold: none\n"),
        expect_file=UI,
        expect_line_contains="ADD .",
        expect_text="DL3020 error: Use COPY instead of ADD",
        findings=1,
    ),
    _sample(
        "hadolint",
        "fails",
        "a variant",
        write("src/ui/Dockerfile.1", 'FROM ruby\nCMD ["puma"]\n'),
        expect_file="src/ui/Dockerfile.1",
        expect_line_contains="FROM ruby",
        expect_text="DL3006 warning",
        findings=1,
    ),
    _sample(
        "hadolint",
        "fails",
        "what neither of the two parsers reads",
        write("src/ui/Dockerfile.2", "FRM ruby:2.2\n"),
        expect_file="src/ui/Dockerfile.2",
        expect_line_contains="FRM",
        expect_text="DL1000",
    ),
]

_APT_LISTS = [
    _sample("apt-lists", "passes", "the plain homework"),
    _sample(
        "apt-lists",
        "unusual",
        "cache mounts",
        replace(
            COMMENT,
            _APT,
            "RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt "
            "apt-get update && apt-get -y install --no-install-recommends gcc\n",
        ),
    ),
    _sample(
        "apt-lists",
        "unusual",
        "sh -c, apt for apt-get, braces, and no glob at the end",
        replace(COMMENT, _APT, 'RUN sh -ec "apt update; apt install -y gcc; rm -r /var/lib/{apt,dpkg}/lists"\n'),
    ),
    _sample(
        "apt-lists",
        "unusual",
        "a heredoc with find",
        replace(
            COMMENT,
            _APT,
            "RUN <<EOF\napt-get update\napt-get install -y gcc\nfind /var/lib/apt/lists -type f -delete\nEOF\n",
        ),
    ),
    _sample(
        "apt-lists",
        "unusual",
        "a build stage may keep them",
        replace(
            COMMENT,
            "FROM ruby:2.2\n",
            "FROM ruby:2.2 AS build\nRUN apt-get update && apt-get install -y gcc\nFROM ruby:2.2\n",
        ),
    ),
    _sample(
        "apt-lists",
        "unusual",
        "comments and empty lines within the RUN, words that only look like apt",
        replace(COMMENT, " && rm -rf", " # the lists\n\n && echo apt-get install && rm -rf"),
    ),
    _sample(
        "apt-lists",
        "unusual",
        "without any Dockerfile there is nothing to say",
        remove(UI),
        remove(POST),
        remove(COMMENT),
        verdict="unverified",
    ),
    _sample(
        "apt-lists",
        "fails",
        "a later RUN removes them",
        replace(COMMENT, " \\\n && rm -rf /var", "\nRUN rm -rf /var"),
        expect_file=COMMENT,
        expect_line_contains="apt-get install -y",
        expect_text="also removes /var/lib/apt/lists",
        findings=1,
    ),
    _sample(
        "apt-lists",
        "fails",
        "apt-get clean removes the packages, not the lists",
        replace(COMMENT, "rm -rf /var/lib/apt/lists/*", "apt-get clean"),
        expect_file=COMMENT,
        expect_text="rm -rf /var/lib/apt/lists/*",
    ),
    _sample(
        "apt-lists",
        "fails",
        "an update after the removal",
        replace(COMMENT, "lists/*\n", "lists/* && apt-get -qq update\n"),
        expect_file=COMMENT,
        expect_text="remove them last",
    ),
    _sample(
        "apt-lists",
        "fails",
        "a variant, by sudo",
        write("src/ui/Dockerfile_ubuntu", "FROM ubuntu:16.04\nRUN sudo -E apt-get -y install ruby\n"),
        expect_file="src/ui/Dockerfile_ubuntu",
        expect_line_contains="apt-get -y install ruby",
        expect_text="apt-get -y install ruby",
    ),
]

_NO_RECOMMENDS = [
    _sample("no-recommends", "passes", "the plain homework"),
    _sample(
        "no-recommends",
        "unusual",
        "the option at the end, by apt's own option, by its configuration, from a variable",
        replace(
            COMMENT,
            _APT,
            'ARG OPTIONS="--yes --no-install-recommends"\n'
            "RUN apt-get install -y gcc --no-install-recommends\n"
            "RUN apt-get -o APT::Install-Recommends=false install make\n"
            "RUN apt-get ${OPTIONS} install patch\n"
            "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/99 && apt-get install -y ruby\n",
        ),
    ),
    _sample(
        "no-recommends",
        "unusual",
        "a backup is not held against anybody",
        write("src/comment/Dockerfile.old", "FROM ruby:2.2\nRUN apt-get install -y gcc\n"),
    ),
    _sample(
        "no-recommends",
        "fails",
        "one of two",
        replace(COMMENT, " && rm -rf", " && apt install -y curl \\\n && rm -rf"),
        expect_file=COMMENT,
        expect_line_contains="curl",
        expect_text="apt install -y curl",
        findings=1,
    ),
    _sample(
        "no-recommends",
        "fails",
        "a list instead of a string",
        replace(COMMENT, "CMD", 'RUN ["apt-get", "-y", "install", "less"]\nCMD'),
        expect_file=COMMENT,
        expect_line_contains='"less"',
        expect_text="apt-get -y install less",
    ),
]

_COPY = [
    _sample("copy-not-add", "passes", "the plain homework"),
    _sample(
        "copy-not-add",
        "unusual",
        "what COPY cannot do: a URL, a repository, an archive that is unpacked, a variable's archive",
        replace(
            COMMENT,
            "CMD",
            "ADD https://example.org/a.txt /a\nADD https://github.com/a/b.git#main /b\nADD app.tar.gz /app/\n"
            'ARG FILE=x.tgz\nADD ["${FILE}", "/x/"]\nCMD',
        ),
    ),
    _sample(
        "copy-not-add",
        "fails",
        "the whole folder",
        replace(UI, "COPY . $APP_HOME", "ADD . $APP_HOME"),
        expect_file=UI,
        expect_line_contains="ADD .",
        expect_text="ADD . $APP_HOME",
        findings=1,
    ),
    _sample(
        "copy-not-add",
        "fails",
        "a zip file is not unpacked, and neither is this in a build stage",
        write(POST, "FROM x:1 AS b\nADD a.zip /\nFROM y:1\nCMD x\n"),
        expect_file=POST,
        expect_line_contains="a.zip",
        expect_text="write COPY",
    ),
]

_BUILD_ARG = [
    _sample("build-arg", "passes", "the plain homework"),
    _sample(
        "build-arg",
        "unusual",
        "ENV that the program reads, that the command reads, that is left to another shell, that ruby reads itself",
        replace(
            UI, "ARG APP_HOME=/app", "ENV POST_SERVICE_HOST=post\nENV APP_HOME=/app GEM_HOME=/gems LATER=1 WORKERS=2"
        ),
        replace(
            UI, "CMD", "RUN echo $POST_SERVICE_HOST $GEM_HOME $LATER $WORKERS && echo 'exec $LATER' > /run\nENTRYPOINT"
        ),
        replace(UI, '["puma"]', "cd $APP_HOME && puma -w $WORKERS"),
    ),
    _sample(
        "build-arg",
        "unusual",
        "a build stage's ENV is not in the image",
        replace(
            POST, "FROM python:3.6.0-alpine\n", "FROM alpine:3.7 AS b\nENV D=/d\nWORKDIR $D\nFROM python:3.6.0-alpine\n"
        ),
    ),
    _sample(
        "build-arg",
        "fails",
        "the folder of the application",
        replace(UI, "ARG APP_HOME=/app", "ENV APP_HOME /app"),
        expect_file=UI,
        expect_line_contains="ENV APP_HOME",
        expect_text="ENV APP_HOME=/app, which only the build reads, on line 3, 4",
        findings=1,
    ),
    _sample(
        "build-arg",
        "fails",
        "what only apt reads",
        replace(COMMENT, "RUN apt-get update", "ENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get update"),
        expect_file=COMMENT,
        expect_line_contains="DEBIAN_FRONTEND",
        expect_text="DEBIAN_FRONTEND=noninteractive",
    ),
    _sample(
        "build-arg",
        "fails",
        "a stage that is made of the variable's own reads it",
        replace(UI, "ARG APP_HOME=/app\n", "ENV APP_HOME=/app\nRUN mkdir $APP_HOME\nFROM 0\n"),
        replace(UI, "FROM alpine:3.7\n", "FROM alpine:3.7 AS base\n"),
        replace(UI, "FROM 0\n", "FROM base\n"),
        expect_file=UI,
        expect_line_contains="ENV APP_HOME",
        expect_text="in every stage that reads it",
        findings=1,
    ),
]

_BUNDLE = (
    " && bundle install \\\n && rm -rf /root/.bundle/cache /usr/lib/ruby/gems/*/cache \\\n && apk del .build-deps\n"
)
_ALPINE = [
    _sample("alpine", "passes", "the plain homework"),
    _sample(
        "alpine",
        "unusual",
        "a variant, multi-stage, on an image called alpine in its tag",
        write(UI, "FROM ubuntu:16.04\n"),
        write(
            "src/ui/Dockerfile_alpine",
            "FROM ruby:2.4-alpine AS build\nRUN apk add build-base\nCOPY . /app\nRUN bundle install\n"
            "FROM ruby:2.4-alpine\nCOPY --from=build /usr/local/bundle /usr/local/bundle\n",
        ),
    ),
    _sample(
        "alpine",
        "unusual",
        "removed by name, with versions; the index removed by hand; gems by find",
        write(
            UI,
            "FROM alpine\nRUN apk update && apk add 'ruby>2' build-base=0.5-r0 ruby-dev~2 && bundle install \\\n"
            "  && apk del --purge build-base ruby-dev && rm -rf /var/cache/apk/* && find / -name '*.gem' -delete\n",
        ),
    ),
    _sample(
        "alpine",
        "unusual",
        "the packages come from a variable; caches are mounts",
        write(
            UI,
            'FROM alpine\nARG DEPS="build-base ruby-dev"\n'
            "RUN --mount=type=cache,target=/var/cache/apk --mount=type=cache,target=/root/.bundle/cache \\\n"
            "  apk add $DEPS && bundle install && apk del $DEPS\n",
        ),
    ),
    _sample(
        "alpine",
        "unusual",
        "the first steps are still there",
        write("src/ui/Dockerfile.1", "FROM alpine\nRUN apk add gcc\n"),
    ),
    _sample(
        "alpine",
        "unusual",
        "the members of a group, together with what depends on them",
        replace(UI, "apk del .build-deps", "apk del --rdepends build-base ruby-dev"),
    ),
    _sample("alpine", "unusual", "no Alpine", write(UI, "FROM ruby:2.2\n"), verdict="not attempted"),
    _sample(
        "alpine",
        "fails",
        "one layer too late",
        replace(UI, " \\\n && apk del", "\nRUN apk del"),
        expect_file=UI,
        expect_line_contains=".build-deps build-base",
        expect_text="left in the image: build-base, ruby-dev",
        findings=1,
    ),
    _sample(
        "alpine",
        "fails",
        "the members of a group by their own names, which apk leaves where they are",
        replace(UI, "apk del .build-deps", "apk del build-base ruby-dev ruby-bundler"),
        expect_file=UI,
        expect_line_contains=".build-deps build-base",
        expect_text="add && apk del .build-deps",
        findings=1,
    ),
    _sample(
        "alpine",
        "fails",
        "the index stays",
        replace(UI, "RUN apk add --no-cache ruby", "RUN apk update && apk add ruby"),
        expect_file=UI,
        expect_line_contains="apk update",
        expect_text="no package index",
        findings=1,
    ),
    _sample(
        "alpine",
        "fails",
        "the downloaded gems stay",
        replace(UI, _BUNDLE, " && bundle install \\\n && apk del .build-deps\n"),
        expect_file=UI,
        expect_line_contains="bundle install",
        expect_text="rm -rf /root/.bundle/cache /usr/lib/ruby/gems/*/cache",
        findings=1,
    ),
    _sample(
        "alpine",
        "fails",
        "the downloaded gems stay where the image called ruby has them",
        write(
            UI,
            "FROM docker.io/library/ruby:2.4-alpine\nRUN apk add --no-cache -t b gcc && bundle install && apk del b\n",
        ),
        expect_file=UI,
        expect_line_contains="bundle install",
        expect_text="rm -rf /root/.bundle/cache /usr/local/bundle/cache",
        findings=1,
    ),
]

_RUNS = BASE[README][BASE[README].index("### Other aliases") :]
_ENV_FILE = [
    replace(README, " --env POST_DATABASE_HOST=db1", " --env-file=names.env"),
    replace(README, " --env COMMENT_DATABASE_HOST=db2", " --env-file ./names.env"),
    replace(README, " -e POST_SERVICE_HOST=post2 -e COMMENT_SERVICE_HOST=comment2", " --env-file names.env"),
]
_ALIASES = [
    _sample("aliases", "passes", "the plain homework"),
    _sample("aliases", "unusual", "no other aliases", replace(README, _RUNS, ""), verdict="not attempted"),
    _sample(
        "aliases",
        "unusual",
        "a script with variables, joined lines, names instead of aliases, old spellings and the long form of --network",
        replace(README, _RUNS, ""),
        write(
            "src/run.sh",
            "#!/bin/bash\nNET=reddit2\ndocker run -d --network name=$NET,alias=db1 \\\n  --name db2 mongo\n"
            "sudo docker container run -dit --net=$NET --net-alias post2 -ePOST_DATABASE_HOST=db1 me/post\n"
            "docker run --rm -d --name comment2 --net $NET -e 'COMMENT_DATABASE_HOST=db2' me/comment:1 # it's fine\n"
            'docker run -dp 9292:9292 --net="$NET" -e POST_SERVICE_HOST=post2 '
            "--env=COMMENT_SERVICE_HOST=comment2 me/ui\n",
        ),
    ),
    _sample(
        "aliases",
        "unusual",
        "in backticks, with prompts and places for the reader's own name; docker network connect",
        replace(
            README,
            _RUNS,
            "- `docker run -d --name=store mongo` and `docker network connect --alias db1 reddit store`\n"
            "- `> docker run -d --network=reddit -e POST_DATABASE_HOST=db1 <your-login>/post:1.0`\n",
        ),
    ),
    _sample(
        "aliases",
        "unusual",
        "a name in other letters: the engine's DNS takes no notice of case",
        replace(README, "-e POST_SERVICE_HOST=post2", "-e POST_SERVICE_HOST=Post2"),
    ),
    _sample(
        "aliases",
        "unusual",
        "a word of prose where the reader's own name belongs",
        replace(README, "-e COMMENT_SERVICE_HOST=comment2", "-e COMMENT_SERVICE_HOST=имя"),
    ),
    _sample(
        "aliases",
        "unusual",
        "the values are in a file that is there",
        *_ENV_FILE,
        write(
            "src/names.env",
            "POST_DATABASE_HOST=db1\nCOMMENT_DATABASE_HOST=db2\nPOST_SERVICE_HOST=post2\nCOMMENT_SERVICE_HOST=comment2\n",
        ),
    ),
    _sample(
        "aliases",
        "unusual",
        "the values are in a file that nobody sees",
        *_ENV_FILE,
        verdict="unverified",
    ),
    _sample(
        "aliases",
        "unusual",
        "one line as an example: nobody sees what the others are called",
        write(README, "Own names: `docker run -d --network=reddit -e POST_SERVICE_HOST=post2 me/ui:1.0`\n"),
        verdict="unverified",
    ),
    _sample(
        "aliases",
        "unusual",
        "the database alone has another alias: nobody sees who asks for it",
        write(README, "Own names: `docker run -d --network=reddit --network-alias=store mongo`\n"),
        verdict="unverified",
    ),
    _sample(
        "aliases",
        "fails",
        "the file has a name that nobody has",
        *_ENV_FILE,
        write("names.env", "POST_DATABASE_HOST=db3\nCOMMENT_DATABASE_HOST=db2\n"),
        expect_file=README,
        expect_line_contains="me/post:1.0",
        expect_text="POST_DATABASE_HOST of me/post:1.0 is a name on its network | db3",
    ),
    _sample(
        "aliases",
        "fails",
        "post is not told",
        replace(README, " --env POST_DATABASE_HOST=db1", ""),
        expect_file=README,
        expect_line_contains="alias=post2 me/post",
        expect_text="POST_DATABASE_HOST of me/post:1.0 is a name on its network | post_db",
        findings=1,
    ),
    _sample(
        "aliases",
        "fails",
        "a name that nobody has",
        replace(README, "-e POST_SERVICE_HOST=post2", "-e POST_SERVICE_HOST=post3"),
        expect_file=README,
        expect_line_contains="me/ui:1.0",
        expect_text="--network-alias=post3",
        findings=1,
    ),
    _sample(
        "aliases",
        "fails",
        "another network",
        replace(README, "--network=reddit --network-alias=db1", "--network=other --network-alias=db1"),
        expect_file=README,
        expect_line_contains="post2 --env",
        expect_text="the same one",
    ),
    _sample(
        "aliases",
        "fails",
        "behind the image it is the container's command",
        replace(
            README, "--env COMMENT_DATABASE_HOST=db2 me/comment:1.0", "me/comment:1.0 --env COMMENT_DATABASE_HOST=db2"
        ),
        expect_file=README,
        expect_line_contains="me/comment:1.0 --env",
        expect_text="COMMENT_DATABASE_HOST of me/comment:1.0",
    ),
]

_V = " -v reddit_db:/data/db"
_VOLUME = [
    _sample("volume", "passes", "the plain homework"),
    _sample(
        "volume", "unusual", "--mount", replace(README, _V, " --mount type=volume,source=reddit_db,target=/data/db/")
    ),
    _sample(
        "volume",
        "unusual",
        "in a Makefile, with its variables, options of the volume and an image of one's own",
        replace(README, _V, ""),
        write(
            "Makefile", "VOLUME ?= reddit_db\nrun:\n\t@docker run -d \\\n\t  -v $(VOLUME):/data/db:rw $(USER)/store\n"
        ),
    ),
    _sample(
        "volume",
        "fails",
        "an anonymous one",
        replace(README, _V, " -v /data/db"),
        expect_file=README,
        expect_line_contains="-v /data/db",
        expect_text="-v reddit_db:/data/db",
        findings=1,
    ),
    _sample(
        "volume",
        "fails",
        "a bind mount",
        replace(README, _V, " -v $PWD/data:/data/db"),
        expect_file=README,
        expect_line_contains="$PWD/data",
        expect_text="a volume with a name",
    ),
    _sample(
        "volume",
        "fails",
        "the folder above",
        replace(README, _V, " -v reddit_db:/data"),
        expect_file=README,
        expect_line_contains="reddit_db:/data",
        expect_text="a volume with a name",
    ),
    _sample(
        "volume",
        "fails",
        "no line at all",
        write(README, "# Homework\n\nI used a docker volume.\n"),
        expect_text="a docker run line mounts a named volume where the database keeps its data | no docker run",
    ),
    _sample(
        "volume",
        "fails",
        "the line of the database mounts nothing",
        replace(README, _V, ""),
        expect_file=README,
        expect_line_contains="--network-alias=post_db",
        expect_text="a docker run line mounts a named volume",
        findings=1,
    ),
]

_BUILD_ANSWERS = [
    _sample("build-answers", "passes", "the plain homework"),
    _sample(
        "build-answers",
        "unusual",
        "in Russian, the question as a heading",
        write(
            README,
            "### С какого шага собирается ui во второй раз?\n\n"
            "Сначала: в FROM теперь другой образ, и кэш прежних слоёв к нему не подходит\n",
        ),
    ),
    _sample(
        "build-answers",
        "unusual",
        "in Russian, of layers, the reason on the next line",
        write(README, "Сборка ui пошла не с первых слоёв:\nони взяты из кэша, comment собирался раньше.\n"),
    ),
    _sample(
        "build-answers",
        "fails",
        "a number without a reason",
        write(README, "The build started at step 5.\n"),
        expect_file=README,
        expect_text="no word of it",
    ),
    _sample(
        "build-answers",
        "fails",
        "only what the build printed",
        write(README, "```\nStep 1/13 : FROM ruby:2.2\n ---> Using cache\nStep 2/13 : RUN x\n ---> Using cache\n```\n"),
        expect_file=README,
        expect_text="no word of it",
    ),
]

SAMPLES = [
    *_SERVICES,
    *_HADOLINT,
    *_APT_LISTS,
    *_NO_RECOMMENDS,
    *_COPY,
    *_BUILD_ARG,
    *_ALPINE,
    *_ALIASES,
    *_VOLUME,
    *_BUILD_ANSWERS,
]
