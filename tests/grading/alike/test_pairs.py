"""Which pairs are listed, and in which order."""

from __future__ import annotations

import pytest

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.grading.alike.fragments import all_hashes
from pytest_dockerlab.grading.alike.pairs import Cohort, Member
from pytest_dockerlab.messages import Message
from tests.grading._results import failed, item, submission

HANDED_OUT = "FROM ruby:2.2\nRUN apt-get update -qq\nRUN apt-get install -y build-essential\nENV APP_HOME /app\n"


def own(number: int) -> str:
    """What nobody else writes."""
    return "\n".join(
        f"RUN step-{number}-{line} --with value{number * 31 + line} --and more{number}" for line in range(8)
    )


def rare(name: str) -> str:
    return f"# dont {name} tuch {name} it {name} it wroks {name} only so {name} because of {name} the sockte {name}\n"


def cohort(texts: dict[str, str], left_out: str = "", earlier: tuple[str, ...] = ()) -> Cohort:
    hashes = set(all_hashes(left_out))
    members = []
    for number, (id, text) in enumerate(texts.items()):
        member = Member(id, "2025" if id in earlier else "")
        member.add_text("Dockerfile", HANDED_OUT + own(number) + "\n" + text, hashes)
        members.append(member)
    return Cohort(members)


def names(cohort: Cohort) -> list[tuple[str, str]]:
    return [(pair.first.id, pair.second.id) for pair in cohort.pairs()]


@pytest.fixture
def texts() -> dict[str, str]:
    return {f"s{number:02}": "" for number in range(12)}


def test_what_everybody_has_is_nothing(texts):
    assert names(cohort(texts)) == []


def test_what_two_alone_have_is_found_at_its_lines(texts):
    texts |= {"s03": rare("a"), "s09": "\n\n" + rare("a")}
    [pair] = cohort(texts).pairs()
    assert (pair.first.id, pair.second.id) == ("s03", "s09")
    [passage] = pair.passages
    assert (passage.first.file, passage.first.last) == ("Dockerfile", 13)
    assert passage.second.last == 15
    assert passage.owners == 2


def test_what_two_have_weighs_more_than_what_three_have_and_four_are_not_few(texts):
    texts |= {"s00": rare("a"), "s01": rare("a")}
    texts |= {id: rare("b") for id in ("s04", "s05", "s06")}
    texts |= {id: rare("c") for id in ("s07", "s08", "s09", "s10")}
    found = names(cohort(texts))
    assert found[0] == ("s00", "s01")
    assert set(found[1:]) == {("s04", "s05"), ("s04", "s06"), ("s05", "s06")}
    weights = [pair.weight for pair in cohort(texts).pairs()]
    assert weights[0] > 1.5 * weights[1]


def test_what_weighs_less_than_one_mistake_of_two_is_below_the_floor(texts):
    texts |= {"s00": " ".join(f"token{number}" for number in range(60)), "s07": rare("a")}
    texts |= {"s01": texts["s00"], "s08": texts["s07"], "s09": texts["s07"]}
    compared = cohort(texts)
    weights = {(pair.first.id, pair.second.id): pair.weight for pair in compared.pairs()}
    assert weights["s00", "s01"] > compared.floor
    assert 0 < weights["s07", "s08"] < compared.floor
    members = [Member(f"s{number:02}") for number in range(12)]
    for member in members[:2]:
        member.add_mistakes(submission(member.id, failed("networks", "back_net")))
    (pair,) = Cohort(members).pairs()
    assert pair.weight == Cohort(members).floor


def test_several_odd_things_weigh_more_than_a_long_one(texts):
    long = " ".join(f"token{number}" for number in range(60))
    texts |= {"s00": long, "s01": long}
    odd = [rare(name) for name in "bcde"]
    texts |= {"s04": own(77).join(odd), "s05": own(78).join(reversed(odd))}
    found = names(cohort(texts))
    assert found == [("s04", "s05"), ("s00", "s01")]


def test_what_many_have_in_their_notes_is_not_rare(texts):
    texts |= {"s00": rare("a"), "s01": rare("a")}
    compared = cohort(texts)
    for number in (5, 6):
        compared.also_has(number, compared.rare() & set(all_hashes(f"As the course says:\n{rare('a')}")))
    assert compared.pairs() == []


def test_what_was_given_to_all_is_left_out_wherever_it_stands(texts):
    texts |= {"s00": rare("a"), "s01": rare("a")}
    assert names(cohort(texts, left_out=f"The course says:\n\n{rare('a')}\nand so on")) == []


def test_earlier_cohorts_are_compared_with_and_not_with_each_other(texts):
    texts |= {"s00": rare("a"), "s10": rare("a"), "s11": rare("b"), "s09": rare("b")}
    found = cohort(texts, earlier=("s09", "s10", "s11")).pairs()
    assert [(pair.first.id, pair.second.id, pair.second.cohort) for pair in found] == [("s00", "s10", "2025")]


def test_what_an_earlier_cohort_has_often_is_not_rare(texts):
    texts |= {id: rare("a") for id in ("s00", "s01", "s10", "s11")}
    assert names(cohort(texts, earlier=("s10", "s11"))) == []


def test_a_mistake_that_few_have_counts_wherever_it_is_and_one_of_many_does_not():
    members = []
    for number in range(12):
        member = Member(f"s{number:02}")
        common = failed("networks", "back_net", line=number + 1)
        odd = failed("aliases", "postdb", file=f"compose{number}.yml") if number in (2, 7) else item("aliases")
        odd.findings += [Finding(None, "commentdb")] if odd.findings else []
        member.add_mistakes(submission(member.id, common, odd))
        members.append(member)
    [pair] = Cohort(members).pairs()
    assert (pair.first.id, pair.second.id, pair.passages) == ("s02", "s07", ())
    assert [(each.item, each.owners) for each in pair.mistakes] == [("docker-4/aliases", 2)]


def test_a_finding_with_messages_counts_by_what_it_says():
    finding = Finding(Message("{a} is wanted", {"a": "x"}), Message("{b} is there", {"b": "y"}))
    members = [Member(f"s{number}") for number in range(6)]
    for member in members[:2]:
        member.add_mistakes(submission(member.id, item("networks", "failed", findings=[finding])))
    assert [(pair.first.id, pair.second.id) for pair in Cohort(members).pairs()] == [("s0", "s1")]
