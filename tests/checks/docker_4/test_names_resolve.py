"""docker-4/names-resolve."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, COMMENT, COMPOSE, DB_NETWORKS, UI, UI_IMAGE, needs_compose

test_samples = sample_tests(
    "docker-4/names-resolve",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "environment: overrides what the Dockerfile says",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, COMMENT, COMMENT + "    environment:\n      - COMMENT_DATABASE_HOST=post_db\n"),
            ],
        ),
        Sample(
            "unusual",
            "an env_file overrides it",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, COMMENT, COMMENT + "    env_file: comment.env\n"),
                write("src/comment.env", "COMMENT_DATABASE_HOST=post_db\n"),
            ],
        ),
        Sample(
            "unusual",
            "a name in other letters: the engine's DNS takes no notice of case",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, COMMENT, COMMENT + "    environment:\n      - COMMENT_DATABASE_HOST=Post_DB\n"),
            ],
        ),
        Sample(
            "unusual",
            "by container_name",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, "    image: mongo", "    container_name: comment_db\n    image: mongo"),
            ],
        ),
        Sample(
            "unusual",
            "by a link, and inside a URL",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(
                    COMPOSE,
                    COMMENT,
                    COMMENT + "    links: ['post_db:comment_db']\n    environment:\n"
                    "      MONGO_URL: mongodb://me:pass@comment_db:27017/x\n      PROXY: http://proxy.example.org\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "without build: the Dockerfile in the folder of that name counts, and its target too",
            [
                replace(COMPOSE, "    build: ./post-py\n", ""),
                replace(COMPOSE, "    build: ./comment\n", "    build: {context: ./comment, target: run}\n"),
                replace(
                    "src/comment/Dockerfile",
                    "FROM debian:bookworm-slim\n",
                    "FROM debian:bookworm-slim AS base\nENV COMMENT_DATABASE_HOST comment_db\n"
                    "FROM base AS run\nFROM base AS test\n",
                ),
            ],
        ),
        Sample(
            "fails",
            "comment_db, which nobody is called",
            [replace(COMPOSE, DB_NETWORKS, "      - back_net\n")],
            file="src/comment/Dockerfile",
            line="COMMENT_DATABASE_HOST",
            says="add the alias comment_db to post_db on back_net",
            findings=1,
        ),
        Sample(
            "unusual",
            "a hostname: resolves like an alias",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, "    image: mongo", "    hostname: comment_db\n    image: mongo"),
            ],
        ),
        Sample(
            "fails",
            "ui asks for the database's network",
            [replace(COMPOSE, UI, UI + "    environment:\n      - POST_SERVICE_HOST=post\n      - DB_HOST=post_db\n")],
            file=COMPOSE,
            line="DB_HOST",
            says="not on a network of ui",
            findings=1,
        ),
        Sample(
            "fails",
            "a URL with a name that nobody has",
            [
                replace(
                    COMPOSE, COMMENT, COMMENT + "    environment:\n      MONGO_URL: mongodb://me:pass@mongo:27017/x\n"
                )
            ],
            file=COMPOSE,
            line="MONGO_URL",
            says="MONGO_URL is mongo,",
            findings=1,
        ),
        Sample(
            "fails",
            "quotes in a file whose values are taken literally",
            [
                replace(COMPOSE, COMMENT, COMMENT + "    env_file: [{path: names.env, format: raw}]\n"),
                write("src/names.env", 'COMMENT_DATABASE_HOST="comment_db"\n'),
            ],
            file="src/names.env",
            says='COMMENT_DATABASE_HOST is "comment_db", but no service or alias has that name | remove the quotes',
            findings=1,
        ),
        Sample(
            "unusual",
            "a swapped alias leads to both, which docker-4/aliases tells",
            [
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n\nvolumes",
                    "      back_net:\n      front_net: {aliases: [post]}\n\nvolumes",
                )
            ],
            verdict="unverified",
            says="see docker-4/aliases",
        ),
        Sample(
            "fails",
            "images are rotated among the services",
            [
                replace(COMPOSE, UI_IMAGE, "image: ${USERNAME}/comment:${UI_VERSION}"),
                replace(COMPOSE, COMMENT, "    image: ${USERNAME}/post:${COMMENT_VERSION}\n"),
                replace(COMPOSE, "image: ${USERNAME}/post:${POST_VERSION}", "image: ${USERNAME}/ui:${POST_VERSION}"),
            ],
            file=COMPOSE,
            line="image: ${USERNAME}/ui:${POST_VERSION}",
            says="post runs its own image",
            findings=2,
        ),
        Sample(
            "unusual",
            "an underscore in a name that Ruby puts into a URL",
            [
                replace(COMPOSE, UI, UI + "    environment:\n      POST_SERVICE_HOST: post_app\n"),
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n  comment",
                    "      back_net:\n      front_net: {aliases: [post_app]}\n  comment",
                ),
            ],
        ),
        *(
            Sample(
                "fails",
                f"the database is {title}",
                [replace("src/comment/Dockerfile", "COMMENT_DATABASE_HOST=comment_db", line)],
                file="src/comment/Dockerfile",
                line=line,
                says=says,
                findings=1,
            )
            for title, line, says in (
                ("localhost", "COMMENT_DATABASE_HOST=localhost", "is localhost, the container of comment itself"),
                ("127.0.0.1", "COMMENT_DATABASE_HOST=127.0.0.1", "COMMENT_DATABASE_HOST=post_db"),
                ("nowhere", 'COMMENT_DATABASE_HOST=""', "COMMENT_DATABASE_HOST is empty"),
                ("::1 in a URL", "COMMENT_DATABASE_URL=mongodb://[::1]:27017/x", "is ::1, the container"),
                ("nowhere in a URL", "COMMENT_DATABASE_URL=mongodb://:27017/x", "COMMENT_DATABASE_URL is empty"),
            )
        ),
        Sample(
            "fails",
            "post is looked for in ui's own container",
            [replace(COMPOSE, UI, UI + "    environment:\n      - POST_SERVICE_HOST=localhost\n")],
            file=COMPOSE,
            line="POST_SERVICE_HOST=localhost",
            says="POST_SERVICE_HOST=post",
            findings=1,
        ),
        Sample(
            "unusual",
            "where a service listens, one in another's network namespace, and a host that nobody defines",
            [
                replace(
                    COMPOSE, UI, UI + "    environment: [UI_HOST=0.0.0.0, 'COMMENT_SERVICE_HOST=${COMMENT_HOST}']\n"
                ),
                replace(
                    COMPOSE,
                    COMMENT + "    networks:\n      - back_net\n      - front_net\n",
                    COMMENT
                    + "    network_mode: service:post_db\n    environment: {COMMENT_DATABASE_HOST: localhost}\n",
                ),
            ],
        ),
        Sample(
            "fails",
            "comment asks for the database of post, and has one of its own",
            [
                replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
                replace(COMPOSE, "  ui:\n", "  comment_db:\n    image: mongo:4\n    networks: [back_net]\n  ui:\n"),
                replace(COMPOSE, COMMENT, COMMENT + "    environment: [COMMENT_DATABASE_HOST=post_db]\n"),
            ],
            file=COMPOSE,
            line="COMMENT_DATABASE_HOST=post_db",
            says="it leads to post_db",
            findings=1,
        ),
        Sample(
            "fails",
            "a fixed address",
            [replace(COMPOSE, COMMENT, COMMENT + "    environment: {COMMENT_DATABASE_HOST: 10.0.2.2}\n")],
            file=COMPOSE,
            line="10.0.2.2",
            says="a fixed address",
            findings=1,
        ),
    ],
    skip=needs_compose,
)
