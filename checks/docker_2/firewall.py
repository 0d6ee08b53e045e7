"""The item docker-2/firewall."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.net.http import Answer
    from pytest_dockerlab.reddit_app.exchange import NoAnswer

_PORT = 9292
_SECONDS = 10.0
_TRIED = 3
_OPEN = _(
    "open tcp {port} in the firewall: gcloud compute firewall-rules create reddit-app --allow tcp:{port}; if it is "
    "open already, the network of this machine may be dropping the packets",
    port=_PORT,
)


@check(
    "docker-2/firewall",
    "port 9292 answers at the docker host's own address",
    tier="remote",
    needs=[Need.DOCKER_HOST],
)
def firewall(docker_host: DockerHost) -> None:
    """From here, which is outside only where the docker host is another machine and is reached by an address of it."""
    if docker_host.is_local_engine():
        raise Unverified(
            _(
                "{host} is the engine of this machine: nothing here can look at it from outside",
                host=str(docker_host.endpoint),
            ),
            _("name a docker host on another machine with --hw-docker-host, or run this on another machine"),
        )
    if _is_loopback(docker_host.address):
        raise Unverified(
            _("{address} is this machine, not the docker host: there is a tunnel between", address=docker_host.address),
            _("say where its published ports answer: DOCKERLAB_DOCKER_ADDRESS=ADDRESS"),
        )
    judge(docker_host.address, _PORT, publishers(docker_host.client.api.containers(), _PORT))


@dataclass(frozen=True, slots=True)
class Publisher:
    """A running container by which a port of the docker host may answer, and where it does.

    ``address`` is empty for a container on the host driver: it listens where it likes.
    """

    name: str
    address: str

    @property
    def is_open(self) -> bool:
        """Whether it is published to others, and not to the docker host alone."""
        try:
            return not ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            return True


def publishers(containers: Iterable[Mapping[str, Any]], port: int) -> list[Publisher]:
    """Who publishes the tcp ``port``, of an engine's list of running containers."""
    found = []
    for container in containers:
        name = str((container.get("Names") or [str(container.get("Id", ""))[:12]])[0]).lstrip("/")
        if (container.get("HostConfig") or {}).get("NetworkMode") == "host":
            found.append(Publisher(name, ""))
        found += [
            Publisher(name, str(each.get("IP") or ""))
            for each in container.get("Ports") or []
            if each.get("PublicPort") == port and each.get("Type") == "tcp"
        ]
    return found


def judge(address: str, port: int, published: list[Publisher]) -> None:
    """Whether HTTP answers at ``address``; where it does not, ``published`` tells the container from the firewall."""
    from pytest_dockerlab.net.causes import Cause
    from pytest_dockerlab.reddit_app.exchange import NoAnswer
    from pytest_dockerlab.reddit_app.pages import read_page

    url = f"http://{f'[{address}]' if ':' in address else address}:{port}/"
    note("published by", [f"{each.name} ({each.address or 'host'})" for each in published])
    try:
        answer = _ask(url)
    except NoAnswer as error:
        if error.cause in (Cause.TOO_LARGE, Cause.PACKED):  # which is HTTP
            note("answer", error.reason)
            return
        if error.cause in (Cause.UNKNOWN_NAME, Cause.NO_ROUTE):
            remedy = _("say where its published ports answer: DOCKERLAB_DOCKER_ADDRESS=ADDRESS")
            raise Unverified(error.reason, remedy) from error
        found, hint = _explained(error, port, published)
        require(False, _("{url} answers in HTTP", url=url), found=found, hint=hint)
        return
    note("answer", f"HTTP {answer.status}")
    page = read_page(answer)
    if page is not None and page.title:
        note("title", page.title)


def _ask(url: str) -> Answer:
    # A connection that nobody takes may have been one lost packet too many; any other answer is one.
    from pytest_dockerlab.net.causes import Cause
    from pytest_dockerlab.net.deadline import Deadline
    from pytest_dockerlab.net.http import Request, Url
    from pytest_dockerlab.reddit_app.exchange import NoAnswer, exchange

    for number in range(_TRIED):
        try:
            return exchange(Request(Url.parse(url)), Deadline(_SECONDS))
        except NoAnswer as error:
            if error.cause not in (Cause.SILENT, Cause.CLOSED) or number == _TRIED - 1:
                raise
    raise AssertionError("the last one returns or raises")


def _explained(error: NoAnswer, port: int, published: list[Publisher]) -> tuple[Message, Message]:
    from pytest_dockerlab.net.causes import Cause

    reason = error.reason
    if not published:
        return (
            _("{reason}; no running container publishes the port", reason=reason),
            _(
                "start the app on the docker host: docker run -d -p {port}:9292 IMAGE, or with --network host",
                port=port,
            ),
        )
    names = [each.name for each in published]
    if not any(each.is_open for each in published):
        return (
            _("{reason}; {names} publishes it to the docker host alone, on 127.0.0.1", reason=reason, names=names),
            _("publish it on all addresses: docker run -d -p {port}:9292 IMAGE", port=port),
        )
    if error.cause in (Cause.SILENT, Cause.UNREACHABLE):
        return _("{reason}; {names} publishes it, so the firewall drops it", reason=reason, names=names), _OPEN
    if error.cause is Cause.REFUSED:
        return (
            _("{reason}; {names} publishes it", reason=reason, names=names),
            _(
                "see docker logs {name}: the app has to listen on port 9292; if it does, it is the firewall that "
                "refuses",
                name=names[0],
            ),
        )
    return (
        _("{reason}; {names} publishes it", reason=reason, names=names),
        _("see docker logs {name}: the app has to run, and to listen on 0.0.0.0:9292 of its container", name=names[0]),
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
