"""The command ``dockerlab``: check one repository in isolation, list and explain the items, examine the machine."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import command_line, option_table
from .errors import ConfigurationError
from .grading import commands as of_grading
from .messages import Message, _, asked_language, text

if TYPE_CHECKING:
    from .catalogue import Catalogue

__all__ = ["main"]

_BESIDE = 110
"""Columns of a terminal in which an item's title has room beside the rest; in a narrower one it stands below its id."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code (4: what was asked cannot be done)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language = asked_language(arguments)
    try:
        given = command_line.parse(arguments, language)
        if given.command in of_grading.COMMANDS:
            return int(of_grading.module_of(given.command).run(given))
        return _COMMANDS[given.command](given)
    except ConfigurationError as error:
        from .report.github.commands import is_wanted
        from .report.lines import printable

        why = printable(error.render(language))
        print(f"dockerlab: {why}", file=sys.stderr)
        if arguments[:1] == ["check"] and is_wanted(command_line.asked_github(arguments)):
            from .report.github.telling import tell_refusal

            tell_refusal(why)
        return 4
    except KeyboardInterrupt:
        print("dockerlab: interrupted", file=sys.stderr)
        return 2
    except BrokenPipeError:  # "dockerlab list | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _check(given: argparse.Namespace) -> int:
    """Run pytest where nothing of the submission is loaded: configuration, root and current folder are ours."""
    from .isolated import command as isolated

    here = Path.cwd()
    if given.workers is not None and not (given.workers.isdecimal() or given.workers in ("auto", "logical")):
        raise ConfigurationError(_("-n takes a number, or auto, not {value}", value=repr(given.workers)))
    arguments: list[str] = []
    arguments += ["-" + "v" * given.verbose] if given.verbose else []
    arguments += [f"--junitxml={here / given.junitxml}"] if given.junitxml else []
    for homework in given.hw or ["auto"]:
        arguments += ["--hw", homework]
    if given.directory is not None:
        if not Path(given.directory).exists():
            _refuse_homework_as_folder(given.directory)
        given.hw_submission = given.directory
    if given.hw_submission is None and "DOCKERLAB_SUBMISSION" not in os.environ:
        given.hw_submission = str(_work_tree_around(here))  # the plugin itself runs in a folder of ours
    for option in option_table.OPTIONS:
        arguments += option_table.words(option, getattr(given, option.dest), here)
    command, environment = isolated.command(arguments, workers=given.workers), isolated.environment(here)
    if os.name == "posix":
        os.chdir(isolated.FOLDER)
        os.execve(sys.executable, command, environment)
    return subprocess.run(command, env=environment, cwd=isolated.FOLDER, check=False).returncode


def _refuse_homework_as_folder(name: str) -> None:
    """``check 17``: the homework of a folder that is not there may be meant, or the folder; nobody can know."""
    from . import catalogue, spelling

    for meant in spelling.meant_by(catalogue.load(), name)[:1]:
        raise ConfigurationError(
            _(
                "there is no folder {name}; to check homework {meant}: dockerlab check --hw {meant}",
                name=name,
                meant=meant,
            )
        )


def _work_tree_around(start: Path) -> Path:
    from .source import work_tree_around  # here, because it brings the rest of the library along

    return work_tree_around(start)


def _list(given: argparse.Namespace) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    def say(message: Message) -> str:
        return message.render(given.lang)

    from . import catalogue
    from .installed import OWN_DISTRIBUTION
    from .selection import resolve_names

    known, _course = catalogue.of_course(given.course)
    names = resolve_names(given.hw or ["all"], known, None, Path.cwd())
    items = known.select(names, with_needs=False)
    console = Console(width=None if sys.stdout.isatty() else 160)
    for homework in known.homeworks:
        rows = [item for item in items if item.slug == homework.slug]
        if not rows:
            continue
        title = f"{homework.number} · {homework.slug} · {say(Message(homework.title))}"
        if homework.distribution != OWN_DISTRIBUTION:
            title += f" ({homework.distribution})"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        is_wide = console.width >= _BESIDE
        table.add_column(say(_("item")), no_wrap=is_wide)
        for column in (_("kind"), _("level"), _("tier")):
            table.add_column(say(column), no_wrap=True)
        if is_wide:
            table.add_column(say(_("title")))
        for item in rows:
            name = say(Message(item.title)) + (f" ({say(_('planned'))})" if item.is_planned else "")
            facts = [say(Message(str(word))) for word in (item.kind, item.level, item.tier)]
            table.add_row(*([item.id, *facts, name] if is_wide else [f"{item.id}\n{name}", *facts]))
        console.print(table)
    built = sum(not item.is_planned for item in items)
    print(say(_("{count} items, {built} of them built", count=len(items), built=built)))
    for error in known.unreadable:
        print(say(error.text))
    return 0


