"""The Dockerfiles of the three services: each service's folder, its variants, and the one that is in use."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...findings import Location
from ...messages import Message, _
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..text.readme import Readme
from ..text.shell import commands, program, with_inner
from .discovery import folder_of
from .roles import APPLICATION, Role, role_of_name
from .scripts import Script, snippets

__all__ = ["BuildFile", "ServiceFiles", "find_near_misses", "find_services", "is_backup", "is_dockerfile"]

_DOCKERFILE = re.compile(r"dockerfile([._-]?[\w.~-]*)?|[\w.-]+\.dockerfile", re.IGNORECASE)
_NOT_ONE = re.compile(r"\.(dockerignore|md|rst|txt|j2|erb|tpl|tmpl|swp|swo|sh|py|rb|ya?ml|json|log|diff|patch)$",
                      re.IGNORECASE)  # fmt: skip
_MAX_FILES = 60  # of one service
_BACKUP = re.compile(r"([._-](old|bak|bk|orig|save|backup|sav|tmp|disabled|notused)\d*|~)$", re.IGNORECASE)
# The cohorts' places of the services, the newest first. What else is there holds other homework.
_USUAL = ("src", "reddit-microservices", "microservices", "")
# The options of docker build that take a value.
_BUILD_VALUES = frozenset({"-t", "--tag", "-f", "--file", "--build-arg", "--target", "--label", "--network",
                           "--platform", "--cache-from", "--cache-to", "-o", "--output", "--progress", "--secret",
                           "--ssh", "-m", "--memory", "--iidfile", "--add-host"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuildFile:
    """A Dockerfile of a service. A backup is a copy that somebody put aside: it is read, never held against them."""

    path: str
    is_backup: bool = False


@dataclass(frozen=True, slots=True)
class ServiceFiles:
    """The Dockerfiles of one service. ``in_use`` is the one that its image is built from, ``reason`` how that is known.

    ``built`` are all that something builds: compose, a script, a line of a README; else the one in use.
    """

    role: Role
    folder: str
    files: tuple[BuildFile, ...]
    in_use: str | None
    reason: Message | str
    built: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The paths of all that are no backups."""
        return tuple(each.path for each in self.files if not each.is_backup)


def is_dockerfile(path: str) -> bool:
    """Whether a file is called like a Dockerfile or a variant of one."""
    name = path.rpartition("/")[2]
    return bool(_DOCKERFILE.fullmatch(name)) and not _NOT_ONE.search(name)


def is_backup(path: str) -> bool:
    """Whether a Dockerfile's name says that it is put aside."""
    return bool(_BACKUP.search(path))


def find_services(
    tree: Tree, scripts: Iterable[Script], composed: dict[Role, str], readmes: Iterable[Readme] = ()
) -> dict[Role, ServiceFiles]:
    """The Dockerfiles of ui, post and comment, as far as there are any.

    ``composed`` are the Dockerfiles that the compose file builds, and come first; then what the build scripts name;
    else it is ``Dockerfile``, or the only one there is.
    """
    folders = _folders(tree)
    for role, path in composed.items():  # a folder may be called as one likes where compose says whose it is
        if role in APPLICATION and role not in folders and tree.exists(path):
            folders[role] = folder_of(path)
    named = list(_built(scripts))
    told = list(_told(readmes))
    found = {}
    for role in APPLICATION:
        if role not in folders:
            continue
        folder = folders[role]
        files = tuple(BuildFile(path, is_backup(path)) for path in sorted(_in(tree, folder))[:_MAX_FILES])
        own = [each.path for each in files if not each.is_backup]
        in_use, reason = _in_use(role, folder, own, composed, named)
        somewhere = [composed.get(role), *_built_of(folder, own, named), *_told_of(role, folder, own, told)]
        built = [path for path in own if path in somewhere] or ([in_use] if in_use is not None else [])
        found[role] = ServiceFiles(role, folder, files, in_use, reason, tuple(built))
    return found


def _folders(tree: Tree) -> dict[Role, str]:
    """Each role's folder: those that lie together in the most complete set of three."""
    sets: dict[str, dict[Role, list[str]]] = {}
    for path in tree.files:
        folder = folder_of(path)
        role = role_of_name(folder.rpartition("/")[2])
        if role in APPLICATION and is_dockerfile(path) and not is_vendored(path):
            sets.setdefault(folder_of(folder), {}).setdefault(role, []).append(path)
    ranked = sorted(sets, key=lambda parent: (-len(sets[parent]), _place(parent), parent.count("/"), parent))
    found: dict[Role, str] = {}
    for parent in ranked:
        for role, paths in sets[parent].items():
            # A folder with a Dockerfile comes before one that only has a variant.
            best = min(paths, key=lambda path: (not path.endswith("/Dockerfile"), is_backup(path), path))
            found.setdefault(role, folder_of(best))
    return found


