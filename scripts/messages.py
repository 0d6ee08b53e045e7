"""Brings the message catalogues up to date: collects the messages from the code, merges them, compiles the result.

With ``--check`` it changes nothing, and only says what is not as it should be: exit 1 when anything is not.
The compiled form is no source: it is made here, when the package is built (setup.py), and before tests (conftest.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from pytest_dockerlab import __version__
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import DOMAIN, LANGUAGES
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.testing.texts import ids_in

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "pytest_dockerlab" / "locale"
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
FOLDERS = ("checks", "fixtures", "pytest_dockerlab")
"""Where the code is. The links to the first two in the third are not followed: every file is read once."""
WORDS = (*Kind, *Level, *Tier, *Verdict)
"""Values that are shown as words."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a date of its own would make every merge a conflict
_HEADER = "# {language} translations of pytest-dockerlab. Written by scripts/messages.py, but for what follows msgstr."


def extract() -> Catalog:
    """Every message of the code."""
    found = Catalog(project="pytest-dockerlab", creation_date=_NEVER)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for id in ids_in(path.read_text("utf-8")):
                found.add(id, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    for word in WORDS:
        found.add(str(word))
    return found


def po_path(language: str) -> Path:
    """The translations into ``language``; the compiled ones lie beside them."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(language: str) -> Catalog:
    """The translations into ``language``, an empty catalogue where there are none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(language, project="pytest-dockerlab", creation_date=_NEVER, revision_date=_NEVER, fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def update(language: str, template: Catalog) -> None:
    """Merge the messages of the code into the translations, and compile them. What is gone from the code is dropped."""
    catalogue = load(language)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.header_comment = _HEADER.format(language=language)
    catalogue.version = __version__
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalogue, width=0, sort_output=True, ignore_obsolete=True, no_location=True)
    compile_catalogue(language)


def compile_catalogue(language: str) -> None:
    """Write what a run reads, beside the translations."""
    with po_path(language).with_suffix(".mo").open("wb") as stream:
        write_mo(stream, load(language))


def compile_what_is_stale() -> None:
    """Compile where a ``.po`` is newer than what was compiled: after an edit, after a pull, in a new checkout."""
    for language in TRANSLATED:
        path = po_path(language)
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            compile_catalogue(language)


def problems(language: str, template: Catalog) -> Iterator[str]:
    """What is not as it should be in the translations into ``language``, a line each."""
    catalogue = load(language)
    for message in template:
        known = catalogue.get(message.id) if message.id else None
        if message.id and (known is None or not known.string):
            yield f"{language}: missing: {message.id}"
    for message in catalogue:
        if message.id and template.get(message.id) is None:
            yield f"{language}: stale, no longer in the code: {message.id}"
        elif message.id and message.fuzzy:
            yield f"{language}: fuzzy, to be looked at: {message.id}"


def main(arguments: list[str]) -> int:
    """Bring the catalogues up to date, or say whether they are."""
    if arguments not in ([], ["--check"]):
        print(f"usage: {Path(__file__).name} [--check]", file=sys.stderr)
        return 2
    template = extract()
    if not arguments:
        for language in TRANSLATED:
            update(language, template)
    found = [problem for language in TRANSLATED for problem in problems(language, template)]
    if found:
        print(*found, sep="\n", file=sys.stderr)
    if found and arguments:
        print("run scripts/messages.py, and write what is missing into the .po", file=sys.stderr)
    return 1 if found and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
