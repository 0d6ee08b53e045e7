"""Each hostile submission alone: its verdicts, and what it costs. All of them with ``make hostile``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from . import judging
from .attack import WORDS, Attack, Place, prepare, words
from .files_tier import ATTACKS, names
from .measured import check


def at(folder: Path) -> Place:
    """The places of an attack in a folder of its own."""
    return Place(folder / "repository", folder / "outside")


@pytest.mark.campaign
@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.name) for attack in ATTACKS])
def test_alone(
    attack: Attack,
    rights: Callable[[tuple[str, ...]], dict[str, str]],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    place = at(tmp_path)
    prepare(place)
    attack.make(place)
    judging.arm(place)
    run = check(place.root, tmp_path / "scratch", [".", *words(attack.homeworks)])
    record_property("seconds", run.seconds)
    record_property("memory", run.memory)
    broken = [*judging.broken_promises(run, {attack.name: place}), *judging.broken_limits(run)]
    if run.code not in attack.codes:
        broken.append(f"exit {run.code}")
    elif run.results is not None:
        broken += judging.broken_verdicts(attack, run.results["submissions"][0]["items"], rights(attack.homeworks))
    else:
        broken.append("no results.json")
    assert not broken, "\n".join([*broken, run.out[-2000:]])


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_folder_whose_name_is_not_utf_8(workers: str, tmp_path: Path) -> None:
    """Neither results.json nor a worker can be told where it is."""
    place = Place(names.below(tmp_path, b"caf\xe9"), tmp_path / "outside")
    prepare(place)
    run = check(place.root, tmp_path / "scratch", [".", *WORDS, "-n", workers])
    assert run.code == 4
    assert "caf\\xe9 is in a folder whose name is not UTF-8" in run.out
    assert not [*judging.broken_promises(run, {})]
