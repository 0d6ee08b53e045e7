"""What is on this machine, what each tier lacks, and how to supply it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from .. import catalogue, tools
from ..errors import DockerlabError
from ..homework import PackNeed, Tier
from ..installed import UnreadableHomework, import_fixtures
from ..messages import Message, _

__all__ = ["Part", "examine"]

_GIBIBYTE = 2**30


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the checks use: what is here of it, and for which tier what is missing matters."""

    name: Message
    found: Message | str | None
    tier: Tier
    is_required: bool = True
    reason: Message | None = None
    remedy: Message | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is here."""
        return self.found is not None


def examine(docker_host: str | None = None, tier: Tier = Tier.APP) -> Iterator[Part]:
    """Look at everything the checks up to ``tier`` may need.

    Asks outside programs for their versions, and the engine for its own.
    """
    yield Part(_("Python"), platform.python_version(), Tier.FILES)
    yield Part(_("operating system"), f"{platform.system()} {platform.release()} {platform.machine()}", Tier.FILES)
    yield _program(
        "git",
        ["--version"],
        Tier.FILES,
        _("install git: 'sudo apt-get install git' on Debian and Ubuntu, 'brew install git' on macOS"),
        is_required=False,
    )
    compose = tools.compose_version()
    yield Part(
        _("Docker Compose"),
        compose,
        Tier.FILES,
        remedy=None if compose else _("install Docker Compose, or: pip install 'pytest-dockerlab[tools]'"),
    )
    yield _program("hadolint", ["--version"], Tier.FILES, _("pip install 'pytest-dockerlab[tools]'"), is_required=False)
    yield _dockerfile_parser()
    yield _program(
        "promtool",
        ["--version"],
        Tier.FILES,
        _(
            "install Prometheus: 'sudo apt-get install prometheus' on Debian and Ubuntu, then"
            " 'sudo systemctl disable --now prometheus', or its server keeps port 9090"
        ),
        is_required=False,
    )
    if tier is not Tier.FILES:
        yield _engine(docker_host)
    if tier is Tier.APP:
        yield from _closed_networks(docker_host)
        yield _buildkit()
        yield _disk_space()
    yield from _of_packs()


def _disk_space() -> Part:
    free = shutil.disk_usage(tempfile.gettempdir()).free / _GIBIBYTE
    enough = free >= 5
    space = _("{free} GiB free in {folder}", free=f"{free:.0f}", folder=tempfile.gettempdir())
    return Part(
        _("disk space"),
        space if enough else None,
        Tier.APP,
        reason=space,
        remedy=None if enough else _("building images needs 5 GiB: free some space"),
    )


def _program(name: str, arguments: list[str], tier: Tier, remedy: Message, *, is_required: bool = True) -> Part:
    path = tools.find(name)
    if path is None:
        return Part(_("{program}", program=name), None, tier, is_required, remedy=remedy)
    try:
        done = tools.run([path, *arguments], timeout=10)
    except DockerlabError as error:
        reason = _("{path} does not run: {why}", path=path, why=error.text)
        return Part(_("{program}", program=name), None, tier, is_required, reason, remedy)
    version = (done.stdout or done.stderr).strip().splitlines()
    return Part(_("{program}", program=name), version[0] if version else path, tier, is_required)


def _of_packs() -> Iterator[Part]:
    known = catalogue.load()
    known.select(["all"], with_needs=False)  # reads every item, so that what is wrong with one is known
    unreadable = list(known.unreadable)
    for homework in {homework.pack: homework for homework in known.homeworks}.values():
        for need in homework.pack.needs if homework.pack is not None else ():
            yield _need(need)
        try:
            import_fixtures(homework)
        except UnreadableHomework as error:
            unreadable.append(error)
    for each in unreadable:
        remedy = _("update or uninstall {distribution}", distribution=each.distribution)
        yield Part(_("homework {homework}", homework=each.slug), None, Tier.FILES, False, each.text, remedy)


def _need(need: PackNeed) -> Part:
    name = _("{program}", program=need.name)
    try:
        return Part(name, need.probe(), need.tier, is_required=False, remedy=need.remedy)
    except Exception as error:  # noqa: BLE001 - another course's code: what else there is has to be shown
        reason = _("{error}: {why}", error=type(error).__name__, why=str(error))
        return Part(name, None, need.tier, False, reason, need.remedy)


def _dockerfile_parser() -> Part:
    name = _("Dockerfile parser")
    try:
        version = importlib.metadata.version("dockerfile")
    except importlib.metadata.PackageNotFoundError:
        remedy = _("there is no package 'dockerfile' for this platform: use Linux on x86-64 or macOS")
        return Part(name, None, Tier.FILES, is_required=False, remedy=remedy)
    return Part(name, version, Tier.FILES, is_required=False)


def _buildkit() -> Part:
    from ..deployment.builds.buildkit import buildkit_command

    found = buildkit_command()
    return Part(
        _("docker command with BuildKit"),
        _("{path} (what it builds is not kept from the docker host's network)", path=found[0][0]) if found else None,
        Tier.APP,
        is_required=False,
        remedy=None if found else _("for Dockerfiles that need it: install Docker's plugin buildx on this machine"),
    )


def _engine(explicit: str | None) -> Part:
    from ..engine.hosts.errors import HostUnavailable
    from ..engine.hosts.hosts import resolve_docker_host

    name = _("Docker Engine")
    try:
        with resolve_docker_host(explicit) as host:
            facts = host.facts
    except HostUnavailable as error:
        unverified = error.unverified()
        return Part(name, None, Tier.ENGINE, reason=unverified.reason, remedy=unverified.remedy)
    found = f"{facts.version} ({facts.operating_system}, {facts.architecture}, {facts.storage_driver})"
    if not facts.supports_probes:
        return Part(
            name, None, Tier.ENGINE, reason=_("{version} is too old", version=found), remedy=_("use 20.10 or newer")
        )
    return Part(name, found, Tier.ENGINE)


def _closed_networks(explicit: str | None) -> Iterator[Part]:
    """Whether what runs of a submission can be kept from the docker host: tried there, with a container of ours."""
    from ..engine.closed.networks import why_open
    from ..engine.hosts.errors import HostUnavailable
    from ..engine.hosts.hosts import resolve_docker_host
    from ..engine.probes.starting import Probes
    from ..findings import Unverified

    name = _("closed networks")
    remedy = _("use an engine with macvlan networks, or a docker host that may be thrown away, behind a firewall")
    try:
        with resolve_docker_host(explicit) as host, Probes(host) as probes:
            why: object = why_open(probes)
    except HostUnavailable:
        return  # said above
    except Unverified as error:
        why = error.reason
    except DockerlabError as error:
        why = error.message
    if why is None:
        yield Part(name, _("running code of a submission cannot reach the docker host"), Tier.APP, is_required=False)
    else:
        reason = _("what runs can reach the docker host and its network: {why}", why=why)
        yield Part(name, None, Tier.APP, is_required=False, reason=reason, remedy=remedy)
