"""Variables in texts, as compose reads them."""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.text.interpolation import expand, uses

VALUES = {"A": "1", "EMPTY": "", "LONG": "80:90"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("x$A.y", "x1.y"),
        ("${A}${A}", "11"),
        ("${NO}", ""),
        ("${NO:-d}", "d"),
        ("${EMPTY:-d}|${EMPTY-d}", "d|"),
        ("${NO:-${A}}", "1"),
        ("${A:+yes}${NO:+no}", "yes"),
        ("${A:?message}", "1"),
        ("$$A $${A}", "$A ${A}"),
        ("${A-B}", "1"),
        ("${UI-VERSION}", "VERSION"),
        ("50$ ${ ${}", "50$ ${ ${}"),
        ("${A", "${A"),
    ],
)
def test_expand(template: str, text: str) -> None:
    assert expand(template, VALUES).text == text


def test_what_came_from_a_variable_is_known() -> None:
    expanded = expand("9292:${A}/tcp", VALUES)
    assert not expanded.comes_from_variable(0, 4)
    assert expanded.comes_from_variable(5, 6)
    assert expand("x:${EMPTY}", VALUES).comes_from_variable(2, 2)
    assert not expand("x:", VALUES).comes_from_variable(2, 2)


def test_uses() -> None:
    found = list(uses("$A ${B:-${C}} ${D?why} $$E"))
    assert [each.name for each in found] == ["A", "B", "C", "D"]
    assert [each.has_default for each in found] == [False, True, False, False]
    assert found[3].is_required


def test_deep_nesting_ends() -> None:
    text = "${N:-" * 2000 + "}" * 2000
    for read in (lambda: expand(text, {}), lambda: list(uses(text))):
        with pytest.raises(LimitExceeded, match="nested deeper than 10 levels"):
            read()
    assert expand("${N:-" * 10 + "x" + "}" * 10, {}).text == "x"
    assert len(list(uses("${N:-" * 10 + "}" * 10))) == 10


def test_many_and_long_variables_end() -> None:
    with pytest.raises(LimitExceeded, match="more than 1000 variables in one text"):
        expand("$A" * 1_001, {})
    with pytest.raises(LimitExceeded, match="more than 10000 characters once its variables are replaced"):
        expand("$A" * 20, {"A": "x" * 1_000})
    assert len(expand("x" * 50_000 + "$A", {"A": ""}).text) == 50_000


def test_open_braces_take_a_time_that_grows_with_the_text() -> None:
    begin = time.process_time()
    assert list(uses("${" * 100_000)) == []
    assert time.process_time() - begin < 2
