"""The plan of an application that a compose file describes, key by key: kept, rewritten, or denied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import RefusedPath
from ...findings import Unverified
from ...messages import Message, _
from ...submission.compose.environment import variables_of
from ...submission.compose.project import ComposeProject
from ...submission.compose.services import Mount, Service
from ...submission.scan.discovery import find_service_folder
from ...submission.scan.roles import APPLICATION, Role
from ...submission.submission import Submission
from ...submission.text.interpolation import uses
from ..builds.base_images import replacement
from .plan import AppMount, AppNetwork, AppPlan, AppService, BuildSource, MountKind

__all__ = ["Parts", "code_folder", "plan_of_compose"]

# Of https://docs.docker.com/reference/compose-file/services/, what is the service's own affair.
_KEPT = ("command", "entrypoint", "user", "working_dir", "healthcheck", "stop_signal", "stop_grace_period", "init",
         "read_only", "tty", "stdin_open", "hostname", "domainname", "expose", "cap_drop")  # fmt: skip
# What would reach beyond the container, or past its limits.
_DENIED = ("privileged", "cap_add", "devices", "device_cgroup_rules", "gpus", "pid", "ipc", "uts", "userns_mode",
           "cgroup", "cgroup_parent", "security_opt", "sysctls", "runtime", "group_add", "credential_spec",
           "volumes_from", "external_links", "isolation", "post_start", "pre_stop", "use_api_socket", "provider",
           "models", "secrets", "storage_opt", "shm_size", "ulimits", "oom_score_adj")  # fmt: skip
# Of these, what shows more of the docker host to who measures it; without it there is less to be measured, and no more.
_SHOWS_MORE = ("privileged", "cap_add", "devices", "pid", "ipc", "uts", "userns_mode", "cgroup", "security_opt")
# What a container has of its own in the place of the docker host's.
_ITS_OWN = ("/proc", "/sys", "/")
_NETWORK_OPTIONS = ("com.docker.network.bridge.enable_icc",)
# no container of ours may gain privileges
_OURS_ANYWAY = {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}
# What a build asks for beside its folder, and does not get.
_DENIED_TO_BUILDS = ("ssh", "secrets", "network", "privileged", "entitlements", "extra_hosts")
_TARGET = r"/[^:\0\n]{0,1000}"
_TMPFS = "size=268435456"
_UI_PORT = 9292
_MAX_PORTS = 16
"""Each published port is a process of the engine's, and a range may have thousands."""
_MAX_SERVICES = 24
_MAX_NETWORKS = 16


@dataclass(frozen=True, slots=True)
class Parts:
    """What is known of services that have no role, by their names.

    ``left_out`` are not started, and why. ``measuring`` measure others or the docker host: they are shown their own
    container in its place. ``published`` are to be reached from outside, as ui is, with their port where the project
    publishes none. ``builds`` says where the images come from that the project names without ``build:``.
    """

    left_out: Mapping[str, Message] = field(default_factory=dict)
    measuring: Collection[str] = ()
    published: Mapping[str, int] = field(default_factory=dict)
    builds: Mapping[str, BuildSource] = field(default_factory=dict)


def plan_of_compose(
    submission: Submission,
    project: ComposeProject,
    images: Mapping[str, str],
    parts: Parts = Parts(),
) -> AppPlan:
    """The plan for a project.

    :param images: the course's replacements of images.

    Raises ``Unverified`` for a service that cannot be run without the docker host's own network, and for a project of
    more services or networks than there is room for.
    """
    wanted = _wanted(project, parts)
    if len(wanted) > _MAX_SERVICES or len(project.networks) > _MAX_NETWORKS:
        raise Unverified(
            _("the project has {services} services on {networks} networks; at most {limit} on {most} are run",
              services=len(wanted), networks=len(project.networks), limit=_MAX_SERVICES, most=_MAX_NETWORKS),
            _("keep in one compose file what belongs to the application: ui, post, comment and the database"),
        )  # fmt: skip
    planner = _Planner(submission, project, images, parts)
    said = {str(why): why for name, why in parts.left_out.items() if name in project.services}
    planner.remarks += said.values()
    services = tuple(map(planner.service, wanted))
    networks = {
        key: AppNetwork(
            bool(network.raw.get("internal")),
            {name: value for name, value in (network.raw.get("driver_opts") or {}).items() if name in _NETWORK_OPTIONS},
        )
        for key, network in project.networks.items()
    }
    return AppPlan(services, networks, tuple(planner.remarks), tuple(planner.denied))


