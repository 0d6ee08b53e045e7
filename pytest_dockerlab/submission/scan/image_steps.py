"""What the targets of Makefiles do with images: build, push, tag, and start containers of them.

The recipes are followed as a shell would follow them, through ``cd``, loops over words, scripts, compose files and
other Makefiles of the submission. Nothing is run: what only the machine knows stays open, and a step may then be one of
any image.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterable, Mapping

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS
from ..files.tree import Tree
from ..makefiles.expansion import MakeError, is_known, unknown
from ..makefiles.makefile import Makefile
from ..makefiles.targets import Problem
from .recipes import Call, Kind, Recipes, Step

__all__ = ["ImageSteps", "Node"]

_MAX_STEPS = 5_000
_GOALS = unknown("MAKECMDGOALS")
"""For what make is asked for, which a recipe may hand on to another Makefile."""

Node = tuple[str, str]
"""A target: which Makefile (its path, and what its caller sets), and its name."""


class ImageSteps:
    """The steps of every target of a submission's Makefiles. ``values`` are the compose project's variables."""

    def __init__(self, tree: Tree, paths: Iterable[str], values: Mapping[str, str] | None = None) -> None:
        self.makefiles: dict[str, Makefile] = {}
        self._tree = tree
        self._recipes = Recipes(tree, values or {})
        self._own: dict[Node, tuple[list[Step], list[Node]]] = {}
        self._count = 0
        for path in paths:
            self._load(path, {})
        for key, makefile in list(self.makefiles.items()):
            for name in list(makefile.targets):
                self._of(key, name)

    def own(self, node: Node) -> list[Step]:
        """What the recipe of a target does itself."""
        return self._of(*node)[0]

    def reached(self, node: Node) -> list[Step]:
        """What a target does, all that it needs done before it included."""
        waiting, seen, steps = [(node, node[1])], {(node, node[1])}, list[Step]()
        while waiting:
            (key, name), goal = waiting.pop()
            own, further = self._of(key, name)
            steps += own
            asked = ((other, goal if target == _GOALS else target) for other, target in further)
            goals = [(each, goal if each[0] == key else each[1]) for each in dict.fromkeys(asked)]
            fresh = [each for each in goals if each not in seen]
            seen.update(fresh)
            waiting += fresh
        return steps

    def nodes(self, stems: Iterable[str]) -> list[Node]:
        """Every target that can be asked for, and what those need; patterns with each of ``stems`` for their ``%``."""
        stems = list(stems)
        found: dict[Node, None] = {}
        for key, makefile in self.makefiles.items():
            names = [name for name in makefile.targets if not (name.startswith(".") and "/" not in name)]
            names += [pattern.replace("%", stem, 1) for pattern in makefile.patterns for stem in stems]
            found |= dict.fromkeys((key, name) for name in names if is_known(name))
        waiting = list(found)
        while waiting:
            _steps, further = self._of(*waiting.pop())
            fresh = [node for node in dict.fromkeys(further) if node not in found and is_known(node[1])]
            found |= dict.fromkeys(fresh)
            waiting += fresh
        return list(found)

    def is_foreign(self, folder: str) -> bool:
        """Whether what lies there comes from somewhere else."""
        return self._recipes.is_foreign(folder)

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder in the submission."""
        return not path or (self._recipes.exists(path) and self._tree.is_dir(path))

    def is_file(self, path: str) -> bool:
        """Whether there is such a file in the submission."""
        return self._recipes.exists(path) and not self._tree.is_dir(path)

    def _load(self, path: str, overrides: Mapping[str, str]) -> str | None:
        key = " ".join([path, *(f"{name}={value}" for name, value in sorted(overrides.items()))])
        if key not in self.makefiles:
            if len(self.makefiles) >= LIMITS.makefile_nesting:
                raise LimitExceeded(_("more than {limit} Makefiles", limit=LIMITS.makefile_nesting), at=Location(path))
            try:
                self.makefiles[key] = Makefile(self._tree, path, overrides)
            except RefusedPath:
                return None
        return key

    def _of(self, key: str, name: str) -> tuple[list[Step], list[Node]]:
        node = (key, name)
        if node not in self._own:
            self._own[node] = ([], [])  # for a recipe that calls make for its own target
            self._own[node] = self._follow(key, name)
        return self._own[node]

    def _follow(self, key: str, name: str) -> tuple[list[Step], list[Node]]:
        makefile = self.makefiles[key]
        target = makefile.target(name)
        if target is None:
            return [], []
        steps, further = list[Step](), list[Node]()
        for needed in target.prerequisites:
            if makefile.target(needed) is not None:
                further.append((key, needed))
            elif self._is_nowhere(makefile, needed):
                steps.append(Step(Kind.STOPS_MAKE, target.at, missing=needed))
        self._recipes.downloads = False
        try:
            for line in makefile.shell_lines(target):
                for found in self._recipes.follow(line, makefile.folder):
                    if isinstance(found, Call):
                        further += self._called(found, steps)
                    else:
                        steps.append(found)
        except MakeError as error:
            makefile.problems.append(Problem(error.reason, target.at, name))
        if self._recipes.downloads:
            steps = [dataclasses.replace(step, is_fetched=True) for step in steps]
        self._count += len(steps)
        if self._count > _MAX_STEPS:
            raise LimitExceeded(_("recipes of more than {limit} steps", limit=_MAX_STEPS), at=target.at)
        return steps, further

    def _called(self, call: Call, steps: list[Step]) -> list[Node]:
        """The targets that a call of make leads to; of somebody else's Makefile a step, if it names an image."""
        path = next(iter(call.makefiles), None)
        key = self._load(path, call.overrides) if path is not None else None
        if key is not None:
            names = call.names or (self.makefiles[key].default or "",)
            if not all(is_known(name) or name == _GOALS for name in names):  # whatever it is asked for
                steps += [Step(kind, call.at) for kind in (Kind.BUILD, Kind.PUSH)]
            return [(key, name) for name in names if name and (is_known(name) or name == _GOALS)]
        if self.is_foreign(call.folder):
            images = tuple(value for value in call.overrides.values() if "/" in value)
            name = posixpath.basename(call.folder)
            steps.append(Step(Kind.BUILD, call.at, images or (name,), call.folder))
        return []

    def _is_nowhere(self, makefile: Makefile, name: str) -> bool:
        name = makefile.found(name)
        is_file = re.search(r"[./*?\[~]", name) or not is_known(name) or self._recipes.resolve(makefile.folder, name)[1]
        return not is_file and name not in makefile.phony
