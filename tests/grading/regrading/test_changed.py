"""Which items are looked at again, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.regrading.asked import ask_again
from pytest_dockerlab.grading.regrading.changed import changed_items, other_versions, versions_of
from pytest_dockerlab.results import SubmissionResult
from tests.grading._record import record
from tests.grading._results import item, submission

OTHER = "f" * 64


@pytest.fixture(scope="module")
def now():
    return ask_again(record("docker-4/networks", "docker-4/aliases", "docker-4/names-resolve"))


def as_now(now, **others) -> SubmissionResult:
    """Results of all items with the digests of now, and others where these are given."""
    results = []
    for each in now.items:
        digest = {**now.digests[each.id], **others.get(each.name.replace("-", "_"), {})}
        results.append(replace(item(each.name), digest=digest))
    return submission("s", *results)


def test_nothing_is_where_nothing_has_changed(now):
    assert changed_items(as_now(now), now) == {}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"check": OTHER}, "its check was changed"),
        ({"settings": OTHER}, "what the course file sets for it was changed"),
        ({"check": OTHER, "settings": OTHER}, "its check and what the course file sets for it were changed"),
    ],
)
def test_a_digest_that_is_another_one_is_a_reason(now, other, why):
    assert str(changed_items(as_now(now, aliases=other), now)["docker-4/aliases"]) == why


def test_what_depends_on_it_is_looked_at_too(now):
    found = changed_items(as_now(now, compose_file={"check": OTHER}), now)
    assert {id: str(why) for id, why in found.items()} == {
        "docker-4/compose-file": "its check was changed",
        "docker-4/networks": "docker-4/compose-file, which it depends on, is looked at again",
        "docker-4/aliases": "docker-4/compose-file, which it depends on, is looked at again",
        "docker-4/names-resolve": "docker-4/compose-file, which it depends on, is looked at again",
    }
    of_networks = changed_items(as_now(now, networks={"check": OTHER}), now)
    assert list(of_networks) == ["docker-4/networks", "docker-4/names-resolve"], "it may fold itself under networks"


def test_an_item_that_is_new_or_without_a_digest_is_one(now):
    result = as_now(now)
    result.items = [replace(each, digest=None) for each in result.items if each.id != "docker-4/aliases"]
    found = changed_items(result, now)
    assert str(found["docker-4/aliases"]) == "it is new"
    assert str(found["docker-4/networks"]) == "nothing is written down of its check"


def test_only_these_items_are_asked_and_the_rest_as_it_was(now, tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('name = "Spring"\n')
    asked = ask_again(record("docker-4"), course)
    only = asked.only(["docker-4/networks"], tmp_path / "copy.toml")
    assert only.check == (
        "--hw=docker-4/compose-file",
        "--hw=docker-4/networks",
        "--hw-tier=files",
        f"--hw-course={tmp_path / 'copy.toml'}",
    )
    assert only.homework == ("docker-4",)
    folding = asked.only(["docker-4/names-resolve"], course)
    assert {"docker-4/networks", "docker-4/aliases"} <= set(folding.names), "or it would tell itself what they tell"
    assert only.course["file"] == str(course)


def test_options_that_are_none_any_more_are_refused():
    with pytest.raises(ConfigurationError, match="--hw-forgotten"):
        ask_again(replace(record("docker-4"), check=("--hw=docker-4", "--hw-forgotten=1")))


def test_what_is_asked_for_is_looked_at_whatever_its_digest_says(now):
    forced = ask_again(now.record, forced=["docker-4/aliases"])
    found = {id: str(why) for id, why in changed_items(as_now(now), forced).items()}
    assert found["docker-4/aliases"] == "it was asked for"
    assert list(found) == ["docker-4/aliases", "docker-4/names-resolve"], "and what may fold itself under it"
    with pytest.raises(ConfigurationError, match="docker-4/port-parameter"):
        ask_again(now.record, forced=["docker-4/port-parameter"])


def test_another_version_of_a_program_is_told_and_an_older_results_file_has_none(now):
    then = versions_of({"digests": {"tools": {"git": "1.7.0", "gone": "1"}, "libraries": {}}}) | versions_of({})
    [said] = other_versions(then, now)
    assert str(said).startswith("git was 1.7.0 then, and is ")
    assert other_versions([], now) == []
