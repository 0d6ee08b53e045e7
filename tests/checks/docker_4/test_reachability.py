"""docker-4/reachability, on a real engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.engine.probes.matrix import Cell
from pytest_dockerlab.engine.probes.skeleton import start_skeleton
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.skeletons.plan import plan_skeleton
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, replace, said, sample_tests

from ._homework import BASE, COMMENT, COMPOSE, DB_NETWORKS, POST, UI_PORT, needs_compose

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [pytest.mark.engine, needs_compose]

ITEMS = catalogue.load().items
ITEM = ITEMS["docker-4/reachability"]
EXAMPLE = Path(__file__).parents[3] / "examples" / "reddit"
ITS_COMPOSE = "docker/docker-compose.yml"

UI_NETWORKS = "    networks:\n      - front_net\n"
BOTH_NETWORKS = "    networks:\n      - back_net\n      - front_net\n"


@pytest.fixture
def ask_on_a_skeleton(docker_host, run_id):
    """Ask a check with a skeleton of the submission's compose project, which is then removed."""

    def asking(item, submission):
        plan = plan_skeleton(submission, submission.compose)
        with Probes(docker_host, run_id) as probes:
            return ask(item, submission, skeleton_plan=plan, skeleton=start_skeleton(probes, plan))

    return asking


