"""A run: what is asked, of whom, and with which settings. The controller decides it; a worker is handed it."""

from __future__ import annotations

import json
import os
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .. import catalogue as catalogues
from .. import selection
from ..course import Course
from ..errors import ConfigurationError, UnreadableRepository
from ..homework import Homework, Item, Kind, Need
from ..messages import Message, _, language_of
from ..options import Settings, resolve
from ..report.github.commands import is_wanted
from ..report.lines import printable
from ..results import Asked, ItemResult, Verdict
from ..selection import Source
from . import own_imports
from .output_files import refuse_link_in, refuse_unwritable

if TYPE_CHECKING:
    from ..submission.submission import Submission

__all__ = ["ONLY_SET_UP", "RUN", "WORKER_INPUT", "Run", "keep_only_command_line", "prepare"]

WORKER_INPUT = "dockerlab"

MAX_ROWS = 5_000
"""Of one run, which keeps all its results in memory."""

# Whatever makes a run smaller, stops it early or replaces it. On the command line that is the user's wish; from a file
# of the submission it is forgotten.
_NARROWING = (
    "keyword", "markexpr", "lf", "failedfirst", "newfirst", "deselect", "maxfail", "collectonly", "stepwise",
    "stepwise_skip", "setuponly", "setupplan", "runxfail", "version", "help", "markers", "showfixtures",
    "show_fixtures_per_test", "cacheshow", "usepdb", "file_or_dir", "confcutdir", "ignore", "ignore_glob", "verbose",
    "looponfail",
)  # fmt: skip


@dataclass(slots=True)
class Run:
    """One run: what is asked, of whom. The controller makes it; a worker gets it from the controller."""

    settings: Settings
    items: list[Item]
    homeworks: list[Homework]
    sources: list[Source]
    course: Course
    folder: Path
    started: float
    is_worker: bool = False
    asked: Asked = field(default_factory=Asked)
    """What the user named, of which ``items`` came; a worker has no use for it."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    """What marks everything that the run makes on a docker host."""
    owner: str = ""
    """The controller's process, as what it makes on a docker host is labelled."""
    may_fail_labs: bool = False
    """Whether the docker host is the student's own, so that a lab's finding is about what they did there."""
    slice_files: tuple[Path, ...] = ()
    """Where grading wants the results of each of ``sources``."""
    labs: Mapping[str, ItemResult] = field(default_factory=dict)
    """What is known of the docker host already: these are not asked again."""
    notes: list[str] = field(default_factory=list)
    unreadable: list[Message] = field(default_factory=list)
    """Of a run of all homeworks: those that could not be read."""
    nodes: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    """Every check that was collected, by item and submission, also one that was deselected: another may need it."""
    left_out: set[str] = field(default_factory=set)
    """The node ids of those that were deselected, by the command line or by a plugin."""
    _submissions: dict[tuple[str, str | None], Submission] = field(default_factory=dict)

    @property
    def tells_github(self) -> bool:
        """Whether it says to GitHub what came of it. A slice of a grading tells its grading."""
        return not self.slice_files and is_wanted(self.settings.github)

    @property
    def is_students_host(self) -> bool:
        """Whether what lies on the docker host is the student's: of a roster's many students it is nobody's."""
        return self.may_fail_labs and not self.settings.roster

    def submission(self, source: Source, slug: str) -> Submission:
        """The submission of ``source`` at the revision for homework ``slug``.

        Only those of one source are kept: in a run over hundreds they come one after another.
        """
        from ..submission.submission import Submission

        revision = source.revisions[slug]
        key = source.id, None if revision["worktree"] else revision["commit"]
        if key not in self._submissions:
            if any(id != source.id for id, _commit in self._submissions):
                self._submissions.clear()
            self._submissions[key] = Submission(source.id, source.tree(slug))
        return self._submissions[key]

    def error(self, item: Item, submission: str | None, reason: Message) -> ItemResult:
        """The result of an item that came to nothing: no check judged it."""
        return ItemResult(
            id=item.id,
            title=item.title,
            kind=item.kind,
            level=self.course.level_of(item),
            tier=item.tier,
            verdict=Verdict.ERROR,
            submission=submission if item.kind is Kind.SUBMISSION else None,
            reason=reason,
            max_points=self.course.points_of(item),
        )

    def unverified(self, item: Item, submission: str | None, reason: Message) -> ItemResult:
        """The result of an item that was not asked, on purpose."""
        result = self.error(item, submission, reason)
        result.verdict = Verdict.UNVERIFIED
        return result

    def to_json(self) -> dict[str, Any]:
        """Plain data for the workers."""
        return {
            "settings": self.settings.to_json(),
            "items": [item.id for item in self.items],
            "sources": [source.to_json() for source in self.sources],
            "folder": str(self.folder),
            "started": self.started,
            "id": self.id,
            "owner": self.owner,
            "may_fail_labs": self.may_fail_labs,
        }


