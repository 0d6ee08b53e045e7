from pathlib import Path

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides, read_overrides
from pytest_dockerlab.results import Verdict

HEADER = "id,item,verdict,points,max,reason,who,when\n"


def read(folder: Path, text: str, encoding: str = "utf-8") -> Overrides:
    file = folder / "overrides.csv"
    file.write_text(text, encoding)
    return read_overrides(file)


def test_none_is_as_good_as_an_empty_one(tmp_path: Path) -> None:
    assert read_overrides(tmp_path / "overrides.csv") == Overrides() == read(tmp_path, HEADER)


def test_verdict_or_points_or_both(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEADER
        + "ann,docker-4/networks,passed,,,an alias does it too,eve,2026-11-29\n"
        + "ann,docker-4/app,,0.5,,'it runs, without a post',eve,2026-11-29T10:00\n".replace("'", '"')
        + "\n"
        + "bob,docker-4/app,not attempted,0,,a copy,eve,2026-11-30\n",
    )
    assert found.marks == {
        ("ann", "docker-4/networks"): Override(Verdict.PASSED, None, "an alias does it too", "eve", "2026-11-29"),
        ("ann", "docker-4/app"): Override(None, 0.5, "it runs, without a post", "eve", "2026-11-29T10:00"),
        ("bob", "docker-4/app"): Override(Verdict.NOT_ATTEMPTED, 0.0, "a copy", "eve", "2026-11-30"),
    }
    assert found.lines[("bob", "docker-4/app")] == 5


def test_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    text = "id;item;points;reason;who;when;\r\nann;docker-4/app;0,5;устно;Ева;29.11.2026;\r\n;;;;;;\r\n"
    found = read(tmp_path, text, "utf-8-sig")
    assert found.marks == {("ann", "docker-4/app"): Override(None, 0.5, "устно", "Ева", "2026-11-29")}


def test_a_reason_may_have_any_signs(tmp_path: Path) -> None:
    """A page that it was copied from may end lines otherwise."""
    found = read(tmp_path, HEADER + "ann,docker-4/app,passed,,,so\u2028it is\x0c,eve,2026-11-29\n")
    assert found.marks["ann", "docker-4/app"].reason == "so\u2028it is"


def test_manual_items(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEADER + "ann,manual/defence,,2,3,well,eve,2026-11-29\nbob,manual/defence,,3,,well,eve,2026-11-29\n"
        "bob,manual/late,,-1,,a week,eve,2026-11-29\n",
    )
    assert found.manual_items == ("manual/defence", "manual/late")
    assert found.maxima == {"manual/defence": 3.0}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,item,verdict,reason,who\n", "overrides.csv:1: column when is missing"),
        (HEADER.replace("max", "maks"), "overrides.csv:1: unknown column 'maks'"),
        (HEADER.replace("max", "who"), "overrides.csv:1: column who is there twice"),
        (HEADER + "ann,docker-4/app,passed,,,,eve,2026-11-29\n", "overrides.csv:2: reason is empty"),
        (HEADER + "ann,docker-4/app,passed,,,so,,2026-11-29\n", "overrides.csv:2: who is empty"),
        (HEADER + "ann,docker-4/app,,,,so,eve,2026-11-29\n", "overrides.csv:2: give a verdict or points"),
        (HEADER + "ann,docker-4/app,error,,,so,eve,2026-11-29\n", "overrides.csv:2: 'error' is none of passed, failed"),
        (HEADER + "ann,docker-4/app,,nan,,so,eve,2026-11-29\n", "points is a number such as 1 or 0.5, not 'nan'"),
        (HEADER + "ann,docker-4/app,,1e9,,so,eve,2026-11-29\n", "points is a number such as 1 or 0.5, not '1e9'"),
        (HEADER + "ann,docker-4/app,unverified,1,,so,eve,2026-11-29\n", "what is unverified has no points"),
        (HEADER + "ann,docker-4/app,passed,,,so,eve,3/4/2026\n", "when is a date such as 2026-11-29, not '3/4/2026'"),
        (HEADER + "ann,docker-4/app,passed,,2,so,eve,2026-11-29\n", "max is a number above 0, for items that begin"),
        (HEADER + "ann,manual/My defence,,1,2,so,eve,2026-11-29\n", "a manual item is called manual/<name>"),
        (HEADER + "ann,docker-4/app,passed,,,so,eve,2026-11-29,more\n", "overrides.csv:2: more cells than columns"),
        (HEADER + 'ann,docker-4/app,passed,,,"so,eve,2026-11-29\n', "overrides.csv:2: unexpected end of data"),
        (
            HEADER + "ann,docker-4/app,passed,,,so,eve,2026-11-29\n" * 2,
            "overrides.csv:3: docker-4/app of ann is there twice, in line 2 too",
        ),
        (
            HEADER + "a,manual/d,,1,2,so,eve,2026-11-29\nb,manual/d,,1,3,so,eve,2026-11-29\n",
            "overrides.csv:3: max of manual/d is 2.0 in another line",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        read(tmp_path, text)
    assert why in str(refusal.value.text)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"overrides\.csv cannot be read: not in UTF-8"):
        read(tmp_path, HEADER + "ann,docker-4/app,passed,,,устно,Ева,2026-11-29\n", "cp1251")
