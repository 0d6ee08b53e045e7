"""For the tests that kill: a course whose labs wait to be killed, its runs, and things of everybody else."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import RUN
from pytest_dockerlab.engine.owned.sweep import Thing, list_ours
from pytest_dockerlab.engine.probes.image import probe_image
from tests.courses import install_course

if TYPE_CHECKING:
    from docker.models.networks import Network

COURSE = """
import json, os, time
from pathlib import Path
from pytest_dockerlab.findings import expect
from pytest_dockerlab.homework import Homework, Need, check

HOMEWORK = Homework(
    "kills", 92, "labs that are ended from outside", items=("before", "held", "starting", "after", "file")
)
FOLDER = Path(os.environ["KILLS"])
LAB = {"kind": "lab", "tier": "engine", "needs": [Need.ENGINE]}

def tell(name, probes):
    part = FOLDER / f"{name}.part"
    part.write_text(json.dumps({"pid": os.getpid(), "run": probes.labels.run_id, "image": probes.image}))
    part.replace(FOLDER / name)

def wait_for(name):
    deadline = time.monotonic() + 200
    while not (FOLDER / name).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(name)
        time.sleep(0.02)

@check("kills/before", "a lab before it", **LAB)
def before(probes):
    probes.start(network="none")

@check("kills/held", "a lab with everything up", **LAB)
def held(probes):
    network, volume = probes.network(), probes.volume()
    server, client = probes.start_all(
        {"network": network, "volumes": {volume: "/data"}, "listen": [8000]}, {"network": network}
    )
    probes.commit(server)
    address = client.control(server, 8000, patience=20)
    tell("up", probes)
    wait_for("go")
    expect(client.reach(address, 8000).answered_by(server.token), found="nobody answers")
    expect(server.inspect()["State"]["Running"], found="it does not run")

@check("kills/starting", "a lab that starts probes without end", **LAB)
def starting(probes):
    assert probes.image
    tell("starting", probes)
    for _ in range(200):
        probes.start(network="none")
    raise TimeoutError("nobody interrupted it")

@check("kills/after", "a lab behind it", **LAB)
def after(probes):
    probes.start(network="none")

@check("kills/file", "an item that needs no engine")
def file():
    pass
"""


class Course:
    """The course and a submission for it in ``folder``, and runs of pytest on them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.arguments = [f"--hw-docker-host={url}"]
        self._runs: list[Run] = []
        self.repository = folder / "repository"
        self.repository.mkdir(parents=True)
        (self.repository / "README.md").touch()  # an empty folder is refused
        site = folder / "site"
        install_course(site, "kills_course", COURSE)
        dropped = ("DOCKERLAB_", "GITHUB_", "CI", "PYTEST_", "COV_", "LANGUAGE")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        # The locks lie there, named by the engine's id: that of all engines of a machine is the same (their trust key).
        (folder / "tmp").mkdir()
        self.environment |= {
            "TMPDIR": str(folder / "tmp"),
            "PYTHONPATH": str(site),
            "KILLS": str(folder),
            "PYTHONUTF8": "1",
            "LC_ALL": "C.UTF-8",
        }

    def start(self, *arguments: str, **environment: str) -> Run:
        """Start a run in a process group of its own."""
        run = Run(self, arguments, environment)
        self._runs.append(run)
        return run

    def close(self) -> None:
        """End what a test that failed has left running."""
        for run in self._runs:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait(10)

    def run(self, *arguments: str, **environment: str) -> Run:
        """A run from beginning to end."""
        run = self.start(*arguments, **environment)
        run.end()
        return run


class Run:
    """One ``pytest --hw`` as a process."""

    def __init__(self, course: Course, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self.course = course
        for name in ("up", "starting", "go", "results.json"):
            (course.folder / name).unlink(missing_ok=True)
        names = ("before", "held", "after", "file")
        homework = (
            [] if any(word.startswith("--hw=") for word in arguments) else [f"--hw=kills/{name}" for name in names]
        )
        with (course.folder / "out.txt").open("wb") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v"),
                    *(*homework, f"--hw-results={course.folder / 'results.json'}", *course.arguments, *arguments),
                ],
                cwd=course.repository,
                env=course.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def out(self) -> str:
        return (self.course.folder / "out.txt").read_text("utf-8", "replace")

    def told(self, name: str = "up", seconds: float = 150) -> dict[str, Any]:
        """What a lab told under ``name``, as soon as it does: its process, its run's id and the probe image."""
        path = self.course.folder / name
        eventually(lambda: path.exists() or self.process.poll() is not None, seconds, lambda: self.out)
        assert path.exists(), self.out
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def go(self) -> None:
        """Let the lab go on."""
        (self.course.folder / "go").touch()

    def end(self, seconds: float = 200) -> int:
        """Its exit code, once it has ended."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError(f"it does not end\n{self.out}") from None

    def verdicts(self) -> dict[str, str]:
        """The verdict of every item, without its homework's name."""
        path = self.course.folder / "results.json"
        assert path.exists(), self.out
        items = json.loads(path.read_text("utf-8"))["submissions"][0]["items"]
        return {item["id"].partition("/")[2]: item["verdict"] for item in items}

    def item(self, id: str) -> dict[str, Any]:
        """What the results say of one item."""
        items = json.loads((self.course.folder / "results.json").read_text("utf-8"))["submissions"][0]["items"]
        found: dict[str, Any] = next(item for item in items if item["id"] == id)
        return found


