"""The table of keys."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pytest_dockerlab.submission.gitlab_runner import keys
from pytest_dockerlab.submission.gitlab_runner.keys import child, children, header, near, same, sections_with
from pytest_dockerlab.submission.gitlab_runner.types import TYPES, shown_value
from pytest_dockerlab.submission.gitlab_runner.versions import newest_known, version_of

ROWS = list(csv.DictReader(Path(keys.__file__).with_name("keys.csv").read_text("utf-8").splitlines()))


def test_every_row_is_whole() -> None:
    named = [row["key"] for row in ROWS]
    assert named == sorted(set(named))
    for row in ROWS:
        assert row["type"] in TYPES, row
        assert row["source"], row
        parent = row["key"].rpartition(".")[0]
        assert not parent or parent in named, "what it is inside of is there too"
        since, *later = (version_of(row[name]) or (0, 0, 0) for name in ("since", "deprecated", "ignored", "removed"))
        assert since <= newest_known(), row
        assert all(since < each for each in later if each > (0, 0, 0)), row


def test_a_section_has_keys_and_a_value_has_none() -> None:
    for row in ROWS:
        has_keys = bool(children(tuple(row["key"].split("."))))
        assert has_keys == (row["type"] in ("table", "tables", "services")), row


@pytest.mark.parametrize(
    ("key", "since", "removed"),
    [
        ("runners.machine.IdleScaleFactor", "14.6", ""),
        ("runners.machine.MaxGrowthRate", "13.6", ""),
        ("runners.machine.autoscaling", "13.0", ""),
        ("runners.cache.ServerAddress", "1.1", "12.0"),
        ("runners.cache.s3", "11.3", ""),
        ("metrics_server", "1.8", "12.0"),
        ("listen_address", "11.0", ""),
        ("machine.shutdown_drain", "18.10", ""),
    ],
)
def test_since_and_until_when(key: str, since: str, removed: str) -> None:
    *section, name = key.split(".")
    known = child(tuple(section), name)
    assert known is not None
    assert (known.since, known.removed) == (version_of(since), version_of(removed))


def test_names_that_are_meant() -> None:
    machine = ("runners", "machine")
    assert child(machine, "IDLECOUNT") is child(machine, "IdleCount") is not None
    assert same(machine, "idle_count") == "IdleCount"
    assert near(machine, "IdelTime") == "IdleTime"
    assert near(machine, "zzz") is None
    assert sections_with("privileged") == ["[runners.docker]"]
    assert sections_with("concurrent") == [""]
    assert header(("runners",)) == "[[runners]]"


@pytest.mark.parametrize("value", ["12345678", 12345678, 123456.78, ["12345678"], {"a": "12345678"}])
def test_what_may_be_a_secret_is_not_shown_whatever_its_type(value: object) -> None:
    for name in ("token", "SecretKey", "AccountKey", "credentials", "sentry_dsn", "environment"):
        assert "1234" not in str(shown_value(name, value))
    assert isinstance(value, (list, dict)) or "1234" in str(shown_value("IdleCount", value))
