"""The files tier of four homeworks on many submissions, against compose and hadolint alone. Aim: at most 1.5."""

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
    """``compose config`` and hadolint once for each submission; then our runs: ``dockerlab grade``, and workers.

    What each takes of the processor says more than the time on the clock where others work on the machine too.
    """
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
        _write_list(folder / "ids", [folder / id for id in ids])
        source = "{}/docker"
        alone = (
            f"{compose[0]} -f {source}/docker-compose.yml --env-file {source}/.env.example config >/dev/null;"
            f" {hadolint} --no-fail {{}}/src/*/Dockerfile* >/dev/null"
        )
        words = [word for homework in HOMEWORKS for word in ("--hw", homework)]
        dockerlab = [sys.executable, "-P", "-m", "pytest_dockerlab.cli"]
        grade = [*dockerlab, "grade", "all.csv", "--hw-tier=files", *words, "-n", str(AT_ONCE), "-o", "out"]
        anew = ["sh", "-c", 'rm -rf out; exec "$@"', "sh"]
        check = [*dockerlab, "check", "--hw-tier=files", *words, "--hw-roster=all.csv", "-n", str(AT_ONCE)]
        xargs = ["sh", "-c", f'exec xargs -P{AT_ONCE} -I{{}} "$@" <list', "sh"]
        env = dict(os.environ)
        commands = [
            Command("compose config and hadolint", [*xargs, "sh", "-c", alone], folder / "ids", env),
            Command(f"dockerlab grade -n {AT_ONCE}", [*anew, *grade], folder, env),
            Command(f"dockerlab check -n {AT_ONCE}", check, folder, env),
        ]
        title = f"Bulk: the files tier of {len(HOMEWORKS)} homeworks on {SUBMISSIONS} submissions (aim: 1.5)"
        timed = pairwise(commands, runs)
        table(title, commands, timed)
        for command, each in zip(commands, timed, strict=True):
            print(f"  {command.name:<50} {SUBMISSIONS / each.median * 60:>9.0f} submissions a minute")


def _write_roster(path: Path, ids: list[str]) -> None:
    path.write_text("".join(["id,path\n", *(f"{id},{id}\n" for id in ids)]))


def _write_list(folder: Path, lines: Iterable[Path]) -> None:
    folder.mkdir()
    (folder / "list").write_text("".join(f"{line}\n" for line in lines))
