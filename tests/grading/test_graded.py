"""What comes back from a run is validated: what is not to be believed is no result."""

import json
import os
from pathlib import Path

import pytest

from pytest_dockerlab.grading.gradebook.files import make_files
from pytest_dockerlab.grading.graded import NoResult, read_result

from ._out import write_out
from ._results import failed, item, submission


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
        ('"duration": 0.0', f'"duration": {10**400}', "docker-4/a took"),
        ('"course": "Spring"', '"course": "\\ud800"', "is no JSON"),
        ('"title": "a is right"', '"title": "\\udcff"', "is no JSON"),
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


def test_a_message_that_becomes_longer_than_anything_is_none(result: Path) -> None:
    result.write_text(result.read_text("utf-8").replace('"reason": null', f'"reason": {_nested(12)}', 1), "utf-8")
    with pytest.raises(NoResult, match="has texts of more than"):
        read_result(result, "ann")


def test_evidence_may_look_like_a_message(tmp_path: Path) -> None:
    """It is a submission's: its names are anything."""
    odd = item("a", evidence={"id": "an id", "args": {"b": 1}})
    found, _run = read_result(write_out(tmp_path, [submission("ann", odd)]).result_of("ann"), "ann")
    assert found.items[0].evidence == {"id": "an id", "args": {"b": 1}}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_nobody_waits_for_a_pipe(result: Path) -> None:
    result.unlink()
    os.mkfifo(result)
    with pytest.raises(NoResult, match="not a regular file"):
        read_result(result, "ann")


def test_a_link_is_none(result: Path) -> None:
    result.rename(result.with_name("elsewhere"))
    result.symlink_to("elsewhere")
    with pytest.raises(NoResult):
        read_result(result, "ann")


def test_what_one_result_says_spoils_nobody_elses(tmp_path: Path) -> None:
    out = write_out(tmp_path, [submission("ann", failed("networks", "x")), submission("bob", failed("networks", "y"))])
    ann = out.result_of("ann")
    ann.write_text(ann.read_text("utf-8").replace('"found": "x"', '"found": ' + _nested(20)), "utf-8")
    rows = {row.id: row for row in make_files(out, "en").gradebook.rows}
    assert (str(rows["ann"].status), str(rows["bob"].status)) == ("waiting", "graded")


def _nested(times: int) -> str:
    """A message of less than a kilobyte, which is rendered as ten characters, ``8 ** times`` of them."""
    found = '"0123456789"'
    for _level in range(times):
        found = json.dumps({"id": "{a}" * 8, "args": {"a": None}}).replace("null", found)
    return found
