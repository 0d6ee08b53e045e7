"""docker-4/aliases."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests

from ._homework import BASE, COMPOSE, DB_NETWORKS, ENV, needs_compose

UI_NETWORKS = "    networks:\n      - front_net\n  post:"

test_samples = sample_tests(
    "docker-4/aliases",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "own names as aliases, on every network, one from a variable",
            [
                replace(COMPOSE, "          - comment_db\n", "          - post_db\n          - ${COMMENT_DB}\n"),
                replace(ENV, "UI_PORT", "COMMENT_DB=comment_db\nUI_PORT"),
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n  comment",
                    "      back_net: {aliases: [post, post-py]}\n      front_net: {aliases: [post]}\n  comment",
                ),
            ],
        ),
        Sample(
            "fails",
            "no alias at all",
            [replace(COMPOSE, DB_NETWORKS, "      - back_net\n")],
            file=COMPOSE,
            line="networks:",
            says="at least one alias",
        ),
        Sample(
            "fails",
            "the aliases of post and comment are swapped",
            [
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n  comment",
                    "      back_net:\n      front_net:\n        aliases:\n          - comment\n  comment",
                ),
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n\nvolumes",
                    "      back_net:\n      front_net:\n        aliases:\n          - post\n\nvolumes",
                ),
            ],
            file=COMPOSE,
            line="- comment",
            says="the name of another service",
            findings=2,
        ),
        Sample(
            "fails",
            "the database's alias at post",
            [
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n  comment",
                    "      front_net:\n      back_net:\n        aliases:\n          - comments_db\n  comment",
                )
            ],
            file=COMPOSE,
            line="comments_db",
            says="belongs to database",
            findings=1,
        ),
        Sample(
            "fails",
            "the database's alias at a service that is no part of the application",
            [
                replace(COMPOSE, DB_NETWORKS, "      back_net: {aliases: [mongo]}\n"),
                replace(
                    COMPOSE,
                    "  ui:\n",
                    "  exporter:\n    image: x/mongodb-exporter\n    networks:\n"
                    "      back_net:\n        aliases:\n          - comment_db\n  ui:\n",
                ),
            ],
            file=COMPOSE,
            line="- comment_db",
            says="belongs to database",
            findings=1,
        ),
        Sample(
            "fails",
            "a name and the alias of its own service, claimed by ui",
            [
                replace(COMPOSE, UI_NETWORKS, "    networks:\n      front_net: {aliases: [comment]}\n  post:"),
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n\nvolumes",
                    "      back_net:\n      front_net: {aliases: [comment]}  # its own\n\nvolumes",
                ),
            ],
            file=COMPOSE,
            line="front_net: {aliases: [comment]}",
            says="an alias of ui on front_net, and the name of another service",
            findings=1,
        ),
        Sample(
            "fails",
            "two services with one alias",
            [
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n  comment",
                    "      back_net:\n      front_net: {aliases: [backend]}\n  comment",
                ),
                replace(
                    COMPOSE,
                    "      - back_net\n      - front_net\n\nvolumes",
                    "      back_net:\n      front_net: {aliases: [backend]}\n\nvolumes",
                ),
            ],
            file=COMPOSE,
            line="backend",
            says="an alias of comment and of post",
            findings=1,
        ),
    ],
    skip=needs_compose,
)
