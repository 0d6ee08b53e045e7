"""The versions of what is not ours and may change a verdict: programs that checks use, and libraries."""

from __future__ import annotations

import importlib.metadata
import os
import re
from collections.abc import Iterable

from .. import tools
from ..errors import DockerlabError
from ..homework import Item, Need
from . import stored

__all__ = ["versions_of_libraries", "versions_of_programs"]

_FILE = "versions.json"
_NUMBERS = re.compile(r"\d{1,9}(?:\.\d{1,9}){1,9}[-+.\w]{0,60}")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def versions_of_programs(items: Iterable[Item]) -> dict[str, str]:
    """The versions of git, which reads all submissions, and of the programs that these items need.

    Each is asked once: while its file stays as it is, what it said is remembered.
    """
    needs = {need for item in items for need in item.needs}
    compose = tools.compose_command() if Need.COMPOSE in needs else None
    programs = {"git": tools.find("git"), "compose": compose[0] if compose else None}
    programs |= {str(need): tools.find(need) for need in (Need.HADOLINT, Need.PROMTOOL) if need in needs}
    known = stored.read(_FILE)
    found, is_new = {}, False
    for name, path in programs.items():
        if path is None:
            continue
        stamp = _stamp(path)
        if known.get(path, {}).get("stamp") != stamp:
            known[path], is_new = {"stamp": stamp, "version": _ask(name, path)}, True
        if known[path]["version"]:
            found[name] = known[path]["version"]
    if is_new:
        stored.write(_FILE, known)
    return found


def _stamp(path: str) -> str:
    status = os.stat(path)  # noqa: PTH116  # of the file that a link leads to
    return f"{os.path.realpath(path)} {status.st_size} {status.st_mtime_ns}"


def _ask(name: str, path: str) -> str | None:
    try:
        if name == "compose":
            return tools.compose_version()
        said = tools.run([path, "--version"], timeout=20)
    except DockerlabError:
        return None
    numbers = _NUMBERS.search(said.stdout) or _NUMBERS.search(said.stderr)
    return numbers[0] if numbers else None


def versions_of_libraries(distributions: Iterable[str]) -> dict[str, str]:
    """The versions of what these distributions require, as far as it is installed."""
    found = {}
    for distribution in distributions:
        for requirement in _requires(distribution):
            name = _REQUIREMENT.match(requirement)
            if name is None or "extra ==" in requirement:
                continue
            try:
                found[name[1].lower()] = importlib.metadata.version(name[1])
            except importlib.metadata.PackageNotFoundError:
                continue
    return dict(sorted(found.items()))


def _requires(distribution: str) -> list[str]:
    try:
        return importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:  # code that lies on the path, without metadata
        return []
