"""The files tier of four homeworks on many submissions, against compose and hadolint alone. Aim: at most 2."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measure import Command, pairwise, table
from pytest_dockerlab import tools

EXAMPLE = Path(__file__).parents[1] / "examples" / "reddit"
SUBMISSIONS = 40
HOMEWORKS = ("docker-1", "docker-2", "docker-3", "docker-4")
AT_ONCE = 2


def main(runs: int = 3) -> None:
    """``compose config`` and hadolint once for each submission; then our runs: slices of the roster, and workers."""
    compose, hadolint = tools.compose_command(), tools.find("hadolint")
    if compose is None or hadolint is None:
        print("bulk: compose and hadolint are needed for the comparison", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = [f"s{number:03}" for number in range(SUBMISSIONS)]
        for id in ids:
            shutil.copytree(EXAMPLE, folder / id, ignore=shutil.ignore_patterns(".env", "__pycache__"))
        _write_roster(folder / "all.csv", ids)
        slices = [folder / f"slice-{number}.csv" for number in range(AT_ONCE)]
        for number, path in enumerate(slices):
            _write_roster(path, ids[number::AT_ONCE])
        _write_list(folder / "ids", [folder / id for id in ids])
        _write_list(folder / "slices", slices)
        source = "{}/docker"
        alone = (
            f"{compose[0]} -f {source}/docker-compose.yml --env-file {source}/.env.example config >/dev/null;"
            f" {hadolint} --no-fail {{}}/src/*/Dockerfile* >/dev/null"
        )
        words = [word for homework in HOMEWORKS for word in ("--hw", homework)]
        ours = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check", "--hw-tier=files", *words]
        xargs = ["sh", "-c", f'exec xargs -P{AT_ONCE} -I{{}} "$@" <list', "sh"]
        env = dict(os.environ)
        commands = [
            Command("compose config and hadolint", [*xargs, "sh", "-c", alone], folder / "ids", env),
            Command(f"dockerlab check, {AT_ONCE} slices", [*xargs, *ours, "--hw-roster={}"], folder / "slices", env),
            Command(f"dockerlab check -n {AT_ONCE}", [*ours, "--hw-roster=all.csv", "-n", str(AT_ONCE)], folder, env),
        ]
        title = f"Bulk: the files tier of {len(HOMEWORKS)} homeworks on {SUBMISSIONS} submissions (aim: 2)"
        table(title, commands, pairwise(commands, runs))


def _write_roster(path: Path, ids: list[str]) -> None:
    path.write_text("".join(["id,path\n", *(f"{id},{id}\n" for id in ids)]))


def _write_list(folder: Path, lines: Iterable[Path]) -> None:
    folder.mkdir()
    (folder / "list").write_text("".join(f"{line}\n" for line in lines))
