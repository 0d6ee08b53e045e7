"""Jinja, Terraform's language, and what is read in what."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.files.vendored import is_foreign
from pytest_dockerlab.submission.gitlab_setup.hcl import read_blocks
from pytest_dockerlab.submission.gitlab_setup.templates import Template, default_of, name_of
from pytest_dockerlab.submission.text.shell import words


def test_jinja_becomes_something_that_yaml_takes() -> None:
    content = (
        "a: {{ one }}\n{% for x in y %}\nb: '{{ two\n  | default(\"z\") }}'\n{# none: #}\n{% endfor %}\nc: {d: e}\n"
    )
    template = Template(content)
    assert template.text.count("\n") == content.count("\n")
    assert "{{" not in template.text
    assert "%}" not in template.text
    assert template.text.endswith("c: {d: e}\n")
    assert template.restore(template.text).startswith("a: {{ one }}\n")
    assert template.restore(template.text.split("\n")[0], lambda _text: "1") == "a: 1"


def test_what_is_not_closed_stays() -> None:
    assert Template("a: {{ b\n").text == "a: {{ b\n"
    assert Template("x=${#list} {").text == "x=${#list} {"


@pytest.mark.parametrize(
    ("expression", "name", "default"),
    [
        ("{{ a }}", "a", None),
        ("{{a}}", "a", None),
        ("{{- a | trim -}}", "a", None),
        ("{{ a | default('b') }}", "a", "b"),
        ('{{ a.b | default("") }}', None, ""),
        ("{{ a[0] }}", None, None),
        ("{{ lookup('env', 'A') }}", None, None),
    ],
)
def test_expressions(expression: str, name: str | None, default: str | None) -> None:
    assert name_of(expression) == name
    assert default_of(expression) == default


def test_comments_of_terraform() -> None:
    [block] = read_blocks("/**/ /* a * b **/ /* c */ a { /* two\n*lines */ b = 1 /* no end")
    assert (block.type, block.line, block.text("b")) == ("a", 1, "1")


def test_blocks_of_terraform() -> None:
    text = """
/* two
lines */
resource "a" "b" {
  one   = "x ${f("y", "z")} \\"q\\""   # comment
  list  = ["p",
           "q", 3]
  map = {
    k = "v"
  }
  inner { deep = true }
  text = <<-EOT
    line
    EOT
}
variable one {}
"""
    block, variable = read_blocks(text)
    assert (block.type, block.labels, block.line) == ("resource", ("a", "b"), 4)
    assert block.text("one") == 'x ${f("y", "z")} "q"'
    assert [(each.text, each.line) for each in block.attributes["list"]] == [("p", 6), ("q", 7), ("3", 7)]
    assert [(each.type, each.line) for each in block.blocks] == [("map", 8), ("inner", 11)]
    assert block.blocks[0].text("k") == "v"
    assert block.blocks[1].text("deep") == "true"
    assert [(each.text.strip(), each.line) for each in block.attributes["text"]] == [("line", 13)]
    assert (variable.type, variable.labels) == ("variable", ("one",))


@pytest.mark.parametrize("text", ["", "}", "{", '"', "a = ", "a {", "<<EOF\n", "/*", "= = =", '"${"${"${', "[[[["])
def test_what_is_no_terraform(text: str) -> None:
    read_blocks(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 'b c' \"d 'e'\" f\\ g", ["a", "b c", "d e", "f g"]),
        ("--url \\\"http://x\\\" -t=\"$T\"", ["--url", '"http://x"', "-t=$T"]),
        ("a'b'\"c\" '", ["abc", ""]),
    ],
)  # fmt: skip
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ansible/roles/riemers.gitlab-runner/tasks/main.yml", True),
        ("ansible/roles/gitlab/tasks/main.yml", False),
        ("ansible/roles/gitlab/molecule/default/molecule.yml", True),
        ("roles.old/a.yml", False),
        ("gitlab-ci/templates/docker-compose.yml.j2", False),
    ],
)
def test_whose_role_it_is(path: str, expected: bool) -> None:
    assert is_foreign(path) is expected
