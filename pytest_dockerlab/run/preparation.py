"""Decides what a run is about, before anything of it begins: what cannot be done as asked is a usage error, exit 4."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .. import catalogue as catalogues
from .. import selection
from ..catalogue import Catalogue
from ..course import Course
from ..errors import ConfigurationError, UnreadableRepository
from ..homework import Homework, Need
from ..messages import _, language_of
from ..options import Settings, resolve
from ..report.github.commands import is_wanted
from ..report.lines import printable
from ..source import Source, open_source, work_tree_around
from . import own_imports
from .output_files import refuse_link_in, refuse_unwritable
from .run import WORKER_INPUT, Run
from .slice_results import read_order

__all__ = ["keep_only_command_line", "prepare"]

_MAX_ROWS = 5_000
"""Of one run, which keeps all its results in memory."""

# Whatever makes a run smaller, stops it early or replaces it. On the command line that is the user's wish; from a file
# of the submission it is forgotten.
_NARROWING = (
    "keyword", "markexpr", "lf", "failedfirst", "newfirst", "deselect", "maxfail", "collectonly", "stepwise",
    "stepwise_skip", "setuponly", "setupplan", "runxfail", "version", "help", "markers", "showfixtures",
    "show_fixtures_per_test", "cacheshow", "usepdb", "file_or_dir", "confcutdir", "ignore", "ignore_glob", "verbose",
    "looponfail",
)  # fmt: skip


def prepare(config: pytest.Config) -> Run:
    """The run: as the controller has decided it, in a worker. Raises ``pytest.UsageError``."""
    try:
        handed_over = getattr(config, "workerinput", {}).get(WORKER_INPUT)
        return _from_controller(json.loads(handed_over)) if handed_over else _decide(config)
    except (ConfigurationError, UnreadableRepository) as error:
        why = printable(error.render(language_of(_asked(config, "lang"))))
        if is_wanted(_asked(config, "github") or "auto"):
            from ..report.github.telling import tell_refusal

            tell_refusal(why)
        raise pytest.UsageError(why) from error


def _asked(config: pytest.Config, name: str) -> str | None:
    """What an option says in a run whose settings cannot be had."""
    typed: str | None = getattr(config.option, f"hw_{name}")
    return typed or os.environ.get(f"DOCKERLAB_{name.upper()}") or config.getini(f"hw_{name}")


def _decide(config: pytest.Config) -> Run:
    from ..engine.owned.labels import Owner

    start = config.invocation_params.dir
    settings, root = _settings(config)
    if config.getoption("dist", "no") != "no" and not _is_utf_8(f"{root}{start}"):
        raise ConfigurationError(  # xdist hands it to its workers as UTF-8
            _("the name of the folder {path} is not UTF-8: rename it, or leave out -n", path=printable(str(root)))
        )
    _refuse_wrong_endpoints(settings)
    catalogue, course = catalogues.of_course(settings.course)
    if not config.option.collectonly:
        _refuse_wrong_files(config, settings, root)
    names = selection.resolve_names(config.option.hw, catalogue, settings.submission, start)
    items = catalogue.select(names, endpoints=settings.endpoints)
    homeworks = selection.items_by_homework(items, catalogue)
    order = read_order(Path(config.option.hw_slice)) if config.option.hw_slice else None
    if order is not None:
        settings = replace(settings, roster=config.option.hw_slice)
        sources, folder = list(order.sources), _run_folder()
    elif settings.roster:
        sources, folder = _of_roster(settings.roster, settings, catalogue, homeworks, course)
    else:
        refs = {homework.slug: settings.ref for homework in homeworks}
        sources, folder = [open_source(settings.submission, refs, homeworks, start)], _run_folder()
    return Run(
        settings=settings,
        items=items,
        homeworks=homeworks,
        sources=sources,
        course=course,
        folder=folder,
        started=time.time(),
        owner=str(Owner.of()),
        asked=catalogue.asked(names),
        # a docker host that was named, or that of a run at home; a runner of CI is nobody's exercise
        may_fail_labs=Need.DOCKER_HOST in settings.endpoints or not (os.environ.get("CI") or settings.roster),
        notes=[] if order is not None else _loaded_from(config, root),  # nobody reads those of a slice
        unreadable=[error.text for error in catalogue.unreadable],
        slice_files=order.files if order is not None else (),
        labs={item.id: order.labs[item.id] for item in items if item.id in order.labs} if order is not None else {},
    )


def _settings(config: pytest.Config) -> tuple[Settings, Path]:
    """What the options say, and where the submission is."""
    start = config.invocation_params.dir
    given = vars(config.option)
    ini_folder = config.inipath.parent if config.inipath else None
    # twice: where the submission is decides whether the ini file is the submission's, whose keys don't count
    settings = resolve(given, config.getini, ini_folder=None, invocation_folder=start)
    root = Path(open_source(settings.submission, {}, [], start).path)
    if ini_folder is not None and not ini_folder.is_relative_to(root.resolve()):
        settings = resolve(given, config.getini, ini_folder=ini_folder, invocation_folder=start)
    return settings, root


def _is_utf_8(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _refuse_wrong_endpoints(settings: Settings) -> None:
    """Raise :class:`ConfigurationError` now, and not when an item asks it: what names nothing is a mistake of whoever
    gave it.
    """
    if registry := settings.endpoints.get(Need.REGISTRY):
        from ..registry.endpoint import parse_endpoint

        parse_endpoint(registry)
    if docker_host := settings.endpoints.get(Need.DOCKER_HOST):
        from ..engine.hosts.endpoints import resolve_endpoint

        resolve_endpoint(docker_host)


def _refuse_wrong_files(config: pytest.Config, settings: Settings, root: Path) -> None:
    """Raise :class:`ConfigurationError` for a file that cannot be written, now, and not when an hour's work is done."""
    if settings.report and Path(settings.report).suffix == ".md":
        raise ConfigurationError(
            _(
                "--hw-report: {path}: name a page in HTML, such as report.html; Markdown is made beside it",
                path=settings.report,
            )
        )
    for option, file in (("--hw-codequality", settings.codequality), ("--hw-report", settings.report)):
        if file and settings.roster:
            raise ConfigurationError(_("{option} is of one repository: leave it out with --hw-roster", option=option))
    junit = getattr(config.option, "xmlpath", None)
    start = config.invocation_params.dir
    for option, file in (
        ("--hw-results", settings.results),
        ("--hw-codequality", settings.codequality),
        ("--hw-report", settings.report),
        ("--hw-report", settings.report and str(Path(settings.report).with_suffix(".md"))),
        ("--junitxml", junit and str(start / Path(os.path.expandvars(junit)).expanduser())),
    ):
        if file:
            if not (settings.roster or config.option.hw_slice):
                refuse_link_in(work_tree_around(root), Path(file), option)
            refuse_unwritable(Path(file), option)


