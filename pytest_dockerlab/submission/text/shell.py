"""Shell text as commands: the RUN lines of Dockerfiles, the commands in READMEs, scripts and Makefiles.

Read with tree-sitter's grammar of bash, which goes on behind what it does not understand: READMEs are not scripts.
Nothing is ever run or expanded but the variables whose values the caller gives.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import LimitExceeded
from ...findings import Unverified
from ...messages import _
from .interpolation import expand

__all__ = ["SHELLS", "Command", "braces", "commands", "followed", "inner", "program", "with_inner", "words"]

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
# Programs whose arguments are a command, and the options of theirs that take a value.
_WRAPPERS = {
    "sudo": frozenset({"-u", "-g", "-h", "-p"}),
    "env": frozenset({"-u", "-C"}),
    "exec": frozenset({"-a"}),
    "command": frozenset[str](),
    "time": frozenset({"-f", "-o"}),
    "nice": frozenset({"-n"}),
    "nohup": frozenset[str](),
    "timeout": frozenset({"-s", "-k"}),
    "xargs": frozenset({"-n", "-I", "-P", "-d", "-L", "-a", "-s"}),
    "eatmydata": frozenset[str](),
    "tini": frozenset[str](),
    "dumb-init": frozenset[str](),
    "busybox": frozenset[str](),
    "gosu": frozenset[str](),
    "su-exec": frozenset[str](),
    "chroot": frozenset[str](),
    "setsid": frozenset[str](),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "runuser": frozenset({"-u", "-g", "-G"}),
}
_POSITIONAL = frozenset({"timeout", "gosu", "su-exec", "chroot"})
"""Those whose first argument is no part of the command: a time, a user, a folder."""
# What may say no though all goes well.
_TESTS = frozenset({"[", "[[", "test", "command", "which", "type", "grep", "egrep", "getent", "id",
                    "pgrep", "pidof"})  # fmt: skip
_SEQUENCES = frozenset({"program", "subshell", "compound_statement"})
_MAX_TEXT = 40_000
_MAX_KEPT = 2_000
"""Characters of a text whose commands are kept for the next that asks."""
_MAX_RAW = 2_000
_MAX_DEPTH = 5
_MAX_BRACES = 200
_MAX_FOLLOWED = 2_000
_BACKQUOTED = re.compile(rb"\\.|(?<!\S)#[^\n]*|'[^']*'|\"(?:\\.|[^\"\\])*\"|`((?:\\.|[^`\\])*)`", re.DOTALL)
_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*+"|'[^']*+'|["'])++""", re.DOTALL)
_QUOTES = re.compile(r"""\\(.)|["']""", re.DOTALL)
_SETTERS = frozenset({"export", "declare", "local", "readonly", "typeset"})


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command, with its words as a program would get them. A variable without a value stays ``$NAME``.

    ``single_quoted`` is what stood in single quotes: variables in it are not the shell's that reads this.
    ``is_reached`` says whether it runs where all goes well: not behind ``||``, ``false &&`` or ``exit``.
    """

    words: tuple[str, ...]
    line: int
    assignments: Mapping[str, str] = field(default_factory=dict)
    single_quoted: tuple[str, ...] = ()
    is_reached: bool = True
    subshells: tuple[int, ...] = ()
    """The brackets around it, the outermost first: a folder that is entered in one is left at its end."""


def _in_brackets(match: re.Match[bytes]) -> bytes:
    """``$(…)`` for a command in backquotes, and anything else as it is."""
    if match[1] is None:
        return match[0]
    return b"$(" + re.sub(rb"\\([`\\$])", rb"\1", match[1]) + b")"


def program(command: Command) -> str:
    """The name of a command's program, without its folder; empty for an assignment."""
    return command.words[0].rpartition("/")[2] if command.words else ""


