"""What a submission's own programs print and write when they are built and run in a step of a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.testing import Edit, replace, write
from pytest_dockerlab.testing.homeworks import write_homework

from ..checks._app import FIXTURES, require_image
from ..deployment.small_app import APP
from .check_step import CheckStep, run_step, words_of
from .test_hostile import PAYLOADS, check_files, check_log, check_secrets, check_summary
from .workflow_commands import read_log

pytest_plugins = FIXTURES
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

SAID = "\n".join(PAYLOADS) + "\n"
BUILDS = [
    replace("src/ui/Dockerfile", "COPY . .\n", "COPY . .\nRUN cat said; cat said >&2; env; false\n"),
    write("src/ui/said", SAID),
]
WRITES = """\
def main():
    for name in ("OUTPUT", "STEP_SUMMARY", "ENV"):
        for path in (f"/files/github_{name.lower()}", os.environ.get(name) or "/nothing"):
            try:
                with open(path, "a") as stream:
                    stream.write("score=100\\n")
            except OSError as error:
                print(error)
    print((Path(__file__).parent / "said").read_text(), dict(os.environ), flush=True)
    sys.exit("::error::pwned")
"""


def starts(files: Path) -> list[Edit]:
    """A service that is given the folder of the step's files, and their names, by the compose file alone."""
    settings = (
        f"    build: ./comment\n    volumes: ['{files}:/files']\n    env_file: ./comment/names\n"
        "    environment: {OUTPUT: '${GITHUB_OUTPUT}', TOKEN: '${GITHUB_TOKEN}', ACTIONS_RUNTIME_TOKEN: null}\n"
    )
    return [
        replace("src/docker-compose.yml", "    build: ./comment\n", settings),
        replace("src/comment/service.py", "def main():\n", WRITES),
        write("src/comment/said", SAID),
        write("src/comment/names", "GITHUB_STEP_SUMMARY\nSTEP_SUMMARY=${GITHUB_STEP_SUMMARY}\nENV=${GITHUB_ENV}\n"),
    ]


def step(folder: Path, docker_host: DockerHost, *edits: Edit) -> CheckStep:
    """The small application, built and run in a step whose files lie in ``files``."""
    require_image(docker_host, "mongo:7.0")
    (folder / "repository").mkdir()
    write_homework(folder / "repository", APP, edits)
    return run_step(folder / "repository", folder / "files", *words_of(["docker-4/app"], "app"))


def test_what_a_build_prints(tmp_path: Path, docker_host: DockerHost) -> None:
    done = step(tmp_path, docker_host, *BUILDS)
    assert done.code == 1, done.printed.decode()
    assert "a,title=pwned,line=9" in done.log.named("error")[0].data, "its words are told"
    check_log(done)
    check_files(done)
    check_summary(done)
    check_secrets(done)


def test_what_a_service_prints_and_writes(tmp_path: Path, docker_host: DockerHost) -> None:
    done = step(tmp_path, docker_host, *starts(tmp_path / "files"))
    assert done.code == 5, done.printed.decode()
    assert b"a,title=pwned,line=9" in done.printed, "its words are told"
    # it asks for what it may not have, so it is not verified: there is one command, about the run as a whole
    assert [(each.name, each.properties) for each in done.log.named("error", "warning", "notice")] == [
        ("error", {"title": "not verified"})
    ]
    assert read_log(done.printed, strict=False).commands == done.log.commands
    check_files(done)
    check_summary(done)
    check_secrets(done)