def _of_roster(
    file: str, settings: Settings, catalogue: Catalogue, homeworks: list[Homework], course: Course
) -> tuple[list[Source], Path]:
    """The submissions of a roster, and the run's folder, which holds the clones of those that are elsewhere."""
    from ..roster.freezing import frozen
    from ..roster.rows import read_roster

    roster = read_roster(Path(file), [homework.slug for homework in catalogue.homeworks], course.zone)
    if len(roster.rows) > _MAX_ROWS:
        raise ConfigurationError(
            _(
                "the roster {file} has more than {limit} rows; for so many use dockerlab grade",
                file=file,
                limit=_MAX_ROWS,
            )
        )
    # by id: every process, and every form of the same roster, has them in one order
    rows = sorted(roster.rows, key=lambda row: row.id)
    folder = _run_folder()
    return [source for _row, source in frozen(rows, homeworks, settings.ref, folder / "clones")], folder


def _run_folder() -> Path:
    """The run's folder, made when nothing that the user asked for can be wrong any more; removed at the end."""
    return Path(tempfile.mkdtemp(prefix="dockerlab-run-"))


def _from_controller(data: dict[str, Any]) -> Run:
    settings = Settings.from_json(data["settings"])
    catalogue, course = catalogues.of_course(settings.course)
    items = [catalogue.items[id].asked_with(settings.endpoints) for id in data["items"]]
    return Run(
        settings=settings,
        items=items,
        homeworks=selection.items_by_homework(items, catalogue),
        sources=[Source.from_json(source) for source in data["sources"]],
        course=course,
        folder=Path(data["folder"]),
        started=data["started"],
        id=data["id"],
        owner=data["owner"],
        may_fail_labs=data["may_fail_labs"],
        is_worker=True,
    )


def keep_only_command_line(config: pytest.Config, parser: pytest.Parser) -> None:
    """Reset every option of ``_NARROWING`` to what the command line says."""
    if hasattr(config, "workerinput"):
        return  # a worker has the controller's options
    arguments = [str(argument) for argument in config.invocation_params.args]
    if {"-h", "--help"} & set(arguments):
        return  # pytest's parser answers by itself
    typed = parser.parse_known_args(arguments)
    for name in _NARROWING:
        if hasattr(typed, name) and hasattr(config.option, name):
            setattr(config.option, name, getattr(typed, name))
    if not typed.file_or_dir:
        config.args = []


def _loaded_from(config: pytest.Config, root: Path) -> list[str]:
    """What of the submission pytest has loaded, or what of the environment changes the run: named in a note."""
    loaded = []
    root = root.resolve()
    # an isolated run of our own checkout has our own ini file in its submission
    own = Path(__file__).parents[1].resolve()
    if config.inipath and config.inipath.resolve().is_relative_to(root) and own not in config.inipath.resolve().parents:
        loaded.append(str(config.inipath))
    loaded += own_imports.modules_below(root)
    loaded += [f"{name}={os.environ[name]}" for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if os.environ.get(name)]
    return loaded
