"""Which file is the configuration of Prometheus: what its service reads, else what lies where the homework wants it."""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Finding, Location, Mismatch
from ...messages import _
from ..compose.project import ComposeProject
from ..compose.services import Service
from ..dockerfiles.dockerfile import Dockerfile
from ..dockerfiles.image import Image
from ..dockerfiles.instructions import DockerfileError
from ..dockerfiles.origins import How, Origin, origin_of
from ..dockerfiles.taken_images import images_taken
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..scan.discovery import EXAMPLE, folder_of, name_of
from ..scan.monitoring import is_prometheus_image, repository_of, tag_of
from ..scan.own_repositories import hint_where_missing
from .configuration import PrometheusConfiguration
from .service import option
from .versions import Version, version_of

__all__ = ["PrometheusFiles", "PrometheusImage", "find_configuration", "find_dockerfile", "find_files"]

_FOLDER = "monitoring/prometheus"
_CONFIGURATION = re.compile(r"prometheus[\w-]{0,40}\.ya?ml", re.IGNORECASE)
_TEMPLATE = re.compile(r"prometheus[\w.-]{0,40}\.(tmpl|tpl|template|j2|in|ctmpl|gotmpl|dist|envsubst)", re.IGNORECASE)
_MAX_DOCKERFILES = 60
_MAX_WORDS = 20
# What a shell writes a file with: the result of one of these, or of a redirection.
_WRITES = ("envsubst", "sed ", "gomplate", "confd", "> ", ">/", ">>", "tee ", "cp ", "mv ")
# What the images' own commands read: their Dockerfiles, on GitHub.
_DEFAULTS = {"bitnami": "/opt/bitnami/prometheus/conf/prometheus.yml"}
_DEFAULT = "/etc/prometheus/prometheus.yml"
_HOME = "/prometheus"
_FOLDERS = ("/etc/prometheus", "/prometheus", "/usr/share/prometheus", "/opt/bitnami/prometheus/conf")


@dataclass(frozen=True, slots=True)
class PrometheusImage:
    """The Dockerfile that Prometheus' image is built from, with what compose gives to its build."""

    dockerfile: Dockerfile
    context: str
    """The folder that is sent, ``""`` is the submission."""
    target: str | None
    args: dict[str, str]

    @property
    def image(self) -> Image:
        """What the image says of itself."""
        return self.dockerfile.image(self.target, self.args)

    @property
    def base(self) -> str:
        """The image that it begins with, else one that it takes the server from."""
        stages = self.dockerfile.stages
        bases = self.dockerfile.bases(self.args)
        line = self.dockerfile.line_of(self.target)
        first = bases[stages.index(line[0])] if line else ""
        taken = (each.name for each in images_taken(self.dockerfile, self.args) if is_prometheus_image(each.name))
        return first if is_prometheus_image(first) else next(taken, first)

    @property
    def base_location(self) -> Location:
        """The line that names it."""
        base = self.base
        line = self.dockerfile.line_of(self.target)
        named = (each.instruction.line for each in images_taken(self.dockerfile, self.args) if each.name == base)
        return Location(self.dockerfile.path, next(named, line[0].line if line else 1))


@dataclass(frozen=True, slots=True)
class PrometheusFiles:
    """What Prometheus is made of, and which configuration it reads."""

    service: Service | None
    dockerfile: str | None
    """The Dockerfile that is Prometheus', whether or not compose uses it, and whether or not it parses."""
    image: PrometheusImage | None
    """What the service is built from; ``None`` for a stock image, and where no Dockerfile is there, or parses."""
    own: PrometheusImage | None
    """What the Dockerfile makes, whether or not compose uses it."""
    read_from: str
    """The path in the container that its command reads."""
    origin: Origin | None
    """What the Dockerfile puts there."""
    mounted_at: Location | None
    """The line of compose that mounts it there instead."""
    configuration: str | None
    """The file of the submission; ``None`` where there is none, or where it is written down elsewhere."""
    is_template: bool = False
    """Whether something fills it in before Prometheus reads it."""
    own_path: str = _DEFAULT
    """What the image would read if compose gave it no command."""
    own_origin: Origin | None = None
    """What the Dockerfile puts there."""
    inline: tuple[str, Location] | None = None
    """The text that compose itself has for it, and where that begins."""
    is_written_at_start: bool = False
    """Whether what is started writes the configuration before it starts Prometheus."""

    @property
    def version(self) -> Version | None:
        """The version of Prometheus that the image is made of; ``None`` where its name does not say it."""
        base = self.image.base if self.image is not None else (self.service.image if self.service else None)
        return version_of(tag_of(base)) if is_prometheus_image(base) and base else None

    @property
    def is_image_whole(self) -> bool:
        """Whether the image holds a configuration where it reads one, if compose gives it no command."""
        return self.own_origin is not None and self.own_origin.how is not How.MISSING

    @property
    def is_in_place(self) -> bool:
        """Whether something puts a configuration where the command reads it."""
        is_put = self.origin is not None and self.origin.how is not How.MISSING
        return self.mounted_at is not None or is_put or self.is_written_at_start


