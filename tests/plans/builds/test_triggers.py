"""Build triggers of base images: the rules of the submission's own instructions hold for them."""

from __future__ import annotations

import pytest

from pytest_dockerlab.findings import Location, Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds.refusals import require_allowed_triggers

AT = Location("Dockerfile", 3)


@pytest.mark.parametrize(
    "trigger",
    [
        "COPY . /app",
        "ADD . /app",
        "RUN bundle install",
        "ADD Gemfile* /app/",
        "ADD https://github.com/a/b.tgz /x",
        "ENV A b",
    ],
)
def test_usual_ones(trigger: str) -> None:
    (read,) = require_allowed_triggers([trigger], "base:1", AT)
    assert read.original == trigger


@pytest.mark.parametrize(
    ("trigger", "what"),
    [
        ("ADD http://127.0.0.1/x /x", "a file that the docker host itself downloads"),
        ("add --chown=1 git@inside:x /x", "a file that the docker host itself downloads"),
        ("ADD $WHERE /x", "a file that the docker host itself downloads"),
        ("COPY --from=127.0.0.1:5000/x /x /x", "files of another image"),
        ("RUN --mount=type=bind,from=127.0.0.1:5000/x,target=/x true", "files of another image"),
        ("RUN --security=insecure true", "a privileged RUN"),
        ("LABEL org.pytest-dockerlab.run=x", "a label that dockerlab reserves for its own images"),
        ("RUN a\nRUN b", "what cannot be read"),
        ("", "what cannot be read"),
    ],
)
def test_what_is_not_given(trigger: str, what: str) -> None:
    with pytest.raises(Unverified) as raised:
        require_allowed_triggers(["RUN true", trigger], "base:1", AT)
    told = text(raised.value.reason)
    assert told.startswith("Dockerfile:3 starts from base:1, whose build triggers (ONBUILD) ask for ")
    assert what in told
    assert raised.value.remedy is not None


def test_too_many() -> None:
    with pytest.raises(Unverified):
        require_allowed_triggers(["RUN true"] * 201, "base:1", AT)
