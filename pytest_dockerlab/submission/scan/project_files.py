"""Which files are the compose project: its root, what compose merges into that, and the override."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...findings import Finding, Location, Mismatch
from ...messages import Message, _
from ..files.tree import Tree
from ..text.envfile import EnvFile
from .compose_candidates import ComposeCandidate, OverrideFile, compose_candidates, find_override, is_override
from .discovery import find_env_example, folder_of
from .own_repositories import hint_where_missing

__all__ = ["ProjectFiles", "find_project", "named_files"]


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """What compose makes the project of. ``files`` are merged in this order, the override is none of them."""

    files: tuple[str, ...]
    env: EnvFile | None
    override: OverrideFile | None
    reason: Message
    """Why it is the first of the files and none of ``others``."""
    others: tuple[str, ...]
    """The other files that have services of the application, and are no part of this project."""


def find_project(tree: Tree) -> ProjectFiles:
    """The application's compose project. Raises :class:`Mismatch` where there is none."""
    candidates = compose_candidates(tree)
    best = next(iter(candidates), None)
    env = find_env_example(tree, best.path if best is not None else "")
    named = list(named_files(tree, env)) if env is not None else []
    if named:
        files = [path for path in named if path == named[0] or not is_override(path)]
        overrides = [OverrideFile(path, is_merged=True) for path in named if path not in files]
        override = overrides[0] if overrides else find_override(tree, files[0])
        if override is not None and not overrides:
            # Compose merges an override by itself only into a file that it looks for by itself.
            override = OverrideFile(override.path, is_merged=False)
        return ProjectFiles(tuple(files), env, override, _("COMPOSE_FILE names it"), _others(candidates, files))
    if best is None or not (best.roles or not best.is_readable or len(candidates) == 1):
        raise Mismatch(
            Finding(
                _("a compose file with the services of the application is in the repository"),
                [each.path for each in candidates] or _("none"),
                Location(best.path) if best is not None else None,
                hint_where_missing(
                    tree, _("add a docker-compose.yml with the services ui, post, comment and the database")
                ),
            )
        )
    reason = _("compose takes it by its name") if best.is_taken else _("it has most of the application's services")
    override = find_override(tree, best.path)
    return ProjectFiles((best.path,), env, override, reason, _others(candidates, [best.path]))


def _others(candidates: Iterable[ComposeCandidate], files: list[str]) -> tuple[str, ...]:
    return tuple(each.path for each in candidates if each.roles and each.path not in files)


def named_files(tree: Tree, env: EnvFile) -> Iterator[str]:
    """The files that COMPOSE_FILE of the example env file names."""
    variable = env.variables.get("COMPOSE_FILE")
    if variable is None or variable.is_placeholder:
        return
    value = variable.value or ""
    chosen = env.variables.get("COMPOSE_PATH_SEPARATOR")
    separator = (chosen.value if chosen is not None else None) or (";" if ";" in value else ":")
    for name in filter(None, value.split(separator)):
        path = posixpath.normpath(posixpath.join(folder_of(env.path), name.replace("\\", "/")))
        if path.startswith(("/", "../")) or path not in tree.files:
            raise Mismatch(
                Finding(
                    _("each file that COMPOSE_FILE names is in the repository"),
                    name,
                    env.location("COMPOSE_FILE"),
                    _("correct the path: it starts in the folder of the env file"),
                )
            )
        yield path