def find_files(
    tree: Tree, project: ComposeProject | None, service: Service | None, read: Callable[[str], Dockerfile]
) -> PrometheusFiles:
    """What the service is built from and what it reads; without compose, as the files tell by themselves."""
    dockerfile = find_dockerfile(tree, service, read)
    own = _image(tree, dockerfile, service, read)
    is_stock = service is not None and service.build is None and is_prometheus_image(service.image)
    own_path = _read_from(None, own, own.base if own is not None else "")
    put = _put(tree, own, own_path)
    if own is not None and (service is None or service.build is None) and (put is None or put.how is How.MISSING):
        # The course's command builds in the Dockerfile's folder, and some build in the root.
        in_root = dataclasses.replace(own, context="")
        again = _put(tree, in_root, own_path)
        if again is not None and again.how is not How.MISSING:
            own, put = in_root, again
    image = None if is_stock else own
    base = image.base if image is not None else (service.image if service is not None else None) or ""
    path = _read_from(service, image, base)
    known = PrometheusFiles(service, dockerfile, image, own, path, None, None, None, False, own_path, put)
    found = _mounted(tree, project, service, path) if project is not None and service is not None else None
    if found is not None:
        return dataclasses.replace(known, mounted_at=found[1], configuration=found[0], inline=found[2])
    origin = put if path == own_path and image is not None else _put(tree, image, path)
    configuration = origin.path if origin is not None and origin.how is How.FILE else None
    is_written = _is_written_at_start(tree, service, image, path)
    is_template = is_written or (origin is not None and origin.how in (How.COMMAND, How.IMAGE))
    if configuration is None and (origin is None or origin.how is not How.INLINE):
        near = folder_of(dockerfile) if dockerfile is not None else _FOLDER
        configuration = next(iter(_conventional(tree, near, is_template)), None)
    return dataclasses.replace(
        known, origin=origin, configuration=configuration, is_template=is_template, is_written_at_start=is_written
    )


def find_configuration(tree: Tree, files: PrometheusFiles) -> PrometheusConfiguration:
    """The configuration that these files lead to. Raises :class:`Mismatch` where there is none to read."""
    put = files.origin
    if put is not None and put.how is How.INLINE and files.image is not None:
        at = Location(files.image.dockerfile.path, put.instruction.line + 1)
        return PrometheusConfiguration.inline(tree, put.text, at)
    if files.inline is not None:
        return PrometheusConfiguration.inline(tree, *files.inline)
    if files.configuration is None:
        raise Mismatch(
            Finding(
                _("the configuration of Prometheus is in the repository"),
                _("no prometheus.yml"),
                files.mounted_at,
                hint_where_missing(tree, _("add {path}", path=f"{_FOLDER}/prometheus.yml")),
            )
        )
    return PrometheusConfiguration.read(tree, files.configuration)


def find_dockerfile(tree: Tree, service: Service | None, read: Callable[[str], Dockerfile]) -> str | None:
    """The Dockerfile of Prometheus' image: what compose builds, else one that begins with Prometheus.

    ``read`` gives a Dockerfile, as :meth:`Dockerfile.read`.
    """
    if service is not None and service.build is not None:
        return service.build.dockerfile
    own = repository_of((service.image if service is not None else None) or "").rpartition("/")[2].lower()
    paths = [path for path in tree.files if name_of(path).startswith("Dockerfile") and not is_vendored(path)]

    def rank(path: str) -> tuple[bool, bool, bool, bool, int, str]:
        folder = name_of(folder_of(path)).lower()
        return (
            folder not in (own, "prometheus"),
            folder_of(path) != _FOLDER,
            name_of(path) != "Dockerfile",
            not path.startswith("monitoring/"),
            path.count("/"),
            path,
        )

    paths.sort(key=rank)
    for path in paths[:_MAX_DOCKERFILES]:
        try:
            if name_of(folder_of(path)).lower() in (own, "prometheus") and name_of(path) == "Dockerfile":
                return path
            if "prometheus" in tree.text(path).content.lower():
                found = read(path)
                if any(is_prometheus_image(each) for each in found.bases()):
                    return path
        except (DockerfileError, RefusedPath, LimitExceeded):
            continue
    return None


