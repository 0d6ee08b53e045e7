"""What comes back from a run is validated: what is not to be believed is no result."""

import json
from pathlib import Path

import pytest

from pytest_dockerlab.grading.graded import NoResult, read_result

from ._out import write_out
from ._results import item, submission


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return write_out(tmp_path, [submission("ann", item("a"), item("b"))]).result_of("ann")


def test_what_was_written_is_read(result: Path) -> None:
    found, run = read_result(result, "ann")
    assert [each.id for each in found.items] == ["docker-4/a", "docker-4/b"]
    assert run["course"] == "Spring"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"points": 1.0', '"points": 1e999', "is no results.json"),
        ('"points": 1.0', '"points": NaN', "is no results.json"),
        ('"points": 1.0', '"points": -1.0', "has -1.0 of 1.0 points"),
        ('"points": 1.0', '"points": 2.0', "has 2.0 of 1.0 points"),
        ('"max_points": 1.0', '"max_points": 1e6', "has 1.0 of 1000000.0 points"),
        ("docker-4/b", "docker-4/a", "docker-4/a is there twice"),
        ('"id": "ann"', '"id": "bob"', "is not about ann"),
        ('"verdict": "passed"', '"verdict": "excellent"', "is no results.json"),
        ('"schema": 1', '"schema": 2', "is no results.json"),
    ],
)
def test_what_is_not_to_be_believed_is_none(result: Path, before: str, after: str, why: str) -> None:
    text = result.read_text("utf-8")
    assert before in text
    result.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(NoResult) as refusal:
        read_result(result, "ann")
    assert why in str(refusal.value.text)


@pytest.mark.parametrize("content", [b"", b"[", b"[" * 100_000, b"\xff", json.dumps([]).encode()])
def test_what_is_no_document_is_none(result: Path, content: bytes) -> None:
    result.write_bytes(content)
    with pytest.raises(NoResult):
        read_result(result, "ann")


def test_what_nobody_can_render_is_none(result: Path) -> None:
    text = result.read_text("utf-8")
    assert '"evidence": {}' in text
    result.write_text(text.replace('"evidence": {}', '"evidence": {"a": ' + "[" * 20 + "]" * 20 + "}", 1), "utf-8")
    read_result(result, "ann")
    result.write_text(text.replace('"evidence": {}', '"evidence": {"a": ' + "[" * 300 + "]" * 300 + "}", 1), "utf-8")
    with pytest.raises(NoResult, match="inside one another"):
        read_result(result, "ann")
