"""Compose files by their names and services: which may be the application's, and which its override."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..text.yamldoc import Node, YamlDoc, YamlError
from .discovery import EXAMPLE, folder_of, name_of
from .monitoring import how_likely_prometheus
from .roles import Role, role_of_name, role_of_service

__all__ = [
    "CANONICAL",
    "ComposeCandidate",
    "OverrideFile",
    "compose_candidate",
    "compose_candidates",
    "find_override",
    "is_override",
]

CANONICAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_USUAL_FOLDERS = ("src", "reddit-microservices", "docker", "")
_COMPOSE = re.compile(r"(docker-)?compose[\w.-]*\.ya?ml", re.IGNORECASE)
_PLAIN = re.compile(r"[\w.-]+")
_MAX_INCLUDED = 20


@dataclass(frozen=True, slots=True)
class ComposeCandidate:
    """A file named like a compose file, and the roles among its services (guessed where it cannot be parsed).

    The services that it includes are its own. ``is_taken`` says that compose, in its folder, takes it by its name.
    """

    path: str
    roles: frozenset[Role]
    is_readable: bool = True
    is_taken: bool = False
    included: tuple[str, ...] = ()
    runs_prometheus: bool = False


@dataclass(frozen=True, slots=True)
class OverrideFile:
    """An override file. ``is_merged`` says whether compose merges it by itself, by its name and place."""

    path: str
    is_merged: bool


def compose_candidates(tree: Tree) -> list[ComposeCandidate]:
    """The possible compose files of the application, the likeliest first.

    A file that compose takes by its name, and that has more than one of the four roles, comes before others. Then it is
    how many roles a file has; then the names compose looks for, the places the courses used, and the depth. Overrides
    and examples are none, even those that repeat the whole project, nor is what another one includes.
    """
    paths = [path for path in (*tree.files, *tree.unreadable) if _is_compose(path)]
    paths.sort(key=_rank)
    if len(paths) > LIMITS.compose_candidates:
        reason = _("{count} files are called like a compose file; more than {limit} are not looked at",
                   count=len(paths), limit=LIMITS.compose_candidates)  # fmt: skip
        raise LimitExceeded(reason, at=Location(paths[LIMITS.compose_candidates]))
    candidates = [compose_candidate(tree, path) for path in paths]
    parts = {path for each in candidates for path in each.included}
    roots = [each for each in candidates if each.path not in parts] or candidates
    return sorted(roots, key=_likelihood)


def _likelihood(candidate: ComposeCandidate) -> tuple[bool, float]:
    # A file that cannot be read may be the one: it comes after those with any role, and before those with none.
    roles = len(candidate.roles) if candidate.is_readable else 0.5
    return not (candidate.is_taken and roles > 1), -roles


def _is_compose(path: str) -> bool:
    name = name_of(path)
    is_other = is_override(name) or EXAMPLE.search(name)
    return bool(_COMPOSE.fullmatch(name)) and not is_other and not is_vendored(path)


def _rank(path: str) -> tuple[int, int, int, str]:
    folder = folder_of(path)
    usual = _USUAL_FOLDERS.index(folder) if folder in _USUAL_FOLDERS else len(_USUAL_FOLDERS)
    canonical = CANONICAL.index(name_of(path)) if name_of(path) in CANONICAL else len(CANONICAL)
    return int(canonical == len(CANONICAL)), usual, path.count("/"), f"{canonical}{path}"


def compose_candidate(tree: Tree, path: str) -> ComposeCandidate:
    """What a file is when it is taken for a compose file."""
    is_taken = next((name for name in CANONICAL if _beside(path, name) in tree.files), None) == name_of(path)
    try:
        content = tree.text(path).content
    except RefusedPath:
        return ComposeCandidate(path, frozenset(), is_readable=False, is_taken=is_taken)
    try:
        root = YamlDoc(path, content, tree.budget).root
    except YamlError:
        names = re.findall(r"^ {0,8}['\"]?([\w.-]+)['\"]?:\s*$", content, re.MULTILINE)
        roles = frozenset(role for name in names[:500] if (role := role_of_name(name)))
        monitors = any(map(how_likely_prometheus, names[:500]))
        return ComposeCandidate(path, roles, is_taken=is_taken, runs_prometheus=monitors)
    included = _included(tree, path, root)
    all_of_it = (root, *included.values())
    roles = frozenset(role for each in all_of_it for role in _roles(each))
    monitors = any(map(_runs_prometheus, all_of_it))
    # With more services than are looked at it may be the one all the same; it is told where the project is loaded.
    is_readable = bool(roles) or all(_count(each) <= LIMITS.services for each in all_of_it)
    return ComposeCandidate(path, roles, is_readable, is_taken, tuple(included), monitors)


def _count(root: Node | None) -> int:
    """How many services a file has."""
    services = root.get("services") if root is not None and root.kind == "mapping" else None
    return len(services.names()) if services is not None and services.kind == "mapping" else 0


def _beside(path: str, name: str) -> str:
    return posixpath.join(folder_of(path), name)


def _included(tree: Tree, path: str, root: Node | None) -> dict[str, Node | None]:
    """What a compose file includes, and what that includes, by path; what cannot be read is told when it is loaded."""
    found: dict[str, Node | None] = {}
    waiting = [(path, root)]
    while waiting and len(found) < _MAX_INCLUDED:
        file, node = waiting.pop(0)
        for name in _include_paths(node):
            target = posixpath.normpath(posixpath.join(folder_of(file), name))
            if target in tree.files and target not in found and target != path:
                try:
                    found[target] = YamlDoc.read(tree, target).root
                except YamlError:
                    found[target] = None
                waiting.append((target, found[target]))
    return found


def _include_paths(root: Node | None) -> Iterator[str]:
    include = root.get("include") if root is not None and root.kind == "mapping" else None
    for each in include.children if include is not None else ():
        path = each.get("path") if each.kind == "mapping" else each
        if path is not None:
            yield from (node.text for node in (path.children or [path]) if node.kind == "scalar")


def _roles(root: Node | None) -> Iterable[Role]:
    return filter(None, (role_of_service(*each) for each in _services(root)))


def _runs_prometheus(root: Node | None) -> bool:
    """Whether it is meant to: a service of that name may run something else, and that is for others to tell."""
    return any(each[0].lower() == "prometheus" or how_likely_prometheus(*each) for each in _services(root))


def _services(root: Node | None) -> Iterator[tuple[str, str | None, str | None, str | None]]:
    """What tells who a service is: its name, image, build context and container's name."""
    is_mapping = root is not None and root.kind == "mapping"
    services = root.get("services") if root is not None and is_mapping else None
    if services is None and root is not None and is_mapping and root.get("include") is not None:
        return
    for name, service in (services or root).entries() if root is not None else ():  # version 1 has no "services"
        if service.kind == "mapping" or services is not None:
            yield (
                name.text,
                _text(service.get("image")),
                _build_context(service),
                _text(service.get("container_name")),
            )


