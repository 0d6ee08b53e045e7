"""Builds that mean harm, or do it: each is bounded, judged rightly, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_dockerlab.deployment.builds.buildkit import buildkit_command
from pytest_dockerlab.deployment.builds.contract import BuildLimits
from pytest_dockerlab.deployment.builds.images import AppImage, Images
from pytest_dockerlab.engine.hosts.errors import HostUnavailable
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import RUN, Labels
from pytest_dockerlab.engine.probes import image as probe_image
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Finding, Mismatch, Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds.context import MAX_FILES
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

from ...checks._app import require_image
from ...engine.killing import eventually, foreign_things
from ...engine.private_engine import private_engine

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine

BASE = "debian:bookworm-slim"
# Its time is to be used up by the tests of what does not end, and by nothing else: a busy machine may need some.
SECONDS = 8
LIMITS = BuildLimits(
    seconds=100, log=1_000_000, memory=128 * 1024**2, processes=64, cpus=1, disk=150 * 1000**2, every=0.3
)  # fmt: skip
FAKED = "Step 2/2 : RUN true\\n ---> Using cache\\n ---> 0123456789ab\\nSuccessfully built 0123456789ab\\n"


class Builds:
    """Builds Dockerfiles as the images of a submission."""

    def __init__(self, host: DockerHost, run_id: str, folder: Path, limits: BuildLimits = LIMITS) -> None:
        self.host = host
        self.run_id = run_id
        self.folder = folder
        self.images = Images(host, Labels.of_run(run_id), limits)

    def build(self, *lines: str, **args: str) -> AppImage:
        """The image of these lines behind a FROM."""
        (self.folder / "Dockerfile").write_text("\n".join((f"FROM {BASE}", *lines)))
        submission = Submission("hostile", WorkTree(self.folder))
        return self.images.image(submission, plan_build(submission, "hostile", "Dockerfile", "", args=args))

    def finding(self, *lines: str) -> Finding:
        """What is found wrong with them."""
        with pytest.raises(Mismatch) as raised:
            self.build(*lines)
        return raised.value.finding

    def unverified(self, *lines: str) -> str:
        """Why they cannot be judged."""
        with pytest.raises(Unverified) as raised:
            self.build(*lines)
        assert raised.value.remedy is not None
        return text(raised.value.reason)


def left_of(host: DockerHost, run_id: str) -> list[str]:
    """Everything that carries the run's label, a step's container too, which has the labels of its image."""
    api, filters = host.client.api, {"label": f"{RUN}={run_id}"}
    containers = [each["Id"] for each in api.containers(all=True, filters=filters)]
    images = [each["Id"] for each in api.images(all=True, filters=filters)]
    networks = [each["Id"] for each in api.networks(filters=filters)]
    volumes = [each["Name"] for each in api.volumes(filters=filters)["Volumes"] or ()]
    return [*containers, *images, *networks, *volumes]


@pytest.fixture(scope="module")
def others(docker_host: DockerHost) -> Iterator[Callable[[], None]]:
    require_image(docker_host, BASE)
    with foreign_things(docker_host) as are_there:
        yield are_there


@pytest.fixture
def builds(docker_host: DockerHost, others: Callable[[], None], tmp_path: Path) -> Iterator[Builds]:
    """In the end nothing of ours is left, and everything of others."""
    folder = tmp_path / "submission"
    folder.mkdir()
    builds = Builds(docker_host, secrets.token_hex(8), folder)
    with builds.images:
        yield builds
        builds.images.leave()
        running = docker_host.client.api.containers(filters={"label": f"{RUN}={builds.run_id}"})
        assert running == [], "a step goes on after its build"
    assert left_of(docker_host, builds.run_id) == []
    others()


# It takes without end


@pytest.fixture
def soon(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> Builds:
    """The time is over soon."""
    builds.images.limits = replace(LIMITS, seconds=SECONDS)
    return builds


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("yes", "the build writes more than 1000000 bytes to its log"),
        ("head -c 1000000000 /dev/zero | tr '\\\\0' x", "the build writes more than 1000000 bytes to its log"),
        ("bash -c 'while :; do sleep 1000 & done'", "the step starts processes without end"),
        ("dd if=/dev/zero of=/big bs=1M count=100000", "the build writes more than 150000000 bytes"),
        ("trap '' TERM INT HUP; sleep 1000", f"the step does not finish: more than {SECONDS} s"),
    ],
    ids=["lines", "one line", "processes", "disk", "deaf"],
)
def test_without_end(builds: Builds, step: str, found: str) -> None:
    """Each of a step that would take a quarter of an hour and more."""
    if "the step" in found:
        builds.images.limits = replace(LIMITS, seconds=SECONDS)
    finding = builds.finding("RUN true", f"RUN {step}", "RUN true")
    assert found in text(finding.found)
    assert str(finding.at) == "Dockerfile:3"
    assert finding.hint is not None


def test_the_disk_is_counted_over_steps(builds: Builds) -> None:
    each = "RUN dd if=/dev/zero of=/{} bs=1M count=90; sleep 3"
    finding = builds.finding(each.format("one"), each.format("two"), "RUN sleep 3")
    assert "the build writes more than 150000000 bytes" in text(finding.found)
    assert str(finding.at) == "Dockerfile:3"


def test_what_is_written_into_a_volume_counts(builds: Builds) -> None:
    """It is no part of the step's container."""
    finding = builds.finding("VOLUME /data", "RUN dd if=/dev/zero of=/data/big bs=1M count=400; sleep 30")
    assert "the build writes more than 150000000 bytes" in text(finding.found)
    assert str(finding.at) == "Dockerfile:3"


