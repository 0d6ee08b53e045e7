"""The catalogue: no row of the course is lost, and names select what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue as catalogues
from pytest_dockerlab.catalogue import Catalogue
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.homework import Homework, check, item_of, planned

CATALOGUE = catalogues.load()


def rows() -> list[tuple[str, ...]]:
    lines = Path(__file__).with_name("items.tsv").read_text().splitlines()
    return [tuple(line.split("\t")) for line in lines[1:]]


def test_every_row_of_the_course_is_an_item_with_its_kind_level_and_tier() -> None:
    ours = {homework.slug for homework in CATALOGUE.homeworks if homework.package.startswith("pytest_dockerlab.")}
    found = [(i.id, str(i.kind), str(i.level), str(i.tier)) for i in CATALOGUE.items.values() if i.slug in ours]
    assert len(rows()) == 109
    assert sorted(found) == sorted(rows())


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


def test_a_cohort_may_renumber() -> None:
    homework = catalogues.load({"docker-4": 3}).homework("3")
    assert homework is not None
    assert homework.slug == "docker-4"


def homework(*functions: object, slug: str = "h", number: int = 1) -> Homework:
    items = tuple(item for item in map(item_of, functions) if item is not None)
    return Homework(slug, number, "title", items=items)


def test_mistakes_of_a_check_module_are_refused() -> None:
    one = check("h/one", "one", needs=["h/none"])(lambda: None)
    with pytest.raises(ConfigurationError, match="h/none"):
        Catalogue([homework(one)])
    two = check("h/two", "two")(lambda: None)
    with pytest.raises(ConfigurationError, match="two checks"):
        Catalogue([homework(two, two)])
    with pytest.raises(ConfigurationError, match="two homeworks"):
        Catalogue([homework(), homework()])


@pytest.mark.parametrize("id", ["networks", "docker-4", "docker-4/", "Docker-4/x", "docker_4/x", "a/b/c", "a/b\n"])
def test_an_id_has_a_form(id: str) -> None:
    with pytest.raises(ValueError, match="no item id"):
        check(id, "title")


@pytest.mark.parametrize("words", [{"level": "must"}, {"tier": "cloud"}, {"kind": "x"}, {"needs": ["engines"]}])
def test_an_unknown_word_is_a_mistake_of_the_module(words: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        check("h/x", "title", **words)(lambda: None)  # type: ignore[arg-type]


def test_a_planned_item_has_no_verdict() -> None:
    item = item_of(planned("h/later", "later"))
    assert item is not None
    assert item.is_planned
