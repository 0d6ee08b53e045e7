"""Own collection: checks are collected by import name, with node ids of ours, whatever a submission's ini file says.

Why not by path: files outside rootdir get an empty file part in their node ids, two homeworks' checks of one name then
collide, and xdist silently loses one of them; ``python_functions`` or ``-k`` of a student's ini would run less than
everything. Tried on pytest 8.4, 9.1 and 9.2.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import pytest_make_collect_report

from ..errors import LimitExceeded, RefusedPath, UnreadableRepository
from ..findings import Collected, Mismatch, Unverified, collecting
from ..homework import Homework, Item, Kind
from ..installed import UnreadableHomework, import_fixtures
from ..messages import Message, _
from ..source import Source
from .cleanup import sweep_after
from .needs import missing
from .run import RUN, WORKER_INPUT, Run

if TYPE_CHECKING:
    from ..submission.submission import Submission

__all__ = ["CheckItem", "CheckModule", "CollectionPlugin", "LeftFindings"]


class LeftFindings(AssertionError):
    """The check went on to its end, and left findings: what is raised for those who look at the call."""

    def __init__(self, collected: Collected) -> None:
        super().__init__("\n".join(str(Mismatch(finding)) for finding in collected.findings))


class CheckItem(pytest.Function):
    """One item asked of one submission (a lab: of the docker host)."""

    def __init__(self, *, check: Item, source: Source | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        node_id: Any = getattr(self, "_id", None)
        if node_id is not None:  # pytest 9.2: as --lf reads it back, where the submission is a parameter of the item
            self._id = type(node_id).parse(str(node_id))
        self.check = check
        self.source = source
        self.collected = Collected()
        self.blocked: Exception | None = None
        self.problem: Message | str | None = None
        """Why nothing can be asked: the fixtures of its pack are broken."""
        self.seconds = 0.0

    @property
    def submission(self) -> Submission:
        """The submission this item is asked of."""
        assert self.source is not None, "a lab has no submission"
        return self.run.submission(self.source, self.check.slug)

    @property
    def run(self) -> Run:
        """The run this item belongs to."""
        return self.config.stash[RUN]

    def setup(self) -> None:
        """Set the fixtures up, unless it is known already that the item cannot be judged."""
        self.collected = Collected()  # what an attempt before this one said is not this one's
        self.seconds = 0.0
        if self.blocked is None:
            self.blocked = missing(self.check.needs, self.run.settings)
        if self.blocked is None:
            with collecting(self.collected):
                super().setup()

    def runtest(self) -> None:
        """Run the check and keep what it says."""
        if self.blocked is not None:
            raise self.blocked
        with collecting(self.collected):
            super().runtest()
        if self.collected.findings:
            raise LeftFindings(self.collected)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override] # as pytest's
        """The traceback of our own trouble. What a check says on purpose has none: to make one takes longer than it."""
        stated = (LeftFindings, Mismatch, Unverified, RefusedPath, LimitExceeded, UnreadableRepository)
        if isinstance(excinfo.value, stated):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the check stands, and the name that JUnit and ``-v`` show."""
        code = inspect.unwrap(self.check.function).__code__
        return code.co_filename, code.co_firstlineno - 1, self.nodeid


