"""Hostile rows among good ones: each good one has the verdicts that it has alone."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path

import pytest

from tests.roster.servers import git_daemon, says

from . import judging
from .attack import HOMEWORKS, WORDS, Attack, Place, prepare, words
from .files_tier import ATTACKS
from .measured import Run, check
from .rosters import ROWS, HostileRow, committed

GOOD = 3
ROSTERS = int(os.environ.get("DOCKERLAB_HOSTILE_ROSTERS", "25"))
"""Mixed ones, drawn by chance."""


def write_roster(folder: Path, rows: Iterable[dict[str, str]]) -> None:
    """A file of these rows."""
    columns = ("id", "path", "ref")
    with (folder / "roster.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def good_rows(folder: Path, count: int = GOOD) -> list[dict[str, str]]:
    """Submissions that nothing is wrong with: one as it lies, the others committed."""
    rows = []
    for number in range(count):
        place = Place(folder / f"good{number}" / "repository", folder / f"good{number}" / "outside")
        (prepare if number == 0 else committed)(place)
        rows.append({"id": f"good{number}", "path": str(place.root)})
    return rows


def hostile_row(folder: Path, number: int, hostile: HostileRow | Attack) -> tuple[dict[str, str], Place]:
    """The row, and where its submission was made."""
    place = Place(folder / f"bad{number:03}" / "repository", folder / f"bad{number:03}" / "outside")
    place.root.parent.mkdir()
    if isinstance(hostile, Attack):
        prepare(place)
        hostile.make(place)
        path, ref = None, ""
    else:
        path, ref = hostile.make(place), hostile.ref
        place.outside.mkdir(exist_ok=True)
        place.canary.touch()
    judging.arm(place)
    return {"id": f"bad{number:03}", "path": path or str(place.root), "ref": ref}, place


def broken(
    run: Run, places: dict[str, Place], right: dict[str, str], good: int = GOOD, may_be_errors: Container[str] = ()
) -> list[str]:
    """What a roster's run did that it may not."""
    found = [*judging.broken_promises(run, places)]
    if run.results is None:
        return [*found, f"no results.json, exit {run.code}"]
    submissions = {each["id"]: each for each in run.results["submissions"]}
    if submissions.keys() != {*places, *(f"good{number}" for number in range(good))}:
        found.append(f"rows: {sorted(submissions)}")
    for id, submission in submissions.items():
        verdicts = {item["id"]: item["verdict"] for item in submission["items"]}
        if verdicts.keys() != right.keys():
            found.append(f"{id}: {len(verdicts)} items")
        if id.startswith("good"):
            found += [f"{id}: {item}: {verdict}" for item, verdict in verdicts.items() if verdict != right[item]]
        elif id not in may_be_errors:
            found += [f"{id}: {item}: error" for item, verdict in verdicts.items() if verdict == "error"]
    return found


def test_the_canary_is_seen_when_it_is_read(tmp_path: Path) -> None:
    place = Place(tmp_path / "repository", tmp_path / "outside")
    prepare(place)
    judging.arm(place)
    assert not judging.was_read(place)
    place.canary.read_bytes()
    assert judging.was_read(place)


@pytest.mark.parametrize("arguments", [[], ["-n2"]], ids=["alone", "two workers"])
def test_all_rows_at_once(arguments: list[str], right: dict[str, str], tmp_path: Path) -> None:
    good = good_rows(tmp_path)
    made = [hostile_row(tmp_path, number, row) for number, row in enumerate(ROWS)]
    places = {row["id"]: place for row, place in made}
    write_roster(tmp_path, [*good, *(row for row, _place in made)])
    run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *WORDS, *arguments], patience=900)
    rosters = [row["id"] for (row, _place), hostile in zip(made, ROWS, strict=True) if hostile.is_rosters]
    found = broken(run, places, right, may_be_errors=rosters)
    names = {row["id"]: hostile.name for (row, _place), hostile in zip(made, ROWS, strict=True)}
    assert not found, "\n".join([*found, str(names), run.out[-3000:]])


def test_servers_that_mean_harm(right: dict[str, str], tmp_path: Path) -> None:
    good = good_rows(tmp_path)
    commit = b"1" * 40
    elsewhere = (
        commit + b" HEAD\0symref=HEAD:refs/heads/../../../../etc/passwd\n",
        commit + b" refs/heads/../../hooks/post-checkout\n",
        commit + b" refs/heads/a\x1b[2Jb\n",
    )
    with (
        git_daemon(tmp_path, tmp_path / "log") as served,
        says(b"ERR \x1b]0;owned\x07\r\n::error::404") as speaks,
        says(*elsewhere) as leads,
    ):
        urls = {
            "good3": f"{served}/good1/repository/.git",
            "none": f"{served}/nowhere",
            "out": f"{served}/../../../../etc",
            "speaks": speaks,
            "leads": leads,
        }
        write_roster(tmp_path, [*good, *({"id": id, "path": url} for id, url in urls.items())])
        run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *WORDS], patience=900)
    nobody = Place(tmp_path / "nobody", tmp_path / "outside")
    nobody.outside.mkdir()
    nobody.canary.touch()
    judging.arm(nobody)
    bad = {id: nobody for id in urls if not id.startswith("good")}
    found = broken(run, bad, right, good=GOOD + 1, may_be_errors=bad)
    assert not found, "\n".join([*found, run.out[-3000:]])