def code_folder(submission: Submission, project: ComposeProject, service: Service) -> str | None:
    """The folder of the submission that holds a service's code; ``None`` where none is known."""
    if service.build is not None and service.build.context is not None:
        return service.build.context
    if service.role in APPLICATION:
        return find_service_folder(submission.tree, project.file, service.role)
    return None


def _wanted(project: ComposeProject, parts: Parts) -> list[Service]:
    return [each for each in project.services.values() if each.replicas > 0 and each.name not in parts.left_out]


class _Planner:
    def __init__(
        self, submission: Submission, project: ComposeProject, images: Mapping[str, str], parts: Parts
    ) -> None:
        self._submission = submission
        self._project = project
        self._images = images
        self._parts = parts
        self._there = {each.name for each in _wanted(project, parts)}
        self.remarks: list[Message] = []
        self.denied: list[Message] = []

    def service(self, service: Service) -> AppService:
        raw = service.raw
        settings: dict[str, Any] = {key: raw[key] for key in _KEPT if raw.get(key) is not None}
        for key in _DENIED:
            if raw.get(key) and not (key == "security_opt" and set(raw[key]) <= _OURS_ANYWAY):
                what = _("{service}: {key} is left out", service=service.name, key=key)
                if key in _SHOWS_MORE and service.name in self._parts.measuring:
                    self.remarks.append(what)
                else:
                    self._deny(service, key, what)
        if depends := self._dependencies(raw.get("depends_on")):
            settings["depends_on"] = depends
        if links := [each for each in _listed(raw.get("links")) if str(each).partition(":")[0] in self._there]:
            settings["links"] = links
        if restart := _bounded_restart(raw.get("restart")):
            settings["restart"] = restart
        if hosts := self._extra_hosts(service):
            settings["extra_hosts"] = hosts
        if mode := self._network_mode(service):
            settings["network_mode"] = mode
        tmpfs = [str(each).partition(":")[0] for each in _listed(raw.get("tmpfs"))]
        tmpfs += [mount.target for mount in service.mounts if mount.type == "tmpfs"]
        if tmpfs:
            settings["tmpfs"] = [f"{target}:{_TMPFS}" for target in dict.fromkeys(tmpfs)]
        mounts = (*self._mounts(service), *self._configs(service))
        if settings.get("read_only") and any(each.kind in (MountKind.FILE, MountKind.OWN) for each in mounts):
            del settings["read_only"]  # the engine puts no file into such a container
            self.remarks.append(
                _("{service}: read_only is left out, because files are put into its container", service=service.name)
            )
        build, image = self._image(service)
        return AppService(
            name=service.name,
            role=service.role,
            build=build,
            image=image,
            networks={} if mode else {key: self._names(service, key) for key in service.networks},
            at=service.location,
            places={
                key: self._project.location("services", service.name, key)
                for key in ("command", "entrypoint", "healthcheck")
                if raw.get(key) is not None
            },
            settings=settings,
            environment=self._environment(service),
            mounts=mounts,
            ports=self._ports(service),
        )

    def _deny(self, service: Service, key: str, what: Message) -> None:
        place = self._project.location("services", service.name, key)
        self.denied.append(_("{place}: {what}", place=str(place), what=what))

    def _dependencies(self, depends: Any) -> dict[str, Any]:
        """``depends_on`` in its long form, without services that are not part of the plan."""
        found = {name: each or {} for name, each in (depends or {}).items() if name in self._there}
        return {name: {"condition": each.get("condition", "service_started")} for name, each in found.items()}

    def _extra_hosts(self, service: Service) -> list[str]:
        """Names with literal addresses; the docker host's own is denied."""
        found = service.raw.get("extra_hosts") or []
        pairs = [f"{name}={value}" for name, value in found.items()] if isinstance(found, dict) else map(str, found)
        kept = [pair for pair in pairs if not pair.endswith("host-gateway")]
        if len(kept) != len(found):
            self._deny(service, "extra_hosts", _("the docker host's own address is not passed on"))
        return kept

    def _network_mode(self, service: Service) -> str | None:
        mode = service.network_mode
        networks = (self._project.networks[key] for key in service.networks if mode is None)
        if any(each.external and each.name == "host" for each in networks):
            mode = "host"
        if mode is None or mode in ("bridge", "default"):
            return mode
        if (mode == "none" or mode.startswith("service:")) and service.role is not Role.UI:
            return mode
        # ui is asked from outside, and a network that is not its own publishes nothing of its own
        raise Unverified(
            _(
                "{service} asks for the network of something outside the project ({mode})",
                service=service.name,
                mode=mode,
            )
            if service.role is not Role.UI or mode == "host" or mode.startswith("container:")
            else _("{service} publishes nothing with network_mode: {mode}", service=service.name, mode=mode),
            _("use networks of the compose file"),
            told_by="docker-4/networks" if mode in ("host", "none") else None,
            at=self._project.location("services", service.name, "network_mode"),
        )

    def _names(self, service: Service, network: str) -> tuple[str, ...]:
        """Aliases, with the container's name, which resolves as they do; it is not the container's name here."""
        return tuple(name for name in service.names_on(network) if name != service.name)

    def _image(self, service: Service) -> tuple[BuildSource | None, str | None]:
        build = service.build
        if build is not None:
            if build.context is None or build.dockerfile is None:
                raise Unverified(
                    _("{service}: it is unclear where its Dockerfile is ({place})", service=service.name,
                      place=str(self._project.location("services", service.name, "build"))),
                    _("use build: with a folder of this repository that holds the Dockerfile"),
                )  # fmt: skip
            self._look_at_build(service)
            return BuildSource(build.dockerfile, build.context, build.target, build.args), None
        if (source := self._parts.builds.get(service.name)) is not None:
            self._say_built(service, source.context)
            return source, None
        folder = code_folder(self._submission, self._project, service)
        if folder is not None and self._submission.tree.exists(f"{folder}/Dockerfile"):
            self._say_built(service, folder)
            return BuildSource(f"{folder}/Dockerfile", folder), None
        image = service.image or ""
        new = replacement(image, self._images)
        unknown = {*self._project.undefined, *self._project.placeholders}
        valueless = [use.name for use in uses(service.image_template or "") if use.name in unknown]
        if new is None and valueless:
            raise Unverified(
                _("{service}: which image it is depends on {variables}, which have no value ({place})",
                  service=service.name, variables=valueless,
                  place=str(self._project.location("services", service.name, "image"))),
                _("give them a value in the example env file"),
            )  # fmt: skip
        if new is not None:
            self.remarks.append(_("{service}: {old} is replaced by {new}, as the course file says",
                                  service=service.name, old=image, new=new))  # fmt: skip
        return None, new or image

    def _say_built(self, service: Service, folder: str) -> None:
        self.remarks.append(_("{service} has no build:, so its image is built from {folder}",
                              service=service.name, folder=folder))  # fmt: skip

    def _look_at_build(self, service: Service) -> None:
        raw = service.raw.get("build")
        asked = raw if isinstance(raw, dict) else {}
        if asked.get("additional_contexts"):
            raise Unverified(
                _("{service}: its build needs more folders than its context ({place})", service=service.name,
                  place=str(self._project.location("services", service.name, "build", "additional_contexts"))),
                _("build it from one folder of this repository"),
            )  # fmt: skip
        for key in _DENIED_TO_BUILDS:
            if asked.get(key) and asked[key] != "default":
                self._deny(service, "build", _("{service}: {key} is left out", service=service.name, key=key))

    def _environment(self, service: Service) -> dict[str, str]:
        found: dict[str, str] = {}
        example = self._project.env.variables if self._project.env is not None else {}
        for source in service.env_files:
            variables = variables_of(self._submission.tree, self._project, source)
            if variables is None:
                self._deny(service, "env_file", _("{path} is not in the repository", path=source.path))
                continue
            found |= {name: each.value for name, each in variables.items()}
        for name, value in service.environment.items():
            if value is not None:
                found[name] = value
            elif name in example and example[name].value is not None:  # a name alone: the project's own variable
                found[name] = example[name].value or ""
        return found

    def _mounts(self, service: Service) -> Iterator[AppMount]:
        flags = {str(each.get("target")): bool(each.get("read_only")) for each in service.raw.get("volumes") or ()}
        for mount in service.mounts:
            if mount.type == "tmpfs" or not re.fullmatch(_TARGET, mount.target):
                continue
            planned = self._mount(service, mount, flags.get(mount.target, False))
            if planned is not None:
                yield planned

    def _configs(self, service: Service) -> Iterator[AppMount]:
        """Files of the submission that compose calls configs."""
        written = self._project.raw.get("configs") or {}
        for at, each in enumerate(service.raw.get("configs") or ()):
            path = (written.get(each.get("source")) or {}).get("file")
            target = str(each.get("target") or f"/{each.get('source')}")
            if isinstance(path, str) and self._kind(path) == "file" and re.fullmatch(_TARGET, target):
                place = self._project.location("services", service.name, "configs", at)
                yield AppMount(MountKind.FILE, target, "", path, True, place)
            else:
                self._deny(service, "configs", _("{service}: {key} is left out", service=service.name, key="configs"))

    def _mount(self, service: Service, mount: Mount, read_only: bool) -> AppMount | None:
        at, target = mount.location, mount.target
        if mount.type == "volume":
            return AppMount(MountKind.VOLUME, target, mount.source, None, read_only, at)
        if mount.type == "bind" and mount.path is not None and (kind := self._kind(mount.path)) is not None:
            # a folder that is not there: docker makes an empty one
            source = mount.path if kind != "nothing" else None
            return AppMount(MountKind.FILE if kind == "file" else MountKind.FOLDER, target, "", source, read_only, at)
        if mount.type == "bind" and service.name in self._parts.measuring and mount.source in _ITS_OWN:
            self.remarks.append(_("{place}: {service} is shown {source} of its own container, not of the docker host",
                                  place=str(at), service=service.name, source=mount.source))  # fmt: skip
            return None if target == mount.source else AppMount(MountKind.OWN, target, "", mount.source, True, at)
        folder = code_folder(self._submission, self._project, service)
        if mount.type == "bind" and not mount.leads_out and folder is not None and self._is_code(service, target):
            self.remarks.append(_("{place}: {source} of the docker host is read as {folder}, the code of {service}",
                                  place=str(at), source=mount.source, folder=folder, service=service.name))  # fmt: skip
            return AppMount(MountKind.FOLDER, target, "", folder, read_only, at)
        self.denied.append(
            _("{place}: {source} of the docker host is not mounted here", place=str(at), source=mount.source)
        )
        return None

    def _kind(self, path: str) -> str | None:
        """What is at a path of the submission: a file, a folder or nothing; ``None`` where nobody may look."""
        tree = self._submission.tree
        try:
            if tree.is_dir(path or "."):
                return "folder"
            return "file" if tree.exists(path) else "nothing"
        except RefusedPath:
            return None

    def _is_code(self, service: Service, target: str) -> bool:
        """Whether a mount's target is where the service's code runs."""
        built = self._submission.image_of(service)
        folder = service.working_dir or (built[1].workdir.value if built is not None and built[1].workdir else "/app")
        return folder == target.rstrip("/") or folder.startswith(f"{target.rstrip('/')}/")

    def _ports(self, service: Service) -> tuple[int, ...]:
        usual = self._parts.published.get(service.name, _UI_PORT if service.role is Role.UI else None)
        if usual is None:
            return ()
        published = dict.fromkeys(port.target for port in service.ports if port.protocol == "tcp")
        if len(published) > _MAX_PORTS:
            self._deny(service, "ports", _("only the first {count} ports are published", count=_MAX_PORTS))
        return tuple(published)[:_MAX_PORTS] or (usual,)


def _bounded_restart(value: object) -> str | None:
    """A restart policy that comes to an end: what never stays up is to be seen, and nothing may outlive the run."""
    return None if value in (None, "no") else "on-failure:10"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
