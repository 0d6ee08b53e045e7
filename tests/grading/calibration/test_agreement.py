import random
import tomllib

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.grading.calibration.agreement import agreement
from pytest_dockerlab.grading.calibration.page import sentences
from pytest_dockerlab.grading.calibration.past import ALL, Past, PastGrade
from pytest_dockerlab.grading.calibration.proposal import propose
from pytest_dockerlab.homework import Level
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import Verdict
from tests.grading._results import graded, item

ACCEPTED, REJECTED = PastGrade(1.0, "accepted", is_number=False), PastGrade(0.0, "rejected", is_number=False)


def held(rows, grades, about=ALL, accepted_from=0.6):
    past = Past({about: grades}, {}, grades.keys())
    return agreement(rows, past, lambda id: None, accepted_from)


def test_objections_to_accepted_work_are_disagreements():
    rows = [
        graded("a", item("one"), item("two", "failed"), item("three", "advised", level="advisory")),
        graded("b", item("one"), item("two", "unverified"), item("three", level="advisory")),
    ]
    made = held(rows, {"a": ACCEPTED, "b": ACCEPTED})
    one, two, three = (made.items[f"docker-4/{name}"] for name in ("one", "two", "three"))
    assert (one.agreed, one.compared, one.disagreements) == (2, 2, [])
    assert (two.agreed, two.compared, two.unknown()) == (0, 1, 1)
    assert [(each.id, each.verdict, each.said) for each in two.disagreements] == [("a", Verdict.FAILED, "accepted")]
    assert (three.agreed, three.compared, three.objections(True), three.known(True)) == (1, 2, 1, 2)
    assert [case.agrees(made.levels) for case in made.cases[ALL]] == [False, True]


def test_of_rejected_work_an_item_that_is_right_contradicts_nobody():
    made = held([graded("a", item("one"), item("two", "failed"))], {"a": REJECTED})
    one, two = made.items["docker-4/one"], made.items["docker-4/two"]
    assert (one.compared, two.agreed, two.compared) == (0, 1, 1)
    assert made.cases[ALL][0].agrees(made.levels)
    silent = held([graded("a", item("one"))], {"a": REJECTED})
    assert not silent.cases[ALL][0].agrees(silent.levels)


def test_an_item_that_people_graded_itself_may_be_right_wrongly():
    made = held([graded("a", item("one"))], {"a": REJECTED}, about="docker-4/one")
    assert [each.id for each in made.items["docker-4/one"].disagreements] == ["a"]
    assert made.cases == {}


def test_who_is_in_one_of_the_two_only_is_listed():
    rows = [graded("a", item("one")), graded("b", item("one")), graded("c")]
    made = held(rows, {"a": ACCEPTED, "c": ACCEPTED, "d": ACCEPTED})
    assert (made.not_graded_then, made.not_graded_now) == (["b"], ["c", "d"])


def test_labs_and_rehearsals_are_not_held_against_anybody():
    made = held([graded("a", item("one", "failed", rehearsal="a fake"), item("lab", kind="lab"))], {"a": ACCEPTED})
    assert list(made.items) == ["docker-4/one"]
    assert (made.items["docker-4/one"].compared, made.items["docker-4/one"].unknown()) == (0, 1)


def cohort(objects, accepted=20, rejected=0, **fields):
    rows, grades = [], {}
    for number in range(accepted + rejected):
        id = f"s{number}"
        rows.append(graded(id, item("networks", "failed" if number < objects else "passed"), **fields))
        grades[id] = ACCEPTED if number < accepted else REJECTED
    return rows, grades


@pytest.mark.parametrize(
    ("objects", "accepted", "level"),
    [(2, 20, "required"), (3, 20, "advisory"), (0, 20, "required"), (7, 7, "required")],
)
def test_a_required_item_objects_to_little_accepted_work(objects, accepted, level):
    made = held(*cohort(objects, accepted))
    proposal = propose(made, 0.1)
    assert proposal.levels["docker-4/networks"] == level
    assert bool(proposal.why) == (level == "advisory")  # of 7 nothing is concluded


def test_an_advice_that_tells_rejected_work_from_accepted_becomes_required():
    rows = [graded(f"a{n}", item("networks", level="advisory")) for n in range(10)]
    rows += [graded(f"r{n}", item("networks", "advised", level="advisory")) for n in range(10)]
    grades = {row.id: ACCEPTED if row.id.startswith("a") else REJECTED for row in rows}
    proposal = propose(held(rows, grades), 0.1)
    assert proposal.levels == {"docker-4/networks": Level.REQUIRED}
    assert proposal.points == {"docker-4/networks": 1.0}
    alone = propose(held(rows[:10], grades), 0.1)
    assert alone.levels == {"docker-4/networks": Level.ADVISORY}