RUN: pytest.StashKey[Run] = pytest.StashKey()
ONLY_SET_UP = _("the command line asks for set-up only")


def prepare(config: pytest.Config) -> Run:
    """Decide what this run is about. Raises ``pytest.UsageError`` (exit 4) for what cannot be done as asked."""
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
    start = config.invocation_params.dir
    given = vars(config.option)
    ini_folder = config.inipath.parent if config.inipath else None
    # twice: where the submission is decides whether the ini file is the submission's, whose keys don't count
    settings = resolve(given, config.getini, ini_folder=None, invocation_folder=start)
    root = selection.open_source(settings.submission, {}, [], start).path
    if ini_folder is not None and not ini_folder.is_relative_to(Path(root).resolve()):
        settings = resolve(given, config.getini, ini_folder=ini_folder, invocation_folder=start)
    if config.getoption("dist", "no") != "no" and not _is_utf_8(f"{root}{start}"):
        raise ConfigurationError(  # xdist hands it to its workers as UTF-8
            _("the name of the folder {path} is not UTF-8: rename it, or leave out -n", path=printable(str(root)))
        )
    from ..engine.owned.labels import Owner

    # now, and not when an item asks it: what names nothing is a mistake of the command line
    if registry := settings.endpoints.get(Need.REGISTRY):
        from ..registry.endpoint import parse_endpoint

        parse_endpoint(registry)
    if docker_host := settings.endpoints.get(Need.DOCKER_HOST):
        from ..engine.hosts.endpoints import resolve_endpoint

        resolve_endpoint(docker_host)
    catalogue, course = catalogues.of_course(settings.course)
    if not config.option.collectonly:
        if settings.report and Path(settings.report).suffix == ".md":
            raise ConfigurationError(
                _(
                    "--hw-report: {path}: name a page in HTML, such as report.html; Markdown is made beside it",
                    path=settings.report,
                )
            )
        for option, file in (("--hw-codequality", settings.codequality), ("--hw-report", settings.report)):
            if file and settings.roster:
                raise ConfigurationError(
                    _("{option} is of one repository: leave it out with --hw-roster", option=option)
                )
        junit = getattr(config.option, "xmlpath", None)
        for option, file in (
            ("--hw-results", settings.results),
            ("--hw-codequality", settings.codequality),
            ("--hw-report", settings.report),
            ("--hw-report", settings.report and str(Path(settings.report).with_suffix(".md"))),
            ("--junitxml", junit and str(start / Path(os.path.expandvars(junit)).expanduser())),
        ):
            if file:  # now, and not when an hour's work is done
                if not (settings.roster or config.option.hw_slice):
                    refuse_link_in(selection.work_tree_around(Path(root)), Path(file), option)
                refuse_unwritable(Path(file), option)
    names = selection.resolve_names(config.option.hw, catalogue, settings.submission, start)
    items = catalogue.select(names, endpoints=settings.endpoints)
    homeworks = selection.items_by_homework(items, catalogue)
    slice_files: tuple[Path, ...] = ()
    labs: Mapping[str, ItemResult] = {}
    if config.option.hw_slice:
        from .slice_results import read_order

        order = read_order(Path(config.option.hw_slice))
        sources, slice_files, labs = list(order.sources), order.files, order.labs
        settings = replace(settings, roster=config.option.hw_slice)
        folder = _run_folder()
    elif settings.roster:
        from ..roster.freezing import frozen
        from ..roster.rows import read_roster

        roster = read_roster(Path(settings.roster), [homework.slug for homework in catalogue.homeworks], course.zone)
        if len(roster.rows) > MAX_ROWS:
            raise ConfigurationError(
                _(
                    "the roster {file} has more than {limit} rows; for so many use dockerlab grade",
                    file=settings.roster,
                    limit=MAX_ROWS,
                )
            )
        # by id: every process, and every form of the same roster, has them in one order
        rows = sorted(roster.rows, key=lambda row: row.id)
        folder = _run_folder()
        sources = [source for _row, source in frozen(rows, homeworks, settings.ref, folder / "clones")]
    else:
        refs = {homework.slug: settings.ref for homework in homeworks}
        sources = [selection.open_source(settings.submission, refs, homeworks, start)]
        folder = _run_folder()
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
        notes=_loaded_from(config, Path(root)),
        unreadable=[error.text for error in catalogue.unreadable],
        slice_files=slice_files,
        labs={item.id: labs[item.id] for item in items if item.id in labs},
    )


def _is_utf_8(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


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
    own = (
        Path(__file__).parents[1].resolve()
    )  # an isolated run of our own checkout has our own ini file in its submission
    if config.inipath and config.inipath.resolve().is_relative_to(root) and own not in config.inipath.resolve().parents:
        loaded.append(str(config.inipath))
    loaded += own_imports.modules_below(root)
    loaded += [f"{name}={os.environ[name]}" for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if os.environ.get(name)]
    return loaded
