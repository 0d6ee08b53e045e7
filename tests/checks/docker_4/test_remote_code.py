"""docker-4/remote-code, on a docker host whose folders are this machine's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.homework import Item
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, remove, replace, said, sample_tests, write, write_homework

from ._homework import BASE, OVERRIDE, needs_compose

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [pytest.mark.engine, needs_compose]

ID = "docker-4/remote-code"
ITEM = catalogue.load().items[ID]


@pytest.fixture
def ask_there(docker_host: DockerHost, run_id: str) -> Callable[[Item, Submission], ItemResult]:
    """Ask a check with probes on the docker host, which is the student's own."""

    def asking(item: Item, submission: Submission) -> ItemResult:
        with Probes(docker_host, run_id) as probes:
            return ask(item, submission, probes=probes, is_students_host=True)

    return asking


test_samples = sample_tests(
    ID,
    BASE,
    [
        Sample("passes", "relative folders, and compose runs on the docker host"),
        Sample(
            "unusual",
            "what is beside the code is no code",
            [write("src/ui/docker_build.sh", "#!/bin/sh\n"), write("src/ui/README.md", "# ui\n")],
        ),
        Sample(
            "fails",
            "a folder that is nowhere",
            [replace(OVERRIDE, "./ui:/app", "/nowhere/reddit/ui:/app")],
            says="there is no such folder | copy it there: docker-machine scp -r, scp -r or rsync -a src/ui "
            "HOST:/nowhere/reddit",
            file=OVERRIDE,
            line="/nowhere/reddit/ui:/app",
            findings=1,
        ),
        Sample(
            "fails",
            "a folder of something else",
            [replace(OVERRIDE, "./post-py:/app", "/usr/share:/app")],
            says="/usr/share is on the docker host, with the code of post | missing from src/post-py: post_app.py",
            file=OVERRIDE,
            line="/usr/share:/app",
            findings=1,
        ),
        Sample(
            "fails",
            "where it is depends on who starts it",
            [replace(OVERRIDE, "./ui:/app", "~/ui:/app")],
            verdict="unverified",
            says="~/ui depends on who starts it",
        ),
        Sample("unusual", "no override", [remove(OVERRIDE)], verdict="not attempted"),
    ],
    asked_by="ask_there",
)


@pytest.mark.sample(ID, "unusual")
def test_the_code_in_another_folder_of_the_docker_host(
    ask_there: Callable[[Item, Submission], ItemResult], tmp_path: Path
) -> None:
    there = tmp_path / "there"
    write_homework(there, {"app.rb": "# another text, for only names are compared\n"})
    edits = [replace(OVERRIDE, "./ui:/app", f"{there}:/app")]
    write_homework(tmp_path / "homework", BASE, edits)
    result = ask_there(ITEM, Submission("sample", WorkTree(tmp_path / "homework")))
    assert result.verdict is Verdict.PASSED, [*map(said, result.findings)]
    assert text(result.evidence[f"ui: {there}"]) == "1 of 1 files of src/ui"


def test_on_a_docker_host_of_others_nothing_is_told(docker_host: DockerHost, run_id: str, tmp_path: Path) -> None:
    write_homework(tmp_path, BASE)
    with Probes(docker_host, run_id) as probes:
        submission = Submission("sample", WorkTree(tmp_path))
        result = ask(ITEM, submission, probes=probes, is_students_host=False)
    assert result.verdict is Verdict.UNVERIFIED
    assert result.reason is not None
    assert text(result.reason) == "the docker host is not the student's own"
