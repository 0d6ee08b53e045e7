"""One probe: a running container of ours, and what can be measured from inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..network_view import NetworkView, parse_view, view_script
from ..owned.networks import Network
from ..probe_answers import ProbeError
from ..waiting import wait_until
from .connections import Lookup, Reach, listen_script, lookup_script, parse_lookups, parse_reaches, reach_script

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["Executed", "Probe"]

_EXEC_LIMIT = 50
"""Seconds: less than the SDK waits for the next byte of an answer."""


@dataclass(frozen=True, slots=True)
class Executed:
    """What a program that was run in a probe left behind."""

    returncode: int
    stdout: str
    stderr: str


class Probe:
    """A container of ours. Made by :meth:`.starting.Probes.start`, which also removes it."""

    def __init__(self, host: DockerHost, id: str, name: str, token: str) -> None:
        self.host = host
        self.id = id
        self.name = name
        self.token = token
        """What its servers say of themselves: no two probes have the same, unless it was given."""

    def __repr__(self) -> str:
        return f"<Probe {self.name}>"

    # -- what the engine says of it

    def inspect(self) -> dict[str, Any]:
        """The engine's inspection of it, asked anew."""
        found: dict[str, Any] = self.host.client.api.inspect_container(self.id)
        return found

    @property
    def pid(self) -> int:
        """The number of its first process as the docker host counts; 0 when it does not run."""
        return int(self.inspect()["State"]["Pid"])

    def address(self, network: Network | str = "") -> str:
        """Its IPv4 address on ``network``, or on the only one it is on; empty where it has none."""
        networks = self.inspect()["NetworkSettings"]["Networks"]
        if not network:
            if len(networks) != 1:
                raise ValueError(f"{self.name} is on {len(networks)} networks: say which")
            return str(next(iter(networks.values()))["IPAddress"])
        name = network if isinstance(network, str) else network.name
        return str(networks[name]["IPAddress"]) if name in networks else ""

    def published(self, port: int) -> int:
        """The docker host's port that leads to its ``port``. Raises :class:`ProbeError` where none does."""
        bindings = self.inspect()["NetworkSettings"]["Ports"].get(f"{port}/tcp")
        if not bindings:
            raise ProbeError(f"port {port} of a probe is not published", host=self.host.address)
        return int(bindings[0]["HostPort"])

    def logs(self) -> str:
        """What its command has written: stdout and stderr as they came."""
        text: bytes = self.host.client.api.logs(self.id)
        return text.decode("utf-8", "replace")

    def changes(self) -> list[str]:
        """What differs from its image, as ``docker diff`` prints it: ``A /path`` (added), ``C`` (changed), ``D``."""
        found: list[dict[str, Any]] = self.host.client.api.diff(self.id) or []
        return [f"{'CAD'[change['Kind']]} {change['Path']}" for change in found]

    def wait_exit(self, timeout: float = 20) -> int:
        """The return code of its command, once it has ended. Raises :class:`ProbeError` at ``timeout`` seconds."""

        def state() -> dict[str, Any] | None:
            found: dict[str, Any] = self.inspect()["State"]
            return found if found["Status"] in ("exited", "dead") else None

        late = ProbeError(f"a probe that was to end by itself still runs after {timeout:g} s", host=self.host.address)
        return int(wait_until(state, timeout=timeout, error=lambda: late)["ExitCode"])

    # -- its life

    def connect(self, network: Network | str, aliases: Sequence[str] = ()) -> None:
        """Put it on one more network."""
        name = network if isinstance(network, str) else network.id
        self.host.client.api.connect_container_to_network(self.id, name, aliases=list(aliases) or None)

    def disconnect(self, network: Network | str) -> None:
        """Take it off a network."""
        name = network if isinstance(network, str) else network.id
        self.host.client.api.disconnect_container_from_network(self.id, name)

    def kill(self) -> None:
        """End it without a question, and wait until the engine knows: nothing of ours has anything to save."""
        self.host.client.api.kill(self.id)
        self.wait_exit()

    def remove(self) -> None:
        """Remove it, running or not."""
        self.host.client.api.remove_container(self.id, force=True, v=True)

    # -- what it can do

    def exec(self, argv: Sequence[str], timeout: int = _EXEC_LIMIT) -> Executed:
        """Run a program in it. At ``timeout`` seconds it is killed, and returns 137.

        Raises :class:`ProbeError` where it does not run.
        """
        from docker.errors import APIError

        api = self.host.client.api
        limited = ["timeout", "-s", "KILL", str(int(timeout)), *argv]
        try:
            started = api.exec_create(self.id, limited)["Id"]
            stdout, stderr = api.exec_start(started, demux=True)
        except APIError as error:
            # where it ended between the two requests, engine 20.10 says so with 500
            if error.status_code not in (404, 409) and "is not running" not in str(error.explanation):
                raise
            raise ProbeError(f"a probe does not run: {error.explanation}", host=self.host.address) from error
        code = api.exec_inspect(started)["ExitCode"]
        if code is None:
            raise ProbeError("a program in a probe left no return code", command=argv, host=self.host.address)
        return Executed(
            int(code), (stdout or b"").decode("utf-8", "replace"), (stderr or b"").decode("utf-8", "replace")
        )

    def measure(self, *scripts: str) -> list[str]:
        """Run scripts of the line protocol (:mod:`.probe_answers`) one after another in one round trip.

        Returns the answer of each, to be parsed. Raises :class:`ProbeError` when one does not come to its end.
        """
        command = ["sh", "-c", "\n".join(f"(\n{script})" for script in scripts)]
        for is_last in (False, True):  # the engine may lose an answer; to measure changes nothing, so it is done again
            executed = self.exec(command)
            answers = executed.stdout.split("\n.\n")
            if executed.returncode == 0 and len(answers) == len(scripts) + 1 and not answers[-1]:
                break
            if is_last:
                why = executed.stderr.strip()[:300] or f"it returned {executed.returncode}"
                raise ProbeError(
                    f"a probe broke off: {why}",
                    returncode=executed.returncode,
                    stdout=executed.stdout,
                    stderr=executed.stderr,
                    host=self.host.address,
                )
        return [f"{answer}\n.\n" for answer in answers[:-1]]

    def view(self) -> NetworkView:
        """Its network namespace, interfaces, addresses and routes, read from /proc and /sys."""
        return parse_view(self.measure(view_script())[0])

    def view_of(self, pid: int) -> NetworkView:
        """The same of another process, for a probe with ``pid_mode="host"``; without namespace and interface states."""
        return parse_view(self.measure(view_script(pid))[0])

    def network_namespace(self) -> str:
        """Its network namespace, as ``net:[4026531840]``."""
        namespace = self.view().namespace
        if namespace is None:
            raise ProbeError("a probe cannot read its own network namespace", host=self.host.address)
        return namespace

    def lookup(self, name: str) -> Lookup:
        """Look a name up, as a program in it would."""
        return self.lookup_all([name])[0]

    def lookup_all(self, names: Sequence[str]) -> list[Lookup]:
        """Look several names up in one round trip."""
        return parse_lookups(self.measure(lookup_script(names))[0])

    def reach(self, address: str, port: int, *, timeout: int = 2, patience: int = 0) -> Reach:
        """Connect by TCP to a name or an address, and ask who answers. See :func:`.reachability.reach_script`."""
        return self.reach_all([(address, port)], timeout=timeout, patience=patience)[0]

    def reach_all(self, targets: Sequence[tuple[str, int]], *, timeout: int = 2, patience: int = 0) -> list[Reach]:
        """Connect to several targets, all at the same time, in one round trip."""
        return parse_reaches(self.measure(reach_script(targets, timeout, patience))[0])

    def control(self, server: Probe, port: int, network: Network | str = "", *, patience: int = 10) -> str:
        """The positive control: the server's address, once this probe, a neighbour of its, has reached it there.

        Without it, not to reach that address from elsewhere would prove nothing: hence :class:`ProbeError` where it is
        not reached within ``patience`` seconds.
        """
        address = server.address(network)
        reach = self.reach(address, port, patience=patience) if address else None
        if reach is None or not reach.answered_by(server.token):
            found = f"{reach}, not by {server}" if reach else "it has none"
            raise ProbeError(f"a neighbour does not reach {address or 'an address'}: {found}", host=self.host.address)
        return address

    def listen(self, *ports: int) -> str:
        """Serve on these ports of its network namespace, and say its token to everybody. Returns the token.

        Raises :class:`ProbeError` when a port cannot be had. It listens when this returns.
        """
        executed = self.exec(["sh", "-c", listen_script(ports, self.token)])
        if executed.returncode != 0:
            raise ProbeError(
                f"a probe cannot listen: {executed.stderr.strip()[:300]}",
                returncode=executed.returncode,
                stderr=executed.stderr,
                host=self.host.address,
            )
        return self.token
