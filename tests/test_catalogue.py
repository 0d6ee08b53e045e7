"""The catalogue: what its items are, what names select, and what it refuses."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue as catalogues
from pytest_dockerlab import installed
from pytest_dockerlab.catalogue import Catalogue
from pytest_dockerlab.course import TIME_LIMITS
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.homework import Homework, Kind, Level, Tier, check, planned
from pytest_dockerlab.installed import OWN_DISTRIBUTION, UnreadableHomework
from pytest_dockerlab.spelling import meant_by_branch

CATALOGUE = catalogues.load()
SLUGS = [each.slug for each in CATALOGUE.homeworks]
OURS = [
    item
    for homework in CATALOGUE.homeworks
    if homework.distribution == OWN_DISTRIBUTION
    for item in CATALOGUE.items_of(homework)
]


def test_what_is_called_a_lab_is_one() -> None:
    assert [item.id for item in OURS if item.name.endswith("-lab") and item.kind is not Kind.LAB] == []


def test_what_an_item_needs_can_be_asked_wherever_it_is_asked() -> None:
    """Else it could never be verified at its own tier."""
    tiers = [*Tier]
    pairs = [(item, CATALOGUE.items[need]) for item in OURS for need in item.needs_items]
    assert [(item.id, need.id) for item, need in pairs if tiers.index(need.tier) > tiers.index(item.tier)] == []


def test_the_time_limit_of_an_item_is_one_of_the_courses() -> None:
    """Its tier's, but for what takes longer."""
    assert {item.time_limit for item in OURS} <= TIME_LIMITS.keys()
    assert {item.id: item.time_limit for item in OURS if item.time_limit != item.tier} == {
        "docker-3/image-size": "app",  # with that tier it builds what it measures
        "gitlab-ci-1/scale-up": "burst",
    }


def test_what_is_required_needs_nothing_that_is_not() -> None:
    """Else it could be lost by whoever left out what they may."""
    pairs = [(item, CATALOGUE.items[need]) for item in OURS for need in item.needs_items]
    required = [(item, need) for item, need in pairs if item.level is Level.REQUIRED]
    assert [(item.id, need.id) for item, need in required if need.level is not Level.REQUIRED] == []


def test_numbers_and_slugs_of_the_default_cohort() -> None:
    numbers = {homework.slug: homework.number for homework in CATALOGUE.homeworks}
    expected = {"docker-1": 14, "docker-2": 15, "docker-3": 16, "docker-4": 17, "gitlab-ci-1": 19, "monitoring-1": 21}
    assert numbers.items() >= expected.items()
    first_cohort = CATALOGUE.homework("docker-6")
    assert first_cohort is not None
    assert first_cohort.slug == "gitlab-ci-1"


@pytest.mark.parametrize("item", CATALOGUE.items.values(), ids=lambda item: item.id)
def test_titles_are_short_sentences(item: object) -> None:
    title = item.title  # type: ignore[attr-defined]
    assert title == title.strip().rstrip(".")
    assert "\n" not in title
    assert len(title) <= 110


def test_what_an_item_needs_is_selected_with_it() -> None:
    selected = [item.id for item in CATALOGUE.select(["docker-4/networks"])]
    assert selected == ["docker-4/compose-file", "docker-4/networks"]


def test_an_items_homework_may_be_a_number() -> None:
    assert CATALOGUE.item("17/networks").id == "docker-4/networks"


@pytest.mark.parametrize(
    ("name", "near"), [("docker-44", "docker-4"), ("monitoring", "monitoring-1"), ("17/networcs", "docker-4/networks")]
)
def test_an_unknown_name_is_refused_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(ConfigurationError, match=near):
        CATALOGUE.select([name])


@pytest.mark.parametrize(
    ("branch", "slugs"),
    [
        ("docker4", ["docker-4"]),
        ("Docker-4", ["docker-4"]),
        ("docker_4", ["docker-4"]),
        ("feature/docker-4", ["docker-4"]),
        ("docker-4/fix", ["docker-4"]),
        ("docker-4-fix", ["docker-4"]),
        ("docker-4fix", ["docker-4"]),
        ("revert-12-docker-4", ["docker-4"]),
        ("hw17", ["docker-4"]),
        ("homework-17", ["docker-4"]),
        ("HW_17-networks", ["docker-4"]),
        ("дз-17", ["docker-4"]),
        ("docker-6-runner", ["gitlab-ci-1"]),
        ("docker-3-to-docker-4", ["docker-3", "docker-4"]),
        ("docker-44", []),
        ("docker-4.2", []),
        ("mydocker-4", []),
        ("hw170", []),
        ("17", []),
        ("fix-17", []),
        ("merge/17", []),
        ("dependabot/docker/4.0", []),
        ("main", []),
    ],
)
def test_a_branch_names_a_homework_however_it_is_spelt_and_nothing_else_does(branch: str, slugs: list[str]) -> None:
    assert [each.slug for each in meant_by_branch(CATALOGUE, branch)] == slugs


