"""Reads what a step printed, and the files that it wrote, as GitHub's runner does; and refuses what only passes there.

From actions/runner 2.336: ``ActionCommand.cs`` (both forms of a command), ``ActionCommandManager.cs`` (which there are,
and stop-commands), ``ProcessInvoker.cs`` (what a line is), ``FileCommandManager.cs`` (the files). Strict, which is the
rule, is about who wrote it: what the runner would have to excuse, or obeys to somebody's surprise, is ``Malformed``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

ANNOTATIONS = {"error", "warning", "notice"}
# What we may write. The others are obeyed by the runner too, and are never ours: half of them are dead.
OURS = ANNOTATIONS | {"debug", "group", "endgroup", "add-mask", "stop-commands", "remove-matcher"}
REGISTERED = OURS | {"set-env", "set-output", "save-state", "add-path", "add-matcher", "echo"}

# actions/setup-python has the runner make annotations of such two lines (its .github/python.json) wherever they are
# printed in the job: no fence keeps a matcher off (OutputManager.cs).
TRACEBACK = (r'\s*File\s"(.*)",\sline\s(\d+),\sin\s(.*)', r"\s*raise\s(.*)\('(.*)'\)")

# What char.IsWhiteSpace of .NET says: str.isspace() has U+001C to U+001F besides
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

# The order is the runner's: what was "%25" is not read again.
DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
PROPERTY = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
OLD_FORM = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%"}

SUMMARY_LIMIT = 1024 * 1024
PLACES = ("line", "endLine", "col", "endColumn")


class Malformed(AssertionError):
    """A command or a file that a runner would excuse, misread or refuse."""


@dataclass(frozen=True)
class Command:
    """A command that the runner obeyed."""

    name: str
    properties: dict[str, str] = field(default_factory=dict)
    data: str = ""


@dataclass(frozen=True)
class Log:
    """What the runner made of what a step printed. Fences (stop-commands and their ends) are in no list."""

    commands: list[Command] = field(default_factory=list)
    #: lines that were printed as text, outside of every fence
    plain: list[str] = field(default_factory=list)
    #: lines that were printed as text because of a fence
    fenced: list[str] = field(default_factory=list)

    def named(self, *names: str) -> list[Command]:
        """The commands of these names."""
        return [command for command in self.commands if command.name in names]


def read_log(printed: str | bytes, *, strict: bool = True) -> Log:
    """What the runner makes of one step's output; a composite action's inner steps are steps of their own for this."""
    if isinstance(printed, bytes):
        printed = _decoded(printed, strict)
    log, token, tokens = Log(), None, Counter[str]()
    is_matched, before = True, ""
    for line in _lines(printed):
        parsed = _parsed(line, REGISTERED | ({token} if token else set()))
        if token is not None:
            if parsed is None or parsed[0].name != token.lower():
                if strict and token.lower() in line.lower():
                    raise Malformed(f"the token of a fence is told inside of it: {line!r}")
                log.fenced.append(line)
                if strict and is_matched:
                    _refuse_tracebacks(before, line)
                before = line
                continue
            if strict and line != f"::{token}::":
                raise Malformed(f"a fence ends by {line!r}")
            token = None
        elif parsed is None:
            if strict and _looks_like_a_command(line):
                raise Malformed(f"not a command by luck alone: {line!r}")
            log.plain.append(line)
            if strict and is_matched:
                _refuse_tracebacks(before, line)
            before = line
        else:
            command, escapes = parsed
            if strict:
                _check(command, escapes, line)
            if command.name == "stop-commands":
                token = command.data
                tokens[token] += 1
                if not token or token.lower() in REGISTERED | {"pause-logging"}:
                    raise Malformed(f"the runner refuses this token: {line!r}")
                if strict and (len(token) < 16 or tokens[token] > 1):
                    raise Malformed(f"a token that can be guessed: {line!r}")
            else:
                log.commands.append(command)
                is_matched &= command != Command("remove-matcher", {"owner": "python"})
    if strict:
        if token is not None:
            raise Malformed("a fence is never ended: the commands of whatever comes in this step would be lost")
        for name, number in Counter(command.name for command in log.named(*ANNOTATIONS)).items():
            if number > 10:
                raise Malformed(f"{number} times {name}: GitHub shows 10 for each step")
    return log


def _decoded(content: bytes, strict: bool) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if strict:
            raise Malformed(f"not UTF-8: {error}") from None
        text = content.decode("utf-8", errors="replace")
    if strict and ("\0" in text or text.startswith("\ufeff")):
        raise Malformed("a NUL, or a byte order mark")
    return text.removeprefix("\ufeff")


def _lines(printed: str) -> list[str]:
    """A lone carriage return ends a line as well; U+2028 and the others that Python knows do not."""
    lines = re.split(r"\r\n|\r|\n", printed)
    return lines if lines[-1] else lines[:-1]


def _parsed(line: str, registered: set[str]) -> tuple[Command, dict[str, str]] | None:
    """The command in ``line``, and how it was escaped: ``::name k=v::data`` behind blanks, or ``##[name k=v]data``."""
    trimmed = line.lstrip(SPACE)
    if trimmed.startswith("::"):
        head, ends, data = trimmed[2:].partition("::")
        command = _command(head, ",", data, registered, PROPERTY, DATA) if ends else None
        if command is not None:
            return command, PROPERTY
    _, begins, rest = line.partition("##[")
    head, ends, data = rest.partition("]")
    command = _command(head, ";", data, registered, OLD_FORM, OLD_FORM) if begins and ends else None
    return (command, OLD_FORM) if command is not None else None


