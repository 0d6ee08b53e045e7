"""Where a file of an image comes from: which instruction puts something at a path, and what of the context it is."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ...errors import LimitExceeded
from ...findings import Location
from ...messages import _
from ..files.tree import Tree
from .dockerfile import Dockerfile, Stage
from .image import Step
from .instructions import Instruction

__all__ = ["How", "Origin", "origin_of"]

# Folders of every image: a file that is copied to one comes to lie in it.
_FOLDERS = frozenset(
    f"/{each}"
    for each in ("", "bin", "sbin", "etc", "home", "mnt", "opt", "root", "run", "srv", "tmp", "usr", "usr/bin",
                 "usr/local", "usr/local/bin", "usr/share", "var", "var/lib")
)  # fmt: skip
_MAX_STAGES = 10
_MAX_ASKED = 100


class How(StrEnum):
    """What puts a file where it is."""

    FILE = "file"
    """A file of the build context is copied."""
    MISSING = "missing"
    """One is, and is not there."""
    INLINE = "inline"
    """Its text stands in the Dockerfile."""
    COMMAND = "command"
    """A RUN makes it, or an ADD brings it from elsewhere: nobody can read it here."""
    IMAGE = "image"
    """It is copied from an image that is not made here."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a path of an image was made of. ``path`` is that of a file of the submission, or what is not there."""

    how: How
    instruction: Instruction
    path: str = ""
    text: str = ""


def origin_of(
    tree: Tree,
    dockerfile: Dockerfile,
    context: str,
    wanted: str,
    *,
    target: str | None = None,
    args: Mapping[str, str] | None = None,
    folders: Iterable[str] = (),
    workdir: str = "/",
) -> Origin | None:
    """What the final image, or that of stage ``target``, has at ``wanted``; ``None`` where only a base can tell.

    :param context: the folder that is sent, ``""`` is the submission.
    :param folders: folders of the base image beside those of every image.
    :param workdir: where the base image's commands run.
    """
    reader = _Reader(tree, dockerfile, context, dict(args or {}), frozenset(folders) | _FOLDERS, workdir)
    return reader.find(dockerfile.line_of(target), posixpath.normpath(wanted), _MAX_STAGES)


