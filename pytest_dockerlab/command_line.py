"""What may be typed after ``dockerlab``: commands and options, and what is meant by a word that is neither."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import gettext
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from . import __version__, option_table
from .errors import ConfigurationError
from .grading import commands as of_grading
from .messages import DOMAIN, LANGUAGES, LOCALE, Message, _

__all__ = ["asked_github", "parse", "parser"]

COMMANDS: Mapping[str, Message] = {
    "check": _("check one repository, isolated from its own pytest configuration"),
    **of_grading.COMMANDS,
    "comment": _("comment on the pull request whose gate has run, in a GitHub workflow started by workflow_run"),
    "list": _("list the items"),
    "explain": _("explain an item: what is checked, why, a right and a wrong example"),
    "doctor": _("what is on this machine, and what each tier lacks"),
    "autoscale": _("simulate what a runner's configuration does with a burst of jobs"),
    "clean": _("remove what dead runs left on the docker host, and in a GitLab"),
}
_ALSO_TYPED = {**{name: name for name in COMMANDS}, "help": "--help", "version": "--version"}

_OF_ARGPARSE = (
    _("usage: "),
    _("options"),
    _("positional arguments"),
    _("show this help message and exit"),
    _("argument %(argument_name)s: %(message)s"),
    _("expected one argument"),
    _("expected at most one argument"),
    _("ignored explicit argument %r"),
    _("the following arguments are required: %s"),
    _("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""What argparse says by itself in help and errors of ours. It asks gettext for these words."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are told as all others of the command, and that knows its options."""

    def __init__(self, **words: Any) -> None:
        self.flags: list[str] = []
        super().__init__(**words, allow_abbrev=False)

    def add_argument(self, *names: Any, **words: Any) -> argparse.Action:
        """Add an argument, as every parser does."""
        action = super().add_argument(*names, **words)
        self.flags += action.option_strings
        return action

    def error(self, message: str) -> NoReturn:
        """Raise :class:`ConfigurationError` instead of ending the program with 2."""
        raise _refused(self.prog, _("{why}", why=message))


def parser(language: str, typed: str | None) -> tuple[Parser, dict[str, Parser]]:
    """The parser of the command, in ``language``, and those of its commands by name.

    :param typed: the command that was typed. A command of grading learns its arguments only then.
    """

    def say(message: Message) -> str:
        return message.render(language)

    top = Parser(
        prog="dockerlab",
        description=say(_("Check one repository in isolation, list and explain the items, examine the machine.")),
    )
    version = f"pytest-dockerlab {__version__}"
    top.add_argument("--version", action="version", version=version, help=say(_("show the version and exit")))
    added = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands = {name: added.add_parser(name, help=say(text), description=say(text)) for name, text in COMMANDS.items()}

    check = commands["check"]
    directory = say(_("the repository (default: the one around this folder)"))
    check.add_argument("directory", nargs="?", metavar="DIR", help=directory)
    check.add_argument("-n", dest="workers", metavar="N", help=say(_("run in N processes")))
    evidence = say(_("show the evidence; twice: our tracebacks too"))
    check.add_argument("-v", "--verbose", action="count", default=0, help=evidence)
    check.add_argument("--junitxml", metavar="FILE", help=say(_("write JUnit XML here")))
    option_table.add_arguments(check.add_argument, say=lambda id: say(Message(id)))

    commands["list"].add_argument("--hw", action="append", metavar="HOMEWORK", help=say(_("only these")))
    item = say(_("an item's id, such as docker-4/networks, or a homework"))
    commands["explain"].add_argument("item", metavar="ITEM", help=item)
    everything = say(_("also what live runs use, and the probe images"))
    commands["clean"].add_argument("--all", action="store_true", help=everything)
    _add_autoscale(commands["autoscale"], say)
    text = say(_("the artifact that has results.json (default: dockerlab-results)"))
    commands["comment"].add_argument("--artifact", metavar="NAME", default="dockerlab-results", help=text)
    text = say(_("whose comments are ours (default: github-actions[bot])"))
    commands["comment"].add_argument("--login", metavar="LOGIN", default="github-actions[bot]", help=text)
    if typed is not None and typed in of_grading.COMMANDS:
        of_grading.module_of(typed).add_arguments(commands[typed], say)
    for name in ("doctor", "clean"):
        host = say(_("the docker host"))
        commands[name].add_argument("--hw-docker-host", metavar="URL", help=host)
    text = say(_("the GitLab whose projects may have branches of dead runs"))
    commands["clean"].add_argument("--hw-gitlab-url", metavar="URL", help=text)
    text = say(_("only this project of it"))
    commands["clean"].add_argument("--hw-gitlab-project", metavar="GROUP/NAME|NUMBER", help=text)
    for name in ("list", "explain"):
        course = os.environ.get("DOCKERLAB_COURSE")
        text = say(_("the course file"))
        commands[name].add_argument("--hw-course", "--course", dest="course", metavar="FILE", default=course, help=text)
    for name in ("comment", "list", "explain", "doctor", "autoscale", "clean", *of_grading.COMMANDS):
        text = say(_("the language (default: the locale's)"))
        commands[name].add_argument("--hw-lang", "--lang", dest="lang", choices=LANGUAGES, default=language, help=text)
    return top, commands