def example(folder, *edits):
    """The example homework with edits of its compose file; every old text stands there once."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    compose = (EXAMPLE / ITS_COMPOSE).read_text()
    for old, new in edits:
        assert compose.count(old) == 1, old
        compose = compose.replace(old, new)
    (folder / ITS_COMPOSE).write_text(compose)
    return Submission("sample", WorkTree(folder))


def reach(figure, source, target):
    """What the picture says of one service reaching another."""
    (found,) = [each for each in figure["reach"] if (each["from"], each["to"]) == (source, target)]
    return found["reached"], found["intended"], found["right"]


def all_said(result):
    return "\n".join(f"{each.at}: {said(each)}" for each in result.findings)


test_samples = sample_tests(
    "docker-4/reachability",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a database for each, a third network, links, a container name, fixed subnets that are equal",
            [
                replace(
                    COMPOSE,
                    f"    networks:\n{DB_NETWORKS}",
                    "    container_name: the-database\n    networks: [posts_net]\n"
                    "  comment_db:\n    image: mongo:4\n    networks: {comments_net: {aliases: [remarks]}}\n",
                ),
                replace(COMPOSE, POST + BOTH_NETWORKS, f"{POST}    networks:\n      - posts_net\n      - front_net\n"),
                replace(
                    COMPOSE,
                    COMMENT + BOTH_NETWORKS,
                    f"{COMMENT}    networks:\n      - comments_net\n      - front_net\n",
                ),
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
            "fails",
            "the database's alias is the name of a service",
            [replace(COMPOSE, "          - comment_db\n", "          - comment_db\n          - post\n")],
            file=COMPOSE,
            line="- post",
            says="were answered by several services: post, post_db",
            findings=1,
        ),
        Sample(
            "fails",
            "a hostname that is another service's name",
            [replace(COMPOSE, UI_PORT, f"{UI_PORT}    hostname: comment\n")],
            file=COMPOSE,
            line="hostname: comment",
            says="were answered by several services: comment, ui",
            findings=1,
        ),
        Sample(
            "fails",
            "a name is pinned to an address",
            [replace(COMPOSE, UI_PORT, f"{UI_PORT}    extra_hosts: ['post:192.0.2.7']\n")],
            file=COMPOSE,
            line="extra_hosts",
            says="extra_hosts pins post to 192.0.2.7",
            findings=1,
        ),
        Sample(
            "fails",
            "one network for all is docker-4/networks' finding",
            [
                replace(COMPOSE, DB_NETWORKS, DB_NETWORKS.replace("back_net", "front_net")),
                replace(COMPOSE, POST + BOTH_NETWORKS, f"{POST}    networks:\n      - front_net\n"),
                replace(COMPOSE, COMMENT + BOTH_NETWORKS, f"{COMMENT}    networks:\n      - front_net\n"),
            ],
            verdict="unverified",
            says="ui reaches post_db by its address",
        ),
        Sample(
            "fails",
            "ui on the docker host's network is docker-4/networks' finding",
            [replace(COMPOSE, f"    ports:\n{UI_PORT}{UI_NETWORKS}", "    network_mode: host\n")],
            verdict="unverified",
            says="ui is on the docker host's network",
        ),
        Sample(
            "fails",
            "ui in a strange container's network cannot be measured",
            [replace(COMPOSE, f"    ports:\n{UI_PORT}{UI_NETWORKS}", "    network_mode: 'container:proxy'\n")],
            verdict="unverified",
            says="outside the project (container:proxy)",
        ),
        Sample(
            "fails",
            "an alias that nobody can look up",
            [replace(COMPOSE, "          - comment_db\n", "          - база\n")],
            file=COMPOSE,
            line="- база",
            says="at most 63",
            findings=1,
        ),
        Sample(
            "fails",
            "a service whose name is longer than a name can be",
            [replace(COMPOSE, "  post:\n", f"  post-{'x' * 295}:\n")],
            file=COMPOSE,
            line="post-xxx",
            says="at most 63",
            findings=1,
        ),
    ],
    asked_by="ask_on_a_skeleton",
)


FRONT_OF_POST = "        aliases:\n          - post\n      back_net:"
FRONT_OF_COMMENT = "        aliases:\n          - comment\n      back_net:"


class TestFaultsInTheExample:
    """Each is planted in the example, and fails for its own reason at its own line."""

    @pytest.fixture
    def result_of(self, ask_on_a_skeleton, tmp_path):
        def result(*edits):
            self.given = example(tmp_path, *edits)
            found = ask_on_a_skeleton(ITEM, self.given)
            self.lines = (tmp_path / ITS_COMPOSE).read_text().splitlines()
            return found

        return result

    def line_of(self, finding):
        return self.lines[finding.at.line - 1].strip()

    def test_the_example_is_right(self, result_of):
        result = result_of()
        assert result.verdict is Verdict.PASSED, all_said(result)
        matrix = result.evidence["matrix"]
        assert text(matrix).splitlines()[:2] == ["        ui post comment post_db", "ui         +    +       -"]
        assert matrix.args["cells"][0] == ["", "+", "+", "-"]
        (seen,) = [each for each in matrix.args["measured"] if (each["from"], each["to"]) == ("ui", "post_db")]
        assert (seen["names"], seen["addresses"]) == ({"post_db": []}, {"back_net": "timed out"})
        (figure,) = result.figures
        assert [each["name"] for each in figure["services"]] == ["ui", "post", "comment", "post_db"]
        assert figure["services"][0]["networks"] == ["front_net"]
        assert reach(figure, "ui", "post_db") == ("no", False, True)
        assert reach(figure, "post", "post_db") == ("yes", True, True)
        assert reach(figure, "post_db", "post") == ("yes", None, True)

    def test_swapped_aliases(self, result_of):
        result = result_of(
            (FRONT_OF_POST, FRONT_OF_POST.replace("post", "XXX")),
            (FRONT_OF_COMMENT, FRONT_OF_COMMENT.replace("comment", "post")),
            ("XXX", "comment"),
        )
        assert result.verdict is Verdict.FAILED
        assert "remove the alias post from comment" in all_said(result)
        assert "remove the alias comment from post" in all_said(result)
        assert sorted(self.line_of(each) for each in result.findings) == ["- comment", "- post"]

    def test_an_alias_of_two_services(self, result_of):
        result = result_of(("          - comment\n", "          - comment\n          - post\n"))
        assert result.verdict is Verdict.FAILED
        assert len(result.findings) == 1
        assert "were answered by several services: comment, post" in said(result.findings[0])
        assert self.line_of(result.findings[0]) == "- post"
        assert result.evidence["matrix"].args["cells"][0] == ["", "~!", "~!", "-"]
        assert reach(result.figures[0], "ui", "post") == ("not by every name", True, False)

    def test_a_missing_network(self, result_of):
        """docker-4/networks tells it; here it is measured and shown."""
        result = result_of((f"{FRONT_OF_POST}", "        aliases:\n          - post\n"))
        assert (result.verdict, result.because_of) == (Verdict.UNVERIFIED, "docker-4/networks")
        assert "post shares no network with post_db" in text(result.reason)
        assert result.evidence["matrix"].args["cells"][1][3] == "-!"

    def test_ui_on_the_databases_network(self, result_of):
        result = result_of((UI_NETWORKS, f"{UI_NETWORKS}      - back_net\n"))
        assert (result.verdict, result.because_of) == (Verdict.UNVERIFIED, "docker-4/networks")
        assert "ui reaches post_db by its address on back_net" in text(result.reason)
        assert result.evidence["matrix"].args["cells"][0] == ["", "+", "+", "+!"]
        assert reach(result.figures[0], "ui", "post_db") == ("yes", False, False)

    def test_a_fault_of_its_own_beside_one_of_the_networks(self, result_of):
        """What docker-4/networks says does not hide what only the matrix shows."""
        result = result_of(
            (UI_NETWORKS, f"{UI_NETWORKS}      - back_net\n"),
            ("          - comment\n", "          - comment\n          - post\n"),
        )
        assert result.verdict is Verdict.FAILED
        assert len(result.findings) == 1

    def test_a_database_that_is_published_is_another_items_finding(self, result_of):
        """Through the docker host ui reaches it, which no skeleton can see: hence docker-4/database-not-published."""
        result = result_of(("    image: mongo:${MONGO_VERSION}\n", '    image: mongo:8\n    ports: ["27017:27017"]\n'))
        assert result.verdict is Verdict.PASSED
        assert "ports (post_db, ui)" in result.evidence["not part of the skeleton"]
        (finding,) = ask(ITEMS["docker-4/database-not-published"], self.given).findings
        assert "publishes no port" in text(finding.expected)

    def test_no_name_of_its_own(self, result_of):
        networks = "      front_net:\n" + FRONT_OF_COMMENT + "\n"
        result = result_of((f"    networks:\n{networks}", '    network_mode: "service:post"\n'))
        assert result.verdict is Verdict.FAILED
        assert "it has no name of its own" in said(result.findings[0])
        assert self.line_of(result.findings[0]).startswith("network_mode")

    def test_a_network_without_connections(self, result_of):
        result = result_of((
            "\n  back_net:\n\nvolumes",
            '\n  back_net:\n    driver_opts: {com.docker.network.bridge.enable_icc: "false"}\n\nvolumes',
        ))  # fmt: skip
        assert result.verdict is Verdict.FAILED
        assert all("enable_icc" in said(each) for each in result.findings)

    def test_two_networks_of_one_name(self, result_of):
        result = result_of(
            ("\n  front_net:\n  back_net:\n\nvolumes",
             "\n  front_net: {name: one}\n  back_net: {name: one}\n\nvolumes"),
        )  # fmt: skip
        assert (result.verdict, result.because_of) == (Verdict.UNVERIFIED, "docker-4/networks")
        assert "ui reaches post_db" in text(result.reason)


def test_an_engine_that_does_not_isolate_is_unverified(ask_on_a_skeleton, monkeypatch, tmp_path):
    """What an engine does wrong is never the student's fault."""
    monkeypatch.setattr(Cell, "is_reached", property(lambda _cell: True))
    result = ask_on_a_skeleton(ITEM, example(tmp_path))
    assert result.verdict is Verdict.UNVERIFIED
    assert "does not isolate networks from each other: ui to post_db" in text(result.reason)