def _place(parent: str) -> int:
    return _USUAL.index(parent) if parent in _USUAL else len(_USUAL)


def _in(tree: Tree, folder: str) -> Iterator[str]:
    for path in tree.files:
        inside = path.startswith(f"{folder}/") if folder else True
        if inside and is_dockerfile(path) and not is_vendored(path):
            yield path


@dataclass(frozen=True, slots=True)
class _Build:
    """A ``docker build`` that a script calls: candidates for its context and its Dockerfile."""

    contexts: tuple[str, ...]
    file: str | None
    at: Location


def _in_use(
    role: Role, folder: str, own: list[str], composed: dict[Role, str], builds: list[_Build]
) -> tuple[str | None, Message | str]:
    if composed.get(role) in own:
        return composed[role], _("the compose file builds it")
    for build in builds:
        if build.file is not None and folder in build.contexts:
            for place in (folder, *build.contexts):
                path = posixpath.normpath(posixpath.join(place, build.file))
                if path in own:
                    return path, _("built by {place}", place=str(build.at))
    usual = f"{folder}/Dockerfile" if folder else "Dockerfile"
    if usual in own:
        return usual, _("docker build uses it by default")
    return None, _("nothing says which one is built")


def _built_of(folder: str, own: list[str], builds: list[_Build]) -> Iterator[str]:
    for build in builds:
        if folder in build.contexts:
            file = build.file or "Dockerfile"
            paths = [_join(place, file) for place in ((folder, *build.contexts) if build.file else (folder,))]
            yield from [path for path in paths if path in own][:1]


@dataclass(frozen=True, slots=True)
class _Told:
    """A ``docker build`` in a README, in a folder nobody knows: ``tag`` says whose where the context does not."""

    context: str
    file: str
    tag: str


def _told(readmes: Iterable[Readme]) -> Iterator[_Told]:
    for snippet in snippets(readmes, ()):
        for command in commands(snippet.text, snippet.values, snippet.line)[:1]:
            words = command.words
            if program(command) == "docker" and "build" in words[1:3]:
                file, context = _arguments(words[words.index("build") + 1 :])
                tag = next((value for option, value in itertools.pairwise(words) if option in ("-t", "--tag")), "")
                yield _Told(_join("", context), file or "", tag)


def _told_of(role: Role, folder: str, own: list[str], told: list[_Told]) -> Iterator[str]:
    for each in told:
        name = each.tag.rpartition("/")[2].partition(":")[0]
        here = f"/{folder}".endswith(f"/{each.context}") if each.context else role_of_name(name) is role
        file = _join("", each.file or posixpath.join(each.context, "Dockerfile"))
        if here:
            yield from [path for path in own if f"/{path}".endswith(f"/{file}")][:1]


def _built(scripts: Iterable[Script]) -> Iterator[_Build]:
    for script in scripts:
        here = {folder_of(script.path), ""}
        folders: set[str] = set()
        for command in with_inner(commands(script.text, script.values, script.line)):
            words = command.words
            if program(command) == "cd" and len(words) == 2:
                folders = {_join(place, words[1]) for place in here | folders}
            elif program(command) == "docker" and "build" in words[1:3]:
                file, context = _arguments(words[words.index("build") + 1 :])
                places = folders or here
                yield _Build(
                    tuple(sorted({_join(place, context) for place in places})),
                    file,
                    Location(script.path, command.line),
                )


def _join(place: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(place, path))
    return "" if joined == "." else joined


def _arguments(words: tuple[str, ...]) -> tuple[str | None, str]:
    file, context = None, "."
    waiting = iter(words)
    for word in waiting:
        option, equals, value = word.partition("=")
        if option in _BUILD_VALUES:
            value = value if equals else next(waiting, "")
            file = value if option in ("-f", "--file") else file
        elif not word.startswith("-"):
            context = word
    return file, context


def find_near_misses(tree: Tree, role: Role) -> list[str]:
    """What is called a little like the Dockerfile of a role: ``ui/dockerfile.txt``, ``Dockerfile-ui``."""
    near = [path for path in tree.files if "dockerfile" in path.lower() and not path.endswith(".dockerignore")]
    return [path for path in near if any(role_of_name(part) is role for part in path.split("/"))][:5]
