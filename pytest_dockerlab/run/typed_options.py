"""The options of ours that a pytest command line has: a misspelt one is refused, and their help is translated."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ..messages import Message, _, asked_language
from ..option_table import HOMEWORK, OPTIONS
from ..spelling import near_options

__all__ = ["look_at"]


def look_at(arguments: Sequence[str], parser: pytest.Parser) -> None:
    """Raise ``pytest.UsageError`` for an option that is not there and may be one of ours; for ``--help``, translate."""
    language = asked_language(arguments)
    ids = {option.flag: option.help for option in (HOMEWORK, *OPTIONS)}
    for word in parser.parse_known_and_unknown_args(arguments)[1]:
        option = word.partition("=")[0]
        near = near_options(word, list(ids))
        if near:
            said = _("{option} is not an option here; did you mean {near}?", option=option, near=near)
            raise pytest.UsageError(said.render(language))
    for argument in parser.getgroup("dockerlab").options:
        if id := ids.get(argument.names()[0]):  # none: what nobody types
            argument.attrs()["help"] = Message(id).render(language)
