"""docker-4/networks."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, replace, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, needs_compose

test_samples = sample_tests(
    "docker-4/networks",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "networks called by other names, three of them, with real names of their own",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace(
                        "back_net:\n  front_net:\n",
                        "data:\n    name: r-data\n  front_net:\n    name: r-web\n  extra:\n",
                    )
                    .replace("- back_net", "- data")
                    .replace("      back_net:\n", "      data:\n      extra:\n"),
                )
            ],
        ),
        Sample(
            "unusual",
            "ui is on no named network and meets the others on default",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace("    networks:\n      - front_net\n  post:", "  post:")
                    .replace("- front_net", "- default")
                    .replace("  front_net:\n", ""),
                ),
            ],
        ),
        Sample(
            "fails",
            "everything on one network",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace("      - back_net\n      - front_net", "      - back_net")
                    .replace("      - front_net", "      - back_net")
                    .replace("  front_net:\n", ""),
                )
            ],
            file=COMPOSE,
            line="networks:",
            says="at least two networks",
            findings=1,
        ),
        Sample(
            "fails",
            "ui on both networks",
            [replace(COMPOSE, "      - front_net\n  post:", "      - front_net\n      - back_net\n  post:")],
            file=COMPOSE,
            line="- back_net",
            says="ui is on no network of the database",
            findings=1,
        ),
        Sample(
            "fails",
            "the database on both networks",
            [replace(COMPOSE, "          - comment_db\n", "          - comment_db\n      front_net:\n")],
            file=COMPOSE,
            line="      front_net:",
            says="disconnect post_db from this network: post and comment reach it on back_net",
            findings=1,
        ),
        Sample(
            "fails",
            "ui on the network of the database instead of its own",
            [replace(COMPOSE, "      - front_net\n  post:", "      - back_net\n  post:")],
            file=COMPOSE,
            says="connect post_db or ui to front_net instead: post and comment are there too",
            findings=1,
        ),
        Sample(
            "fails",
            "ui on no network that is declared",
            [replace(COMPOSE, "    networks:\n      - front_net\n  post:", "  post:")],
            file=COMPOSE,
            line="  ui:",
            says="add one of these networks to ui: front_net",
            findings=1,
        ),
        Sample(
            "fails",
            "comment is cut off from the database",
            [replace(COMPOSE, "      - back_net\n      - front_net\n\nvolumes", "      - front_net\n\nvolumes")],
            file=COMPOSE,
            line="networks:",
            says="comment shares a network with database",
            findings=1,
        ),
        Sample(
            "fails",
            "post is not with ui",
            [replace(COMPOSE, "      - back_net\n      - front_net\n  comment", "      - back_net\n  comment")],
            file=COMPOSE,
            line="networks:",
            says="post shares a network with ui",
            findings=1,
        ),
        Sample(
            "fails",
            "the host's network",
            [replace(COMPOSE, "    networks:\n      - front_net\n  post:", "    network_mode: host\n  post:")],
            file=COMPOSE,
            line="network_mode: host",
            says="network_mode: host",
            findings=1,
        ),
        Sample(
            "fails",
            "two keys for one network",
            [
                replace(
                    COMPOSE, "  back_net:\n  front_net:\n", "  back_net:\n    name: all\n  front_net:\n    name: all\n"
                )
            ],
            file=COMPOSE,
            line="name: all",
            says="are both called all",
            findings=1,
        ),
    ],
    skip=needs_compose,
)


@needs_compose
def test_who_is_on_which_network_is_drawn(tmp_path: Path) -> None:
    write_homework(tmp_path, BASE)
    result = ask(catalogue.load().items["docker-4/networks"], Submission("s", WorkTree(tmp_path)))
    (figure,) = result.figures
    on = {each["name"]: each["networks"] for each in figure["services"]}
    assert next(iter(on)) == "ui", "in the order of the roles"
    assert on["ui"] == ["front_net"]
    assert figure["reach"] == [], "nothing was measured"
