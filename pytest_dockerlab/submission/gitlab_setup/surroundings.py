"""The files beside a compose file that belong to its services: Dockerfiles, env files, and what overrides it."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Mapping

from ...errors import LimitExceeded, RefusedPath
from ..dockerfiles.dockerfile import Dockerfile
from ..dockerfiles.instructions import DockerfileError
from ..files.tree import Tree
from ..scan.discovery import folder_of
from ..text.envfile import literal_variables
from ..text.yamldoc import Node, YamlDoc, YamlError

__all__ = ["Surroundings"]

_BASE = re.compile(r"(?:docker-)?compose\.ya?ml")


class Surroundings:
    """Those of one file."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        self._folder = folder_of(path)
        self._override = self._read_override(path)

    def _read_override(self, path: str) -> tuple[str, Node] | None:
        """The services of the file that compose reads after this one, unasked."""
        stem, dot, ending = path.rpartition(".")
        beside = f"{stem}.override{dot}{ending}"
        if _BASE.fullmatch(posixpath.basename(path)) is None or beside not in self._tree.files:
            return None
        with contextlib.suppress(YamlError, LimitExceeded, RefusedPath):
            root = YamlDoc(beside, self._tree.text(beside).content, self._tree.budget).root
            return (beside, root.get("services") or root) if root is not None else None
        return None

    def overriding(self, service: str) -> tuple[str, Node] | None:
        """What the override says of a service, and in which file; ``None`` where it says nothing."""
        node = self._override[1].get(service) if self._override is not None else None
        return (self._override[0], node) if self._override is not None and node is not None else None

    def base_of(self, build: Node) -> str | None:
        """The image that the last stage of a service's Dockerfile begins with; ``None`` where that is not known."""
        context = build.get("context") if build.kind == "mapping" else build
        file = build.get("dockerfile") if build.kind == "mapping" else None
        path = self._join(context.text if context is not None else ".", file.text if file is not None else "Dockerfile")
        try:
            bases = Dockerfile.read(self._tree, path).bases() if path in self._tree.files else ()
        except (DockerfileError, RefusedPath, LimitExceeded):
            return None
        return bases[-1] if bases else None

    def variables_in(self, name: str) -> Mapping[str, str] | None:
        """What an env file sets; ``None`` where it is not handed in."""
        path = self._join(name)
        try:
            return literal_variables(self._tree.text(path).content) if path in self._tree.files else None
        except (RefusedPath, LimitExceeded):
            return None

    def _join(self, *parts: str) -> str:
        return posixpath.normpath(posixpath.join(self._folder, *parts))