@pytest.mark.campaign
@pytest.mark.parametrize("hostile", [pytest.param(row, id=row.name) for row in ROWS])
def test_one_row_among_good_ones(
    hostile: HostileRow, right: dict[str, str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    good = good_rows(tmp_path)
    row, place = hostile_row(tmp_path, 0, hostile)
    write_roster(tmp_path, [*good, row])
    run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *WORDS], patience=900)
    record_property("seconds", run.seconds)
    record_property("memory", run.memory)
    found = broken(run, {row["id"]: place}, right, may_be_errors=[row["id"]] if hostile.is_rosters else [])
    assert not found, "\n".join([*found, run.out[-3000:]])


@pytest.mark.parametrize(
    "homeworks",
    [
        pytest.param(HOMEWORKS, id="docker"),
        *(pytest.param((slug,), id=slug) for slug in ("gitlab-ci-1", "monitoring-1")),
    ],
)
def test_quick_attacks_as_rows(
    homeworks: tuple[str, ...], rights: Callable[[tuple[str, ...]], dict[str, str]], tmp_path: Path
) -> None:
    """Those of the files tier: a third of the quick ones, the same at every run."""
    right = rights(homeworks)
    quick = [attack for attack in ATTACKS if not attack.slow and attack.homeworks == homeworks][::3]
    good = good_rows(tmp_path)
    made = [hostile_row(tmp_path, number, attack) for number, attack in enumerate(quick)]
    write_roster(tmp_path, [*good, *(row for row, _place in made)])
    run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *words(homeworks), "-n2"], patience=900)
    found = broken(run, {row["id"]: place for row, place in made}, right)
    assert run.results is not None, run.out
    by_id = {each["id"]: each["items"] for each in run.results["submissions"]}
    for (row, _place), attack in zip(made, quick, strict=True):
        found += [f"{attack.name}: {each}" for each in judging.broken_verdicts(attack, by_id[row["id"]], right)]
    assert not found, "\n".join([*found, run.out[-3000:]])


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("slug", ["gitlab-ci-1", "monitoring-1"])
def test_quick_attacks_on_other_homework(slug: str, part: int, tmp_path: Path) -> None:
    """They aim at another homework: of this one no item may be an error, and good rows are as ever."""
    asked = [f"--hw={slug}", "--hw-tier=files"]
    good = good_rows(tmp_path)
    right = check(Path(good[0]["path"]), tmp_path / "alone", [".", *asked]).verdicts()
    quick = [attack for attack in ATTACKS if not attack.slow][part::3]
    made = [hostile_row(tmp_path, number, attack) for number, attack in enumerate(quick)]
    write_roster(tmp_path, [*good, *(row for row, _place in made)])
    run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *asked, "-n2"], patience=900)
    found = broken(run, {row["id"]: place for row, place in made}, right)
    names = {row["id"]: attack.name for (row, _place), attack in zip(made, quick, strict=True)}
    assert not found, "\n".join([*found, str(names), run.out[-3000:]])


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(ROSTERS))
def test_mixed_rosters(
    seed: int, right: dict[str, str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """One row of twenty is hostile, drawn by chance, and so is the homework: all of them for each would be too long."""
    drawn = random.Random(seed)
    homework = drawn.choice(HOMEWORKS)
    right = {item: verdict for item, verdict in right.items() if item.startswith(f"{homework}/")}
    everything: Sequence[HostileRow | Attack] = [*ROWS, *(attack for attack in ATTACKS if not attack.slow)]
    hostile = drawn.choice(everything)
    good = good_rows(tmp_path, 19)
    row, place = hostile_row(tmp_path, 0, hostile)
    rows = [*good, row]
    drawn.shuffle(rows)
    write_roster(tmp_path, rows)
    asked = [f"--hw={homework}", "--hw-tier=files", *drawn.choice([[], ["-n2"]])]
    run = check(tmp_path, tmp_path / "scratch", ["--hw-roster=roster.csv", *asked], patience=900)
    record_property("seconds", run.seconds)
    is_rosters = isinstance(hostile, HostileRow) and hostile.is_rosters
    found = broken(run, {row["id"]: place}, right, good=19, may_be_errors=[row["id"]] if is_rosters else [])
    assert not found, "\n".join([hostile.name, homework, *found, run.out[-3000:]])