def commands(text: str, values: Mapping[str, str] | None = None, first_line: int = 1) -> list[Command]:
    """The commands of a script in the order they stand there, whatever encloses them: lists, pipes, loops, brackets.

    What follows the first 40,000 characters is left out. Raises ``Unverified`` where the parser is not installed.
    """
    if len(text) > _MAX_KEPT:
        return _read(text, values or {}, first_line, is_followed=False)
    needed = tuple(sorted((values or {}).items())) if "$" in text else ()
    return list(_kept(text, needed, first_line))


def followed(text: str, values: Mapping[str, str] | None = None, first_line: int = 1) -> list[Command]:
    """The same as they would run: a loop over words as often as it has words, and variables with the values they get.

    Raises :class:`LimitExceeded` for loops of thousands.
    """
    return _read(text, values or {}, first_line, is_followed=True)


# Several checks read a script, and several students have the same.
@functools.lru_cache(maxsize=256)
def _kept(text: str, values: tuple[tuple[str, str], ...], first_line: int) -> tuple[Command, ...]:
    return tuple(_read(text, dict(values), first_line, is_followed=False))


def _read(text: str, values: Mapping[str, str], first_line: int, *, is_followed: bool) -> list[Command]:
    data = text[:_MAX_TEXT].replace("\r\n", "\n").replace("\0", " ").encode("utf-8", "replace")
    root = _parser().parse(data).root_node
    if is_followed and root.has_error and b"`" in data:  # the grammar loses itself behind quotes in backquotes
        data = _BACKQUOTED.sub(_in_brackets, data)
        root = _parser().parse(data).root_node
    reader = _Reader(data, dict(values) if is_followed else values, first_line, is_followed)
    found = list(reader.commands(root))
    if not found and root.has_error:  # an open quote, mostly: better the plain words than none
        for at, line in enumerate(data.decode().split("\n")):
            if words := line.split():
                found.append(Command(tuple(word.strip("\"'") for word in words), first_line + at))
    return found


def with_inner(found: list[Command], values: Mapping[str, str] | None = None) -> Iterator[Command]:
    """The commands, and those that they run in turn: of ``sh -c "…"``, ``sudo …``, ``env A=b …`` and their like."""
    waiting = [(command, 0) for command in reversed(found)]
    while waiting:
        command, depth = waiting.pop()
        yield command
        if depth < _MAX_DEPTH:
            for each in reversed(inner(command, values)):
                is_reached = each.is_reached and command.is_reached
                waiting.append((dataclasses.replace(each, is_reached=is_reached), depth + 1))


def inner(command: Command, values: Mapping[str, str] | None = None) -> list[Command]:
    """The commands that this one runs by its arguments, as far as they stand there."""
    name = program(command)
    arguments = list(command.words[1:])
    if name == "eval":
        return commands(" ".join(arguments), values, command.line)
    if name in SHELLS or name == "su":
        for at, word in enumerate(arguments[:-1]):
            if re.fullmatch(r"-[a-z]*c", word) or (name == "su" and word == "--command"):
                return commands(arguments[at + 1], values, command.line)
        return []
    if name not in _WRAPPERS:
        return []
    while arguments and (arguments[0].startswith("-") or (name == "env" and "=" in arguments[0])):
        arguments = arguments[2:] if arguments[0] in _WRAPPERS[name] else arguments[1:]
    if name in _POSITIONAL:
        arguments = arguments[1:]
    return [Command(tuple(arguments), command.line, {}, command.single_quoted)] if arguments else []


def words(text: str) -> list[str]:
    """The words of one command that need not be all of a script: without quotes, and nothing in them expanded."""
    return [_QUOTES.sub(lambda match: match[1] or "", match[0]) for match in _WORD.finditer(text[:_MAX_TEXT])]


