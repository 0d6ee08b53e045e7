"""Names and addresses that are wrong whatever is measured, found without an engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_4._name_problems import name_problems
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import said

from ._homework import needs_compose

pytestmark = needs_compose


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[..., list[str]]:
    """What is wrong in a project of ui and post, each finding as text with its place."""

    def problems(ui: str = "", post: str = "") -> list[str]:
        (tmp_path / "docker-compose.yml").write_text(
            f"services:\n  ui: {{image: x, {ui}}}\n  post: {{image: x, {post}}}\n"
        )
        submission = Submission("sample", WorkTree(tmp_path))
        return [f"{each.at}: {said(each)}" for each in name_problems(submission, submission.compose)]

    return problems


def test_external_links(problems_of: Callable[..., list[str]]) -> None:
    (problem,) = problems_of("external_links: ['other:db']")
    assert problem.startswith("docker-compose.yml:2: ui finds others by their names on its networks | ")
    assert "external_links to other:db" in problem


def test_a_service_that_is_pinned(problems_of: Callable[..., list[str]]) -> None:
    (problem,) = problems_of("extra_hosts: ['post:192.0.2.1']")
    assert "extra_hosts pins post to 192.0.2.1" in problem


def test_hosts_that_are_no_service(problems_of: Callable[..., list[str]]) -> None:
    assert problems_of("extra_hosts: ['a:192.0.2.1', 'gate=host-gateway', 'v6:::1', 'bad name:1.2.3.4']") == []


@pytest.mark.parametrize("alias", ["комментарий", "a" * 300, "two words", "$(reboot)", "-x", "a..b"])
def test_an_alias_that_is_no_name(problems_of: Callable[..., list[str]], alias: str) -> None:
    (problem,) = problems_of(f"networks: {{default: {{aliases: [{alias!r}]}}}}")
    assert f"ui has names that can be looked up | {alias} | use letters, digits and hyphens" in problem


@pytest.mark.parametrize(
    ("use", "word"),
    [
        ("environment: {POST_HOST: 10.0.1.3}", "POST_HOST"),
        ("environment: {POST_URL: 'http://10.0.1.3:5000/'}", "POST_URL"),
        ("command: connect 10.0.1.3", "command"),
        ("extra_hosts: ['p:10.0.1.3']", "extra_hosts"),
    ],
)
def test_a_fixed_address_that_is_used(problems_of: Callable[..., list[str]], use: str, word: str) -> None:
    (problem,) = problems_of(use, "networks: {default: {ipv4_address: 10.0.1.3}}")
    assert f"relies on the fixed address 10.0.1.3 of post ({word})" in problem
    assert problem.startswith("docker-compose.yml:2")


def test_a_fixed_address_that_nobody_uses(problems_of: Callable[..., list[str]]) -> None:
    settings = "{ipv4_address: 10.0.1.3, priority: 5, link_local_ips: [169.254.8.8]}"
    assert problems_of(f"networks: {{default: {settings}}}") == []
