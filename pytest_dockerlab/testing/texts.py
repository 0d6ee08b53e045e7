"""The texts for people that stand in code, found in its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..messages import Message

__all__ = ["KEYWORDS", "ids_in", "untranslated"]

KEYWORDS = {"_": 0, "check": 1, "planned": 1, "Homework": 2, "note": 0, "Option": 1}
"""What is called with a message id, and which of its arguments that is."""


def ids_in(source: str) -> Iterator[str]:
    """The ids in a module. Babel's own extractor reads tokens: before Python 3.12 it misses those in f-strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            for argument in node.args[KEYWORDS[node.func.id] :][:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def untranslated(folder: Path, languages: Sequence[str]) -> Iterator[str]:
    """What is wrong with the translations of the texts in the modules below ``folder``, a line each."""
    ids = {id for path in folder.rglob("*.py") for id in ids_in(path.read_text("utf-8"))}
    for language in languages:
        for id in sorted(ids) if language != "en" else ():
            translation = Message(id).render(language)
            if translation is id:  # gettext gives back what it was given where it knows nothing better
                yield f"{language}: no translation: {id}"
            elif _places(translation) != _places(id):
                yield f"{language}: other places than in the sentence: {id}"


def _places(sentence: str) -> list[str]:
    return sorted(re.findall(r"(?<!\{)\{++\w*\}+", sentence))