def _command(
    head: str, separator: str, data: str, registered: set[str], in_property: dict[str, str], in_data: dict[str, str]
) -> Command | None:
    name, _, rest = head.partition(" ")
    if name.lower() not in {each.lower() for each in registered}:
        return None
    properties: dict[str, str] = {}
    for pair in (rest.strip(SPACE) if separator == "," else rest).split(separator):
        # .NET drops empty parts also between signs of equality
        key, _, value = pair.lstrip("=").partition("=")
        value = value.lstrip("=")
        if key and value:
            same = next((known for known in properties if known.lower() == key.lower()), key)
            properties[same] = _unescaped(value, in_property)
    return Command(name.lower(), properties, _unescaped(data, in_data))


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    for escape, character in escapes.items():
        text = text.replace(escape, character)
    return text


def _escaped(text: str, escapes: dict[str, str]) -> str:
    for escape, character in reversed(escapes.items()):
        text = text.replace(character, escape)
    return text


def written(command: Command) -> str:
    """The one way to write a command: @actions/core's ``command.ts``."""
    properties = ",".join(f"{key}={_escaped(value, PROPERTY)}" for key, value in command.properties.items())
    head = f"{command.name} {properties}" if properties else command.name
    return f"::{head}::{_escaped(command.data, DATA)}"


def _check(command: Command, escapes: dict[str, str], line: str) -> None:
    if command.name not in OURS:
        raise Malformed(f"never a command of ours: {line!r}")
    if escapes is OLD_FORM or line != written(command):
        raise Malformed(f"obeyed, but not written as it should be: {line!r} instead of {written(command)!r}")
    if command.name in ANNOTATIONS:
        _check_annotation(command, line)
    elif command.properties.keys() - ({"owner"} if command.name == "remove-matcher" else set()):
        raise Malformed(f"no properties of {command.name}: {line!r}")
    for text in (command.data, *command.properties.values()):
        if any(_invisible(character) and character not in "\n\t" for character in text):
            raise Malformed(f"control or format characters: {line!r}")


