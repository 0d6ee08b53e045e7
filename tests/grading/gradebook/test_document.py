import json
import math

import jsonschema
import pytest

from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.document import gradebook_json, schema
from pytest_dockerlab.grading.gradebook.overrides import Overrides

from .._results import graded, item
from ._books import HOSTILE, of_everything


def test_schema_is_one_and_the_document_is_by_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for document in (gradebook_json(of_everything()), gradebook_json(make_gradebook([], Overrides(), "en"))):
        jsonschema.Draft202012Validator(schema()).validate(json.loads(document))


def test_document_says_what_the_gradebook_says() -> None:
    book = of_everything()
    document = json.loads(gradebook_json(book))
    assert [row["total"] for row in document["rows"]] == [row.total for row in book.rows]
    assert [row["status"] for row in document["rows"]] == ["graded"] * 3 + ["error", "waiting", "exempt"]
    assert document["maximum"] == 6.0
    ann, bob = document["rows"][:2]
    assert ann["marks"]["docker-4/networks"]["automatic"]["verdict"] == "failed"
    assert ann["marks"]["docker-4/networks"]["override"]["who"] == "eve"
    assert ann["members"][1]["email"] == "b@x.org"
    assert (ann["late"], ann["deadline"]) == (True, "two days late")
    assert HOSTILE.split("<img")[0] in bob["marks"]["docker-4/compose-file"]["why"]
    items = {each["id"]: each["verdicts"] for each in document["items"]}
    assert items["docker-4/compose-file"] == {"error": 2, "failed": 1, "passed": 1, "unverified": 1}


def test_row_is_a_line() -> None:
    lines = gradebook_json(of_everything()).splitlines()
    assert sum(line.startswith('{"id": "ann"') for line in lines) == 1


def test_what_is_no_number_is_never_written() -> None:
    book = make_gradebook([graded("ann", item("a", points=math.inf))], Overrides(), "en")
    with pytest.raises(ValueError, match="Out of range"):
        gradebook_json(book)