def eventually(condition: Callable[[], object], seconds: float, what: Callable[[], str] = str) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


def left_of(host: DockerHost, run_id: str) -> list[Thing]:
    """What there is of a run."""
    return list_ours(host.client, label=f"{RUN}={run_id}")


def kinds_of(things: list[Thing]) -> set[str]:
    return {thing.kind for thing in things}


def foreign_network(host: DockerHost, name: str, **options: Any) -> Network:
    """Somebody's network, on a subnet that nobody else has: another worker may make such a network at the same time."""
    from docker.errors import APIError
    from docker.types import IPAMConfig, IPAMPool

    for _attempt in range(50):
        subnet = f"10.216.{secrets.randbelow(256)}.{secrets.randbelow(16) * 16}/28"
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)])
        try:
            return host.client.networks.create(name, ipam=ipam, **options)
        except APIError as error:
            if "overlap" not in str(error):
                raise
    raise AssertionError("no subnet is left")


@contextlib.contextmanager
def foreign_things(host: DockerHost) -> Iterator[Callable[[], None]]:
    """Somebody's containers, network, volume and image, named and labelled nearly as ours; yields a look for them."""
    client, mark = host.client, secrets.token_hex(4)
    labels = {
        "org.pytest-dockerlab": "run",
        "org.pytest-dockerlab.runner": "1",
        "pytest-dockerlab.run": mark,
        "org.pytest-dockerlab.kind": "container",
        "org.pytest-dockerlab.expires": "1",
        "org.pytest-dockerlab.owner": "nobody/none/1/1",
    }
    name = f"pytest-dockerlab-foreign-{mark}"
    made = client.api.import_image_from_data(_tiny_tar(), name, "1", [f"LABEL {key}={labels[key]}" for key in labels])
    assert made
    network = foreign_network(host, name, labels=labels)
    volume = client.volumes.create(name, labels=labels)
    container = client.containers.run(
        probe_image(host), ["sleep", "600"], name=name, labels=labels, network=name, detach=True, init=False
    )
    stopped = client.containers.create(f"{name}:1", ["none"], name=f"{name}-stopped", labels=labels)

    def are_there() -> None:
        assert client.containers.get(container.id).name == name
        assert client.containers.get(stopped.id).status == "created"
        assert client.networks.get(network.id).name == name
        assert client.volumes.get(name).name == name
        assert client.images.get(f"{name}:1").id

    try:
        yield are_there
    finally:
        for one in (container, stopped):
            one.remove(force=True)
        network.remove()
        volume.remove()
        client.images.remove(f"{name}:1", force=True)


_OTHER = """
import sys
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.engine.probes.starting import Probes
with resolve_docker_host(sys.argv[1]) as host, Probes(host, sys.argv[2]) as probes:
    network, volume = probes.network(), probes.volume()
    probes.commit(probes.start(network=network, volumes={volume: "/data"}))
    print("up", flush=True)
    input()
"""


@contextlib.contextmanager
def live_run(host: DockerHost) -> Iterator[Callable[[], None]]:
    """Another run with one thing of each kind, which lives and in the end cleans up; yields a look for its things."""
    run_id = f"live-{secrets.token_hex(4)}"
    process = subprocess.Popen(
        [sys.executable, "-c", _OTHER, str(host.endpoint), run_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        before = {thing.id: thing for thing in left_of(host, run_id)}
        assert kinds_of(list(before.values())) == {"container", "network", "volume", "image"}

        def is_whole() -> None:
            assert {thing.id: thing for thing in left_of(host, run_id)} == before

        yield is_whole
    finally:
        process.communicate("\n", timeout=30)
    assert left_of(host, run_id) == []


def _tiny_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(f"file-{secrets.token_hex(4)}"))
    return buffer.getvalue()