def _explain(given: argparse.Namespace) -> int:
    from . import catalogue
    from .report import explanations
    from .spelling import meant_by

    known, _course = catalogue.of_course(given.course)
    meant = meant_by(known, given.item)
    name = meant[0] if len(meant) == 1 else given.item
    if known.homework(name) is not None:
        return _explain_homework(name, known, given.lang)
    item = known.item(name)
    homework = known.homework(item.slug)
    assert homework is not None
    found = explanations.section(homework, item.id, given.lang)
    facts = [text(Message(str(word)), given.lang) for word in (item.kind, item.level, item.tier)]
    title = text(Message(item.title), given.lang)
    head = f"{title} · {' · '.join(facts)}"
    body = found or f"## {item.id}\n\n{text(_('not explained yet'), given.lang)}"
    heading, _newline, rest = body.partition("\n")
    _print_markdown(f"{heading}\n\n*{head}*\n{rest}")
    return 0


def _explain_homework(name: str, known: Catalogue, language: str) -> int:
    """What it asks for, and how to read more of it."""
    homework = known.homework(name)
    assert homework is not None
    items = known.items_of(homework)
    lines = [f"- {item.id}: {text(Message(item.title), language)}" for item in items]
    more = text(_("To explain one of them: dockerlab explain {item}", item=items[0].id), language)
    title = text(Message(homework.title), language)
    _print_markdown("\n".join([f"## {homework.slug}", "", f"*{homework.number} · {title}*", "", *lines, "", more]))
    return 0


def _print_markdown(source: str) -> None:
    if not sys.stdout.isatty():
        print(source)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(source))


def _doctor(given: argparse.Namespace) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from .report import doctor

    def say(message: object) -> str:
        return text(message, given.lang)

    parts = list(doctor.examine(given.hw_docker_host))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in (_("what"), _("found"), _("for tier")):
        table.add_column(say(column))
    for part in parts:
        found = say(part.found) if part.is_here else say(part.reason or _("not found"))
        table.add_row(say(part.name), ("+ " if part.is_here else "- ") + found, say(Message(str(part.tier))))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(table)
    lacking = [part for part in parts if not part.is_here]
    for part in lacking:
        lacks = say(part.reason or _("is missing"))
        if not part.is_required:
            lacks += "; " + say(_("some items stay unverified without it"))
        print(f"{say(part.name)}: {lacks}\n  {say(_('to do'))}: {say(part.remedy)}")
    if not lacking:
        print(say(_("Everything is here.")))
    return 1 if any(part.is_required and part.tier == "files" for part in lacking) else 0


def _clean(given: argparse.Namespace) -> int:
    from .engine.hosts.errors import HostUnavailable
    from .engine.hosts.hosts import resolve_docker_host
    from .engine.owned.sweep import sweep_all, sweep_dead
    from .errors import ExplainedError

    gitlab = given.hw_gitlab_url or os.environ.get("DOCKERLAB_GITLAB_URL")
    host_name = given.hw_docker_host or os.environ.get("DOCKERLAB_DOCKER_HOST")
    removed: list[str] = []
    failure: ExplainedError | None = None
    try:
        if gitlab:
            removed += _clean_gitlab(gitlab, given)
        with resolve_docker_host(host_name) as host:
            things = sweep_all(host.client) if given.all else sweep_dead(host.client)
            removed += [f"{thing.kind} {thing.name}" for thing in things]
    except HostUnavailable as error:
        failure = error if host_name or not gitlab else None  # it was not what was asked for
    except ExplainedError as error:
        failure = error
    for thing in removed:
        print(thing)
    if failure is not None:
        print(f"dockerlab: {text(failure.unverified().reason, given.lang)}", file=sys.stderr)
        return 3
    print(text(_("removed: {count}", count=len(removed)), given.lang))
    return 0


def _clean_gitlab(url: str, given: argparse.Namespace) -> list[str]:
    """Remove what dead bursts left in the project that is named, else in every project of the token's user."""
    from .engine.owned.labels import Owner
    from .gitlab.instance import GitlabInstance
    from .gitlab.own_branches import sweep
    from .gitlab.tokens import token_for
    from .gitlab.which_project import MOST_PROJECTS, project_of

    def is_alive(text: str) -> bool | None:
        owner = Owner.parse(text)
        return False if given.all else owner.is_alive() if owner is not None else None

    instance = GitlabInstance(url, token_for(url), may_write=True)
    named = given.hw_gitlab_project or os.environ.get("DOCKERLAB_GITLAB_PROJECT")
    projects = [project_of(instance, named, ())] if named else instance.projects(MOST_PROJECTS)
    return [f"branch {branch} ({project.path})" for project in projects for branch in sweep(project, is_alive)]


def _autoscale(given: argparse.Namespace) -> int:
    from .report.autoscaling import lines
    from .report.lines import printable

    for line in lines(given):
        print(printable(line))
    return 0


def _comment(given: argparse.Namespace) -> int:
    from .gate import comment

    return comment.run(given)


_COMMANDS = {
    "check": _check,
    "comment": _comment,
    "list": _list,
    "explain": _explain,
    "doctor": _doctor,
    "autoscale": _autoscale,
    "clean": _clean,
}


if __name__ == "__main__":
    sys.exit(main())