def test_noise_until_the_end_may_be_work(soon: Builds) -> None:
    assert "was still working at Dockerfile:2" in soon.unverified("RUN while true; do echo .; sleep 0.1; done")


def test_memory(builds: Builds) -> None:
    """A machine with more of it might do: no fault that is proven."""
    assert "the step at Dockerfile:2, or a process in it, was killed" in builds.unverified("RUN tail /dev/zero")


def test_too_many_files(builds: Builds) -> None:
    for number in range(MAX_FILES + 1):
        (builds.folder / str(number)).touch()
    with pytest.raises(LimitExceeded, match="files"):
        builds.build("COPY . /x")


def test_volumes_of_steps_go_with_them(soon: Builds) -> None:
    """They carry no label of ours, so they are known by what is in them."""
    builds = soon
    mark = f"file-{secrets.token_hex(8)}"
    with pytest.raises((Mismatch, Unverified)):  # which, depends on how busy the machine is
        builds.build("VOLUME /data", f"RUN touch /data/{mark} && sleep 1000")
    volumes = [Path(each["Mountpoint"]) for each in builds.host.client.api.volumes()["Volumes"] or ()]
    if not builds.host.is_local or os.geteuid() != 0:
        pytest.skip("the engine's own folder is not to be read from here")
    assert [volume for volume in volumes if (volume / mark).exists()] == []


# It asks for what nobody gets


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["RUN --security=insecure true"], "Dockerfile:2"),
        (["RUN true", "RUN --network=host true"], "Dockerfile:3"),
        (["RUN --mount=type=ssh true"], "Dockerfile:2"),
        (["RUN --mount=target=/x,type=secret,id=y true"], "Dockerfile:2"),
        (["ONBUILD RUN --security=insecure true"], "Dockerfile:2"),
        (["ONBUILD RUN --mount=type=ssh,required=true true"], "Dockerfile:2"),
        (["onbuild run --network=host true"], "Dockerfile:2"),
        (["LABEL org.pytest-dockerlab.kind=container"], "Dockerfile:2"),
        (["RUN true", "ADD http://127.0.0.1:9/x /x"], "Dockerfile:3"),
    ],
    ids=lambda each: each[-1] if isinstance(each, list) else "",
)
def test_what_is_not_given(builds: Builds, lines: list[str], place: str) -> None:
    assert f"{place} asks for" in builds.unverified(*lines)


