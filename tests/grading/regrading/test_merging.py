"""New results in the place of old ones."""

from __future__ import annotations

import pytest

from pytest_dockerlab.grading.regrading.asked import ask_again
from pytest_dockerlab.grading.regrading.merging import KEPT, merged
from pytest_dockerlab.messages import Message
from tests.grading._record import record
from tests.grading._results import failed, item, submission

WHY = {"docker-4/networks": Message("changed")}


@pytest.fixture(scope="module")
def now():
    return ask_again(record("docker-4/networks"))  # and the compose file, without which there are none


def told(old, new, why, now, **words):
    """The verdicts afterwards, and what is said of changes."""
    found, changes = merged(submission("s", *old), None if new is None else submission("s", *new), why, now,
                            **{"never_lower": False, **words})  # fmt: skip
    verdicts = {each.id.removeprefix("docker-4/"): str(each.verdict) for each in found.items}
    said = [
        (each.item.removeprefix("docker-4/"), each.before and str(each.before.verdict),
         each.after and str(each.after.verdict), each.is_kept, each.problem and str(each.problem))
        for each in changes
    ]  # fmt: skip
    return verdicts, said, {each.id.removeprefix("docker-4/"): each for each in found.items}


def test_only_what_has_a_reason_is_taken(now):
    new = [item("networks"), failed("compose-file", "not asked for")]
    verdicts, said, _items = told([item("compose-file"), failed("networks", "x")], new, WHY, now)
    assert verdicts == {"compose-file": "passed", "networks": "passed"}
    assert said == [("networks", "failed", "passed", False, None)]


def test_what_is_the_same_is_no_change(now):
    old = [item("compose-file"), failed("networks", "x")]
    assert told(old, [failed("networks", "otherwise")], WHY, now)[1] == []


def test_the_better_value_is_kept_where_that_is_wanted_and_it_says_so(now):
    old, new = [item("compose-file"), item("networks")], [failed("networks", "x")]
    assert told(old, new, WHY, now)[0]["networks"] == "failed"
    verdicts, said, items = told(old, new, WHY, now, never_lower=True)
    assert verdicts["networks"] == "passed"
    assert said == [("networks", "passed", "failed", True, None)]
    assert str(items["networks"].evidence[KEPT]) == "failed: the better value of before is kept"
    assert items["networks"].points == 1.0


def test_a_better_one_is_taken_then_too(now):
    old, new = [item("compose-file"), failed("networks", "x")], [item("networks")]
    assert told(old, new, WHY, now, never_lower=True)[0]["networks"] == "passed"


@pytest.mark.parametrize("new", [[item("networks", "error", reason=Message("broken"))], [], None])
def test_an_error_or_nothing_takes_nothing_away(now, new):
    verdicts, said, items = told([item("compose-file"), item("networks")], new, WHY, now)
    assert verdicts["networks"] == "passed"
    problem = "broken" if new else "there is no new result"
    assert said == [("networks", "passed", "passed", False, problem)]
    assert items["networks"].digest is None, "it is looked at again the next time"


def test_a_docker_host_that_is_gone_takes_nothing_away_and_a_check_that_cannot_tell_does(now):
    gone = item("networks", "unverified", tier="engine", reason=Message("no engine"))
    verdicts, said, _items = told([item("compose-file"), item("networks")], [gone], WHY, now)
    assert (verdicts["networks"], said[0][-1]) == ("passed", "no engine")
    unknown = item("networks", "unverified", reason=Message("nobody can know"))
    verdicts, said, _items = told([item("compose-file"), failed("networks", "x")], [unknown], WHY, now)
    assert (verdicts["networks"], said[0][-1]) == ("unverified", None)


def test_what_folds_itself_under_an_error_stays_too(now):
    new = [item("compose-file", "error", reason=Message("broken")),
           item("networks", "unverified", because_of="docker-4/compose-file")]  # fmt: skip
    why = {"docker-4/compose-file": Message("changed"), **WHY}
    verdicts, said, _items = told([item("compose-file"), item("networks")], new, why, now)
    assert verdicts == {"compose-file": "passed", "networks": "passed"}
    assert [each[-1] for each in said] == ["broken", "broken"]


def test_points_follow_the_course_file_without_a_look(tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('[points]\n"docker-4/networks" = 3\n')
    now = ask_again(record("docker-4/networks"), course)
    _verdicts, said, items = told([item("compose-file"), item("networks")], None, {}, now)
    assert (items["networks"].points, items["networks"].max_points) == (3.0, 3.0)
    assert [each[0] for each in said] == ["networks"]
    items = told([item("compose-file"), failed("networks", "x")], None, {}, now)[2]
    assert (items["networks"].points, items["networks"].max_points) == (0.0, 3.0)


def test_an_item_that_is_none_any_more_goes_and_is_told(now):
    verdicts, said, _items = told([item("compose-file"), item("networks"), item("gone")], None, {}, now)
    assert verdicts == {"compose-file": "passed", "networks": "passed"}
    assert said == [("gone", "passed", None, False, None)]
