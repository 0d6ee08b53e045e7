"""Templates of TOML."""

from __future__ import annotations

import tomllib

import pytest

from pytest_dockerlab.submission.gitlab_runner.inline_tables import on_one_line
from pytest_dockerlab.submission.gitlab_runner.template import fill, is_hole, is_open


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("a = {{ b }}\n", {"a": "hole"}),
        ("a = {{ b | default('}') }}\n", {"a": "hole"}),
        ("a = ${b}\n", {"a": "hole"}),
        ("a = ${b}0m\n", {"a": "hole"}),
        ("a = $B\nc = $(id -u)\n", {"a": "hole", "c": "hole"}),
        ("a = <%= b %>\n", {"a": "hole"}),
        ("a = [{{ b }}, 1]\n", {"a": ["hole", 1]}),
        ("a = [\n  {{ b }}\n]\n", {"a": ["hole"]}),
        ('a = "{{ lookup("env", "B") }}"\n', {"a": "open"}),
        ("a = '${upper(\"b\")}-c'\n", {"a": "open"}),
        ("{% if a %}\nb = 1\n{% endif %}\n", {"b": 1}),
        ("%{ if a }\nb = 1\n%{ endif ~}\n", {"b": 1}),
        ("{# a\n b = 2 #}\nb = 1\n", {"b": 1}),
        ("a = 1\n{{ rest }}\n", {"a": 1}),
        ("a = 1 # {{ {% ${ ' \"\nb = 2\n", {"a": 1, "b": 2}),
        ('a = """\n{% b\n"""\n', {"a": "{% b\n"}),
        ("a = '''\n# \"\n'''\n", {"a": '# "\n'}),
        ("a = '%s {%'\n", {"a": "%s {%"}),
        ("a = {b = {c = 1}}\n", {"a": {"b": {"c": 1}}}),
    ],
)
def test_what_something_fills_in_is_out_of_the_way(text: str, loaded: dict[str, object]) -> None:
    filled = fill(text, "config.toml.j2")
    assert filled.text.count("\n") == text.count("\n"), "every line is where it was"
    found = tomllib.loads(filled.text)
    assert {key: _named(value) for key, value in found.items()} == loaded


def _named(value: object) -> object:
    if isinstance(value, list):
        return [_named(each) for each in value]
    if is_hole(value):
        return "hole"
    return "open" if isinstance(value, str) and is_open(value) else value


def test_what_a_reader_fills_in_is_one_only_in_a_readme() -> None:
    text = "a = <your token>\n...\n  (...)\nb = 1\n"
    assert fill(text, "README.md", is_excerpt=True).is_elided
    assert tomllib.loads(fill(text, "README.md", is_excerpt=True).text)["b"] == 1
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(fill(text, "config.toml").text)


@pytest.mark.parametrize("text", ["{% if a %}\nb = 1\n{% endif %}\n", "a = 1\n{{ rest }}\n"])
def test_conditions_are_told_from_values(text: str) -> None:
    assert fill(text, "x").has_conditions
    assert not fill("a = {{ b }} {# c #}\n", "x").has_conditions


@pytest.mark.parametrize(
    ("text", "loaded", "line"),
    [
        ("a = {b = 1}\nc = 2\n", {"a": {"b": 1}, "c": 2}, None),
        ("x = 0\na = {\n  b = 1,\n}\nc = 2\n", {"x": 0, "a": {"b": 1}, "c": 2}, 2),
        (
            "a = { # one, two\n  b = {\n c = 1 }, # }\n d = '}#' }\ne = 2\n",
            {"a": {"b": {"c": 1}, "d": "}#"}, "e": 2},
            1,
        ),
        ("a = [\n  {b = 1,\n   c = 2},\n  # x\n  {b = 3},\n]\nd = 4\n", {"a": [{"b": 1, "c": 2}, {"b": 3}], "d": 4}, 2),
        ("a = {b = [\n  1,\n  2,\n]}\n", {"a": {"b": [1, 2]}}, None),
        ("a = {b = 1, }\n", {"a": {"b": 1}}, 1),
        ("a = [\n  1,\n]\n", {"a": [1]}, None),
    ],
)
def test_inline_tables_over_several_lines(text: str, loaded: dict[str, object], line: int | None) -> None:
    flat, first = on_one_line(text)
    assert tomllib.loads(flat) == loaded
    assert first == line
    assert flat.count("\n") == text.count("\n")
    assert (line is None) == (flat == text)


@pytest.mark.parametrize("text", ["a = {\n b = 1\n", "a = {\n]\n}\n", "a = }{\n"])
def test_what_is_no_toml_stays_as_it_is(text: str) -> None:
    assert on_one_line(text) == (text, None)
