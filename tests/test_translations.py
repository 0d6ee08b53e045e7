"""The catalogues: every text of the code is in them, in every language, with the same places; and nothing else is."""

from __future__ import annotations

import ast
import gettext
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

from pytest_dockerlab import catalogue
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import DOMAIN, LANGUAGES, Message
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.testing.texts import KEYWORDS
from scripts import messages as script

TEMPLATE = script.extract()
IDS = frozenset(str(message.id) for message in TEMPLATE if message.id)

SAME_IN_RUSSIAN = {
    "chroot",
    "--hw-tier {tier}",
    "DOCKER_HOST",
    "Docker Compose",
    "Docker Engine",
    "Dockerfile",
    "Makefile",
    "MongoDB",
    "GitLab",
    "external_url",
    "gitlab-runner lint: {said}",
    "{key} is {type}",
    "{place}: GitLab Runner {version}: {why}",
    "HTTP {status}: {text}",
    "Prometheus",
    "Python",
    "command: puma --debug -w 2",
    "diff",
    "docker-machine {name}",
    "docker-proxy",
    "docker rm -f {names}",
    "app",
    "engine",
    "files",
    "remote",
    "pip install 'pytest-dockerlab[tools]'",
}
"""Names, commands and values that are typed: the same in every language."""

# What is typed or read as it stands: options, files, variables, addresses, quoted commands, numbers.
CODE = re.compile(
    r"(?<![\w-])--?[a-z][\w-]*|\$\{*\w+\}*|\b[A-Z]+(?:_[A-Z]+)+\b|[\w-]*\.(?:env|json|log|md|pem|toml|yml)\b"
    r"|\w+://[\w@{}/:.-]*\w|(?<!\w)'[a-z][^']+'|(?<![\w{])\d+(?:[.:]\d+)*(?![\w}])"
)