@pytest.mark.parametrize("name", [*SLUGS, "17", "all", "auto", "docker-4/networks"])
def test_what_is_right_is_never_told_to_be_near_itself(name: str) -> None:
    """The kind of ``near: docker-4`` for ``docker-4``: wherever one item is wanted, the way out is another word."""
    if name in CATALOGUE.items:
        assert CATALOGUE.item(name).id == name
        return
    with pytest.raises(ConfigurationError, match=r"^(?!.*did you mean).*such as [\w-]+/[\w-]+"):
        CATALOGUE.item(name)


def test_a_cohort_may_renumber() -> None:
    homework = catalogues.load({"docker-4": 3}).homework("3")
    assert homework is not None
    assert homework.slug == "docker-4"


def test_a_number_or_alias_of_two_is_ambiguous_and_a_slug_never() -> None:
    known = Catalogue([Homework("a", 1, "a", aliases=("z",)), Homework("b", 1, "b", aliases=("a", "z"))])
    for name in ("1", "z"):
        with pytest.raises(ConfigurationError, match=rf"^{name} may mean a, b: give the slug instead"):
            known.select([name])
    found = known.homework("a")
    assert found is not None
    assert found.slug == "a"


@pytest.mark.parametrize(
    ("slug", "items", "said"),
    [
        ("Docker-4", (), "'Docker-4' is no slug"),
        ("docker_4", (), "'docker_4' is no slug"),
        ("17", (), "'17' is no slug"),
        ("all", (), "'all' is no slug"),
        ("a", ("one", "two", "one"), "names 'one' twice"),
        ("a", ("one", planned("one", "one")), "names 'one' twice"),
        ("a", ("no_lab",), "names 'no_lab', which is no item's name"),
    ],
)
def test_a_homework_and_its_items_have_names(slug: str, items: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Homework(slug, 1, "title", items=items)


CHECK = (
    "from pytest_dockerlab.homework import PackNeed, check\n\n@check({id!r}, 'a title', needs={needs})\ndef f(): pass\n"
)


def test_a_number_is_one() -> None:
    with pytest.raises(ValueError, match="the number of a is '1'"):
        Homework("a", "1", "title")  # type: ignore[arg-type]


def a_check(id: str, needs: str = "[]") -> str:
    return CHECK.format(id=id, needs=needs)


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({}, "it lists one, but there is no module bad_course.one"),
        ({"one": ""}, "bad_course.one must have the check of bad-1/one alone; it has: none"),
        ({"one": a_check("bad-1/other")}, "alone; it has: bad-1/other"),
        ({"one": a_check("bad-1/one") + a_check("bad-1/two")}, "alone; it has: bad-1/two"),
        (
            {"one": a_check("bad-1/one"), "two": a_check("bad-1/two")},
            "its list does not have the item of bad_course.two",
        ),
        (
            {"one": "from . import _shared\n" + a_check("bad-1/one"), "_shared": a_check("bad-1/two")},
            "bad_course._shared has the check of bad-1/two",
        ),
        ({"one": a_check("bad-1/one", "['bad-1/none']")}, "bad-1/one needs bad-1/none, which does not exist"),
        ({"one": a_check("bad-1/one", "['bad-1/one']")}, "bad-1/one needs itself, by way of bad-1/one"),
        ({"one": a_check("bad-1/one", "[PackNeed('X', len, None)]")}, "needs X, which its pack does not list"),
        ({"one": "1 / 0"}, r"bad_course.one cannot be imported: \S+one.py:1: ZeroDivisionError: division by zero"),
        ({"one": "import pytest\npytest.skip('x', allow_module_level=True)"}, "one.py:2: Skipped: x"),
    ],
)
def test_a_homework_that_is_not_as_its_list_says_is_refused(
    modules: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "bad_course"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, source in modules.items():
        (package / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    bad = Homework("bad-1", 1, "bad", items=("one",), package="bad_course", distribution="bad-course")
    try:
        importlib.import_module("bad_course")
        known = Catalogue([bad, Homework("good-1", 1, "good", items=(planned("one", "one"),))])
        with pytest.raises(UnreadableHomework, match=f"^bad-1 of bad-course cannot be read: .*{said}"):
            known.select(["bad-1"])
        assert [item.id for item in known.select(["all"])] == ["good-1/one"]
        assert [error.slug for error in known.unreadable] == ["bad-1"]
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "bad_course"]:
            del sys.modules[name]
        installed.read_item.cache_clear()
        installed._refuse_what_is_not_listed.cache_clear()


@pytest.mark.parametrize("id", ["networks", "docker-4", "docker-4/", "Docker-4/x", "docker_4/x", "a/b/c", "a/b\n"])
def test_an_id_has_a_form(id: str) -> None:
    with pytest.raises(ValueError, match="no item id"):
        check(id, "title")


@pytest.mark.parametrize("words", [{"level": "must"}, {"tier": "cloud"}, {"kind": "x"}, {"needs": ["engines"]}])
def test_an_unknown_word_is_a_mistake_of_the_module(words: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        check("h/x", "title", **words)(lambda: None)  # type: ignore[arg-type]