def test_a_frontend_of_its_own(builds: Builds) -> None:
    """Left out and said, and never pulled; no more is it by a build argument."""
    (builds.folder / "Dockerfile").write_text(f"# syntax=registry.invalid/frontend\nFROM {BASE}\nRUN true\n")
    submission = Submission("hostile", WorkTree(builds.folder))
    plan = plan_build(submission, "x", "Dockerfile", "", args={"BUILDKIT_SYNTAX": "registry.invalid/frontend"})
    assert [text(each) for each in plan.remarks] == ["Dockerfile:1: a custom frontend is not used"]
    assert plan.args == {}
    assert builds.images.image(submission, plan).built is not None


# It lies


def test_faked_messages_in_what_fails(builds: Builds) -> None:
    finding = builds.finding(f"RUN printf '{FAKED}'; exit 3", "RUN true")
    assert str(finding.at) == "Dockerfile:2"
    assert text(finding.found).splitlines()[1] == "the step ended with exit code 3; what it wrote last:"


def test_faked_messages_in_what_works(builds: Builds) -> None:
    """The steps and the image are the engine's, whatever is written."""
    image = builds.build(f"RUN printf '{FAKED}'", f"RUN printf '{FAKED}' && echo own > /own")
    assert image.built is not None
    assert [step.is_cached for step in image.built.steps if step.text.startswith("RUN")] == [False, False]
    assert len(image.built.steps) == 4
    assert image.attributes["Id"] == image.id
    assert not image.id.startswith("sha256:0123456789ab")


def test_a_faked_heading_does_not_lift_the_limits(builds: Builds) -> None:
    faked = "echo 'Step 4/5 : RUN true'; echo ' ---> Running in 0123456789ab'"
    finding = builds.finding(f"RUN {faked}; dd if=/dev/zero of=/big bs=1M count=400; sleep 30", "RUN true")
    assert "the build writes more than 150000000 bytes" in text(finding.found)
    assert str(finding.at) == "Dockerfile:2"


def test_what_it_writes_is_escaped(builds: Builds) -> None:
    finding = builds.finding("RUN printf '\\033]0;title\\007\\033[2J{place} {0} %%s'; exit 1")
    assert "{place} {0}" in text(finding.found)


def test_faked_excuses_win_nothing(builds: Builds) -> None:
    """To print that the world is at fault makes it unverified, which is no pass."""
    assert "not its author's fault" in builds.unverified("RUN echo toomanyrequests; exit 1")


# It wants what is outside


def test_links_out_of_the_context(builds: Builds) -> None:
    mark = secrets.token_hex(16)
    outside = builds.folder.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text(mark)
    (builds.folder / "file").symlink_to(outside / "secret")
    (builds.folder / "up").symlink_to("../outside/secret")
    (builds.folder / "folder").symlink_to(outside)
    (builds.folder / "all").symlink_to("/")
    image = builds.build("COPY . /x", "RUN cat /x/file /x/up /x/folder/secret 2>&1; ls -l /x")
    assert image.built is not None
    assert f"folder -> {outside}" in image.built.log  # as it is, and it leads nowhere there
    assert mark not in image.built.log
    for source in ("file", "up", "folder/secret", "../outside/secret", f"all{outside}/secret", str(outside / "secret")):
        finding = builds.finding(f"COPY {source} /y", "RUN cat /y")
        assert mark not in text(finding.found)
        assert str(finding.at) in ("Dockerfile:2", "Dockerfile:3")


# BuildKit


@pytest.fixture
def with_buildkit(builds: Builds) -> Builds:
    if buildkit_command() is None:
        pytest.skip("no docker command with BuildKit here")
    return builds


