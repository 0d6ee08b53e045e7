"""The files beside a compose file that its services refer to: Dockerfiles and env files."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ...errors import LimitExceeded, RefusedPath
from ..dockerfiles.dockerfile import Dockerfile, DockerfileError
from ..files.tree import Tree
from ..scan.discovery import folder_of
from ..text.envfile import literal_variables
from ..text.yamldoc import Node

__all__ = ["Surroundings"]


class Surroundings:
    """Those of one file."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        self._folder = folder_of(path)

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