def _image(
    tree: Tree, path: str | None, service: Service | None, read: Callable[[str], Dockerfile]
) -> PrometheusImage | None:
    if path is None or not tree.exists(path):
        return None
    try:
        dockerfile = read(path)
    except (DockerfileError, RefusedPath):
        return None
    build = service.build if service is not None else None
    if build is None:
        return PrometheusImage(dockerfile, folder_of(path), None, {})
    return PrometheusImage(dockerfile, build.context or "", build.target, dict(build.args))


def _command(service: Service | None, image: PrometheusImage | None) -> list[str] | None:
    """The final command; ``None`` where it is the base image's."""
    own = image.image if image is not None else None
    if service is not None and (service.command is not None or service.entrypoint is not None):
        return [*(service.entrypoint or ()), *(service.command or ())]
    if own is not None and (own.command is not None or own.entrypoint is not None):
        return [*(own.entrypoint or ()), *(own.command or ())]
    return None


def _is_written_at_start(tree: Tree, service: Service | None, image: PrometheusImage | None, path: str) -> bool:
    """Whether the command, or a script of ours that it runs, fills in a template that becomes the configuration."""
    words = [*(_command(service, image) or ()), *((image.image.entrypoint or ()) if image is not None else ())]
    texts = [" ".join(words)]
    for word in words[:_MAX_WORDS]:
        put = _put(tree, image, word) if word.startswith("/") and " " not in word else None
        if put is not None and put.how is How.FILE:
            try:
                texts.append(tree.text(put.path).content)
            except RefusedPath:
                continue
    return any(name_of(path) in text and any(sign in text for sign in _WRITES) for text in texts)


def _read_from(service: Service | None, image: PrometheusImage | None, base: str) -> str:
    """The file that the final command names, else what the base image's own command reads."""
    own = image.image if image is not None else None
    command = _command(service, image)
    folder = (service.working_dir if service is not None else None) or (
        own.workdir.value if own is not None and own.workdir is not None else _HOME
    )
    named = option(command, "config.file") if command is not None else None
    if named is not None:
        return posixpath.normpath(posixpath.join(folder, named))
    if command is not None and command and command[0].startswith("-"):
        # The command takes the place of the image's, and Prometheus' own default is a relative path.
        return posixpath.normpath(posixpath.join(folder, "prometheus.yml"))
    owner = repository_of(base).split("/")[-2:-1]
    return _DEFAULTS.get(owner[0] if owner else "", _DEFAULT)


_Mounted = tuple[str | None, Location, tuple[str, Location] | None]


def _mounted(tree: Tree, project: ComposeProject, service: Service, path: str) -> _Mounted | None:
    """The file that compose mounts at a path of the container, the line that does, and a text of compose's own.

    The nearest mount wins.
    """
    for mount in sorted(service.mounts, key=lambda each: -len(each.target)):
        target = posixpath.normpath(mount.target)
        if path == target or path.startswith(f"{target.rstrip('/')}/"):
            if mount.type != "bind" or mount.path is None:
                return (None, mount.location, None) if mount.type == "bind" else None
            inside = posixpath.join(mount.path, posixpath.relpath(path, target)) if path != target else mount.path
            return inside if tree.exists(inside) else None, mount.location, None
    for number, each in enumerate(service.raw.get("configs") or []):
        name = each.get("source") if isinstance(each, dict) else each
        target = (each.get("target") if isinstance(each, dict) else None) or f"/{name}"
        if posixpath.normpath(target) == path:
            config = (project.raw.get("configs") or {}).get(name) or {}
            file = posixpath.normpath(config["file"]) if config.get("file") else None
            here = project.location("services", service.name, "configs", number)
            text = project.location("configs", str(name), "content")
            inline = (config["content"], Location(text.file, (text.line or 0) + 1)) if config.get("content") else None
            return file if file is not None and tree.exists(file) else None, here, inline
    return None


def _put(tree: Tree, image: PrometheusImage | None, path: str) -> Origin | None:
    if image is None:
        return None
    return origin_of(
        tree, image.dockerfile, image.context, path,
        target=image.target, args=image.args, folders=_FOLDERS, workdir=_HOME,
    )  # fmt: skip


def _conventional(tree: Tree, near: str, is_template: bool) -> Iterator[str]:
    """Files that are called like it, the likeliest first."""
    found = []
    for path in tree.files:
        name = name_of(path)
        if is_vendored(path):
            continue
        if _CONFIGURATION.fullmatch(name) and not EXAMPLE.search(name):
            found.append((is_template, path))
        elif is_template and _TEMPLATE.fullmatch(name):
            found.append((False, path))
    found.sort(key=lambda each: (
        folder_of(each[1]) != near, folder_of(each[1]) != _FOLDER, each[0],
        name_of(each[1]) not in ("prometheus.yml", "prometheus.yaml"),
        not each[1].startswith("monitoring/"), each[1].count("/"), each[1],
    ))  # fmt: skip
    yield from (path for _rank, path in found)
