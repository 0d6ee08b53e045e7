"""What a course lacks, by the catalogue's lists: samples (asked of pytest's own collection), pages, translations."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from .. import catalogue as catalogues
from ..catalogue import Catalogue
from ..homework import Homework
from ..messages import LANGUAGES
from ..report import explanations
from .samples import KINDS
from .texts import untranslated

__all__ = ["items_without_samples", "kinds_of_samples", "what_is_missing"]

_MARK = "samples: "
_COLLECTED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def what_is_missing(package: str, tests: Path, languages: Sequence[str] = LANGUAGES) -> list[str]:
    """What the homeworks below ``package`` lack to be whole, a line each; ``tests`` is the folder of their samples.

    Every built item has samples of each kind and is explained in each language; every text is translated.
    """
    known = catalogues.load()
    known.select(["all"])  # reads every item
    homeworks = [each for each in known.homeworks if f"{each.package}.".startswith(f"{package}.")]
    lacking = [error.message for error in known.unreadable]
    if not homeworks:
        return [*lacking, f"no homework of {package} is installed"]
    kinds = kinds_of_samples(tests)
    lacking += [f"{id}: samples of an item that is not there" for id in kinds if id not in known.items]
    without_samples = items_without_samples(known, homeworks, kinds)
    lacking += [f"{id}: no sample of the kind {kind!r}" for id, kinds in without_samples.items() for kind in kinds]
    lacking += [
        f"{item.id}: not explained in docs/{language}.md"
        for homework in homeworks
        for item in known.items_of(homework)
        for language in languages
        if not item.is_planned and not explanations.is_explained(homework, item, language)
    ]
    folder = Path(str(sys.modules[package].__file__)).parent
    return [*lacking, *untranslated(folder, languages)]


def kinds_of_samples(folder: Path) -> dict[str, set[str]]:
    """The kinds of samples that the tests below ``folder`` have, by item's id. Nothing is run, only collected.

    Raises ``RuntimeError`` where some of them cannot be collected.
    """
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", __name__, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    lines = done.stdout.splitlines() if done.returncode in _COLLECTED else []
    for line in lines:
        if line.startswith(_MARK):
            return {id: set(kinds) for id, kinds in json.loads(line.removeprefix(_MARK)).items()}
    raise RuntimeError(f"the tests in {folder} could not be collected:\n{done.stdout}{done.stderr}")


def items_without_samples(
    catalogue: Catalogue, homeworks: Iterable[Homework], kinds: Mapping[str, set[str]]
) -> dict[str, list[str]]:
    """The built items of these homeworks that lack a kind of sample, with the kinds they lack."""
    lacking = {}
    for homework in homeworks:
        for item in catalogue.items_of(homework):
            missing = [kind for kind in KINDS if kind not in kinds.get(item.id, set())]
            if missing and not item.is_planned:
                lacking[item.id] = missing
    return lacking


def pytest_collection_finish(session: pytest.Session) -> None:
    """Print what was found: this module is the plugin of the collection that :func:`kinds_of_samples` starts."""
    found: dict[str, set[str]] = {}
    for item in session.items:
        for mark in item.iter_markers("sample"):
            id, kind = mark.args
            found.setdefault(id, set()).add(kind)
    print(f"\n{_MARK}{json.dumps({id: sorted(kinds) for id, kinds in found.items()})}")  # noqa: T201 - to the parent
