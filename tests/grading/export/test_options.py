"""What is exported of a gradebook, and what is said of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.export.options import add_arguments, export
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.grading.graded import Graded
from pytest_dockerlab.grading.out import Out

from .._results import failed, graded, item

ROWS = [
    graded("ivanov", item("networks"), item("aliases"), columns={"email": "ivanov@example.org"}),
    graded("team", item("networks"), failed("aliases", "none"), columns={"email": "a@example.org; b@example.org"}),
    graded("sidorov", item("networks"), item("aliases", "unverified"), columns={"email": "sidorov@example.org"}),
    graded("orlov", status="error", columns={"email": "orlov@example.org"}),
    graded(
        "kim",
        failed("networks", "none"),
        item("aliases", "unverified", because_of="docker-4/networks"),
        columns={"email": "kim@example.org"},
    ),
    graded("exempt", status="exempt", columns={"email": "exempt@example.org"}),
    graded("nameless", item("networks"), item("aliases"), columns={"email": ""}),
    graded("gone", item("networks"), item("aliases"), columns={"email": "gone@example.org"}),
]
DOWNLOADED = (
    "Почта;Балл\r\nivanov@example.org;1\r\na@example.org;\r\nb@example.org;\r\nsidorov@example.org;\r\n"
    "orlov@example.org;7\r\nkim@example.org;\r\nexempt@example.org;\r\nstranger@example.org;\r\n"
)


def exported(folder: Path, *words: str, rows: Iterable[Graded] = ROWS) -> list[str]:
    parser = argparse.ArgumentParser()
    add_arguments(parser, str)
    given = parser.parse_args([*words])
    given.lang = "en"
    return export(given, make_gradebook(rows, Overrides(), "en"), Out(folder))


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    path = tmp_path / "downloaded.csv"
    path.write_bytes(DOWNLOADED.encode())
    return path


def test_a_download_is_filled_beside_itself(downloaded: Path) -> None:
    said = exported(downloaded.parent, "--fill", str(downloaded), "--match", "Email", "--into", "балл")
    target = downloaded.with_name("downloaded.filled.csv")
    assert downloaded.read_bytes() == DOWNLOADED.encode()
    wanted = DOWNLOADED.replace("ivanov@example.org;1", "ivanov@example.org;2")
    wanted = wanted.replace("kim@example.org;", "kim@example.org;0")
    wanted = wanted.replace("\r\na@example.org;", "\r\na@example.org;1").replace("b@example.org;", "b@example.org;1")
    assert target.read_bytes() == wanted.encode()
    assert said == [
        f"{target}: cells filled: 4, the same as before: 0, left as they are: 3; people were found by Почта",
        "with items that count 0 because another one failed: 1",
        "line 2, ivanov: '1' became 2",
        "line 5, sidorov: stays as it is: its score is not final",
        "line 6, orlov: stays as it is: no result",
        "line 8, exempt: stays as it is: exempt",
        "line 9: 'stranger@example.org' is nobody of the roster",
        "nameless: it has no Email in the roster",
        "gone: 'gone@example.org' is not in the file",
    ]


def test_what_is_not_final_is_filled_where_it_is_asked_for(downloaded: Path) -> None:
    target = downloaded.with_name("elsewhere.csv")
    words = ["--fill", str(downloaded), "--match", "email", "--into", "Балл", "--filled", str(target)]
    exported(downloaded.parent, *words, "--not-final-too")
    assert b"sidorov@example.org;1\r\n" in target.read_bytes()
    assert b"orlov@example.org;7\r\n" in target.read_bytes(), "there is no score"


def test_it_is_filled_again_in_the_same_place(downloaded: Path) -> None:
    words = ["--fill", str(downloaded), "--match", "email", "--into", "Балл"]
    first, second = exported(downloaded.parent, *words), exported(downloaded.parent, *words)
    assert first == second
    assert {each.name for each in downloaded.parent.iterdir()} == {"downloaded.csv", "downloaded.filled.csv"}


ALL = ["--match", "email", "--into", "Балл"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--match", "email"], "--fill wants --match and --into: by which column, and into which"),
        (["--match", "login", "--into", "Балл"], "the roster has no column login; it has id, email"),
        (["--match", "email=Login", "--into", "Балл"], "the file to fill has no column Login; it has Почта, Балл"),
        ([*ALL, "--filled", "{downloaded}"], "{downloaded} is what was downloaded, and stays as it is"),
        ([*ALL, "--filled", "{folder}/none/x.csv"], "{folder}/none/x.csv cannot be written: no such file"),
    ],
)
def test_what_cannot_be_filled_is_refused(downloaded: Path, more: list[str], said: str) -> None:
    places = {"downloaded": str(downloaded), "folder": str(downloaded.parent)}
    with pytest.raises(ConfigurationError) as caught:
        exported(downloaded.parent, "--fill", str(downloaded), *[word.format(**places) for word in more])
    assert caught.value.render("en") == said.format(**places)
    assert [each.name for each in downloaded.parent.iterdir()] == ["downloaded.csv"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: no such file"):
        exported(tmp_path, "--fill", str(tmp_path / "x.csv"), "--match", "email", "--into", "Балл")
