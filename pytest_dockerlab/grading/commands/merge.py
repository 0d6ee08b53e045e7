"""``dockerlab merge OUT… -o OUT``: the shards of one grading put together."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ...errors import ConfigurationError
from ...messages import Message, _, reason_of
from ..merging import merge

__all__ = ["add_arguments", "run"]


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("shards", nargs="+", metavar="OUT", help=say(_("the folders of the shards, all of them")))
    command.add_argument("-o", dest="out", metavar="OUT", required=True, help=say(_("the folder of this grading")))


def run(given: argparse.Namespace) -> int:
    """Put them together, and make the gradebook."""
    try:
        merge([Path(each) for each in given.shards], Path(given.out))
    except OSError as error:
        raise ConfigurationError(
            _("{folder} cannot be written: {why}", folder=given.out, why=reason_of(error))
        ) from error
    return 0