@dataclass(frozen=True, slots=True)
class _Reader:
    tree: Tree
    dockerfile: Dockerfile
    context: str
    args: Mapping[str, str]
    folders: frozenset[str]
    workdir: str
    asked: list[str] = field(default_factory=list)

    def find(self, stages: list[Stage], wanted: str, most: int) -> Origin | None:
        """The last of the stages' instructions that puts something there decides."""
        found: Origin | None = None
        self.asked.append(wanted)
        if len(self.asked) > _MAX_ASKED:  # stages that copy from each other, again and again
            reason = _("more than {limit} copies from one stage to another", limit=_MAX_ASKED)
            raise LimitExceeded(reason, at=Location(self.dockerfile.path))
        folders, workdir = set(self.folders) | {self.workdir}, self.workdir
        target = stages[-1].name or str(self.dockerfile.stages.index(stages[-1])) if stages else None
        for step in self.dockerfile.steps(target, self.args):
            instruction = step.instruction
            match instruction.name:
                case "WORKDIR" if instruction.values:
                    workdir = posixpath.normpath(posixpath.join(workdir, step.expand(instruction.values[0])))
                    folders.add(workdir)
                case "COPY" | "ADD":
                    found = self._copied(step, wanted, workdir, folders, most) or found
                case "RUN" if wanted in instruction.original or self._makes(step, wanted, workdir):
                    found = self._by_command(found, step, wanted)
        return found

    def _copied(self, step: Step, wanted: str, workdir: str, folders: set[str], most: int) -> Origin | None:
        instruction = step.instruction
        words = [step.expand(value) for value in instruction.values]
        if len(words) < 2:
            return None
        flags = dict(flag.removeprefix("--").partition("=")[::2] for flag in instruction.flags)
        last = words[-1]
        target = posixpath.normpath(posixpath.join(workdir, last))
        if target != "/" and wanted.startswith(f"{target}/"):
            folders = folders | {target}
        is_folder = last.endswith(("/", "/.")) or last in (".", "..") or len(words) > 2 or target in folders
        inside = posixpath.relpath(wanted, target) if wanted.startswith(target.rstrip("/") + "/") else None
        if inside is None and (wanted != target or is_folder):
            return None
        for number, source in enumerate(words[:-1]):
            if source.startswith("<<"):
                name = source[2:].lstrip("-").strip("\"'")
                if wanted == target or inside == name:
                    at = sum(each.startswith("<<") for each in words[:number])
                    text = instruction.heredocs[at] if at < len(instruction.heredocs) else ""
                    return Origin(How.INLINE, instruction, text=text)
            elif "from" in flags:
                found = self._from_stage(flags["from"].strip("\"'"), source, inside, instruction, most)
                if found is not None:
                    return found
            elif "://" in source or source.startswith("git@"):
                name = posixpath.basename(source.partition("?")[0])
                if wanted == target or inside == name:
                    return Origin(How.COMMAND, instruction)
            else:
                found = self._from_context(source, inside, instruction)
                if found is not None:
                    return found
        return None

    def _from_context(self, source: str, inside: str | None, instruction: Instruction) -> Origin | None:
        # The root of the context is the end of "..", as in a container.
        path = posixpath.join(self.context, posixpath.normpath(f"/{source}").lstrip("/")).rstrip("/")
        if any(sign in source for sign in "*?["):
            for each in self._matching(path):
                if inside is None or posixpath.basename(each) == inside:
                    return Origin(How.FILE, instruction, each)
            return None
        if "$" in source:
            return Origin(How.MISSING, instruction, path) if inside is None else None
        if path == "" or self.tree.is_dir(path):
            if inside is None:
                return None
            below = posixpath.join(path, inside)
            return Origin(How.FILE, instruction, below) if self._is_file(below) else None
        if inside is None or posixpath.basename(path) == inside:
            return Origin(How.FILE if self._is_file(path) else How.MISSING, instruction, path)
        return None

    def _from_stage(
        self, name: str, source: str, inside: str | None, instruction: Instruction, most: int
    ) -> Origin | None:
        stage = self._stage(name)
        path = posixpath.normpath(posixpath.join("/", source))
        is_same = inside is None or posixpath.basename(path) == inside
        if stage is None:
            return Origin(How.IMAGE, instruction) if is_same else None
        if most <= 0:
            return None
        line = self.dockerfile.line_of(stage.name or str(self.dockerfile.stages.index(stage)))
        found = self.find(line, path, most - 1) if is_same else None
        if found is None and inside is not None:
            found = self.find(line, posixpath.join(path, inside), most - 1)
        return found

    def _stage(self, name: str) -> Stage | None:
        if name.isdecimal():
            return self.dockerfile.stages[int(name)] if int(name) < len(self.dockerfile.stages) else None
        return next((each for each in self.dockerfile.stages if (each.name or "").lower() == name.lower()), None)

    def _is_file(self, path: str) -> bool:
        return self.tree.exists(path) and not self.tree.is_dir(path)

    def _matching(self, pattern: str) -> Iterator[str]:
        depth = pattern.count("/")
        for path in self.tree.files:
            if path.count("/") == depth and fnmatch.fnmatchcase(path, pattern):
                yield path

    @staticmethod
    def _makes(step: Step, wanted: str, workdir: str) -> bool:
        """Whether a command names the file relative to where it runs, or its folder and its name."""
        folder, name = posixpath.split(wanted)
        text = step.instruction.original
        return name in text and (folder == workdir or folder in text)

    @staticmethod
    def _by_command(found: Origin | None, step: Step, wanted: str) -> Origin | None:
        """What is there after a RUN that names the file: it may only look at it, or change its rights."""
        text = step.instruction.original
        is_written = any(word in text for word in (">", "tee ", "cp ", "mv ", "ln ", "envsubst", "curl", "wget", "sed ",
                                                   "install ", "gomplate", "confd", "yq "))  # fmt: skip
        return Origin(How.COMMAND, step.instruction) if is_written else found
