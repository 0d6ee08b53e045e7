"""The item docker-4/project-name-lab."""

from __future__ import annotations

import concurrent.futures
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.submission.budget import Budget
from pytest_dockerlab.submission.compose import cli as composecli


@check(
    "docker-4/project-name-lab",
    "the project's name comes from -p, COMPOSE_PROJECT_NAME, name: and the directory, in this order",
    kind="lab",
    needs=[Need.COMPOSE],
)
def project_name_lab() -> None:
    for observed in observed_names():
        note(str(observed.situation), observed.name)
        expect(
            observed.name == observed.documented,
            _("{situation}: the project is called {name}", situation=observed.situation, name=observed.documented),
            found=observed.name,
            hint=_("this compose does not follow its documentation: use another version"),
        )


@dataclass(frozen=True, slots=True)
class ObservedName:
    """The name a project got, and the one that compose's documentation promises."""

    situation: Message | str
    documented: str
    name: str | Message


@dataclass(frozen=True, slots=True)
class _Situation:
    text: Message | str
    documented: str
    key: str | None = None
    dotenv: str | None = None
    variable: str | None = None
    option: str | None = None


_SITUATIONS = (
    _Situation(_("directory"), "folder"),
    _Situation("name:", "fromkey", key="fromkey"),
    _Situation("COMPOSE_PROJECT_NAME (.env)", "fromdotenv", key="fromkey", dotenv="fromdotenv"),
    _Situation("COMPOSE_PROJECT_NAME", "fromvariable", key="fromkey", dotenv="fromdotenv", variable="fromvariable"),
    _Situation("-p", "fromoption", key="fromkey", dotenv="fromdotenv", variable="fromvariable", option="fromoption"),
)


def observed_names() -> list[ObservedName]:
    """The names in five situations, each with one more setting than the one before. Raises ``Unverified``."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-") as folder:
        with concurrent.futures.ThreadPoolExecutor(len(_SITUATIONS)) as pool:
            jobs = [
                (situation, pool.submit(_observe, situation, Path(folder, str(number), "folder")))
                for number, situation in enumerate(_SITUATIONS)
            ]
        return [ObservedName(situation.text, situation.documented, job.result()) for situation, job in jobs]


def _observe(situation: _Situation, folder: Path) -> str | Message:
    folder.mkdir(parents=True)
    key = f"name: {situation.key}\n" if situation.key else ""
    folder.joinpath("docker-compose.yml").write_text(f"{key}services:\n  one:\n    image: one\n", "utf-8")
    if situation.dotenv:
        folder.joinpath(".env").write_text(f"COMPOSE_PROJECT_NAME={situation.dotenv}\n", "utf-8")
    env = {"COMPOSE_PROJECT_NAME": situation.variable} if situation.variable else {}
    try:
        arguments = ["-p", situation.option] if situation.option else []
        project = composecli.config(arguments, [], folder, Budget(), "docker-compose.yml", env=env)
    except composecli.ComposeError as error:
        return _("refused: {why}", why=error.message)
    return str(project.get("name", ""))