def _add_autoscale(command: Parser, say: Callable[[Message], str]) -> None:
    command.add_argument("configuration", metavar="FILE", help=say(_("the runner's config.toml")))
    command.add_argument("--jobs", metavar="N", default="10", help=say(_("this many jobs at once (default: 10)")))
    text = say(_("how long a job runs (default: 600)"))
    command.add_argument("--seconds", metavar="SECONDS", default="600", help=text)
    text = say(_("how long it takes to create a machine (default: 60)"))
    command.add_argument("--creation", metavar="SECONDS", default="60", help=text)
    text = say(_("how long it takes to remove a machine (default: 25)"))
    command.add_argument("--removal", metavar="SECONDS", default="25", help=text)
    text = say(_("the version of the runner (default: 10.5 and the newest)"))
    command.add_argument("--runner", metavar="VERSION", help=text)
    text = say(_("when it starts, for periods (default: a Wednesday at noon, UTC)"))
    command.add_argument("--at", metavar="TIME", default="2018-02-28T12:00", help=text)
    command.add_argument("--svg", metavar="FILE", help=say(_("draw the machines over time here")))


def asked_github(arguments: Sequence[str]) -> str:
    """What ``--hw-github`` or its variable says, before anything else of the arguments is known to be right."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--hw-github", nargs="?")
    return early.parse_known_args(arguments)[0].hw_github or os.environ.get("DOCKERLAB_GITHUB") or "auto"


def parse(arguments: Sequence[str], language: str) -> argparse.Namespace:
    """What was typed. Raises :class:`ConfigurationError`, with what may have been meant, for what cannot be."""
    typed = next((word for word in arguments if not word.startswith("-")), None)
    if typed is not None and typed not in COMMANDS:
        later = next((word for word in arguments if word in COMMANDS), None)
        if later is not None and arguments[0] != typed:
            raise _refused("dockerlab", _("the command comes first: dockerlab {command} …", command=later))
        raise _no_command(typed)
    with _argparse_in(language):
        top, commands = parser(language, typed)
        given, unknown = top.parse_known_args(arguments)
    for word in sorted(unknown, key=lambda word: not word.startswith("-")):
        raise _no_argument(word, commands[given.command])
    return given


def _no_command(word: str) -> ConfigurationError:
    near = [_ALSO_TYPED[each] for each in difflib.get_close_matches(word.lower(), _ALSO_TYPED)]
    name = _homework(word)
    if near:
        why = _("{word} is not a command; did you mean {near}?", word=repr(word), near=near)
    elif name is not None:
        why = _("{word} is not a command; to check it: dockerlab check --hw {name}", word=repr(word), name=name)
    else:
        why = _("{word} is not a command; the commands are {known}", word=repr(word), known=list(COMMANDS))
    return _refused("dockerlab", why)


def _no_argument(word: str, command: Parser) -> ConfigurationError:
    if word.startswith("-"):
        from .spelling import near_options

        near = near_options(word, command.flags)
        option = word.partition("=")[0]
        if option == "--hw":
            why = _("--hw is for check and list; explain takes the name alone: dockerlab explain docker-4")
        elif near:
            why = _("{option} is not an option here; did you mean {near}?", option=option, near=near)
        else:
            why = _("{option} is not an option here", option=option)
        return _refused(command.prog, why)
    name = _homework(word) if "--hw" in command.flags else None
    if name is not None:
        return _refused(
            command.prog, _("{word} is one word too many; did you mean --hw {name}?", word=repr(word), name=name)
        )
    return _refused(command.prog, _("{word} is one word too many", word=repr(word)))


def _refused(command: str, why: Message) -> ConfigurationError:
    return ConfigurationError(_("{why} (see {command} --help)", why=why, command=command))


def _homework(word: str) -> str | None:
    """The homework or item that a misplaced word names."""
    from . import catalogue, spelling  # here: a command that is right has no need of them

    return next(iter(spelling.meant_by(catalogue.load(), word)), None)


@contextlib.contextmanager
def _argparse_in(language: str) -> Iterator[None]:
    """Let argparse find its own words among our translations: it asks gettext, in the language of the environment."""
    before, asked = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(before)
        if asked is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = asked
