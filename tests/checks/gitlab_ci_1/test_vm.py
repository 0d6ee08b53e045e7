"""gitlab-ci-1/vm: over a real sshd, to this machine and to machines that a script plays."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.engine.hosts.endpoints import resolve_vm
from pytest_dockerlab.engine.hosts.errors import VmInvalid
from pytest_dockerlab.engine.hosts.hosts import DockerHosts
from pytest_dockerlab.messages import LANGUAGES
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask
from tests.engine.servers import Sshd, free_port, sshd

from ._endpoints import texts

ITEM = "gitlab-ci-1/vm"
UNAME, SIZE, DOCKER = "'uname -s'", "'cat /proc/cpuinfo /proc/meminfo'", "*'docker --version'*"
VM = {
    UNAME: "echo Linux",
    SIZE: "echo 'processor\t: 0'; echo 'MemTotal:        3779384 kB'; echo 'MemFree: 1 kB'",  # as 3.75 GB show it
    DOCKER: "echo 'Docker version 17.12.1-ce, build 7390fc6'; echo engine",
}
"""What it answers: patterns of a shell, and its commands."""

Play = Callable[[Mapping[str, str]], ItemResult]


@contextlib.contextmanager
def server(folder: Path, **given: Any):
    with sshd(folder, **given) as machine:
        yield machine


def asked_of(machine: Any) -> ItemResult:
    return ask(catalogue.load().items[ITEM], Submission("sample", WorkTree(Path())), vm=machine)


def asked(value: str, environ: Mapping[str, str]) -> ItemResult:
    with DockerHosts(environ) as hosts:
        return asked_of(hosts(resolve_vm(value)).machine)


def address(machine: Sshd) -> str:
    return f"{getpass.getuser()}@127.0.0.1:{machine.port}"


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory):
    """A machine whose sshd asks a script instead of a shell, and the script. It is connected once."""
    folder = tmp_path_factory.mktemp("sshd")
    script = folder / "machine.sh"
    with (
        server(folder, options=[f"ForceCommand /bin/sh {script}"]) as machine,
        DockerHosts(machine.environ()) as hosts,
    ):
        yield hosts(resolve_vm(address(machine))).machine, script


@pytest.fixture
def play(scripted: tuple[Any, Path]) -> Play:
    """What the check says of a VM that answers so."""
    machine, script = scripted

    def run(answers: Mapping[str, str]) -> ItemResult:
        cases = "".join(f"{pattern}) {commands};;\n" for pattern, commands in answers.items())
        script.write_text(f'case "$SSH_ORIGINAL_COMMAND" in\n{cases}*) exit 127;;\nesac\n')
        return asked_of(machine)

    return run


@pytest.mark.sample(ITEM, "passes")
def test_the_machine_of_the_homework(play: Play) -> None:
    result = play(VM)
    assert result.verdict == "passed", texts(result)
    assert result.evidence == {"processors": 1, "memory": "3.87 GB", "engine": "17.12.1-ce"}


@pytest.mark.sample(ITEM, "passes")
def test_this_machine(tmp_path: Path) -> None:
    """Whatever it has, is what is read."""
    with server(tmp_path) as machine:
        result = asked("docker-alias", machine.environ())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert result.evidence["memory"] == f"{memory / 1e9:.2f} GB"
    assert result.evidence["processors"] == os.sysconf("SC_NPROCESSORS_ONLN")
    assert ("engine" in result.evidence) == (shutil.which("docker") is not None)


@pytest.mark.sample(ITEM, "unusual")
@pytest.mark.parametrize(
    "changes",
    [
        # a shell that greets in words that are no ASCII; 3.75 GB as 10^9 bytes, of which the kernel keeps much
        {UNAME: "echo 'Добро пожаловать'; echo Linux", SIZE: "echo 'MemTotal: 3481234 kB'"},
        {DOCKER: "echo 'Docker version 27.3.1+ds1, build ce12230'; echo warning >&2; echo engine"},
    ],
)
def test_other_machines(play: Play, changes: Mapping[str, str]) -> None:
    result = play({**VM, **changes})
    assert result.verdict == "passed", texts(result)


@pytest.mark.sample(ITEM, "fails")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({SIZE: "echo 'MemTotal: 1737256 kB'"}, "MemTotal in /proc/meminfo is 1.78 GB | create it anew, or stop it"),
        ({SIZE: "echo 'MemTotal: 3070000 kB'"}, "at least 3.75 GB of memory, less the tenth that its kernel"),
        ({DOCKER: "exit 127"}, "Docker is installed | no command docker | install Docker Engine"),
        ({DOCKER: "echo 'podman version 3.4.4'"}, "the command docker there is another program: podman version 3.4.4"),
        ({DOCKER: "echo 'Docker version 17.12.1-ce, build 7390fc6'"}, "only its client, 17.12.1-ce: neither"),
    ],
)  # fmt: skip
def test_what_is_missing(play: Play, changes: Mapping[str, str], says: str) -> None:
    result = play({**VM, **changes})
    assert result.verdict == "failed"
    assert says in texts(result)
    assert len(result.findings) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({UNAME: "echo Darwin"}, "the VM is not Linux: Darwin"),
        ({UNAME: "echo This account is not available.; exit 1"}, "runs no command: This account is not available."),
        ({UNAME: "exit 5"}, "the login shell of the VM runs no command: 5"),
        ({SIZE: "exit 1"}, "the VM does not say how much memory it has: /proc/meminfo cannot be read"),
        ({SIZE: "printf 'MemTotal: \\377\\033[2J kB'"}, "the VM does not say how much memory it has"),
        ({SIZE: "cat /dev/zero"}, "writes more than 1048576 bytes"),
        ({DOCKER: "yes Docker >&2"}, "writes more than 1048576 bytes"),
        ({SIZE: "exit 255"}, "no ssh connection to ssh://"),
    ],
)
def test_a_machine_that_is_hostile_or_another_one(play: Play, changes: Mapping[str, str], says: str) -> None:
    result = play({**VM, **changes})
    assert result.verdict == "unverified"
    assert says in texts(result)
    assert all(result.reason.render(language).isprintable() for language in LANGUAGES)


def test_a_machine_that_does_not_go_on(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_dockerlab.engine.hosts.ssh._COMMAND_TIMEOUT", 1.0)
    result = play({**VM, SIZE: "exec sleep 600"})
    assert result.verdict == "unverified"
    assert "does not complete its answer within 1 s\nsee whether it is sshd that listens there" in texts(result)


def refused(folder: Path, *ssh_options: str, **given: Any) -> str:
    with server(folder, ssh_options=ssh_options, **given) as machine:
        result = asked(address(machine), machine.environ())
    assert result.verdict == "unverified"
    return texts(result)


def test_who_does_not_let_us_in(tmp_path: Path) -> None:
    assert "accepts none of this user's ssh keys" in refused(tmp_path / "keys", is_authorized=False)
    assert "is not known or has changed" in refused(tmp_path / "host", knows_host_key=False)
    with server(tmp_path / "refused") as machine:
        environ = machine.environ()
    result = asked(f"127.0.0.1:{free_port()}", environ)
    assert "refuses the connection: no ssh server listens there\nstart sshd there" in texts(result)
    result = asked("vm.invalid", environ)
    assert "the name vm.invalid has no address" in texts(result)


def test_nothing_is_forwarded_and_nothing_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the user's own configuration has."""
    monkeypatch.setenv("DOCKERLAB_CACHE_SECRET_KEY", "my-own-secret-key")
    monkeypatch.setenv("MINE", "sent as I like it")
    forward = f"LocalForward 127.0.0.1:{free_port()} 127.0.0.1:1"
    words = ("ForwardAgent yes", "ForwardX11 yes", forward, "SendEnv MINE DOCKERLAB_*")
    with (
        server(tmp_path, ssh_options=words, options=["AcceptEnv *"]) as machine,
        DockerHosts(machine.environ()) as hosts,
    ):
        vm = hosts(resolve_vm(address(machine))).machine
        said = vm.run("env").stdout
        assert "MINE=sent as I like it" in said
        assert "SSH_AUTH_SOCK" not in said
        assert "my-own-secret-key" not in said
        options = vm.backend._tunnel.options
        assert {"BatchMode=yes", "ForwardAgent=no", "ClearAllForwardings=yes"} < set(options)
        assert machine.accepted() == 1


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("203.0.113.10", "ssh://203.0.113.10"),
        ("me@vm:2222", "ssh://me@vm:2222"),
        ("ssh://me@vm", "ssh://me@vm"),
        ("me@[2001:db8::1]:22", "ssh://me@[2001:db8::1]:22"),
    ],
)
def test_values(value: str, url: str) -> None:
    assert resolve_vm(value) == url


@pytest.mark.parametrize(
    "value", ["-oProxyCommand=x", "me@-x", "tcp://h:1", "me:secret@vm", "vm/var/run/x", "", "a b", "h:x"]
)
def test_what_names_no_vm(value: str) -> None:
    with pytest.raises(VmInvalid) as caught:
        resolve_vm(value)
    assert "secret" not in caught.value.message
    assert "name the VM as for ssh" in str(caught.value.remedy)
