"""Finds the files of the homework by what they are, not by where they lie: every cohort had another layout."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..text.envfile import EnvFile
from ..text.yamldoc import Node, YamlDoc, YamlError
from .roles import APPLICATION, Role, role_of_name, role_of_service

__all__ = [
    "ComposeCandidate",
    "OverrideFile",
    "compose_candidates",
    "find_committed_env",
    "find_env_example",
    "find_override",
    "find_service_folder",
    "folder_of",
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
_OVERRIDE = re.compile(r"[\w.-]*compose[\w.-]*override[\w.-]*|[\w.-]*override[\w.-]*compose[\w.-]*", re.IGNORECASE)
_EXAMPLE = re.compile(r"example|sample|template|dist\b|\.j2", re.IGNORECASE)
_ENV_EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env-example",
    ".env_example",
    ".example.env",
    "env.example",
    "env.sample",
    "example.env",
    "sample.env",
    "env-example",
    "env_example",
    ".env.default",
    ".env.defaults",
)
EXAMPLE_ENDS = (".example", ".sample", ".template", ".dist")
_ENV = re.compile(r"(?:^|[._-])env(?:$|[._-])", re.IGNORECASE)
_MAX_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class ComposeCandidate:
    """A file named like a compose file, and the roles among its services (guessed where it cannot be parsed)."""

    path: str
    roles: frozenset[Role]
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class OverrideFile:
    """An override file. ``is_merged`` says whether compose merges it by itself, by its name and place."""

    path: str
    is_merged: bool


def folder_of(path: str) -> str:
    """The folder of a path, without a slash at its end; empty for the root."""
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def compose_candidates(tree: Tree) -> list[ComposeCandidate]:
    """The possible compose files of the application, the likeliest first.

    What counts is how many of the four roles a file has; then the names compose looks for, the places the courses used,
    and the depth. Overrides and examples are none, even those that repeat the whole project.
    """
    paths = [path for path in (*tree.files, *tree.unreadable) if _is_compose(path)]
    paths.sort(key=_rank)
    candidates = [_candidate(tree, path) for path in paths[:_MAX_CANDIDATES]]
    # A file that cannot be read may be the one: it comes after those with any role, and before those with none.
    return sorted(candidates, key=lambda each: -len(each.roles) if each.is_readable else -0.5)


def _is_compose(path: str) -> bool:
    name = _name(path)
    is_other = _OVERRIDE.fullmatch(name) or _EXAMPLE.search(name)
    return bool(_COMPOSE.fullmatch(name)) and not is_other and not is_vendored(path)


def _rank(path: str) -> tuple[int, int, int, str]:
    folder = folder_of(path)
    usual = _USUAL_FOLDERS.index(folder) if folder in _USUAL_FOLDERS else len(_USUAL_FOLDERS)
    canonical = CANONICAL.index(_name(path)) if _name(path) in CANONICAL else len(CANONICAL)
    return int(canonical == len(CANONICAL)), usual, path.count("/"), f"{canonical}{path}"


def _candidate(tree: Tree, path: str) -> ComposeCandidate:
    try:
        content = tree.text(path).content
    except (RefusedPath, LimitExceeded):
        return ComposeCandidate(path, frozenset(), is_readable=False)
    try:
        root = YamlDoc(path, content).root
    except YamlError:
        names = re.findall(r"^ {0,8}['\"]?([\w.-]+)['\"]?:\s*$", content, re.MULTILINE)
        return ComposeCandidate(path, frozenset(role for name in names[:500] if (role := role_of_name(name))))
    return ComposeCandidate(path, frozenset(_roles(root)))


def _roles(root: Node | None) -> Iterable[Role]:
    services = root.get("services") if root is not None and root.kind == "mapping" else None
    for name, service in (services or root).entries() if root is not None else ():  # version 1 has no "services"
        if service.kind == "mapping" or services is not None:
            role = role_of_service(
                name.text, _text(service.get("image")), _build_context(service), _text(service.get("container_name"))
            )
            if role is not None:
                yield role


def _build_context(service: Node) -> str | None:
    build = service.get("build")
    return _text(build.get("context") if build is not None and build.kind == "mapping" else build)


def _text(node: Node | None) -> str | None:
    return node.text if node is not None and node.kind == "scalar" else None


def find_env_example(tree: Tree, compose_path: str) -> EnvFile | None:
    """The example env file: beside the compose file, else in a folder above it.

    An example by its name comes first, then any other ``*.env``, at last a ``.env`` itself.
    """
    folder = folder_of(compose_path)
    while True:
        here = {_name(path): path for path in tree.files if folder_of(path) == folder}
        known = [here[name] for name in _ENV_EXAMPLES if name in here]
        known += [path for name, path in sorted(here.items()) if _ENV.search(name) and _EXAMPLE.search(name)]
        others = [path for name, path in sorted(here.items()) if re.fullmatch(r"[\w.-]+\.env|\.env\.\w+|env", name)]
        for path in (*known, *others, *([here[".env"]] if ".env" in here else [])):
            found = EnvFile.find(tree, path)
            if found is not None and _is_meant(found):
                return found
        if not folder:
            return None
        folder = folder_of(folder)


def _is_meant(env: EnvFile) -> bool:
    """Whether it defines something, or is called an example though it does not."""
    return bool(env.variables or any(each.name for each in env.problems)) or _EXAMPLE.search(env.path) is not None


def find_override(tree: Tree, compose_path: str) -> OverrideFile | None:
    """The override file of a compose file: one that compose merges, else an example or a renamed one."""
    folder = folder_of(compose_path)
    beside = f"{folder}/" if folder else ""
    # Compose looks for an override only where it found the compose file by itself.
    if _name(compose_path) in CANONICAL:
        for name in OVERRIDES:
            if beside + name in tree.files:
                return OverrideFile(beside + name, is_merged=True)
    others = [path for path in tree.files if _OVERRIDE.fullmatch(_name(path)) and not is_vendored(path)]
    others = [path for path in others if not _name(path).endswith((".j2", ".md", ".swp", ".sh", "~"))]
    others.sort(key=lambda path: (not path.startswith(beside), path.count("/"), path))
    # Other projects have overrides too, GitLab's for one.
    ours = (path for path in others[:_MAX_CANDIDATES] if _candidate(tree, path).roles)
    return next((OverrideFile(path, is_merged=False) for path in ours), None)


def find_service_folder(tree: Tree, compose_path: str, role: Role) -> str | None:
    """The folder with a Dockerfile of a role, nearest to the compose file: for services without ``build:``."""
    near = folder_of(compose_path)
    folders = {folder_of(path) for path in tree.files if _name(path) == "Dockerfile" and not is_vendored(path)}
    fitting = [folder for folder in folders if role in APPLICATION and role_of_name(_name(folder)) is role]
    fitting.sort(key=lambda folder: (folder_of(folder) != near, folder.count("/"), folder))
    return fitting[0] if fitting else None


def find_committed_env(tree: Tree, compose_path: str) -> str | None:
    """A ``.env`` that is handed in beside the compose file or in the root. Without git one that is there counts."""
    folder = folder_of(compose_path)
    for path in dict.fromkeys((f"{folder}/.env" if folder else ".env", ".env")):
        if path in tree.files and tree.tracked(path) is not False:
            return path
    return None
