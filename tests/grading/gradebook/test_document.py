import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.document import gradebook_json, schema
from pytest_dockerlab.grading.gradebook.model import Gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.run.output_files import write_text

from .._results import graded, item
from ._books import HOSTILE, of_everything


def test_schema_is_one_and_the_document_is_by_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for document in (
        "".join(gradebook_json(book)) for book in (of_everything(), make_gradebook([], Overrides(), "en"))
    ):
        jsonschema.Draft202012Validator(schema()).validate(json.loads(document))


def test_document_says_what_the_gradebook_says() -> None:
    book = of_everything()
    document = _document(book)
    assert [row["total"] for row in document["rows"]] == [row.total for row in book.rows]
    assert [row["status"] for row in document["rows"]] == ["graded"] * 3 + ["error", "waiting", "exempt"]
    assert document["maximum"] == 6.0
    ann, bob = document["rows"][:2]
    assert ann["marks"]["docker-4/networks"]["automatic"]["verdict"] == "failed"
    assert ann["marks"]["docker-4/networks"]["override"]["who"] == "eve"
    assert ann["members"][1]["email"] == "b@x.org"
    assert (ann["late"], ann["deadline"]) == (True, "two days late")
    assert ann["workflows"] == [{"homework": "docker-4", "path": ".github/workflows/hw.yml", "state": "differs"}]
    assert HOSTILE.split("<img")[0] in bob["marks"]["docker-4/compose-file"]["why"]
    items = {each["id"]: each["verdicts"] for each in document["items"]}
    assert items["docker-4/compose-file"] == {"error": 2, "failed": 1, "passed": 1, "unverified": 1}


def test_row_is_a_line() -> None:
    lines = "".join(gradebook_json(of_everything())).splitlines()
    assert sum(line.startswith('{"id": "ann"') for line in lines) == 1


def test_what_is_no_number_is_never_written() -> None:
    book = make_gradebook([graded("ann", item("a", points=math.inf))], Overrides(), "en")
    with pytest.raises(ValueError, match="Out of range"):
        _document(book)


def test_name_that_is_not_utf8_stays_in_its_string(tmp_path: Path) -> None:
    book = make_gradebook([graded("ann", item("a"), columns={"id": "ann", "name": "a\udcff"})], Overrides(), "en")
    write_text(tmp_path / "gradebook.json", gradebook_json(book))
    document = json.loads((tmp_path / "gradebook.json").read_text("utf-8"))
    assert document["rows"][0]["columns"]["name"] == r"a\xff"


def _document(book: Gradebook) -> Any:
    return json.loads("".join(gradebook_json(book)))
