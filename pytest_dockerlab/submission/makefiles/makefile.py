"""A Makefile as make reads it: its targets with their recipes, for whoever wants to know what they would do.

Read line by line, since what a line means depends on the variables above it. A condition that only the machine can
decide is taken both ways. Nothing is ever run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import Message, _
from ..budget import LIMITS, reading
from ..files.tree import Tree
from .conditions import Conditions
from .expansion import ROOT, Expansion, MakeError, is_known, printable, unknown, without_marks
from .functions import matched
from .lines import definition, is_continued, joined, partition, split, without_comment
from .targets import Problem, ShellLine, Target

__all__ = ["NAMES", "Makefile", "is_makefile"]

NAMES = ("GNUmakefile", "makefile", "Makefile")
"""What make looks for in a folder, in this order."""

_INCLUDES = frozenset({"include", "-include", "sinclude"})
_PREFIXES = frozenset({"export", "override", "private"})
_PASSED_OVER = frozenset({"unexport", "undefine", "load"})
_EXAMPLES = (".example", ".sample", ".template", ".dist", "-example", "_example", ".examples")
_OPERATOR = re.compile(r"(:::=|::=|:=|\?=|\+=|!=|=)")
_MAX_INSIDE = 8
# A recipe that begins with spaces: make takes it for anything but that.
_COMMAND = re.compile(
    r" +[@-]?(?:docker(?:-compose)?|podman|cd|bash|sh|echo|make|\$\(MAKE\)|git|for|if|\./[\w./-]+)(?:\s|$)"
)


def is_makefile(path: str) -> bool:
    """Whether a file is called like a Makefile, or like a part of one."""
    name = path.rpartition("/")[2]
    return name in NAMES or name.startswith("Makefile.") or name.endswith((".mk", ".mak", ".make"))


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    at: Location


class Makefile:
    """The Makefile at ``path``. ``overrides`` are the variables that its command line sets.

    Raises :class:`RefusedPath` where it cannot be read and :class:`LimitExceeded` where it is too large.
    """

    def __init__(self, tree: Tree, path: str, overrides: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.folder = path.rpartition("/")[0]
        self.targets: dict[str, Target] = {}
        self.phony: set[str] = set()
        self.problems: list[Problem] = []
        self.files: list[str] = []
        """What is read: itself, and what it includes."""
        self.missing: list[str] = []
        """Files that it includes and that are not handed in; an example of one is read in its place."""
        self._tree = tree
        self._examples: set[str | None] = set()
        """What is read in place of an included file: a value that it leaves open is the reader's."""
        self._patterns: list[Target] = []
        self._reading: list[str] = []
        self._search: list[tuple[str, list[str]]] = []
        """The patterns of ``vpath`` with their folders."""
        self._first: str | None = None
        self._waiting: list[Target] = []
        """The targets whose recipe comes next."""
        self._is_one_shell = False
        self._prefix = "\t"
        self._at = Location(path, 1)
        self._evaluating = 0
        self.variables = Expansion(tree.budget, list(tree.files), self.folder, overrides or {}, self._evaluate)
        self._conditions = Conditions(self.variables)
        self._read(path)

    @property
    def default(self) -> str | None:
        """The target that plain ``make`` makes."""
        set_by_name = self.variables.value_of(".DEFAULT_GOAL")
        return (set_by_name or "").strip() or self._first

    def target(self, name: str) -> Target | None:
        """The rule for a target: its own, else the pattern that fits it best."""
        own = self.targets.get(name)
        if own is not None and own.recipe:
            return own
        fitting = [(len(stem), each, stem) for each in self._patterns if (stem := matched(each.name, name))]
        if not fitting:
            return own
        _length, pattern, stem = min(fitting, key=lambda found: found[0])
        return Target(
            name,
            own.at if own is not None else pattern.at,
            [
                *(own.prerequisites if own is not None else ()),
                *(e.replace("%", stem, 1) for e in pattern.prerequisites),
            ],
            pattern.recipe,
            {**pattern.values, **(own.values if own is not None else {})},
            stem,
        )

    def found(self, name: str) -> str:
        """A prerequisite as make finds it: as it is written, else in one of the folders of ``vpath`` and ``VPATH``."""
        if self.target(name) is not None or self._is_there(name):
            return name
        everywhere = (self.variables.value_of("VPATH") or "").replace(":", " ").split()
        places = [
            folder for pattern, folders in self._search if matched(pattern, name) is not None for folder in folders
        ]
        paths = (posixpath.join(folder, name) for folder in (*places, *everywhere))
        return next(filter(self._is_there, paths), name)

    def _is_there(self, word: str) -> bool:
        path = self._own_path(word)
        return path is not None and self._exists(path)

    @property
    def patterns(self) -> Sequence[str]:
        """The patterns of pattern rules, for whoever knows what may stand for ``%``."""
        return [each.name for each in self._patterns]

    def shell_lines(self, target: Target) -> Iterator[ShellLine]:
        """The recipe, each line as a shell of its own gets it. Raises :class:`MakeError`."""
        needed = [self.found(name) for name in target.prerequisites]
        first, rest = (needed or [""])[0], " ".join(dict.fromkeys(needed))
        scope = {"@": target.name, "<": first, "^": rest, "+": rest, "?": rest, "*": target.stem, "|": ""}
        for sign in "@<*":
            folder, _slash, name = scope[sign].rpartition("/")
            scope |= {f"{sign}D": folder or ".", f"{sign}F": name}
        lines = list[ShellLine]()
        for text, at in target.recipe:
            with reading(at):
                self.variables.letters = set()
                # each value is expanded where it is used: it may name the target
                values = {name: self.variables.expand(value, scope) for name, value in target.values.items()}
                expanded = self.variables.expand(text, {**scope, **values})
            letters = frozenset(self.variables.letters)
            for line in re.split(r"(?<!\\)\n", expanded):
                lines.append(ShellLine(re.sub(r"^[\s@+-]+", "", line), at, letters))
        if self._is_one_shell and lines:
            yield ShellLine("\n".join(each.text for each in lines), lines[0].at, lines[0].letters)
        else:
            yield from lines

    def _read(self, path: str) -> None:
        text = self._tree.text(path).content
        reason = _("more than {limit} KiB of Makefiles", limit=LIMITS.makefile_bytes // 1024)
        self._tree.budget.spend("makefile_bytes", len(text), reason, Location(path))
        self._reading.append(path)
        self.files.append(path)
        try:
            self._statements(without_marks(text).replace("\r\n", "\n").split("\n"), path)
        finally:
            self._reading.pop()

    def _evaluate(self, text: str) -> None:
        if self._evaluating >= _MAX_INSIDE:
            raise LimitExceeded(_("$(eval …) inside one another deeper than {limit} levels", limit=_MAX_INSIDE))
        waiting, self._waiting = self._waiting, []
        self._evaluating += 1
        self._statements(text.split("\n"), self._at.file, self._at)
        self._evaluating -= 1
        self._waiting = waiting

    def _statements(self, lines: list[str], path: str, all_at: Location | None = None) -> None:
        at, depth = 0, self._conditions.depth
        while at < len(lines):
            number = at + 1
            place = all_at or Location(path, number)
            line = lines[at]
            is_recipe = line.startswith(self._prefix) and bool(self._waiting)
            while at + 1 < len(lines) and is_continued(lines[at]):
                at += 1
                line += "\n" + (lines[at].removeprefix(self._prefix) if is_recipe else lines[at])
            at += 1
            if is_recipe:
                if self._conditions.is_active:
                    for target in self._waiting:
                        target.add(line[1:], place)
                continue
            text = joined(line)
            word = (text.split(None, 1) or [""])[0]
            if word == "define" or (word in _PREFIXES and re.match(r"\s*\w+\s+define\b", text)):
                body, at = definition(lines, at)
                if self._conditions.is_active:
                    self._define(text, "\n".join(body), place)
                continue
            self._at = place
            with reading(place):
                try:
                    self._statement(_Statement(text, place))
                except MakeError as error:
                    self._problem(error.reason, place, text)
        self._conditions.close(depth)

    def _statement(self, statement: _Statement) -> None:
        text = without_comment(statement.text)
        words = text.split(None, 1)
        word, rest = (words[0], words[1] if len(words) > 1 else "") if words else ("", "")
        if not word or self._conditions.take(word, rest) or not self._conditions.is_active:
            return
        is_statement = not rest.startswith((":", "="))
        if word in _INCLUDES and is_statement:
            self._include(rest)
            return
        if word == "vpath" and is_statement:
            pattern, *folders = self.variables.expand(rest).replace(":", " ").split() or [""]
            self._search = [each for each in self._search if folders or pattern not in ("", each[0])]
            self._search += [(pattern, folders)] if folders else []
            return
        if word in _PASSED_OVER and is_statement:
            return
        while word in _PREFIXES and is_statement:
            if word == "export" and not _OPERATOR.search(rest):
                return
            text = rest
            word, _space, rest = text.partition(" ")
        self._assignment_or_rule(_Statement(text, statement.at))

    def _include(self, rest: str) -> None:
        for word in self.variables.expand(rest).split():
            path = self._own_path(word)
            found = next(filter(self._exists, _with_examples(path)), None) if path else None
            if path is None or found != path:
                self.missing.append(printable(word))
                self._examples.add(found)
            if found is None or found in self._reading or len(self._reading) >= _MAX_INSIDE:
                continue
            waiting, self._waiting = self._waiting, []
            try:
                self._read(found)
            except RefusedPath:
                self.missing.append(printable(word))
            self._waiting = waiting

    def _exists(self, path: str) -> bool:
        try:
            return self._tree.exists(path)
        except RefusedPath:
            return False

    def _own_path(self, word: str) -> str | None:
        if not is_known(word):
            return None
        path = posixpath.normpath(posixpath.join(ROOT, self.folder, word))
        return path.removeprefix(f"{ROOT}/") if path.startswith(f"{ROOT}/") else None

    def _define(self, text: str, body: str, at: Location) -> None:
        words = without_comment(text).split()
        words = words[words.index("define") + 1 :]
        if words:
            operator = words[1] if len(words) > 1 and _OPERATOR.fullmatch(words[1]) else "="
            with reading(at):
                try:
                    self.variables.set(self.variables.expand(words[0]), operator, body)
                except MakeError as error:
                    self._problem(error.reason, at, text)
        self._waiting = []

    def _assignment_or_rule(self, statement: _Statement) -> None:
        text = statement.text
        name, operator, value = split(text)
        if operator == ":":
            self._rule(name, value, statement)
            return
        if operator:
            expanded = self.variables.expand(name).strip()
            if len(expanded.split()) == 1:
                self._waiting = []
                is_open = self._reading[-1] in self._examples and re.search(r"^\s*$|[<>]", value)
                self.variables.set(expanded, operator, unknown(expanded) if is_open else value.strip())
                if expanded == ".RECIPEPREFIX":
                    self._prefix = value.strip()[:1] or "\t"
                return
            self._separator_missing(statement)
            return
        expanded = self.variables.expand(text)
        if not expanded.strip():
            return
        if "\n" in expanded or split(expanded)[1]:  # what a variable holds is a rule or an assignment itself
            self._evaluate(expanded)
        elif is_known(expanded):
            self._separator_missing(statement)

    def _separator_missing(self, statement: _Statement) -> None:
        reason = (
            _("a recipe's line begins with a tab")
            if self._waiting or _COMMAND.match(statement.text) or statement.text.startswith("\t")
            else _("a line is a rule, a variable, or a recipe's line behind a tab")
        )
        self._problem(reason, statement.at, statement.text)

    def _problem(self, reason: Message, at: Location, text: str) -> None:
        # What stands where a variable of the machine is not set is often there to stop make.
        if len(self.problems) < 20 and self._conditions.is_certain:
            self.problems.append(Problem(reason, at, printable(text).strip()[:200]))

    def _rule(self, names: str, rest: str, statement: _Statement) -> None:
        if self._waiting and _COMMAND.match(statement.text):
            self._problem(_("a recipe's line begins with a tab"), statement.at, statement.text)
            return
        is_double = rest.startswith(":")
        rest = rest.removeprefix(":")
        targets = self.variables.expand(names).replace("&", " ").split()
        setting = re.match(
            r"\s*(?:(?:export|override|private)\s+)*([\w.-]+)\s*(:::=|::=|:=|\?=|\+=|!=|=)(.*)", rest, re.DOTALL
        )
        if setting is not None:
            value = setting[3].strip()
            is_simple = setting[2].endswith(":=")
            for target in self._targets(targets, statement.at):
                target.values[setting[1]] = self.variables.expand(value).replace("$", "$$") if is_simple else value
            return
        rest, has_recipe, recipe = partition(rest, ";")
        pattern, is_static, prerequisites = partition(self.variables.expand(rest), ":")
        if not is_static:
            pattern, prerequisites = "", pattern
        needed = [word for word in prerequisites.split() if word != "|"]
        if targets == [".PHONY"]:
            self.phony.update(needed)
        if targets == [".ONESHELL"]:
            self._is_one_shell = True
        self._waiting = []
        for target in self._targets(targets, statement.at):
            stem = matched(pattern.strip(), target.name) if is_static else None
            target.stem = stem or target.stem
            target.prerequisites += [word.replace("%", stem, 1) for word in needed] if stem is not None else needed
            target.is_again = bool(target.recipe) and not is_double and self._conditions.is_certain
            self._waiting.append(target)
            if has_recipe:
                target.add(recipe.strip(), statement.at)

    def _targets(self, names: list[str], at: Location) -> Iterator[Target]:
        for name in names:
            if len(self.targets) + len(self._patterns) >= LIMITS.makefile_targets:
                raise LimitExceeded(_("more than {limit} targets", limit=LIMITS.makefile_targets))
            if "%" in name:
                self._patterns.append(Target(name, at))
                yield self._patterns[-1]
                continue
            if name not in self.targets:
                self.targets[name] = Target(name, at)
                if self._first is None and (not name.startswith(".") or "/" in name):
                    self._first = name
            yield self.targets[name]


def _with_examples(path: str) -> Iterator[str]:
    yield path
    yield from (path + end for end in _EXAMPLES)
