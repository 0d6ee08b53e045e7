"""Messages: kept apart from their arguments, rendered at the end, carried by JSON; and whose language it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.messages import LANGUAGES, Message, _, default_language, from_json, text, to_json


def test_a_message_renders_in_the_asked_language():
    message = _("{service} publishes no port", service="post_db")
    assert message.render() == str(message) == "post_db publishes no port"
    assert message.render("ru") == "post_db не публикует портов"


def test_english_stands_in_for_a_translation_that_is_not_there():
    message = _("nobody wrote {this} into a catalogue", this="sentence")
    assert message.render("ru") == message.render("de") == "nobody wrote sentence into a catalogue"


def test_a_message_without_arguments_is_taken_as_it_is():
    assert str(_("write ${PORT}:9292")) == "write ${PORT}:9292"
    assert str(_("write ${{{name}}}", name="PORT")) == "write ${PORT}"


def test_an_empty_message_is_not_the_header_of_the_catalogue():
    assert [Message("").render(language) for language in LANGUAGES] == ["", ""]


def test_what_stands_in_a_place_is_never_a_template_itself():
    assert str(_("found {what}", what="{other} %s {0}")) == "found {other} %s {0}"


def test_a_message_in_a_place_is_rendered_in_the_language_of_the_whole():
    message = _("not everything could be tried: {what}", what=[_("no README"), _("none")])
    assert message.render("en") == "not everything could be tried: no README, none"
    assert message.render("ru") == "проверить удалось не всё: нет README, нет"


@pytest.mark.parametrize(
    ("value", "rendered"),
    [
        ("as it is", "as it is"),
        (3, "3"),
        (None, "None"),
        (_("none"), "нет"),
        (["b", "a"], "b, a"),
        (("b", "a"), "b, a"),
        ({"b", "a"}, "a, b"),
        (frozenset({2, 1}), "1, 2"),
        ({"ui": ["front", "back"], "post": _("none")}, "ui: front, back, post: нет"),
        ([], ""),
    ],
)
def test_any_value_as_text(value: object, rendered: str):
    assert text(value, "ru") == rendered


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner).filter(lambda found: found.keys() != {"id", "args"})
        | st.builds(Message, st.text(), st.dictionaries(st.text(), inner))
    ),
    max_leaves=8,
)


@given(value=values)
def test_json_carries_every_value_and_gives_it_back(value: object):
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


def test_json_knows_lists_only_and_gives_sets_an_order():
    assert to_json((1, {"b", "a"}, frozenset({2}))) == [1, ["a", "b"], [2]]


def test_what_json_has_no_form_for_becomes_text():
    class Endpoint:
        def __str__(self) -> str:
            return "tcp://docker-host:2376"

    assert to_json({2: Endpoint()}) == {"2": "tcp://docker-host:2376"}


@given(sentence=st.text(alphabet=st.characters(exclude_characters="{}"), min_size=1), value=st.text())
def test_rendering_never_fails_on_what_it_is_given(sentence: str, value: str):
    for language in LANGUAGES:
        assert Message(sentence + "{value}", {"value": value}).render(language) == sentence + value


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "no-such-locale"}, "en"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "ru_RU"}, "ru"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.KOI8-R"}, "ru"),
        ({"LANG": "ru_UA.UTF-8"}, "ru"),
        ({"LC_MESSAGES": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LC_CTYPE": "ru_RU.UTF-8"}, "en"),
        ({"LANGUAGE": "ru", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LANGUAGE": "en", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LANGUAGE": "", "LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANGUAGE": "de:ru:en", "LANG": "de_DE.UTF-8"}, "ru"),
        ({"LANGUAGE": "en_GB:ru", "LANG": "en_GB.UTF-8"}, "en"),
        ({"LANGUAGE": ":ru"}, "ru"),
    ],
)
def test_the_language_of_an_environment(environ: dict[str, str], language: str):
    assert default_language(environ) == language


@pytest.mark.parametrize("id", ["{a:>999999999}", "{a.__class__}", "{a!r:>99}", "{", "}", "{a", "{0}", "{}", "{b}"])
def test_a_sentence_that_came_from_elsewhere_formats_nothing(id: str) -> None:
    assert Message(id, {"a": "x"}).render("ru") == id


def test_braces_and_places() -> None:
    assert Message("{{{a}}} {a}", {"a": "{b}", "b": "no"}).render() == "{{b}} {b}"
