"""The app tier as its users call it: ``dockerlab check`` alone, with workers, with a roster, and ended from outside."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import RUN, SCOPE
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.testing import replace

from ..checks._app import app_checks, require_image, submission
from ..engine.killing import eventually, foreign_things, kinds_of, left_of
from .check_process import ITEMS, Check
from .small_app import APP, MONOLITH

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

# Its containers run, and it is asked for its health for two minutes.
SLOW = replace("src/comment/Dockerfile", "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=localhost")


@pytest.fixture(scope="module")
def others(docker_host: DockerHost) -> Iterator[Callable[[], None]]:
    require_image(docker_host, "mongo:7.0")
    with foreign_things(docker_host) as are_there:
        yield are_there


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_one_submission(
    check: Callable[..., Check],
    docker_host: DockerHost,
    others: Callable[[], None],
    tmp_path: Path,
    arguments: tuple[str],
) -> None:
    """Workers share its images, and nothing is left behind."""
    homework = tmp_path / "homework"
    submission(homework, APP)
    run = check(str(homework), *arguments)
    run_id = run.run_id(docker_host)
    seen: set[str] = set()

    def look() -> None:
        images = docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})
        seen.update(tag for each in images for tag in each["RepoTags"] or () if not tag.startswith("<none>"))

    assert run.end(look) == 0, run.out
    (found,) = run.verdicts().values()
    assert {item: found[item] for item in ITEMS} == dict.fromkeys(ITEMS, "passed")
    assert len(seen) == 3
    assert left_of(docker_host, run_id) == []
    others()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    submission(tmp_path / "ann", APP)
    submission(tmp_path / "bob", APP, [replace("src/comment/Dockerfile", "COPY . .", "RUN false")])
    path = tmp_path / "roster.csv"
    path.write_text("id,path\nann,ann\nbob,bob\n")
    return path


def test_a_roster_on_an_engine_to_be_kept(check: Callable[..., Check], docker_host: DockerHost, roster: Path) -> None:
    """Nothing of it is built without an explicit yes."""
    if docker_host.facts.is_disposable:
        pytest.skip("this engine may be thrown away")
    run = check(f"--hw-roster={roster}", "-v", items=("docker-3/build",))
    run.end()
    assert {found["docker-3/build"] for found in run.verdicts().values()} == {"unverified"}
    assert "--hw-allow-roster-code" in run.out


def test_a_roster(
    check: Callable[..., Check], docker_host: DockerHost, others: Callable[[], None], roster: Path
) -> None:
    """Each has its own verdicts, and the images of the first are gone when the second's are built."""
    run = check(f"--hw-roster={roster}", "--hw-allow-roster-code", items=("docker-3/build",))
    run_id = run.run_id(docker_host)
    scopes: list[set[str]] = []

    def look() -> None:
        images = docker_host.client.api.images(all=True, filters={"label": f"{RUN}={run_id}"})
        scopes.append({(each["Labels"] or {}).get(SCOPE, "") for each in images})

    assert run.end(look) == 1, run.out
    found = run.verdicts()
    assert {name: found[name]["docker-3/build"] for name in found} == {"ann": "passed", "bob": "failed"}
    assert max(map(len, scopes)) == 1
    assert len(set().union(*scopes)) == 2
    assert left_of(docker_host, run_id) == []
    others()


def test_an_application_that_is_up(check: Callable[..., Check], docker_host: DockerHost, tmp_path: Path) -> None:
    """It is asked, and nothing is built or started, nor anything of it removed."""
    homework = submission(tmp_path / "homework", APP)
    run_id = secrets.token_hex(8)
    with app_checks(docker_host, run_id) as own, Probes(docker_host, run_id) as probes:
        plan = plan_of_compose(homework, homework.compose, {})
        with Deployment(probes, own.images, homework, plan) as up:
            items = ("docker-4/app", "docker-3/app")
            run = check(str(tmp_path / "homework"), f"--hw-app-url={up.url(Role.UI)}", items=items)
            before = {each["Id"] for each in docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})}
            assert run.end() == 0, run.out
            (found,) = run.verdicts().values()
            assert {item: found[item] for item in items} == dict.fromkeys(items, "passed")
            assert "docker-3/build" not in found
            up.watch()
            assert before == {
                each["Id"] for each in docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})
            }
            (tmp_path / "results.json").unlink()
            url = up.url(Role.UI)
            up.host.client.api.kill(up.container("post"))
            run = check(str(tmp_path / "homework"), f"--hw-app-url={url}", items=("docker-4/app",))
            assert run.end() == 1, run.out
            assert "HTTP 503: a service is away" in run.out


def test_how_long_an_application_is_waited_for(check: Callable[..., Check], tmp_path: Path) -> None:
    """As the course file says: with our own two minutes it would have come to the limit of the check, an error."""
    silent = {**MONOLITH, "docker-monolith/start.sh": "#!/bin/sh\nexec sleep 600\n"}
    submission(tmp_path / "homework", silent)
    (tmp_path / "course.toml").write_text("[time-limits]\nup = 1.5\napp = 90\n")
    run = check(str(tmp_path / "homework"), "--hw-course", str(tmp_path / "course.toml"), items=("docker-2/app",))
    assert run.end() == 1, run.out
    (found,) = run.verdicts().values()
    assert found["docker-2/app"] == "failed"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_ctrl_c(
    check: Callable[..., Check],
    docker_host: DockerHost,
    others: Callable[[], None],
    tmp_path: Path,
    workers: tuple[str],
) -> None:
    submission(tmp_path / "homework", APP, [SLOW])
    run = check(str(tmp_path / "homework"), *workers, items=("docker-4/app",))
    run_id = run.run_id(docker_host)
    eventually(lambda: _is_up(docker_host, run_id), 150, lambda: run.out)
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 2, run.out
    assert left_of(docker_host, run_id) == []
    others()


def test_a_kill(
    check: Callable[..., Check], docker_host: DockerHost, others: Callable[[], None], tmp_path: Path
) -> None:
    """Everything is left, until the next start."""
    submission(tmp_path / "homework", APP, [SLOW])
    run = check(str(tmp_path / "homework"), items=("docker-4/app",))
    run_id = run.run_id(docker_host)
    eventually(lambda: _is_up(docker_host, run_id), 150, lambda: run.out)
    run.kill()
    assert kinds_of(left_of(docker_host, run_id)) == {"container", "network", "volume", "image"}
    again = check(str(tmp_path / "homework"), items=("docker-3/build",))
    assert again.end() == 0, again.out
    assert left_of(docker_host, run_id) == []
    others()


def _is_up(host: DockerHost, run_id: str) -> bool:
    running = host.client.api.containers(filters={"label": f"{RUN}={run_id}"})
    return len([each for each in running if "com.docker.compose.service" in each["Labels"]]) == 4
