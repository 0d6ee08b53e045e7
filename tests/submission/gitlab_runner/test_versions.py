"""Which runner reads a configuration."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.gitlab_runner.readings import readings
from pytest_dockerlab.submission.gitlab_runner.versions import newest_known, newest_on, shown, version_of

HERE = Location("docker-compose.yml", 3)


@pytest.mark.parametrize(
    ("tag", "version"),
    [("v10.5.0", (10, 5, 0)), ("10.5", (10, 5, 0)), ("alpine-v16.4.1", (16, 4, 1)), ("ubuntu-v15.0.0", (15, 0, 0)),
     ("alpine3.18-v17.5.0", (17, 5, 0)), ("ubi-fips-v16.0.0", (16, 0, 0)), ("alpine-v16.4.1-1", (16, 4, 1)),
     ("latest", None), ("alpine", None), ("bleeding", None), ("ubuntu-bleeding", None), ("x86_64-v1.2", None),
     (None, None), ("v10", None), ("1.2.3.4", None)],
)  # fmt: skip
def test_the_version_that_a_tag_names(tag: str | None, version: object) -> None:
    assert version_of(tag) == version


def test_the_newest_of_a_day() -> None:
    assert newest_on(date(2018, 2, 21)) == (10, 4, 0)
    assert newest_on(date(2018, 2, 22)) == (10, 5, 0)
    assert newest_on(date(2010, 1, 1)) is None
    assert newest_on(date(2999, 1, 1)) == newest_known()
    assert (shown((10, 5, 0)), shown((10, 5, 2))) == ("10.5", "10.5.2")


def test_a_tag_is_before_the_course_and_that_before_the_day() -> None:
    day = date(2018, 2, 22)
    by_tag = readings([("latest", HERE), ("v12.1.0", HERE)], "17.5", day, "config.toml")
    assert (by_tag.main, by_tag.is_moving) == ((12, 1, 0), False)
    assert by_tag.named is not None
    assert by_tag.named.at == HERE
    by_course = readings([("latest", HERE)], "17.5", day, "config.toml")
    assert (by_course.main, by_course.is_moving) == ((17, 5, 0), False)
    by_day = readings([("latest", HERE)], "", day, "config.toml")
    assert (by_day.main, by_day.today, by_day.is_moving) == ((10, 5, 0), newest_known(), True)
    assert not by_day.is_beyond
    without = readings([], "", None, "config.toml")
    assert (without.main, without.is_moving, without.is_beyond) == (newest_known(), False, True)
    assert readings([], "", date(2999, 1, 1), "config.toml").is_beyond
    assert readings([("v999.0.0", HERE)], "", day, "config.toml").is_beyond
