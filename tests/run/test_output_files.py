"""Files that a run writes are what they say, whatever stands in them."""

import json
from pathlib import Path

from pytest_dockerlab.run.output_files import write_json, write_text


def test_json_stays_json_with_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"file": "a\udcffb", "плохо": "да"})
    assert json.loads((tmp_path / "file.json").read_text("utf-8")) == {"file": r"a\xffb", "плохо": "да"}


def test_text_with_such_a_name_is_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "file.txt", "a\udcffb")
    assert (tmp_path / "file.txt").read_text("utf-8") == r"a\xffb"
