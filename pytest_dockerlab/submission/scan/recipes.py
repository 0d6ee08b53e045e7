"""What the lines of a recipe do with images, followed as a shell would follow them.

Through ``cd``, loops over words, scripts and compose files of the submission. Nothing is run: what only the machine
knows stays open, and a step may then be one of any image.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ...errors import RefusedPath
from ...findings import Location
from ..files.tree import Tree
from ..makefiles.expansion import ROOT, is_known, printable
from ..makefiles.makefile import NAMES
from ..makefiles.targets import ShellLine
from ..text.interpolation import expand
from ..text.shell import SHELLS, Command, followed, inner, program
from ..text.yamldoc import YamlDoc, YamlError
from .compose_candidates import CANONICAL, OVERRIDES

__all__ = ["Call", "Kind", "Recipes", "Step", "name_in"]

_BUILDERS = frozenset({"docker", "podman", "nerdctl", "buildah"})
_COMPOSERS = frozenset({"docker-compose", "podman-compose"})
_GLOBAL = frozenset({"-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "-D"})
_COMPOSE_VALUES = frozenset({"-f", "--file", "-p", "--project-name", "--project-directory", "--env-file", "--profile",
                             "--ansi", "--progress", "-H", "--host", "-c", "--context"})  # fmt: skip
_BUILD_VALUES = frozenset({"-t", "--tag", "-f", "--file", "--build-arg", "--target", "--label", "--network",
                           "--platform", "--cache-from", "--cache-to", "-o", "--output", "--progress", "--secret",
                           "--ssh", "-m", "--memory", "--iidfile", "--add-host", "--builder", "--build-context",
                           "--annotation", "--attest", "--shm-size", "--ulimit", "--isolation"})  # fmt: skip
_FETCHERS = frozenset({"curl", "wget", "tar", "unzip", "svn", "rsync"})
_SCRIPT = re.compile(r"(?:#!\s*\S*/(?:env\s+)?(?:ba|da|z|k|a)?sh\b|(?!#!))")
_OPEN = re.compile(r"\$\{[^{}]{0,200}\}|\$\w+|`[^`]{0,200}`|\$\([^()]{0,200}\)")
_MAX_DEPTH = 6


class Kind(StrEnum):
    """What is done."""

    BUILD = "build"
    PUSH = "push"
    TAG = "tag"
    START = "start"
    STOP = "stop"
    STOPS_MAKE = "stops make"
    """Make has no rule for a target that this one needs."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a recipe does.

    ``images`` are names as written, empty where they are not known; ``folder`` and ``dockerfile`` are those of a build,
    ``None`` where they are not known or not the submission's.
    """

    kind: Kind
    at: Location
    images: tuple[str, ...] = ()
    folder: str | None = None
    dockerfile: str | None = None
    missing: str | None = None
    """A script, a folder or a target that would have to be there, or a script that would have to be executable."""
    letters: frozenset[str] = frozenset()
    is_fetched: bool = False
    """Whether the recipe downloads something: what is not here may be there then."""


@dataclass(slots=True)
class _State:
    folder: str | None
    """Where the shell is; ``None`` where nobody knows."""
    before: str | None = None
    scopes: list[tuple[int, str | None]] = field(default_factory=list)


def name_in(image: str) -> tuple[bool, str | None]:
    """Whether a user or registry stands before an image's name, and the name alone; ``None`` where it is not known."""
    text = _OPEN.sub("\ue000\ue001", image).partition("@")[0]
    _before, slash, last = text.rpartition("/")
    name = last.partition(":")[0]
    return bool(slash), name if name and is_known(name) else None


@dataclass(frozen=True, slots=True)
class Call:
    """Make, called for targets of a Makefile; without names for its default one."""

    makefiles: tuple[str, ...]
    """The first of these that is there."""
    folder: str
    overrides: Mapping[str, str]
    names: tuple[str, ...]
    at: Location