def braces(word: str) -> list[str]:
    """What the shell makes of ``/var/lib/{apt,dpkg}``; at most 200 words."""
    waiting, done = [word], list[str]()
    while waiting and len(done) + len(waiting) <= _MAX_BRACES:
        one = waiting.pop()
        match = re.search(r"(?<!\$)\{([^{},]*+,[^{}]*+)\}", one)
        if match is None:
            done.append(one)
        else:
            waiting += [one[: match.start()] + each + one[match.end() :] for each in reversed(match[1].split(","))]
    return done + waiting


def _parser() -> Any:
    try:
        import tree_sitter
        import tree_sitter_bash
    except ImportError:
        raise Unverified(
            _("the shell parser is not installed"),
            _("there is no wheel of it for this machine: check the repository on another one"),
        ) from None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class _Reader:
    """Makes commands of the syntax tree of one text."""

    def __init__(self, data: bytes, values: Mapping[str, str], first_line: int, is_followed: bool) -> None:
        self._data = data
        self._values = values
        self._first_line = first_line
        self._is_followed = is_followed
        self._left = _MAX_FOLLOWED
        self._subshells = 0

    def commands(self, root: Any) -> Iterator[Command]:
        # not by recursion: brackets can be nested as deeply as somebody likes
        waiting: list[tuple[Any, bool, tuple[int, ...]]] = [(root, True, ())]
        while waiting:
            node, is_reached, subshells = waiting.pop()
            if isinstance(node, dict):
                self._follow(Command((), 0, node))
                continue
            if node.type in ("command", "declaration_command"):
                command = dataclasses.replace(self._command(node), is_reached=is_reached, subshells=subshells)
                if self._is_followed:
                    self._follow(command)
                yield command
            elif node.type == "variable_assignment":
                name, value = self._assignment(node)
                command = Command((), self._first_line + node.start_point[0], {name: value})
                if self._is_followed and is_reached:
                    self._follow(command)
                yield command
                continue
            if node.type == "subshell":
                self._subshells += 1  # in a loop the same brackets are others at every turn
                subshells = (*subshells[-_MAX_DEPTH:], self._subshells)
            if self._is_followed and node.type == "for_statement" and (turns := self._turns(node)):
                waiting += [(each, is_reached, subshells) for each in reversed(turns)]
                continue
            if node.type not in ("heredoc_body", "raw_string"):
                is_command = node.type in ("command", "declaration_command")
                children = [each for each in node.children if not is_command or each.type != "variable_assignment"]
                reached = self._reached(node, children) if is_reached else [False] * len(children)
                waiting += [(*each, subshells) for each in reversed(list(zip(children, reached, strict=True)))]

    def _follow(self, command: Command) -> None:
        self._left -= 1
        if self._left < 0:
            raise LimitExceeded(_("loops of more than {limit} commands", limit=_MAX_FOLLOWED))
        if not command.words or command.words[0] in _SETTERS:
            known = {
                name: value for name, value in command.assignments.items() if "$(" not in value and "`" not in value
            }
            self._values = {**self._values, **known}

    def _turns(self, node: Any) -> list[Any]:
        """The body of a loop over words that stand there, once for each, with the variable's value before it."""
        name, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
        values = [word for each in node.children_by_field_name("value") for word in self._words(each, [])]
        words = [word for value in values for word in braces(value)]
        is_plain = not any(sign in word for word in words for sign in "$`*")
        if name is None or body is None or not is_plain or len(words) > _MAX_FOLLOWED:
            return []
        return [each for word in words for each in ({self._raw(name): word}, body)]

    def _reached(self, node: Any, children: list[Any]) -> list[bool]:
        """Which of these run where every command before them succeeds. What a test says nobody knows: both sides do."""
        if node.type == "list" and len(children) == 3:
            first, operator = self._first_word(children[0]), children[1].type
            always_fails = first in ("false", "!") and children[0].type in ("command", "negated_command")
            said = self._said(children[0])
            if operator == "||":
                is_a_test = first in _TESTS and children[0].type in ("command", "test_command")
                return [True, True, always_fails or (is_a_test and said is not True)]
            return [True, True, not always_fails and said is not False]
        if node.type == "if_statement":
            said = next((self._said(each) for each in children if each.is_named), None)
            if said is not None:
                return [(each.type in ("elif_clause", "else_clause")) is not said for each in children]
        found, is_reached = [], True
        for each in children:
            found.append(is_reached)
            ends = each.type == "command" and self._first_word(each) in ("exit", "exec", "return")
            is_reached = is_reached and not (ends and node.type in _SEQUENCES)
        return found

    def _said(self, node: Any) -> bool | None:
        """What a test says of two words that are known, as they are while it is followed; ``None`` for any other."""
        inside = node.children[1] if node.type == "test_command" and len(node.children) == 3 else None
        if inside is None or inside.type != "binary_expression" or len(inside.children) != 3 or not self._is_followed:
            return None
        one, operator, other = (self._text(each, []) for each in inside.children)
        if operator not in ("=", "==", "!=") or any(sign in one + other for sign in "$`*?["):
            return None
        return (one == other) is (operator != "!=")

    def _first_word(self, node: Any) -> str:
        begin = self._data[node.start_byte : min(node.end_byte, node.start_byte + 40)]  # a list may be long
        return next(iter(begin.decode("utf-8", "replace").split()), "")

    def _command(self, node: Any) -> Command:
        words: list[str] = []
        assignments: dict[str, str] = {}
        quoted: list[str] = []
        for child in node.children:
            match child.type:
                case "variable_assignment":
                    name, value = self._assignment(child)
                    assignments[name] = value
                case "file_redirect" | "herestring_redirect" | "heredoc_redirect" | "comment":
                    pass
                case "command_name":
                    words += self._words(child.children[0] if child.children else child, quoted)
                case _:
                    words += self._words(child, quoted)
        return Command(tuple(words), self._first_line + node.start_point[0], assignments, tuple(quoted))

    def _assignment(self, node: Any) -> tuple[str, str]:
        name, _equals, _value = self._raw(node).partition("=")
        value = node.child_by_field_name("value")
        return name, self._text(value, []) if value is not None else ""

    def _words(self, node: Any, quoted: list[str]) -> list[str]:
        text = self._text(node, quoted)
        if node.type in ("simple_expansion", "expansion") and text != self._raw(node):
            return text.split()  # as the shell does with a variable outside of quotes
        return [text]

    def _raw(self, node: Any) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _text(self, node: Any, quoted: list[str]) -> str:
        raw = self._raw(node)
        match node.type:
            case "raw_string":
                quoted.append(raw[1:-1])
                return raw[1:-1]
            case "ansi_c_string":
                quoted.append(raw[2:-1])
                return raw[2:-1]
            case "string" | "translated_string":
                return self._pieces(node, quoted, lambda text: re.sub(r'\\(?:\n|(["\\$`]))', r"\1", text)).strip('"')
            case "concatenation":
                return self._pieces(node, quoted, lambda text: text)
            case "simple_expansion" | "expansion":
                name = re.match(r"\$\{?(\w+)", raw)
                known = name is not None and (name[1] in self._values or re.search(r":?-", raw))
                return expand(raw, self._values).text if known else raw
            case "command_substitution" | "process_substitution" | "arithmetic_expansion":
                return raw[:_MAX_RAW]  # the whole of it once more at each level would be quadratic
            case _:
                return re.sub(r"\\(?:\n|(.))", r"\1", raw, flags=re.DOTALL)

    def _pieces(self, node: Any, quoted: list[str], plain: Callable[[str], str]) -> str:
        """The text of the parts of a word, and of what stands between them."""
        result, at = "", node.start_byte
        for child in node.children:
            result += plain(self._data[at : child.start_byte].decode("utf-8", "replace"))
            if child.type == "string_content":
                result += plain(self._raw(child))
            elif child.type != '"':
                result += self._text(child, quoted)
            at = child.end_byte
        return result + plain(self._data[at : node.end_byte].decode("utf-8", "replace"))
