"""YAML with lines, and what is refused of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.text.yamldoc import YamlDoc, YamlError, YamlFiles

TEXT = """\
# a comment
x-common: &common
  image: one
  ports:
    - "80:80"
services:
  ui:
    <<: *common
    image: two
  post: *common
  both:
    <<: [{a: 1}, {a: 2, b: 3}]
"""


def test_locations_through_aliases_and_merges() -> None:
    doc = YamlDoc("f.yml", TEXT)
    assert doc.location("services", "ui", "image").line == 9
    assert doc.location("services", "ui", "ports", 0).line == 5
    assert doc.location("services", "post", "image").line == 3
    assert doc.scalar("services", "ui", "image") == "two"
    assert doc.scalar("services", "post", "ports", 0) == "80:80"
    assert doc.scalar("services", "both", "a") == "1"
    assert doc.scalar("services", "both", "b") == "3"
    assert doc.node("services", "ui").names() == ["image", "ports"]  # type: ignore[union-attr]


def test_a_location_falls_back_to_the_nearest_ancestor() -> None:
    doc = YamlDoc("f.yml", TEXT)
    assert str(doc.location("services", "ui", "networks", "front")) == "f.yml:7"
    assert doc.scalar("services", "ui", "networks") is None
    assert doc.scalar("services", "ui") is None


def test_scalars_have_paths_and_lines() -> None:
    found = {(each.path, each.text): each.line for each in YamlDoc("f.yml", TEXT).scalars()}
    assert found[("services", "ui", "image"), "two"] == 9
    assert found[("services", "post", "ports", 0), "80:80"] == 5


def test_several_documents_the_later_one_wins() -> None:
    doc = YamlDoc("f.yml", "a: 1\nb: 2\n---\na: 3\n")
    assert doc.scalar("a") == "3"
    assert doc.scalar("b") == "2"
    assert doc.location("a").line == 4


def test_several_files_the_first_one_wins() -> None:
    files = YamlFiles([YamlDoc("new.yml", "a: {b: 1}\n"), YamlDoc("old.yml", "a: {b: 2, c: 3}\n")])
    assert files.scalar("a", "b") == "1"
    assert str(files.location("a", "c")) == "old.yml:1"
    assert files.location("a", "b").file == "new.yml"
    assert files.locate_scalar("3", "a").file == "old.yml"


def test_keys_that_stand_twice() -> None:
    duplicates = YamlDoc("f.yml", "a:\n  k: 1\n  k: 2\nb: {k: 1}\n").duplicates
    assert [(each.key, each.lines) for each in duplicates] == [("k", (2, 3))]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\n b: 2\n", 2, "invalid YAML"),
        ("a: [1\nb: 2\n", 2, "invalid YAML"),
        ("a: *nobody\n", 1, "nobody"),
        ("a: 1\nb: \x00\n", 2, "invalid YAML"),
        ("a: &a [*a]\n", 1, "inside the value it refers to"),
    ],
)
def test_problems_have_a_place_and_a_reason(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(YamlError) as caught:
        YamlDoc("f.yml", text)
    assert reason in str(caught.value.reason)
    assert caught.value.at.file == "f.yml"
    if line is not None:
        assert caught.value.at.line == line


COLON = "a colon where no value can begin: put the text in quotes, or correct the indentation"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "a: b: c\n",
            1,
            "column 5: a colon where no value can begin: put the text in quotes, or correct the indentation",
        ),
        ("a:\n\tb: 1\n", 2, "column 1: a tab; indent with spaces"),
        ("k: @x\n", 1, "column 4: @ cannot begin a value: put the text in quotes"),
        ("a:\n  b: 1\n c: 2\n", 3, "column 2: the indentation, or what stands behind a closing quote, does not fit"),
        ("- a\nb: 1\n", 2, "column 1: the list goes on without a dash"),
        ("a: [1, 2\nb: 3\n", 2, "column 2: a comma or the closing bracket is missing before this"),
        ("a: 1\nb\nc: 2\n", 2, "column 1: a key without a colon"),
        ('a: 1\nb: "x\nc: 2\n', 2, "column 4: a quote that is not closed"),
        ("%X\n", 1, "column 3: found unknown directive name"),
    ],
)
def test_bad_syntax_has_its_line_its_column_and_one_clause(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlError) as caught:
        YamlDoc("f.yml", text)
    assert caught.value.at.line == line
    assert str(caught.value.reason) == f"invalid YAML in {said}"


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    begin = time.process_time()
    with pytest.raises(LimitExceeded, match=r"bomb.yml:5: more than 20000 values once its aliases"):
        YamlDoc("bomb.yml", "\n".join(lines))
    assert time.process_time() - begin < 1


def test_a_chain_of_aliases_is_not_deeper_than_the_limit() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
    with pytest.raises(LimitExceeded, match=r"f.yml:39: nested deeper than 40 levels"):
        YamlDoc("f.yml", "\n".join(lines))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n".join(["a:"] + ["  " * n + "a:" for n in range(1, 60)]), "f.yml:40: nested deeper than 40 levels"),
        ("[" * 500 + "]" * 500, "f.yml:1: nested deeper"),
        ("a: " + "x" * 300_000, "f.yml: larger than 256 KiB"),
        ("--- x\n" * 20_001, "f.yml:20001: more than 20000 values"),
        ("".join(f"k{n}: \n" for n in range(10_001)), "f.yml:10000: more than 20000 values"),
    ],
)
def test_what_is_beyond_the_limits_has_a_place(text: str, reason: str) -> None:
    with pytest.raises(LimitExceeded, match=reason):
        YamlDoc("f.yml", text)


def test_all_files_of_a_submission_have_one_limit(tmp_path: Path) -> None:
    tree = WorkTree(tmp_path)
    for number in range(6):
        (tmp_path / f"{number}.yml").write_text("- x\n" * 19_000)
        if number < 5:
            YamlDoc.read(tree, f"{number}.yml")
    with pytest.raises(LimitExceeded, match=r"5.yml: more than 100000 values in the YAML files"):
        YamlDoc.read(tree, "5.yml")


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_bytes(b"a: 1\nb: \xcf\xf0\n")
    with pytest.raises(YamlError) as caught:
        YamlDoc.read(WorkTree(tmp_path), "f.yml")
    assert caught.value.at.line == 2


def test_a_byte_order_mark_and_crlf_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n")
    doc = YamlDoc.read(WorkTree(tmp_path), "f.yml")
    assert doc.scalar("b", "c") == "2"
    assert doc.location("b", "c").line == 3


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_text("a: 1\n" * 1_000_000)
    with pytest.raises(LimitExceeded, match=r"f.yml: larger"):
        YamlDoc.read(WorkTree(tmp_path), "f.yml")
