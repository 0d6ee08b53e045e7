"""Lines of JSON: what was cut takes nothing else with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.grading import json_lines


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    json_lines.append(path, [{"a": "é"}])
    json_lines.append(path, [{"b": 2}, {"c": "\ud800"}])
    assert list(json_lines.read(path)) == [{"a": "é"}, {"b": 2}, {"c": "\ud800"}]


def test_nothing_is_read_where_nothing_is(tmp_path: Path) -> None:
    assert list(json_lines.read(tmp_path / "none.jsonl")) == []


@pytest.mark.parametrize("cut", [b'{"c', b'{"c": "\xd0', b"\x00\x00"])
def test_what_is_written_behind_a_line_that_was_cut_is_not_lost(tmp_path: Path, cut: bytes) -> None:
    path = tmp_path / "lines.jsonl"
    json_lines.append(path, [{"a": 1}])
    with path.open("ab") as file:
        file.write(cut)
    json_lines.append(path, [{"b": 2}])
    assert list(json_lines.read(path)) == [{"a": 1}, {"b": 2}]
