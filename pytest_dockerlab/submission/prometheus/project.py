"""Which compose files are the monitored project: one file that holds all, or several that are used together."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator

from ...findings import Finding, Mismatch
from ...messages import Message, _
from ..files.tree import Tree
from ..scan.compose_candidates import (
    CANONICAL,
    ComposeCandidate,
    compose_candidate,
    compose_candidates,
    find_override,
    is_override,
)
from ..scan.discovery import find_env_example, folder_of, name_of
from ..scan.own_repositories import hint_where_missing
from ..scan.project_files import ProjectFiles, find_project, named_files

__all__ = ["find_monitored_project"]

_FOLDER = "docker"
"""Where the homework wants the compose files."""
_MAX_LINES = 200
_MAX_NAMED = 20
_MAX_LINE = 2_000
_OPTION = re.compile(r"(?:^|\s)(?:-f|--file)[\s=]\s{0,9}[\"']?([\w./-]+)")
_CHANGED_TO = re.compile(r"\bcd\s{1,9}[\"']?([\w./-]+)")


def find_monitored_project(tree: Tree, texts: Iterable[tuple[str, str]]) -> ProjectFiles:
    """The compose project that Prometheus is part of; the likeliest one where there is no Prometheus.

    ``texts`` are READMEs and scripts, with their paths: files that one of their commands uses together belong together.
    Raises :class:`Mismatch` where there is no compose project at all.
    """
    candidates = {each.path: each for each in compose_candidates(tree)}
    best = _best(candidates)
    used: list[tuple[str, ...]] = []
    if best is None or len(best.roles) < 2:
        used += _used_together(tree, texts)
        named_so = dict.fromkeys(path for files in used for path in files if path.endswith((".yml", ".yaml")))
        for path in itertools.islice(named_so, _MAX_NAMED):
            if path not in candidates and not is_override(path):  # one that is not called like a compose file
                candidates[path] = compose_candidate(tree, path)
        best = _best(candidates)
    if best is None:
        return _without_prometheus(tree, candidates)
    env = find_env_example(tree, best.path)
    named = tuple(named_files(tree, env)) if env is not None else ()
    if any(path in candidates and candidates[path].runs_prometheus for path in named):
        return _project(tree, candidates, named, _("COMPOSE_FILE names it"))
    if len(best.roles) > 1:
        return _project(tree, candidates, (best.path,), _("it has Prometheus and the application's services"))
    for files in used:
        if best.path in files and any(candidates[path].roles for path in files if path in candidates):
            return _project(tree, candidates, files, _("a command uses these files together: {files}", files=files))
    beside = [each for each in candidates.values() if len(each.roles) > 1 and not each.runs_prometheus]
    beside.sort(key=lambda each: (folder_of(each.path) != folder_of(best.path), *_likelihood(each)))
    if not beside:
        return _project(tree, candidates, (best.path,), _("it has Prometheus"))
    together = (beside[0].path, best.path)
    reason = _("{file} has Prometheus and {other} the application's services", file=best.path, other=together[0])
    return _project(tree, candidates, together, reason)


def _best(candidates: dict[str, ComposeCandidate]) -> ComposeCandidate | None:
    with_prometheus = [each for each in candidates.values() if each.runs_prometheus]
    return min(with_prometheus, key=_likelihood, default=None)


def _likelihood(candidate: ComposeCandidate) -> tuple[bool, bool, bool, int, str]:
    name = name_of(candidate.path)
    return (
        folder_of(candidate.path) != _FOLDER,
        len(candidate.roles) < 2,
        name not in CANONICAL,
        candidate.path.count("/"),
        candidate.path,
    )


def _without_prometheus(tree: Tree, candidates: dict[str, ComposeCandidate]) -> ProjectFiles:
    """The project that an override gives its Prometheus, else the one where Prometheus is missing."""
    here = [each for each in candidates.values() if folder_of(each.path) == _FOLDER and each.roles]
    here.sort(key=_likelihood)
    if not here and not any(each.roles or not each.is_readable for each in candidates.values()):
        raise Mismatch(
            Finding(
                _("a compose file with Prometheus and the services of the application is in the repository"),
                list(candidates) or _("none"),
                None,
                hint_where_missing(tree, _("add {path}", path=f"{_FOLDER}/docker-compose.yml")),
            )
        )
    if not here:
        project = find_project(tree)
        files, reason = project.files, project.reason
    else:
        files, reason = (here[0].path,), _("it is in {folder}/", folder=_FOLDER)
    override = find_override(tree, files[0])
    if override is not None and compose_candidate(tree, override.path).runs_prometheus:
        files, reason = (*files, override.path), _("the override has Prometheus")
    return _project(tree, candidates, files, reason)


def _project(
    tree: Tree, candidates: dict[str, ComposeCandidate], files: tuple[str, ...], reason: Message
) -> ProjectFiles:
    files = tuple(dict.fromkeys(path for path in files if path == files[0] or not _is_development(tree, path)))
    override = find_override(tree, files[0])
    others = [
        each.path for each in candidates.values() if each.path not in files and (each.roles or each.runs_prometheus)
    ]
    is_free = override is not None and override.path not in files
    return ProjectFiles(files, find_env_example(tree, files[0]), override if is_free else None, reason, tuple(others))


def _is_development(tree: Tree, path: str) -> bool:
    """Whether it is an override that has no Prometheus: it changes how the application runs, not what is watched."""
    return is_override(path) and not compose_candidate(tree, path).runs_prometheus


def _used_together(tree: Tree, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """The files that commands give to compose with ``-f``, where all of them are in the submission."""
    for path, text in texts:
        lines = (line for line in text.replace("\\\n", " ").split("\n") if "compose" in line and len(line) < _MAX_LINE)
        for line in itertools.islice(lines, _MAX_LINES):
            names = _OPTION.findall(line)
            folders = (*_CHANGED_TO.findall(line), folder_of(path), "", _FOLDER) if names else ()
            for folder in dict.fromkeys(folders):
                paths = tuple(posixpath.normpath(posixpath.join(folder, name)) for name in names)
                if all(each in tree.files for each in paths):
                    yield paths
                    break
