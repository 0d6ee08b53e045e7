"""The host names that services are told to use: by ``*_HOST`` variables and in URLs, wherever a variable may be set."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import LimitExceeded, RefusedPath
from ..findings import Finding, Location
from ..messages import Message, _
from .compose.project import ComposeProject
from .compose.services import Service
from .scan.roles import APPLICATION, Role, role_of_name
from .submission import Submission
from .text.envfile import EnvFile

__all__ = ["HostReference", "host_problems", "references"]

_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(?P<hosts>[^/?#\s'\"]+)", re.IGNORECASE)
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|\[::1?\]|host\.docker\.internal", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HostReference:
    """A host name that a service is told to use. ``role`` is whose name it should be, by the variable's own name."""

    host: str
    variable: str
    role: Role | None
    location: Location


def references(submission: Submission, project: ComposeProject, service: Service) -> list[HostReference]:
    """The host names a service uses; what its image says is overridden by env files, and those by ``environment:``.

    Its own machine and names with a dot, which are the internet's, are left out.
    """
    found: dict[str, tuple[str, Location]] = {}
    image = submission.image_of(service)
    if image is not None:
        path, contents = image
        for name, setting in contents.environment.items():
            found[name] = (setting.value, Location(path, setting.line))
    for path in service.env_files:
        env = _env_file(submission, project, path)
        for variable in env.variables.values() if env is not None else ():
            found[variable.name] = (variable.value or "", Location(env.path if env else path, variable.line))
    for name, value in service.environment.items():
        if value is not None:  # without a value it comes from the shell, and there it is not set
            found[name] = (value, project.environment_location(service.name, name))
    return [
        HostReference(host, name, role_of_name(name), location)
        for name, (value, location) in found.items()
        for host in dict.fromkeys(_hosts(name, value))
        if not _LOCAL.fullmatch(host) and ("." not in host or is_address(host))
    ]


def is_address(host: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _env_file(submission: Submission, project: ComposeProject, path: str) -> EnvFile | None:
    try:
        if submission.tree.exists(path):
            return EnvFile.read(submission.tree, path)
    except (RefusedPath, LimitExceeded):
        return None
    # A .env that is rightly not committed will be a copy of the example.
    return project.env if posixpath.basename(path) == ".env" else None


def _hosts(name: str, value: str) -> Iterator[str]:
    for match in _URL.finditer(value):
        for host in match["hosts"].split(","):  # MongoDB's URLs list several
            yield _without_port(host)
    if re.fullmatch(r"\w+_HOST(NAME)?", name, re.IGNORECASE) and value.strip() and "://" not in value:
        yield _without_port(value.strip())


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host) if host.count(":") == 1 else host.strip("[]")


def host_problems(project: ComposeProject, service: Service, reference: HostReference) -> list[Finding]:
    """What is wrong with a host name that ``service`` is told to use."""
    host, at = reference.host, reference.location
    if is_address(host):
        return [
            Finding(
                _("{service} finds others by name", service=service.name),
                _("{variable} is {host}, a fixed address", variable=reference.variable, host=host),
                at,
                _("use the name of the service: addresses change with every start"),
            )
        ]
    visible = project.visible_names(service).items()
    # The engine's DNS takes no notice of case (moby/libnetwork#2394, in Docker Engine 20.10).
    leads_to = {name for known, names in visible if known.lower() == host.lower() for name in names}
    targets = [project.services[name] for name in sorted(leads_to)]
    if not targets:
        return [_unresolved(project, service, reference)]
    problems = []
    wrong = [each for each in targets if reference.role and each.role and each.role is not reference.role]
    if wrong:
        problems.append(
            Finding(
                _("{service} reaches {role} as {host}", service=service.name, role=reference.role, host=host),
                _("it leads to {services}", services=[each.name for each in targets]),
                at,
                _("set {variable} to a name of the service it speaks of, or correct the aliases",
                  variable=reference.variable),
            )
        )  # fmt: skip
    problems += [_other_program(project, each) for each in targets if each not in wrong and _program(each)]
    if "_" in host and reference.variable.upper().endswith("_SERVICE_HOST"):
        problems.append(
            Finding(
                _("the host name in {variable} has no _", variable=reference.variable),
                host,
                at,
                _("use a name with - instead: Ruby refuses http://{host} as an address", host=host),
            )
        )
    return problems


def _unresolved(project: ComposeProject, service: Service, reference: HostReference) -> Finding:
    host = reference.host
    found: Message = _("{variable} is {host}, and no service or alias is called so",
                       variable=reference.variable, host=host)  # fmt: skip
    elsewhere = [
        each
        for each in project.services.values()
        if any(host.lower() == name.lower() for key in each.networks for name in each.names_on(key))
    ]
    if elsewhere:
        found = _("{host} is {services}, on other networks than {service}",
                  host=host, services=[each.name for each in elsewhere], service=service.name)  # fmt: skip
    for target in project.services_of(reference.role) if reference.role else ():
        shared = next((key for key in service.networks if key in target.networks), None)
        if shared is not None:
            hint = _("add the alias {host} to {target} on {network} ({place}), or set {variable}={target}",
                     host=host, target=target.name, network=shared, variable=reference.variable,
                     place=str(target.location))  # fmt: skip
            break
    else:
        hint = _("put both services on one network, and use the service's name or one of its aliases")
    return Finding(_("{service} can find {host}", service=service.name, host=host), found, reference.location, hint)


def _program(service: Service) -> Role | None:
    """The role of the program in a service's image where it is another than the service's own."""
    repository = (service.image or "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    role = role_of_name(repository)
    return role if service.role in APPLICATION and role is not service.role else None


def _other_program(project: ComposeProject, service: Service) -> Finding:
    return Finding(
        _("{service} runs its own image", service=service.name),
        service.image_template,
        project.location("services", service.name, "image"),
        _(
            "use the image of {service} here: under this name the others would meet another program",
            service=service.name,
        ),
    )