def test_points_come_nearer_to_what_people_gave():
    """People gave four fifths for networks, one for ui-port, and nothing for the third."""
    rows, grades = [], {}
    for number in range(64):
        wrong = [name for bit, name in enumerate(("networks", "compose-file", "ui-port")) if number >> bit & 1]
        rows.append(graded(f"s{number}", *(item(name, "failed" if name in wrong else "passed")
                                           for name in ("networks", "compose-file", "ui-port"))))  # fmt: skip
        share = 1.0 - (0.8 if "networks" in wrong else 0) - (0.2 if "ui-port" in wrong else 0)
        grades[f"s{number}"] = PastGrade(share, f"{share:g}", is_number=True)
    proposal = propose(held(rows, grades, accepted_from=0.0), 1.0)
    points = {id.partition("/")[2]: value for id, value in proposal.points.items()}
    assert points["networks"] >= 2
    assert points["compose-file"] < 0.5
    before, after = proposal.difference
    assert after < before / 2


@pytest.mark.parametrize("seed", range(5))
def test_points_that_do_not_come_clearly_nearer_are_withheld(seed):
    """People gave anything, whatever the checks say."""
    chance = random.Random(seed)
    rows, grades = [], {}
    for number in range(40):
        names = (f"item-{each}" for each in range(6))
        rows.append(graded(f"s{number}", *(item(name, chance.choice(["passed", "failed"])) for name in names)))
        grades[f"s{number}"] = PastGrade(share := chance.random(), f"{share:g}", is_number=True)
    made = held(rows, grades, accepted_from=0.0)
    proposal = propose(made, 1.0)
    assert set(proposal.points.values()) == {1.0}
    assert "[points]" not in proposal.toml("en", [])
    assert "so none are proposed" in " ".join(text(each, "en") for each in sentences(made, proposal))


def test_levels_by_which_checks_and_people_agree_less_are_withheld():
    """It objects to a fifth of what was accepted, and to all that was rejected."""
    rows = [graded(f"a{n}", item("networks", "failed" if n < 2 else "passed")) for n in range(10)]
    rows += [graded(f"r{n}", item("networks", "failed")) for n in range(10)]
    made = held(rows, {row.id: ACCEPTED if row.id.startswith("a") else REJECTED for row in rows})
    proposal = propose(made, 0.1)
    assert proposal.levels == made.levels
    assert proposal.kept == ("docker-4/networks",)
    said = " ".join(text(each, "en") for each in sentences(made, proposal))
    assert "no other level is proposed for docker-4/networks" in said
    assert "the checks agree on 18 of 20 as a whole" in said
    assert "with the proposed levels" not in said


def test_a_level_of_what_people_graded_itself_needs_no_whole():
    rows, grades = cohort(10)
    proposal = propose(held(rows, grades, about="docker-4/networks"), 0.1)
    assert proposal.levels == {"docker-4/networks": Level.ADVISORY}


def test_points_stay_where_people_gave_none():
    proposal = propose(held(*cohort(0)), 0.1)
    assert (proposal.points, proposal.difference) == ({"docker-4/networks": 1.0}, None)


@pytest.mark.parametrize(("count", "few"), [(14, True), (15, False)])
def test_points_need_more_than_levels(count, few):
    rows, grades = [], {}
    for number in range(count):
        rows.append(graded(f"s{number}", item("one", "failed" if number % 2 else "passed"), item("two")))
        grades[f"s{number}"] = PastGrade(1.0 - number % 2, "x", is_number=True)
    made = held(rows, grades, accepted_from=0.0)
    proposal = propose(made, 1.0)
    assert (proposal.difference is None) == few
    said = [text(each, "en") for each in sentences(made, proposal)]
    assert ("no points are proposed from 14 grades that are numbers: they need 15" in said) == few


@pytest.mark.parametrize(("count", "few"), [(7, True), (8, False)])
def test_of_few_it_is_said_that_nothing_is_concluded(count, few):
    made = held(*cohort(count, count))
    said = [text(each, "en") for each in sentences(made, propose(made, 0.1))]
    assert ("nothing is concluded from so few submissions (7): levels need 8" in said) == few


def test_tables_without_anything_are_not_there():
    toml = propose(held(*cohort(0)), 0.1).toml("en", ["20 submissions"])
    assert tomllib.loads(toml) == {}
    assert toml.splitlines()[2:] == ["# levels and points as they are without a course file"]


def test_the_fragment_is_what_the_course_file_takes(tmp_path):
    made = held(*cohort(10))
    made.items["docker-4/networks"].default_level = Level.REQUIRED
    toml = propose(made, 0.1).toml("en", ["18 submissions"])
    assert toml.startswith("# 18 submissions\n")
    assert "accepted\n" in toml.partition("[levels]")[2]
    file = tmp_path / "course.toml"
    file.write_text(toml)
    known = catalogue.load()
    course = known.course(file)
    assert course.levels == {"docker-4/networks": Level.ADVISORY}
    assert course.points == {}
    assert tomllib.loads(toml)["levels"] == {"docker-4/networks": "advisory"}


def test_what_the_course_file_has_already_stays_in_it():
    rows = [graded(f"s{n}", item("networks", level="advisory", max_points=2.0, points=2.0)) for n in range(9)]
    past = Past({ALL: {row.id: ACCEPTED for row in rows}}, {}, [])
    toml = propose(agreement(rows, past, lambda id: Level.REQUIRED, 0.6), 0.1).toml("en", [])
    assert tomllib.loads(toml) == {"levels": {"docker-4/networks": "advisory"}, "points": {"docker-4/networks": 2}}
