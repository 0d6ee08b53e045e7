"""What compose may open of a submission: decided on the raw YAML, before compose sees a byte of it.

Compose follows ``include``, ``extends`` and the rest wherever they lead, out of the repository and into the network
too. So every path in a compose file is looked at here first, and compose only ever gets a copy of what was accepted.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...errors import LimitExceeded, RefusedPath
from ...findings import Finding, Location, Mismatch
from ...messages import Message, _
from ..budget import LIMITS
from ..files.tree import Tree
from ..scan.discovery import folder_of
from ..text.yamldoc import Node, UnreadableYaml, YamlDoc, YamlError

__all__ = ["Guarded", "collect"]

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|github\.com/|[^/]*\.git(#|$)|https?:", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
_CONTEXT_SCHEMES = re.compile(r"(docker-image|service|target|oci-layout)[:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Path:
    """A path in a compose file. ``opened`` says that compose itself opens it while it loads the project."""

    node: Node
    folder: str
    opened: bool = False
    is_yaml: bool = False
    is_env: bool = False


@dataclass(slots=True)
class Guarded:
    """The files that compose gets, byte for byte, and those of them that are compose files, parsed."""

    docs: dict[str, YamlDoc] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    env_files: list[str] = field(default_factory=list)
    """Those of the files that hold the variables of an included project."""


def collect(tree: Tree, paths: list[str]) -> Guarded:
    """The compose files ``paths`` (the first one says where relative paths start) and all that they include.

    Raises :class:`Mismatch` at file and line for what is no sound YAML and for a path that leaves the submission.
    """
    guarded = Guarded()
    folder = folder_of(paths[0])
    waiting: list[tuple[str, str, Location | None]] = [(path, folder, None) for path in paths]
    while waiting:
        path, folder, named_at = waiting.pop(0)
        if path in guarded.docs:
            continue
        if len(guarded.files) >= LIMITS.compose_files:
            reason = _("more than {limit} files are part of one project", limit=LIMITS.compose_files)
            raise LimitExceeded(reason, at=named_at or Location(path))
        if named_at is not None and not tree.exists(path):
            raise _mismatch(
                _("every file that is named is in the repository"),
                path,
                named_at,
                _("add the file to the repository, or correct the path"),
            )
        doc = _read(tree, path)
        guarded.docs[path] = doc
        guarded.files[path] = tree.read(path)
        for each in _paths(doc, folder):
            target = _checked(doc, each)
            if target is None or not each.opened:
                continue
            if each.is_yaml:
                # An included file's paths start where it lies itself.
                waiting.append((target, folder_of(target), Location(path, each.node.line)))
            elif tree.exists(target) and not tree.is_dir(target) and len(guarded.files) < LIMITS.compose_files:
                try:
                    guarded.files[target] = tree.read(target)
                except RefusedPath as error:
                    raise _refused(error.message, Location(path, each.node.line)) from None
                if each.is_env:
                    guarded.env_files.append(target)
    return guarded


def _read(tree: Tree, path: str) -> YamlDoc:
    try:
        doc = YamlDoc.read(tree, path)
    except UnreadableYaml as problem:
        hint = _("commit regular files of a reasonable size, inside the repository")
        raise Mismatch(Finding(_("the compose file can be read"), problem.reason, problem.at, hint)) from None
    except YamlError as problem:
        raise Mismatch(
            Finding(
                _("the file is valid YAML of a reasonable size"),
                problem.reason,
                problem.at,
                _("correct the file: docker-compose config shows whether compose can read it"),
            )
        ) from None
    if doc.duplicates:
        found = [_("{key} (lines {first} and {second})", key=each.key, first=each.lines[0], second=each.lines[1])
                 for each in doc.duplicates]  # fmt: skip
        raise Mismatch(
            Finding(
                _("every key occurs once"),
                found,
                Location(path, doc.duplicates[0].lines[1]),
                _("merge the two, or remove one of them: compose refuses the file as it is"),
            )
        )
    _limit_services(doc)
    if doc.root is None or doc.root.kind != "mapping":
        raise Mismatch(
            Finding(
                _("a compose file is a mapping with services: at the top level"),
                _("the file is empty") if doc.root is None else _("it is no mapping"),
                Location(path, 1),
                _("write services: into it, with a line for each service, or remove the file"),
            )
        )
    return doc


def _limit_services(doc: YamlDoc) -> None:
    for root in doc.documents:
        services = root.get("services")
        if services is not None and len(services.pairs) > LIMITS.services:
            count, limit = len(services.pairs), LIMITS.services
            reason = _("{count} services; more than {limit} are not looked at", count=count, limit=limit)
            raise LimitExceeded(reason, at=Location(doc.path, services.line))


def _mismatch(expected: Message, found: str, at: Location | None, hint: Message | None = None) -> Mismatch:
    return Mismatch(Finding(expected, found, at or Location(found), hint))


def _refused(found: object, at: Location) -> Mismatch:
    return Mismatch(
        Finding(
            _("every path in the compose file leads to a file in this repository"),
            found,
            at,
            _("use a path inside the repository, relative to the compose file: nobody else has your other files"),
        )
    )


def _checked(doc: YamlDoc, path: _Path) -> str | None:
    """The path as one of the submission, ``None`` for what names no path; raises where it leads out."""
    text, at = path.node.text.strip(), Location(doc.path, path.node.line)
    if not text:
        return None
    if "$" in text:
        if path.opened:
            raise _refused(_("{path}: the value of a variable decides which file is opened", path=text), at)
        return None  # compose does not open it, and its value is looked at once it is known
    if _CONTEXT_SCHEMES.match(text) and not path.opened:
        return None
    if _REMOTE.match(text):
        raise _refused(_("{path}: this is on the network, not in the repository", path=text), at)
    if _ABSOLUTE.match(text) or text.startswith("~"):
        raise _refused(_("{path}: this path exists on one computer only", path=text), at)
    joined = posixpath.normpath(posixpath.join(path.folder, text.replace("\\", "/")))
    if joined.startswith("../") or joined == "..":
        raise _refused(_("{path}: this leads out of the repository", path=text), at)
    return joined


def _paths(doc: YamlDoc, folder: str) -> Iterator[_Path]:
    for root in doc.documents:
        if root.kind != "mapping":
            continue
        yield from _includes(root.get("include"), folder)
        for section in ("configs", "secrets"):
            for each in _values(root.get(section)):
                yield from _scalars(each.get("file"), folder)
        for service in _values(root.get("services")):
            yield from _service_paths(service, folder)


def _includes(include: Node | None, folder: str) -> Iterator[_Path]:
    for each in _items(include):
        if each.kind == "scalar":
            yield _Path(each, folder, opened=True, is_yaml=True)
            continue
        for node in _items(each.get("path")):
            yield _Path(node, folder, opened=True, is_yaml=True)
        for found in _scalars(each.get("env_file"), folder, opened=True):
            yield dataclasses.replace(found, is_env=True)
        yield from _scalars(each.get("project_directory"), folder, opened=True)


def _service_paths(service: Node, folder: str) -> Iterator[_Path]:
    extends = service.get("extends")
    if extends is not None and extends.kind == "mapping" and (file := extends.get("file")) is not None:
        yield _Path(file, folder, opened=True, is_yaml=True)
    for each in _items(service.get("env_file")):
        yield from _scalars(each.get("path") if each.kind == "mapping" else each, folder)
    yield from _scalars(service.get("label_file"), folder, opened=True)
    yield from _scalars((service.get("credential_spec") or Node("mapping", 0)).get("file"), folder)
    build = service.get("build")
    if build is not None and build.kind == "mapping":
        yield from _scalars(build.get("context"), folder)
        # Relative to the context, which is looked at by itself.
        yield from _scalars(build.get("dockerfile"), posixpath.join(folder, _text(build.get("context"))))
        for each in _values(build.get("additional_contexts")):
            value = each.text.partition("=")[2] if "=" in each.text else each.text
            yield _Path(Node("scalar", each.line, value), folder)
    else:
        yield from _scalars(build, folder)
    for each in _items((service.get("develop") or Node("mapping", 0)).get("watch")):
        yield from _scalars(each.get("path"), folder)


def _text(node: Node | None) -> str:
    text = node.text if node is not None and node.kind == "scalar" else ""
    return "" if "$" in text or _REMOTE.match(text) else text


def _items(node: Node | None) -> list[Node]:
    """One thing or a list of them, as compose allows nearly everywhere."""
    return [] if node is None else node.children if node.kind == "sequence" else [node]


def _values(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return [value for _key, value in node.entries()] + node.children


def _scalars(node: Node | None, folder: str, *, opened: bool = False) -> Iterator[_Path]:
    for each in _items(node):
        if each.kind == "scalar":
            yield _Path(each, folder, opened)
