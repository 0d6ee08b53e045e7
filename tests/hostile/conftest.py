"""What was tried, held and broke, and the slowest and the largest of each part, as ``make hostile`` prints it."""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from collections.abc import Callable

import pytest

from .attack import HOMEWORKS, Place, prepare, words
from .measured import check

IS_WHOLE = os.environ.get("DOCKERLAB_HOSTILE") == "all"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only the whole campaign tries is left out of the usual run."""
    if IS_WHOLE:
        return
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("campaign")])
    items[:] = [item for item in items if not item.get_closest_marker("campaign")]


@pytest.fixture(scope="session")
def rights(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], dict[str, str]]:
    """The example's own verdicts, by what is asked for."""

    @functools.cache
    def verdicts(homeworks: tuple[str, ...]) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("right")
        place = Place(folder / "repository", folder / "outside")
        prepare(place)
        return check(place.root, folder / "scratch", [".", *words(homeworks)]).verdicts()

    return verdicts


@pytest.fixture(scope="session")
def right(rights: Callable[[tuple[str, ...]], dict[str, str]]) -> dict[str, str]:
    """The example's own verdicts in the homeworks of most attacks."""
    return rights(HOMEWORKS)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table, where the campaign is run by itself."""
    if not IS_WHOLE:
        return
    parts: dict[str, list[pytest.TestReport]] = defaultdict(list)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                parts[report.nodeid.partition("::")[0].removeprefix("tests/")].append(report)
    terminalreporter.section("the campaign")
    for part, reports in sorted(parts.items()):
        broke = sum(report.failed for report in reports)
        terminalreporter.write_line(f"{part}: {len(reports)} tried, {len(reports) - broke} held, {broke} broke")
        notes = [(report, dict(report.user_properties)) for report in reports]
        for key, unit, show in (("seconds", "s", 1.0), ("memory", "MiB", 2**20)):
            most = sorted(((note[key], report.nodeid) for report, note in notes if key in note), reverse=True)[:3]
            for value, id in most:
                terminalreporter.write_line(f"    {value / show:8.1f} {unit:<4} {id.partition('::')[2]}")