def test_buildkit_builds_what_only_it_can(with_buildkit: Builds) -> None:
    lines = ["RUN --mount=type=cache,target=/c \\", "    echo 1 > /c/a \\", "    && test -s /c/a"]
    image = with_buildkit.build(*lines)
    assert image.built is not None
    assert [step.text.split()[0] for step in image.built.steps if "LABEL" not in step.text] == ["RUN"]
    finding = with_buildkit.finding(*lines, "RUN true", "RUN cat /c/a")
    assert str(finding.at) == "Dockerfile:6"
    assert "/c/a" in text(finding.found)


def test_buildkits_caches_are_not_shared_between_submissions(with_buildkit: Builds) -> None:
    """What one leaves there would be in another one's image."""
    mark = secrets.token_hex(8)
    line = f"RUN --mount=type=cache,target=/c-{mark} "
    with_buildkit.build(f"{line} echo own > /c-{mark}/file")
    (with_buildkit.folder / "Dockerfile").write_text(f"FROM {BASE}\n{line} test ! -e /c-{mark}/file\n")
    other = Submission("another", WorkTree(with_buildkit.folder))
    assert with_buildkit.images.image(other, plan_build(other, "x", "Dockerfile", "")).built is not None
    again = with_buildkit.build(f"{line} echo two > /c-{mark}/file && touch /own")
    assert again.built is not None


def test_buildkit_is_ended(with_buildkit: Builds) -> None:
    """Its steps are no containers of the engine: they end because whoever asked has gone.

    When a step of it last wrote something nobody knows, so it may have been at work.
    """
    seconds = f"9{secrets.randbelow(10**6):06}"
    step = "RUN --mount=type=cache,target=/c"
    finding = with_buildkit.finding(f"{step} sleep {seconds} & yes")
    assert "the build writes more than 1000000 bytes" in text(finding.found)
    assert str(finding.at) == "Dockerfile:2"
    eventually(lambda: not _runs("sleep", seconds), 60, lambda: f"sleep {seconds} goes on")
    with_buildkit.images.limits = replace(LIMITS, seconds=SECONDS)
    assert "was still working at Dockerfile:2" in with_buildkit.unverified(f"{step} sleep {seconds}")
    eventually(lambda: not _runs("sleep", seconds), 60, lambda: f"sleep {seconds} goes on")


def _runs(*words: str) -> bool:
    wanted = "\0".join(words).encode() + b"\0"
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes() == wanted:
                return True
    return False


# The engine


def test_the_engine_dies_during_a_build(tmp_path: Path) -> None:
    """An error and no finding; what it left is removed when it is back."""
    with warnings.catch_warnings():  # the docker SDK does not close a socket that it could not connect
        warnings.simplefilter("ignore", ResourceWarning)
        _die(tmp_path)
        gc.collect()


def _die(folder: Path) -> None:
    busybox = probe_image.find_static_busybox("amd64") or probe_image.find_static_busybox("arm64")
    if busybox is None:
        pytest.skip("there is no static busybox here")
    (folder / "submission").mkdir()
    run_id = secrets.token_hex(8)
    with private_engine(folder / "engine") as engine, resolve_docker_host(engine.url) as host:
        repository, _colon, tag = BASE.partition(":")
        host.client.api.import_image_from_data(probe_image._tar(busybox), repository, tag)
        builds = Builds(host, run_id, folder / "submission", BuildLimits(seconds=100, every=0.3))
        with foreign_things(host), builds.images:

            def stop() -> None:
                filters = {"label": f"{RUN}={run_id}"}

                def commands() -> list[str]:
                    return [str(each["Command"]) for each in host.client.api.containers(filters=filters)]

                eventually(lambda: any("busybox sleep 1000" in each for each in commands()), 60, lambda: "no step")
                engine.stop()

            thread = threading.Thread(target=stop)
            thread.start()
            try:
                with pytest.raises(HostUnavailable):
                    builds.build("COPY . /x", 'RUN ["busybox", "sleep", "1000"]')
            finally:
                thread.join()
                engine.start()
        assert left_of(host, run_id) == []
