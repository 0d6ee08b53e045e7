"""WWW-Authenticate: as registries write it, as the standard allows it, and as nobody should."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.registry.challenges import Challenge, parse_challenges

HUB = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            [HUB],
            [
                (
                    "bearer",
                    {
                        "realm": "https://auth.docker.io/token",
                        "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    },
                )
            ],
        ),
        (['BASIC Realm = "a, b=\\"c\\""'], [("basic", {"realm": 'a, b="c"'})]),
        (["Basic"], [("basic", {})]),
        (
            ["Bearer realm=https://x.example/t,service=y"],
            [("bearer", {"realm": "https://x.example/t", "service": "y"})],
        ),
        (
            ['Basic realm="a", Bearer realm="b", service="c"'],
            [("basic", {"realm": "a"}), ("bearer", {"realm": "b", "service": "c"})],
        ),
        (["Basic realm=a", 'Bearer realm="b"'], [("basic", {"realm": "a"}), ("bearer", {"realm": "b"})]),
        (["Negotiate YWJj==, Basic realm=a"], [("negotiate", None), ("basic", {"realm": "a"})]),
        (['Bearer realm="a",realm="b"'], [("bearer", {"realm": "a"})]),
        (['Bearer ,, realm="a" ; junk'], [("bearer", None)]),
        (['realm="a"'], []),
        ([""], []),
        ([], []),
        (['Bearer realm="never closed'], [("bearer", None)]),
    ],
)
def test_challenges(headers: list[str], expected: list[tuple[str, dict[str, str] | None]]) -> None:
    found = [(each.scheme, dict(each.parameters)) for each in parse_challenges(headers)]
    for scheme, parameters in expected:
        assert any(each == scheme and parameters in (None, its) for each, its in found), found
    if not expected:
        assert found == []


@given(st.lists(st.text(max_size=200), max_size=20))
def test_anything_is_read(headers: list[str]) -> None:
    assert all(isinstance(each, Challenge) for each in parse_challenges(headers))


@pytest.mark.parametrize("piece", ["a", "a=", 'a="', "a ", ",", '"\\', "a=b,", "a\t"])
def test_headers_made_to_be_slow(piece: str) -> None:
    used = time.process_time()
    parse_challenges([piece * 60_000] * 100)
    assert time.process_time() - used < 20
