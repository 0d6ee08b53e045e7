"""The names of images: which an engine can have, and which the user gives."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_3._image_names import is_image_name, parse_given


@pytest.mark.parametrize(
    ("reference", "is_valid"),
    [
        ("me/ui:1.0", True),
        ("ui", True),
        ("localhost:5000/me/ui:1.0", True),
        ("ui@sha256:" + "0" * 64, True),
        ("Me/ui", False),
        ("${USER}/ui", False),
        ("<you>/ui:1.0", False),
        ("../../containers/x", False),
        ("ui:1.0/json?x=", False),
        ("", False),
        ("-ui", False),
    ],
)
def test_what_an_engine_can_have(reference: str, is_valid: bool) -> None:
    assert is_image_name(reference) is is_valid


def test_what_the_user_names() -> None:
    found = parse_given(["ui=me/app:1", "registry.example:5000/me/comment:2.0"])
    assert [(image.service, image.reference) for image in found] == [
        ("ui", "me/app:1"),
        ("comment", "registry.example:5000/me/comment:2.0"),
    ]
