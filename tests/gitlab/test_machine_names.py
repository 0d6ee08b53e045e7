"""The names of docker+machine's machines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_dockerlab.gitlab.machine_names import NamePattern, rfc1123


def test_the_name_of_2018():
    name = NamePattern("gitlab-runner-%s").read("runner-be2265a1-gitlab-runner-1519281417-b8c4439c")

    assert name is not None
    assert name.short_token == "be2265a1"
    assert name.created == datetime(2018, 2, 22, 6, 36, 57, tzinfo=UTC)
    assert name.random == "b8c4439c"


@pytest.mark.parametrize(
    ("template", "name", "short"),
    [
        ("srm-%s", "runner-ed2dce3a-srm-1540587233-a2720091", "ed2dce3a"),
        ("org-ci-%s", "runner-ih9xd9p3-org-ci-1621524292-bb661501", "ih9xd9p3"),
        ("auto-%s", "runner-t9wkyj-hg-auto-1700000000-0123abcd", "t9wkyj-hg"),
        ("auto-%s", "runner-gr1348941abcdefgh-auto-1700000000-0123abcd", "gr1348941abcdefgh"),
        ("auto-%s", "runner-a_b2265a-auto-1500000000-0123abcd", "a_b2265a"),
        ("auto-%s", "auto-1700000000-0123abcd", ""),
        ("a.%s-ci", "runner-be2265a1-a.1700000000-0123abcd-ci", "be2265a1"),
        ("%s", "runner-be2265a1-1700000000-0123abcd", "be2265a1"),
        (None, "runner-be2265a1-gitlab-runner-1519281417-b8c4439c", "be2265a1"),
        (None, "auto-1700000000-0123abcd", ""),
    ],
)
def test_names(template: str | None, name: str, short: str):
    read = NamePattern(template).read(name)

    assert read is not None
    assert read.short_token == short


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("gitlab-runner-%s", "runner-be2265a1-auto-1519281417-b8c4439c"),
        ("a.%s", "runner-be2265a1-ab1519281417-b8c4439c"),
        ("gitlab-runner-%s", "gitlab-runner"),
        ("gitlab-runner-%s", "runner-be2265a1-gitlab-runner-151928141-b8c4439c"),
        ("gitlab-runner-%s", "runner-be2265a1-gitlab-runner-1519281417-b8c4439"),
        ("gitlab-runner-%s", "runner-be2265a1-gitlab-runner-1519281417-b8c4439c\n"),
        ("gitlab-runner", "runner-be2265a1-gitlab-runner"),
        ("(a+)+%s", "runner-be2265a1-" + "a" * 100),
        (None, "gitlab-runner"),
        (None, "7a3c9f2b1d4e"),
    ],
)
def test_others(template: str | None, name: str):
    assert NamePattern(template).read(name) is None


def test_short_tokens_in_names():
    assert rfc1123("t9Wkyj-HG") == "t9wkyj-hg"
    assert rfc1123("_-A_b") == "ab"
