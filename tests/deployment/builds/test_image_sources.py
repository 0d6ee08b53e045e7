"""Images come from registries at public addresses: what is looked up, and what the docker host is not sent to."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.deployment.builds.image_sources import require_public_source
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.net.addresses import AddressRule
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

NAMES = {
    "inside.example": ["10.0.0.7"],
    "outside.example": ["8.8.8.8"],
    "LOCALHOST": ["127.0.0.1"],
    "both.example": ["8.8.8.8", "10.0.0.7"],
}


def look_up(host: str, _port: int) -> list[str]:
    if host in NAMES:
        return NAMES[host]
    if host.replace(".", "").isdecimal() or ":" in host:
        return [host]
    raise OSError("no such host")


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1:5000/ruby:2.2",
        "127.0.0.1/ruby@md5:00000000000000000000000000000000",
        "169.254.169.254/latest/meta-data",
        "[::1]:5000/ruby",
        "inside.example/ruby",
        "LOCALHOST/ruby",
        "both.example/ruby",
    ],
)
def test_an_address_of_the_docker_hosts_own_is_not_asked(name: str) -> None:
    with pytest.raises(Unverified) as caught:
        require_public_source(name, "Dockerfile:1", AddressRule(resolve=look_up))
    assert str(caught.value.reason).startswith(
        f"Dockerfile:1 takes the image {name} from an address that is not public"
    )


def test_localhost_by_the_systems_own_resolver() -> None:
    for name in ("localhost/ruby", "localhost:5000/ruby"):
        with pytest.raises(Unverified):
            require_public_source(name, "Dockerfile:1")


@pytest.mark.parametrize(
    "name",
    [
        "ruby",
        "me/ruby:2.2",
        "docker.io/me/ruby",
        "outside.example:5000/ruby",
        "unknown.example/ruby",
        "",
    ],
)
def test_anything_else_is_dockers_affair(name: str) -> None:
    require_public_source(name, "Dockerfile:1", AddressRule(resolve=look_up))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a/1\nRUN x\n", [("a/1", 1)]),
        ("ARG V=1\nFROM a/$V AS b\nFROM b\nCOPY --from=c/1 d e\n", [("a/1", 2), ("c/1", 4)]),
        ("FROM scratch\nFROM scratch\nCOPY --from=0 d e\nCOPY --from=c/1 d e\n", [("c/1", 4)]),
        (
            "FROM a/1\nRUN --mount=type=bind,from=c/1,target=/c --mount=from=d/1 x\n",
            [("a/1", 1), ("c/1", 2), ("d/1", 2)],
        ),
        ("FROM a/1 AS b\nONBUILD COPY --from=c/1 d e\nFROM b\n", [("a/1", 1), ("c/1", 2)]),
        # a stage that the image is made without, and an image that the course puts there
        ("FROM c/1 AS unused\nFROM a/1\n", [("a/1", 2)]),
        ("FROM old/1\nCOPY --from=old/1 d e\nCOPY --from=a/1 d e\n", [("a/1", 3)]),
    ],
)
def test_which_images_a_dockerfile_takes(tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    submission = Submission("x", WorkTree(tmp_path))
    plan = plan_build(submission, "ui", "Dockerfile", "", images={"old/1": "localhost:5000/new"})
    assert [(each.name, each.instruction.line) for each in plan.taken] == expected