class FixtureModule(pytest.Collector):
    """A module of a pack's fixtures. They are there for what lies below this node, and for nothing else."""

    def __init__(self, *, module: ModuleType, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.obj = module
        self.session._fixturemanager.parsefactories(self)  # as pytest's own modules and classes do it

    def collect(self) -> Iterator[pytest.Collector]:
        """Nothing: the checks are collected by :class:`CheckModule`."""
        return iter(())


class CheckModule(pytest.Module):
    """The checks of one homework."""

    def __init__(self, *, run: Run, homework: Homework, problem: Message | str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self.homework = homework
        self.problem = problem
        self.obj = importlib.import_module(homework.package)

    def collect(self) -> Iterator[CheckItem]:
        """One node per selected item and submission, in catalogue order."""
        for item in self.run.items:
            if item.slug != self.homework.slug or item.id in self.run.labs:
                continue
            sources: Sequence[Source | None] = [None] if item.kind is Kind.LAB else self.run.sources
            fixtures = None  # those of one check are the same for all: pytest shares them among parameters too
            for source in sources:
                name = item.node_id(source.id if source else None).partition("::")[2]
                # originalname too: pytest 9.2 makes the node id of it, earlier ones of the name
                node = CheckItem.from_parent(
                    self,
                    name=name,
                    originalname=name,
                    callobj=item.function,
                    fixtureinfo=fixtures,
                    check=item,
                    source=source,
                )
                fixtures = node._fixtureinfo
                node.problem = self.problem
                yield node


class CollectionPlugin:
    """Replaces pytest's collection by ours, and hands the run over to the workers."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect the check modules; pytest's own collection is not asked."""
        items: list[CheckItem] = []
        packs = {homework.pack: homework for homework in self.run.homeworks}
        parents = {pack: _with_fixtures(session, homework) for pack, homework in packs.items()}
        for homework in self.run.homeworks:
            path = Path(str(sys.modules[homework.package].__file__))
            parent, problem = parents[homework.pack]
            module = CheckModule.from_parent(
                parent, path=path, nodeid=homework.slug, run=self.run, homework=homework, problem=problem
            )
            # pytest's own, without what others put around it: --lf would take the module for a file without failures
            report = pytest_make_collect_report(module)
            session.ihook.pytest_collectreport(report=report)
            for item in report.result or ():
                assert isinstance(item, CheckItem)
                session.ihook.pytest_itemcollected(item=item)
                items.append(item)
                self.run.nodes[item.check.id, item.source.id if item.source else None] = item
        # Labs first, then submission by submission: the models of each are built once, and not kept for long.
        place = {source.id: number for number, source in enumerate(self.run.sources, start=1)}
        items.sort(key=lambda item: place[item.source.id] if item.source else 0)
        wanted = session.config.option.file_or_dir
        if wanted:
            items = [found for found in items if _is_wanted(found.nodeid, wanted)]
            if not items:
                refusal = _("--hw runs checks, not files: no check has the node id {wanted}", wanted=wanted)
                if wanted[0] in {item.id for item in self.run.items}:
                    refusal = _("{item} is an item, not a file: name it with --hw {item}", item=wanted[0])
                raise pytest.UsageError(refusal.render(self.run.settings.language))
        session.items = [*items]
        session.config.hook.pytest_collection_modifyitems(session=session, config=session.config, items=session.items)
        turn = {item.nodeid: number for number, item in enumerate(items)}
        session.items.sort(key=lambda item: turn[item.nodeid])  # whoever shuffles: an item comes after what it needs
        kept = {item.nodeid for item in session.items}
        self.run.left_out = {node.nodeid for node in self.run.nodes.values()} - kept
        session.config.hook.pytest_collection_finish(session=session)
        session.testscollected = len(session.items)
        return True

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run to an xdist worker that is about to start."""
        node.workerinput[WORKER_INPUT] = json.dumps(self.run.to_json())  # execnet minds names that are not UTF-8

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Remove what is left of the run on the docker host. The workers have ended by now."""
        if not self.run.is_worker:
            sweep_after(self.run.id, self.run.items, self.run.settings)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Remove the run's folder."""
        if not self.run.is_worker:
            shutil.rmtree(self.run.folder, ignore_errors=True)


def _with_fixtures(
    session: pytest.Session, homework: Homework
) -> tuple[pytest.Session | FixtureModule, Message | str | None]:
    """The node below which the fixtures of the homework's pack are, and what is wrong with them."""
    node: pytest.Session | FixtureModule = session
    try:
        modules = import_fixtures(homework)
    except UnreadableHomework as error:
        return session, error.text
    for module in modules:
        path = Path(str(module.__file__))
        node = FixtureModule.from_parent(node, name=module.__name__, nodeid=module.__name__, path=path, module=module)
    return node, None


def _is_wanted(nodeid: str, wanted: Sequence[str]) -> bool:
    return any(nodeid == name or nodeid.startswith((f"{name}::", f"{name}[")) for name in wanted)
