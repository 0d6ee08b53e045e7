"""Names of images, with what docker adds by itself, and the course's replacements."""

from __future__ import annotations

import pytest

from pytest_dockerlab.plans.builds.base_images import normalized, replacement


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ruby", "ruby:latest"),
        ("ruby:2.2", "ruby:2.2"),
        ("library/ruby", "ruby:latest"),
        ("docker.io/library/ruby:2.2", "ruby:2.2"),
        ("docker.io/me/ui", "me/ui:latest"),
        ("index.docker.io/library/ruby", "ruby:latest"),
        ("localhost:5000/ruby", "localhost:5000/ruby:latest"),
        ("localhost:5000/ruby:1", "localhost:5000/ruby:1"),
        ("ruby@sha256:0", "ruby@sha256:0"),
    ],
)
def test_what_docker_adds_is_left_out(name: str, expected: str) -> None:
    assert normalized(name) == expected


def test_a_replacement_is_found_by_any_form_of_the_name() -> None:
    images = {"docker.io/library/ruby": "ruby:3.3", "mongo:3.2": "mongo:7.0"}
    assert replacement("ruby:latest", images) == "ruby:3.3"
    assert replacement("library/mongo:3.2", images) == "mongo:7.0"
    assert replacement("ruby:2.2", images) is None
    assert replacement("me/mongo:3.2", images) is None
    assert replacement("Mongo:3.2", images) is None