def translations(language: str) -> dict[str, str]:
    found = script.load(language)
    return {str(each.id): str(each.string) for each in found if each.id and each.string and not each.fuzzy}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the code of a name that takes a message id, and where it is."""
    for folder in script.FOLDERS:
        for path in sorted((script.ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                    yield f"{path.relative_to(script.ROOT)}:{node.lineno}", node


def test_there_is_a_catalogue_for_every_language_but_english():
    assert {path.parent.parent.name for path in script.LOCALE.rglob("*.po")} == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("language", script.TRANSLATED)
def test_nothing_is_missing_stale_or_fuzzy(language: str):
    assert list(script.problems(language, TEMPLATE)) == [], "run scripts/messages.py"


@pytest.mark.parametrize("language", script.TRANSLATED)
def test_what_a_run_reads_is_what_was_translated(language: str):
    found = gettext.translation(DOMAIN, localedir=script.LOCALE, languages=[language])
    translated = translations(language)
    assert {id: found.gettext(id) for id in translated} == translated


@pytest.mark.parametrize("language", script.TRANSLATED)
def test_a_translation_has_the_places_of_the_sentence(language: str):
    def places(sentence: str) -> Counter[str]:
        return Counter(re.findall(r"\{+\w*\}+", sentence))

    assert [id for id, string in translations(language).items() if places(id) != places(string)] == []


@pytest.mark.parametrize("language", script.TRANSLATED)
def test_a_translation_keeps_what_is_typed_as_it_stands(language: str):
    lost = {id: set(CODE.findall(id)) - set(CODE.findall(string)) for id, string in translations(language).items()}
    assert {id: code for id, code in lost.items() if code} == {}


def test_a_person_is_they():
    pages = [
        *(script.ROOT / "docs").glob("*.md"),
        *(script.ROOT / "checks").glob("*/docs/en.md"),
        script.ROOT / "README.md",
    ]
    texts = {id: id for id in IDS} | {page.name: page.read_text("utf-8") for page in pages}
    assert [name for name, text in texts.items() if re.search(r"\b(?:he|him|himself|his)\b", text, re.IGNORECASE)] == []


# Two words for one thing, slang, and what comes of translating word by word.
NOT_RUSSIAN = re.compile(
    r"\b(?:докер|алиас|джоб|лабораторн|override-файл|файл\w* compose|(?<![/{-])jobs\b|код\w* (?:выхода|завершения)"
    r"|папк|доста(?:ёт|ют) до|наша беда|велит|говор[ия]т по\b|хода нет|это отображение|мир изменился|в вину)",
    re.IGNORECASE,
)


def test_russian_has_one_word_for_one_thing():
    pages = [*(script.ROOT / "docs").glob("*.ru.md"), *(script.ROOT / "checks").glob("*/docs/ru.md")]
    texts = translations("ru") | {str(page): " ".join(page.read_text("utf-8").split()) for page in pages}
    assert {name: found[0] for name, text in texts.items() if (found := NOT_RUSSIAN.search(text))} == {}


def test_russian_nouns_agree_with_their_numbers():
    """No message knows the forms of a plural: "воркеров: {count}" or "больше {limit} файлов", never "5 воркера"."""
    numbers = r"\{(?:all|count|done|free|limit|maximum|members|most|services|networks|size|written)\}"
    counted = re.compile(rf"(?P<before>\w* ?){numbers} (?P<noun>[а-яё]{{3,}})")
    wrong = {
        id: found[0]
        for id, string in translations("ru").items()
        for found in counted.finditer(string)
        if found["before"] not in ("больше ", "глубже ", "дольше ") and found["noun"] != "проверенных"
    }
    assert wrong == {}


def test_russian_is_written_in_cyrillic():
    def has_words(id: str) -> bool:
        return re.search(r"[a-z]", re.sub(r"\{\w*\}", "", id), re.IGNORECASE) is not None

    found = translations("ru")
    latin = {id for id, string in found.items() if has_words(id) and not re.search("[а-яё]", string, re.IGNORECASE)}
    assert latin == SAME_IN_RUSSIAN & found.keys()


def test_an_exception_to_cyrillic_is_in_the_code():
    assert SAME_IN_RUSSIAN <= IDS


def test_titles_and_words_are_in_the_catalogue():
    known = catalogue.load()
    ours = [homework for homework in known.homeworks if homework.package.startswith("pytest_dockerlab.")]
    titles = {homework.title for homework in ours} | {
        item.title for homework in ours for item in known.items_of(homework)
    }
    words = {str(word) for kind in (Kind, Level, Tier, Verdict) for word in kind}
    assert titles | words <= IDS


def test_every_message_is_one_constant_sentence_and_arguments_by_name():
    wrong = [
        where
        for where, call in calls()
        if call.func.id == "_"
        and not (len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert wrong == []


def test_every_title_of_a_check_module_is_constant():
    wrong = [
        where
        for where, call in calls()
        if where.startswith("checks/") and call.func.id in ("check", "planned", "Homework")
        if not any(isinstance(each, ast.Constant) for each in call.args[KEYWORDS[call.func.id] :][:1])
    ]
    assert wrong == []


def test_a_note_has_a_name_that_can_be_translated_or_need_not():
    """Only a sentence is translated, and no name with places: what stands between these are signs and names."""
    wrong = []
    for where, call in calls():
        name = call.args[0] if call.func.id == "note" else None
        parts = name.values if isinstance(name, ast.JoinedStr) else []
        words = " ".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        if set(re.findall("[a-z]{2,}", words, re.IGNORECASE)) - {"Dockerfile", "puma"}:
            wrong.append(where)
    assert wrong == []


def test_a_message_is_given_what_it_has_places_for():
    """Without any argument a sentence is taken as it is, or gets its arguments later; more than places is data."""
    wrong = []
    for where, call in calls():
        given = {keyword.arg for keyword in call.keywords}
        if call.func.id != "_" or not given or None in given:
            continue
        if {name for _text, name, _format, _conversion in Formatter().parse(call.args[0].value) if name} - given:
            wrong.append(where)
    assert wrong == []


def test_no_file_is_read_twice_and_all_that_babel_itself_finds_is_found():
    folders = [(script.ROOT / folder, folder) for folder in script.FOLDERS]
    keywords = {name: (at + 1,) for name, at in KEYWORDS.items()}
    theirs = {found[2] for path, _folder in folders for found in extract_from_dir(path, keywords=keywords)}
    assert theirs <= IDS
    files = {location[0] for message in TEMPLATE for location in message.locations}
    assert not [file for file in files if file.startswith(("pytest_dockerlab/checks/", "pytest_dockerlab/fixtures/"))]


def test_ids_are_found_inside_f_strings_and_only_in_the_right_argument():
    source = (
        'f"{_(\'planned\')}"; check("a/b", "a title", level=_("x")); note("name", 1); note(f"{name}", 2); other("y")'
    )
    assert set(script.ids_in(source)) == {"planned", "a title", "x", "name"}


class TestScript:
    """The command, on a copy of the catalogues."""

    @pytest.fixture(autouse=True)
    def locale(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        shutil.copytree(script.LOCALE, tmp_path / "locale")
        monkeypatch.setattr(script, "LOCALE", tmp_path / "locale")
        monkeypatch.setattr(script, "extract", lambda: TEMPLATE)
        return tmp_path / "locale"

    def edit(self, old: str, new: str) -> None:
        path = script.po_path("ru")
        content = path.read_text("utf-8")
        assert old in content
        path.write_text(content.replace(old, new), "utf-8")

    def test_check_accepts_what_is_current(self):
        assert script.main(["--check"]) == 0

    def test_a_second_run_changes_nothing(self, locale: Path):
        script.main([])
        first = {path: path.read_bytes() for path in locale.rglob("*.*o")}
        assert len(first) == 2 * len(script.TRANSLATED)
        script.main([])
        assert {path: path.read_bytes() for path in locale.rglob("*.*o")} == first

    def test_check_names_a_missing_translation(self, capsys: pytest.CaptureFixture[str]):
        self.edit('msgstr "нет README"', 'msgstr ""')
        assert script.main(["--check"]) == 1
        assert "ru: missing: no README\n" in capsys.readouterr().err

    def test_check_names_a_stale_translation(self, capsys: pytest.CaptureFixture[str]):
        self.edit('msgid "no README"', 'msgid "no README any more"')
        assert script.main(["--check"]) == 1
        said = capsys.readouterr().err
        assert "ru: missing: no README\n" in said
        assert "ru: stale, no longer in the code: no README any more\n" in said

    def test_check_names_a_fuzzy_translation(self, capsys: pytest.CaptureFixture[str]):
        self.edit('msgid "no README"', '#, fuzzy\nmsgid "no README"')
        assert script.main(["--check"]) == 1
        assert "ru: fuzzy, to be looked at: no README\n" in capsys.readouterr().err

    def test_what_is_stale_is_compiled_and_nothing_else(self):
        path = script.po_path("ru").with_suffix(".mo")
        path.unlink()
        script.compile_what_is_stale()
        compiled = path.stat()
        script.compile_what_is_stale()
        assert path.stat().st_mtime_ns == compiled.st_mtime_ns
        self.edit('msgstr "нет README"', 'msgstr "README нет"')
        os.utime(script.po_path("ru"), (compiled.st_mtime + 1, compiled.st_mtime + 1))
        script.compile_what_is_stale()
        with path.open("rb") as stream:
            assert gettext.GNUTranslations(stream).gettext("no README") == "README нет"

    def test_a_run_drops_what_is_stale_and_compiles(self):
        self.edit('msgid "no README"', 'msgid "nothing says this"')
        assert script.main([]) == 0
        assert "nothing says this" not in script.po_path("ru").read_text("utf-8")
        assert list(script.problems("ru", TEMPLATE)) == ["ru: missing: no README"]

    def test_any_other_argument_is_a_mistake(self):
        assert script.main(["--force"]) == 2


def test_messages_render_in_every_language_with_something_in_every_place():
    for id in IDS:
        places = {name: "X" for _text, name, _format, _conversion in Formatter().parse(id) if name}
        for language in LANGUAGES:
            assert Message(id, places).render(language)
