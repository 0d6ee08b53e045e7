"""A compose project that really runs, by the real compose: up, wait, ask, down.

Works without pytest::

    with resolve_docker_host() as host, RunningProject(host, Path("shop")) as project:
        project.up()
        address, port = project.port("web", 80)
        assert project.exec("web", ["cat", "/etc/hostname"]).returncode == 0

The directory is yours, not a submission: what is in it runs. The project's name is a new one each time, and a second
compose file of ours puts our labels on every service, network and volume, so that :mod:`.sweep` finds what a killed run
left. ``up --wait`` is not used: it ends with 1 for a service that is meant to end by itself
(https://github.com/docker/compose/issues/10596), and says nothing of the reason.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from ... import tools
from ...errors import DockerlabError, ToolMissing
from ...messages import _
from ..hosts.cli_environment import cli_environment
from ..owned.labels import Labels
from ..owned.sweep import sweep_scope
from ..waiting import wait_until
from .states import ComposeProjectError, ServiceState, parse_ps

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["ComposeProjectError", "RunningProject", "ServiceState"]

_UP, _DOWN, _ASK = 600.0, 120.0, 60.0
_LOG_LINES = 40
# How long a service without a health check has to run before it counts as up: supervisord's default startsecs
# (http://supervisord.org/configuration.html). One that ends at once would otherwise be up or not by chance.
_SETTLED = 1.0
_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


class RunningProject:
    """A compose project of a directory; a context manager, at whose end everything of it is gone.

    :param files: compose files in the directory, the first one first; default: the one compose would take.
    :param env: variables for interpolation. Nothing else of this process's environment is seen.
    :param run_id: the run that it belongs to; default: :func:`.labels.new_run_id`.
    """

    def __init__(
        self,
        host: DockerHost,
        directory: Path,
        files: Sequence[str] = (),
        *,
        env: Mapping[str, str] = MappingProxyType({}),
        run_id: str | None = None,
    ) -> None:
        self.host = host
        self.directory = directory.absolute()
        self.name = f"dockerlab-{secrets.token_hex(6)}"  # compose: lower case, digits, hyphens
        self.labels = Labels.of_run(run_id, scope=self.name)
        self._files = tuple(files) or tuple(name for name in _FILES if (directory / name).is_file())[:1]
        self._variables = dict(env)
        self._folder = Path(tempfile.gettempdir()) / self.name
        self._services: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        """Write our own compose file. Raises :class:`ComposeProjectError` where compose refuses the project."""
        if not self._files:
            raise ComposeProjectError(f"no compose file in {self.directory}")
        self._folder.mkdir(mode=0o700)
        try:
            self._write_labels()
        except BaseException:
            self._forget()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.down()
        except DockerlabError as failure:
            if error is None:
                raise
            error.add_note(f"the compose project {self.name} could not be taken down: {failure}")
        finally:
            self._forget()

    def __repr__(self) -> str:
        return f"<RunningProject {self.name} of {self.directory}>"

    def up(self, *services: str, timeout: float = 120.0) -> list[ServiceState]:
        """Start the services, by default all, and wait until they are ready: see :meth:`wait`."""
        self._compose("up", "--detach", "--quiet-pull", *services, timeout=_UP)
        return self.wait(timeout=timeout)

    def create(self) -> list[ServiceState]:
        """Make the containers without starting them, so that something can be put into them first."""
        self._compose("up", "--no-start", "--quiet-pull", timeout=_UP)
        return self.ps()

    def start(self, *services: str, timeout: float = _UP) -> list[ServiceState]:
        """Start the services, by default all, in the order of ``depends_on``; they need not be ready yet.

        Raises :class:`ComposeProjectError` where one that another waits for ends or becomes unhealthy, and
        ``ToolTimeout`` at ``timeout`` seconds.
        """
        self._compose("up", "--detach", "--quiet-pull", *services, timeout=timeout)
        return self.ps()

    def replace(self, service: str, timeout: float = _UP) -> list[ServiceState]:
        """Remove a service's container with its anonymous volumes, and start a new one."""
        self.remove(service)
        return self.start(service, timeout=timeout)

    def remove(self, service: str) -> None:
        """Stop a service's container, and remove it with its anonymous volumes."""
        self._compose("rm", "--force", "--stop", "--volumes", service)

    def wait(self, timeout: float = 120.0) -> list[ServiceState]:
        """Wait until every service has run for a second, or is healthy if it has a health check, or has ended with 0.

        Raises :class:`ComposeProjectError` with the last logs as soon as one has ended with anything else, and at
        ``timeout`` seconds.
        """
        waiting: list[ServiceState] = []
        running_since: dict[str, float] = {}

        def ready() -> list[ServiceState] | None:
            states, now = self.ps(), time.monotonic()
            for each in states:
                if each.has_failed:
                    why = "is unhealthy" if each.state == "running" else f"ended with {each.exit_code}"
                    raise self._failure(f"the service {each.service} {why}", each.service)
                if each.state == "running":
                    running_since.setdefault(each.id, now)
                else:
                    running_since.pop(each.id, None)

            def settled(each: ServiceState) -> bool:
                return each.state != "running" or bool(each.health) or now - running_since[each.id] >= _SETTLED

            waiting[:] = [each for each in states if not (each.is_ready and settled(each))]
            return states if states and not waiting else None

        def late() -> ComposeProjectError:
            names = ", ".join(f"{each.service} ({each.health or each.state})" for each in waiting)
            return self._failure(f"not ready after {timeout:g} s: {names or 'no service at all'}")

        return wait_until(ready, timeout=timeout, error=late, longest_pause=0.5)

    def ps(self) -> list[ServiceState]:
        """Every container of the project, ended ones too."""
        return parse_ps(self._compose("ps", "--all", "--format", "json").stdout)

    def logs(self, *services: str, lines: int | None = None) -> str:
        """What the services wrote, each line with its service."""
        tail = () if lines is None else ("--tail", str(lines))
        return self._compose("logs", "--no-color", *tail, *services).stdout

    def exec(self, service: str, argv: Sequence[str], *, timeout: float = _ASK) -> tools.Completed:
        """Run a program in a service's container. Its return code is in the answer: any is an answer."""
        return self._compose("exec", "--no-TTY", service, *argv, timeout=timeout, check=False)

    def port(self, service: str, port: int, protocol: str = "tcp") -> tuple[str, int]:
        """Where a published port answers: the docker host's address, and the port there.

        The address is the docker host's and not the one it listens on, which is often ``0.0.0.0``. Read from the
        engine's inspection: the text that ``compose port`` prints differs for IPv6.
        """
        states = [each for each in self.ps() if each.service == service]
        for each in states:
            found = self.host.client.api.inspect_container(each.id)["NetworkSettings"]["Ports"]
            for binding in found.get(f"{port}/{protocol}") or ():
                return self.host.address, int(binding["HostPort"])
        raise ComposeProjectError(f"port {port}/{protocol} of {service} is not published", service=service)

    def down(self) -> None:
        """Remove everything of it, volumes too; containers are killed: nothing here has anything to save."""
        try:
            self._compose("kill", check=False)
            self._compose("down", "--volumes", "--remove-orphans", "--timeout", "0", timeout=_DOWN)
        finally:
            # What compose could not be asked for, or no longer knows of.
            sweep_scope(self.host, self.name)

    def _forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_labels(self) -> None:
        """Our labels for everything that compose will make, as one more compose file (JSON is YAML)."""
        completed = self._compose("config", "--format", "json")
        try:
            project = json.loads(completed.stdout)
        except ValueError as error:
            raise ComposeProjectError("compose config printed no JSON", stdout=completed.stdout) from error
        self._services = tuple(project.get("services") or {})
        ours: dict[str, dict[str, Any]] = {
            "services": {name: {"labels": self.labels.make("container", "compose-project")} for name in self._services}
        }
        for section, kind in (("networks", "network"), ("volumes", "volume")):
            defined = {name: body for name, body in (project.get(section) or {}).items() if not _is_external(body)}
            if defined:
                ours[section] = {name: {"labels": self.labels.make(kind, "compose-project")} for name in defined}
        (self._folder / "labels.json").write_text(json.dumps(ours), "utf-8")

    def _compose(self, *arguments: str, timeout: float = _ASK, check: bool = True) -> tools.Completed:
        command = tools.compose_command()
        if command is None:
            raise ToolMissing(_("Docker Compose 2 or newer is not on this machine"))
        files = [word for name in self._files for word in ("--file", str(self.directory / name))]
        labels = self._folder / "labels.json"
        if labels.exists():
            files += ["--file", str(labels)]
        completed = tools.run(
            [*command, "--project-name", self.name, "--project-directory", str(self.directory), *files, *arguments],
            cwd=self.directory,
            env={**self._variables, **cli_environment(self.host, self._folder)},
            timeout=timeout,
        )
        if check and completed.returncode != 0:
            said = completed.stderr.strip()
            raise ComposeProjectError(
                f"compose {arguments[0]} returned {completed.returncode}: {said[-1000:]}",
                logs=self._last_logs() if arguments[0] == "up" else "",
                command=completed.argv,
                returncode=completed.returncode,
                stdout=completed.stdout,
                stderr=completed.stderr,
                host=self.host.address,
            )
        return completed

    def _failure(self, message: str, service: str | None = None) -> ComposeProjectError:
        services = (service,) if service is not None else ()
        return ComposeProjectError(message, service=service, logs=self._last_logs(*services), host=self.host.address)

    def _last_logs(self, *services: str) -> str:
        try:
            return self.logs(*services, lines=_LOG_LINES)
        except DockerlabError as error:
            return f"(no logs: {error.message})"


def _is_external(body: Mapping[str, Any] | None) -> bool:
    return bool(body and body.get("external"))
