"""The lines that a finding speaks of: taken along, few of them, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.findings import Excerpt, Finding, Location
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.run.excerpts import add_excerpts
from pytest_dockerlab.submission.files.worktree import WorkTree

KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"


def excerpt(folder: Path, content: str | bytes, line: int | None, name: str = "file") -> Excerpt | None:
    if isinstance(content, str):
        content = content.encode()
    (folder / "file").write_bytes(content)
    result = ItemResult("h/x", "t", Kind.SUBMISSION, Level.REQUIRED, Tier.FILES, Verdict.FAILED)
    result.findings = [Finding(at=Location(name, line))]
    add_excerpts(result, WorkTree(folder))
    again = ItemResult.from_json(result.to_json())
    assert again.findings == result.findings, "it travels"
    return result.findings[0].lines


def numbered(count: int) -> str:
    return "".join(f"line {at}\n" for at in range(1, count + 1))


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [(1, 1, 4), (2, 1, 5), (10, 7, 13), (20, 17, 20)],
)
def test_three_lines_around_it(tmp_path: Path, line: int, first: int, last: int) -> None:
    assert excerpt(tmp_path, numbered(20), line) == Excerpt(first, tuple(f"line {at}" for at in range(first, last + 1)))


@pytest.mark.parametrize(
    ("content", "line", "name"),
    [
        (numbered(3), None, "file"),
        (numbered(3), 5, "file"),
        (numbered(3), 1, "missing"),
        (numbered(3), 1, "../outside"),
        (b"\0\1\2\n" * 9, 2, "file"),
    ],
    ids=["no line", "behind the end", "missing", "outside", "binary"],
)
def test_there_is_none(tmp_path: Path, content: str, line: int | None, name: str) -> None:
    (tmp_path.parent / "outside").write_text(numbered(3))
    assert excerpt(tmp_path, content, line, name) is None


def test_long_lines_are_cut_and_others_kept_as_they_are(tmp_path: Path) -> None:
    found = excerpt(tmp_path, "a" * 5000 + "\r\n\x1b[31m\u202e<script>\r\n", 2)
    assert found is not None
    assert [len(line) for line in found.text] == [200, len("\x1b[31m\u202e<script>")]
    assert found.text[1] == "\x1b[31m\u202e<script>"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"a: b\ntoken: {KEY[:24]}\n", 1),
        (f"a: b\nextends: {KEY[:24]}\n", 1),
        (f"-----BEGIN PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END PRIVATE KEY-----\n", 3),
        ("-----BEGIN RSA PRIVATE KEY-----\n" + f"{KEY}\n" * 40 + "-----END RSA PRIVATE KEY-----\nafter\n", 30),
        (f"git clone https://me:{KEY[:20]}@example.org/a.git\n", 1),
        ("x" * 190 + f" {KEY}\n", 1),
    ],
    ids=["named", "bare", "key", "inside a long key", "address", "cut"],
)
def test_secrets_are_not_taken_along(tmp_path: Path, content: str, line: int) -> None:
    found = excerpt(tmp_path, content, line)
    assert found is not None
    assert not any(KEY[at : at + 8] in text for at in range(16) for text in found.text), found


def test_what_follows_a_key_is_shown(tmp_path: Path) -> None:
    found = excerpt(tmp_path, f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\nafter: it\n", 4)
    assert found is not None
    assert found.text[-1] == "after: it"