def _check_annotation(command: Command, line: str) -> None:
    properties = command.properties
    if unknown := properties.keys() - {"file", "title", *PLACES}:
        raise Malformed(f"properties that GitHub does not know, {unknown}: {line!r}")
    if not command.data.strip():
        raise Malformed(f"GitHub shows no annotation without a message: {line!r}")
    for place in PLACES:
        if not re.fullmatch("[1-9][0-9]{0,8}", properties.get(place, "1")):
            raise Malformed(f"{place} is no number of a line or column: {line!r}")
    if ("line" in properties and "file" not in properties) or (
        "line" not in properties and properties.keys() & {*PLACES}
    ):
        raise Malformed(f"a place in nothing: {line!r}")
    first, last = (int(properties.get(place, properties.get("line", "1"))) for place in ("line", "endLine"))
    if last < first or (last > first and properties.keys() & {"col", "endColumn"}):
        raise Malformed(f"the runner drops such a range: {line!r}")
    if "endColumn" in properties and int(properties["endColumn"]) < int(properties.get("col", 10**9)):
        raise Malformed(f"the runner drops such a range: {line!r}")
    parts = properties.get("file", "file").split("/")
    if {"", ".", ".."} & {*parts}:
        raise Malformed(f"not a path inside of the repository: {line!r}")


def _refuse_tracebacks(before: str, line: str) -> None:
    first, second = TRACEBACK
    if re.fullmatch(second, line, re.ASCII) and re.fullmatch(first, before, re.ASCII):
        raise Malformed(f"where setup-python was, this is an annotation: {before!r} {line!r}")


def _looks_like_a_command(line: str) -> bool:
    """To .NET's comparisons invisible characters are nothing, and those who show a log drop colours."""
    seen = re.sub(r"\x1b\[[0-9;:?]*[ -/]*[@-~]", "", line)
    seen = "".join(character for character in seen if not _invisible(character)).lstrip(SPACE)
    return bool(re.match("::[A-Za-z]", seen) or re.search(r"##\[[A-Za-z]", seen))


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"}


def read_values(content: str | bytes, *, strict: bool = True, again: Collection[str] = ()) -> dict[str, str]:
    """What is in a file of names and values: ``GITHUB_OUTPUT``, ``GITHUB_ENV``, ``GITHUB_STATE``.

    The last value of a name counts; strictly, only those of ``again`` may have had another before.
    """
    values: dict[str, str] = {}
    for name, value, as_toolkit in _pairs(_decoded(content, strict) if isinstance(content, bytes) else content):
        if strict and not (as_toolkit and re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", name)):
            raise Malformed(f"not written as file-command.ts does: {name!r}")
        if strict and name.lower() in map(str.lower, values) and name not in again:
            raise Malformed(f"written twice: {name!r}")
        values[name] = value
    return values


def _pairs(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each name and value, and whether it is ``name<<ghadelimiter_UUID`` whose end is a line of its own."""
    lines = text.split("\n")
    last = len(lines) - 1  # it has no end of line; where the text has one at its end, it is empty, and none
    delimiters: set[str] = set()
    at = 0
    while at <= last:
        line = lines[at]
        at += 1
        equals, heredoc = line.find("="), line.find("<<")
        if not line:
            continue
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            yield line[:equals], line[equals + 1 :], False
            continue
        name, marks, delimiter = line.partition("<<")
        if not (marks and name and delimiter):
            raise Malformed(f"the runner refuses the file because of {line!r}")
        try:
            ends = lines.index(delimiter, at)
        except ValueError:
            raise Malformed(f"the runner refuses the file: {delimiter!r} never comes") from None
        random = re.fullmatch("ghadelimiter_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", delimiter)
        yield name, "\n".join(lines[at:ends]), bool(random) and delimiter not in delimiters and ends < last
        delimiters.add(delimiter)
        at = ends + 1


def read_summary(content: bytes) -> str:
    """A step's summary. The runner drops it whole where it is too long; it replaces what is not UTF-8."""
    if len(content) > SUMMARY_LIMIT:
        raise Malformed(f"{len(content)} bytes: over {SUMMARY_LIMIT} GitHub shows nothing of it")
    return _decoded(content, strict=True)