def _build_context(service: Node) -> str | None:
    build = service.get("build")
    return _text(build.get("context") if build is not None and build.kind == "mapping" else build)


def _text(node: Node | None) -> str | None:
    return node.text if node is not None and node.kind == "scalar" else None


def is_override(path: str) -> bool:
    """Whether a file is called like an override, an example of one, or nearly so: ``docker-compose.overide.yml``."""
    name = name_of(path)
    if "compose" in name.lower() and "override" in name.lower() and _PLAIN.fullmatch(name):
        return True
    words = re.split(r"[._-]", name.lower()) if _COMPOSE.fullmatch(name) else []
    return bool(difflib.get_close_matches("override", words, n=1, cutoff=0.8))


def find_override(tree: Tree, compose_path: str) -> OverrideFile | None:
    """The override file of a compose file: one that compose merges, else an example or a renamed one."""
    folder = folder_of(compose_path)
    beside = f"{folder}/" if folder else ""
    # Compose looks for an override only where it found the compose file by itself.
    if name_of(compose_path) in CANONICAL:
        for name in OVERRIDES:
            if beside + name in tree.files:
                return OverrideFile(beside + name, is_merged=True)
    others = [path for path in tree.files if is_override(path) and not is_vendored(path)]
    others = [path for path in others if not name_of(path).endswith((".j2", ".md", ".swp", ".sh", "~"))]
    others.sort(key=lambda path: (not path.startswith(beside), path.count("/"), path))
    # Other projects have overrides too, GitLab's for one.
    ours = (path for path in others[: LIMITS.compose_candidates] if compose_candidate(tree, path).roles)
    return next((OverrideFile(path, is_merged=False) for path in ours), None)
