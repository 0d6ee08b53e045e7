"""Samples of docker-4/reachability. They need an engine, so they are run by the tests of the engine."""

from __future__ import annotations

from tests.samples import Sample, replace
from tests.samples.base import DOCKER_4
from tests.samples.docker_4 import COMPOSE, DB_NETWORKS, UI_PORT

__all__ = ["BASE", "ENGINE_SAMPLES"]

BASE = DOCKER_4
_ITEM = "docker-4/reachability"
_UI_NETWORKS = "    networks:\n      - front_net\n"
_POST = "    image: ${USERNAME}/post:${POST_VERSION}\n    networks:\n      - back_net\n      - front_net\n"
_COMMENT = "    image: ${USERNAME}/comment:${COMMENT_VERSION}\n    networks:\n      - back_net\n      - front_net\n"


def _on(service: str, networks: str) -> str:
    """The part of a service that begins with its image, with other networks."""
    image = (_POST if service == "post" else _COMMENT).splitlines(keepends=True)[0]
    return f"{image}    networks:\n{networks}"


ENGINE_SAMPLES = [
    Sample(_ITEM, "passes", "the plain homework"),
    Sample(
        _ITEM,
        "unusual",
        "a database for each, a third network, links, a container name, fixed subnets that are equal",
        [
            replace(
                COMPOSE,
                f"    networks:\n{DB_NETWORKS}",
                "    container_name: the-database\n    networks: [posts_net]\n"
                "  comment_db:\n    image: mongo:4\n    networks: {comments_net: {aliases: [remarks]}}\n",
            ),
            replace(COMPOSE, _POST, _on("post", "      - posts_net\n      - front_net\n")),
            replace(COMPOSE, _COMMENT, _on("comment", "      - comments_net\n      - front_net\n")),
            replace(COMPOSE, UI_PORT, f"{UI_PORT}    links: ['post:letters']\n    hostname: shop\n"),
            replace(
                COMPOSE,
                "\n  back_net:\n  front_net:\n",
                "\n  posts_net: {ipam: {config: [{subnet: 10.0.1.0/24}]}}\n"
                "  comments_net: {ipam: {config: [{subnet: 10.0.1.0/24}]}, internal: true}\n  front_net:\n",
            ),
        ],
    ),
    Sample(
        _ITEM,
        "fails",
        "the database's alias is the name of a service",
        [replace(COMPOSE, "          - comment_db\n", "          - comment_db\n          - post\n")],
        expect_file=COMPOSE,
        expect_line_contains="- post",
        expect_text="is shared by post, post_db",
        findings=1,
    ),
    Sample(
        _ITEM,
        "fails",
        "a hostname that is another service's name",
        [replace(COMPOSE, UI_PORT, f"{UI_PORT}    hostname: comment\n")],
        expect_file=COMPOSE,
        expect_line_contains="hostname: comment",
        expect_text="is shared by comment, ui",
        findings=1,
    ),
    Sample(
        _ITEM,
        "fails",
        "a name is pinned to an address",
        [replace(COMPOSE, UI_PORT, f"{UI_PORT}    extra_hosts: ['post:192.0.2.7']\n")],
        expect_file=COMPOSE,
        expect_line_contains="extra_hosts",
        expect_text="extra_hosts pins post to 192.0.2.7",
        findings=1,
    ),
    Sample(
        _ITEM,
        "fails",
        "one network for all is docker-4/networks' finding",
        [
            replace(COMPOSE, DB_NETWORKS, DB_NETWORKS.replace("back_net", "front_net")),
            replace(COMPOSE, _POST, _on("post", "      - front_net\n")),
            replace(COMPOSE, _COMMENT, _on("comment", "      - front_net\n")),
        ],
        verdict="unverified",
        expect_text="ui reaches post_db by its address",
    ),
    Sample(
        _ITEM,
        "fails",
        "ui on the docker host's network is docker-4/networks' finding",
        [replace(COMPOSE, f"    ports:\n{UI_PORT}{_UI_NETWORKS}", "    network_mode: host\n")],
        verdict="unverified",
        expect_text="ui is on the docker host's network",
    ),
    Sample(
        _ITEM,
        "fails",
        "ui in a strange container's network cannot be measured",
        [replace(COMPOSE, f"    ports:\n{UI_PORT}{_UI_NETWORKS}", "    network_mode: 'container:proxy'\n")],
        verdict="unverified",
        expect_text="outside the project (container:proxy)",
    ),
    Sample(
        _ITEM,
        "fails",
        "an alias that nobody can look up",
        [replace(COMPOSE, "          - comment_db\n", "          - база\n")],
        expect_file=COMPOSE,
        expect_line_contains="- база",
        expect_text="at most 63",
        findings=1,
    ),
    Sample(
        _ITEM,
        "fails",
        "a service whose name is longer than a name can be",
        [replace(COMPOSE, "  post:\n", f"  post-{'x' * 295}:\n")],
        expect_file=COMPOSE,
        expect_line_contains="post-xxx",
        expect_text="at most 63",
        findings=1,
    ),
]