class Recipes:
    """Follows recipes. ``values`` are the compose project's variables."""

    def __init__(self, tree: Tree, values: Mapping[str, str]) -> None:
        self._tree = tree
        self._values = values
        self.fetched: set[str] = set()
        """The folders that recipes have put somebody else's files into so far."""
        self._made_to_run: set[str] = set()
        self.downloads = False
        """Whether a recipe downloads something, to wherever."""

    def follow(self, line: ShellLine, folder: str) -> Iterator[Step | Call]:
        """What one line does, in a shell of its own in ``folder``."""
        yield from self._line(line, line.text, _State(folder), 0)

    def is_foreign(self, folder: str) -> bool:
        """Whether what lies there comes from somewhere else: a recipe fetches it, or git has only its commit."""
        places = (*self.fetched, *self._tree.repositories)
        return any(folder == place or folder.startswith(f"{place}/") for place in places)

    def _line(
        self, line: ShellLine, text: str, state: _State, depth: int, script: str | None = None
    ) -> Iterator[Step | Call]:
        first = 1 if script is not None else line.at.line or 1
        for command in followed(text, {}, first):
            if command.is_reached:
                self._scope(command, state)
                at = Location(script, command.line) if script is not None else line.at
                yield from self._command(command, _Around(line, at, state, depth), False)

    def _scope(self, command: Command, state: _State) -> None:
        """Come back to the folder from before a pair of brackets behind it."""
        open_ = [number for number, _folder in state.scopes]
        while open_ and tuple(open_) != command.subshells[: len(open_)]:
            state.folder = state.scopes.pop()[1]
            open_.pop()
        state.scopes += [(number, state.folder) for number in command.subshells[len(open_) :]]

    def _command(self, command: Command, around: _Around, is_fed: bool) -> Iterator[Step | Call]:
        """``is_fed``: its arguments come from another program (xargs)."""
        name = _program(command)
        words = list(command.words[1:])
        if around.depth > _MAX_DEPTH:
            return
        nested = inner(command)
        if nested:
            deeper = _Around(around.line, around.at, around.state, around.depth + 1)
            for each in nested:
                yield from self._command(each, deeper, is_fed or name == "xargs")
        elif name in ("cd", "pushd"):
            self._enter(words, around)
        elif name == "popd":
            around.state.folder = around.state.before
        elif name == "git" and "clone" in words:
            self._clone(words[words.index("clone") + 1 :], around.state)
        elif name in ("mkdir", "install"):
            self.fetched.update(filter(None, (self.resolve(around.state.folder, word)[0] for word in words)))
        elif name == "chmod":
            self._made_to_run.update(filter(None, (self.resolve(around.state.folder, word)[0] for word in words)))
        elif name in _FETCHERS:
            self.downloads = True
        elif name == "make":
            yield from self._make(words, around)
        elif name in _COMPOSERS:
            yield from self._compose(words, around)
        elif name in _BUILDERS:
            while words and words[0].startswith("-"):
                words = words[2:] if words[0] in _GLOBAL else words[1:]
            if words[:1] == ["compose"]:
                yield from self._compose(words[1:], around)
            else:
                yield from self._docker(words, around, is_fed)
        elif name in SHELLS or name in (".", "source"):
            yield from self._script(next((word for word in words if not word.startswith("-")), ""), around)
        elif command.words and "/" in command.words[0] and not command.words[0].startswith("/"):
            folder = self.resolve(around.state.folder, command.words[0])[0]
            if folder and self.exists(folder) and self._tree.is_dir(folder):  # a cd that is forgotten
                yield Step(Kind.BUILD, around.at, missing=folder, letters=around.line.letters)
            elif folder and not self._may_run(folder):
                for found in self._script(command.words[0], around):
                    if isinstance(found, Step):
                        yield dataclasses.replace(found, at=around.at, missing=found.missing or folder)
            else:
                yield from self._script(command.words[0], around)

    def _enter(self, words: list[str], around: _Around) -> None:
        state = around.state
        word = next((each for each in words if each == "-" or not each.startswith("-")), "~")
        where = state.before if word == "-" else self.resolve(state.folder, word)[0]
        state.folder, state.before = where, state.folder

    def _clone(self, words: list[str], state: _State) -> None:
        plain = [word for word in words if not word.startswith("-")]
        url = next((word for word in plain if "/" in word or ":" in word), "")
        after = plain[plain.index(url) + 1 :] if url in plain else []
        place = after[0] if after else url.rstrip("/").rpartition("/")[2].removesuffix(".git")
        where = self.resolve(state.folder, place)[0] if place else None
        if where is None:
            self.downloads = True
        else:
            self.fetched.add(where)

    def _script(self, word: str, around: _Around) -> Iterator[Step | Call]:
        path, is_there = self.resolve(around.state.folder, word) if word else (None, False)
        if path is None or not is_there:
            if path is not None and not self.is_foreign(path):
                yield Step(Kind.BUILD, around.at, missing=path, letters=around.line.letters)
            return
        try:
            text = self._tree.text(path).content
        except RefusedPath:
            return
        if _SCRIPT.match(text) and not re.search(r"\.(?:py|rb|js|pl|go)$", path):
            state = _State(around.state.folder)
            yield from self._line(around.line, text, state, around.depth + 1, path)
        elif re.search(r"\b(?:build|push)\b", text):  # in another language: whatever it does, it may be of any image
            yield from (Step(kind, around.at) for kind in (Kind.BUILD, Kind.PUSH))

    def _may_run(self, path: str) -> bool:
        """Whether a file has the mode bit that the shell wants of a program, or a recipe gives it that."""
        entry = self._tree.files.get(path)
        return entry is None or entry.executable or entry.is_symlink or path in self._made_to_run

    def _make(self, words: list[str], around: _Around) -> Iterator[Step | Call]:
        folder, file, overrides, names = around.state.folder, None, dict[str, str](), list[str]()
        waiting = iter(words)
        for word in waiting:
            if word in ("-C", "--directory", "-f", "--file", "--makefile", "-j", "-l", "-o", "-W", "-I"):
                value = next(waiting, "")
                folder = self.resolve(folder, value)[0] if word in ("-C", "--directory") else folder
                file = value if word in ("-f", "--file", "--makefile") else file
            elif word.startswith("--directory="):
                folder = self.resolve(folder, word.partition("=")[2])[0]
            elif word.startswith("-"):
                continue
            elif "=" in word:
                name, _equals, value = word.partition("=")
                overrides[name] = value
            else:
                names.append(word)
        if folder is not None:
            places = (self.resolve(folder, path) for path in ([file] if file is not None else NAMES))
            paths = tuple(place for place, is_there in places if is_there and place)
            yield Call(paths, folder, overrides, tuple(names), around.at)

    def _docker(self, words: list[str], around: _Around, is_fed: bool) -> Iterator[Step]:
        if words[:1] in (["image"], ["buildx"], ["builder"], ["container"]):
            words = words[1:]
        verb, rest = (words[0], words[1:]) if words else ("", [])
        plain = [word for word in rest if not word.startswith("-")]
        letters = around.line.letters
        match verb:
            case "build" | "bud":
                yield from self._build(rest, around)
            case "push":
                yield Step(Kind.PUSH, around.at, () if is_fed else tuple(plain[:1]), letters=letters)
            case "tag" if len(plain) > 1 and not is_fed:
                yield Step(Kind.TAG, around.at, tuple(plain[:2]), letters=letters)
            case "bake":
                yield Step(Kind.BUILD, around.at)
            case "run" | "start" | "restart" | "up":
                yield Step(Kind.START, around.at)

    def _build(self, words: list[str], around: _Around) -> Iterator[Step]:
        tags, file, context, is_pushed = list[str](), None, "", False
        waiting = iter(words)
        for word in waiting:
            option, equals, value = word.partition("=")
            if re.fullmatch(r"-[tf].+", word):
                option, value = word[:2], word[2:]
            elif option in _BUILD_VALUES and not equals:
                value = next(waiting, "")
            if option in ("-t", "--tag"):
                tags.append(value)
            elif option in ("-f", "--file"):
                file = value
            elif option == "--push":
                is_pushed = True
            elif not word.startswith("-") or word == "-":
                context = context or word
        is_remote = context in ("", "-") or "://" in context or context.startswith("git@")
        folder = None if is_remote else self.resolve(around.state.folder, context)[0]
        dockerfile = None
        if folder is not None and file is None:
            dockerfile = posixpath.join(folder, "Dockerfile")
        elif folder is not None and file not in (None, "-"):
            dockerfile = self.resolve(around.state.folder, file or "")[0]
        letters = around.line.letters
        yield Step(Kind.BUILD, around.at, tuple(tags) or ("",), folder, dockerfile, letters=letters)
        if is_pushed:
            yield Step(Kind.PUSH, around.at, tuple(tags), letters=letters)

    def _compose(self, words: list[str], around: _Around) -> Iterator[Step]:
        files, folder = list[str | None](), around.state.folder
        while words and words[0].startswith("-"):
            option, equals, value = words[0].partition("=")
            is_valued = option in _COMPOSE_VALUES and not equals
            value = words[1] if is_valued and len(words) > 1 else value
            if option in ("-f", "--file"):
                files.append(self.resolve(folder, value)[0])
            words = words[2:] if is_valued else words[1:]
        verb, rest = (words[0], words[1:]) if words else ("", [])
        services = [word for word in rest if not word.startswith("-") and is_known(word) and "$" not in word]
        if verb in ("build", "push"):
            yield from self._composed(Kind(verb), files, services, around)
        elif verb in ("up", "start", "restart", "create", "run"):
            if "--build" in rest:
                yield from self._composed(Kind.BUILD, files, services, around)
            yield Step(Kind.START, around.at)
        elif verb in ("down", "stop", "rm", "kill"):
            yield Step(Kind.STOP, around.at)

    def _composed(self, kind: Kind, files: list[str | None], services: list[str], around: _Around) -> Iterator[Step]:
        if not files and around.state.folder is not None:
            folder = around.state.folder
            here = (posixpath.normpath(posixpath.join(folder, name)) for name in (*CANONICAL, *OVERRIDES))
            files = [path for path in here if self._tree.exists(path)]
        if None in files or not files:
            yield Step(kind, around.at)  # which files these are is not known
            return
        builds: dict[str, Step] = {}
        for path in filter(None, files):
            try:
                doc = YamlDoc.read(self._tree, path)
            except (YamlError, RefusedPath):
                yield Step(kind, around.at)
                return
            node = doc.node("services")
            for name in node.names() if node is not None else ():
                template = doc.scalar("services", name, "image")
                known = builds.get(name)
                image = expand(template, self._values).text if template else ""
                image = image or (known.images[0] if known is not None else "")
                if doc.node("services", name, "build") is not None or known is not None:
                    builds[name] = Step(kind, around.at, (image or name,))
        yield from (step for name, step in builds.items() if not services or name in services)

    def resolve(self, folder: str | None, word: str) -> tuple[str | None, bool]:
        """The path in the submission that a word means in a folder, and whether it is there.

        A path out of it, or one that is known in part, is taken for the place that its end names, if there is one.
        """
        closed = _OPEN.sub("\ue000\ue001", word)
        if word.startswith(ROOT):
            path: str | None = posixpath.normpath(word.removeprefix(ROOT).lstrip("/") or ".")
        elif not is_known(closed) or closed.startswith(("/", "~")) or folder is None:
            path = None
        else:
            path = posixpath.normpath(posixpath.join(folder, word))
        if path is not None and not path.startswith(".."):
            path = "" if path == "." else path
            return path, not path or self.exists(path)
        parts = closed.rpartition("\ue001")[2].strip("/").split("/")
        parts = [part for part in parts if part not in ("", ".", "..")]
        for at in range(len(parts)):
            end = "/".join(parts[at:])
            if self.exists(end):
                return end, True
        return None, False

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        try:
            return self._tree.exists(path)
        except RefusedPath:
            return False


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a command stands: the recipe's line, the place to show, and the shell that runs it."""

    line: ShellLine
    at: Location
    state: _State
    depth: int


def _program(command: Command) -> str:
    """The program's name; of one that a variable of the machine names, what that is called after."""
    name = program(command).removesuffix(".exe")
    if not is_known(name) or name.startswith("$"):
        lower = printable(name).lower()
        return next((each for part, each in (("compose", "docker-compose"), ("docker", "docker"), ("make", "make"))
                     if part in lower), "")  # fmt: skip
    return "make" if name in ("gmake", "mingw32-make") else name
