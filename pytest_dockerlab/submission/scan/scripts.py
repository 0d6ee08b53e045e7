"""Where a submission keeps commands: shell scripts, Makefiles, and the code in READMEs. Texts, never run."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS, reading
from ..dockerfiles.runlines import assigned
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..text.interpolation import expand
from ..text.readme import Readme
from ..text.shell import commands

__all__ = ["Script", "Snippet", "find_scripts", "logical_lines", "placeholders", "snippets"]

_SHELL = re.compile(r"\.(sh|bash|zsh|ps1|cmd|bat)$", re.IGNORECASE)
_MAKEFILE = re.compile(r"(^|/)(gnu)?makefile[\w.-]*$|\.mk$", re.IGNORECASE)
_MAX_SCRIPTS = 100
_MAX_BYTES = 100_000
# Nobody writes more into one line; what does is made to be slow.
_MAX_LINE = 8_000
_MAX_PER_LINE = 20
_MAX_SNIPPETS = 2_000
_SET = re.compile(r"^(?:export\s+|override\s+)?(\w+)\s*[:?+]?=(.*)$")
_DOCKER = re.compile(r"\bdocker(\.exe)?\s")
# A place for the reader's own value, as in <your-login>/ui: the shell would read < and > as redirections.
_PLACEHOLDER = re.compile(r"<([\w .@/-]{1,60})>")
_CONTINUED = re.compile(r"[\\^`][ \t]*$")


@dataclass(frozen=True, slots=True)
class Script:
    """The shell text of a script or a Makefile's recipes; ``values`` are the variables it sets to plain text."""

    path: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    line: int = 1


@dataclass(frozen=True, slots=True)
class Snippet:
    """One command line somewhere, joined over its line ends, from ``docker`` on. ``section`` is where it stands."""

    path: str
    line: int
    text: str
    section: str
    values: Mapping[str, str] = field(default_factory=dict)


def find_scripts(tree: Tree) -> list[Script]:
    """The shell scripts and Makefiles of a submission, without other people's."""
    found = []
    for path, entry in tree.files.items():
        name = path.rpartition("/")[2]
        is_make, is_shell = bool(_MAKEFILE.search(path)), bool(_SHELL.search(path)) or ("." not in name)
        if not (is_make or is_shell) or (entry.size or 0) > _MAX_BYTES or is_vendored(path):
            continue
        try:
            text = tree.text(path)
        except RefusedPath:
            continue
        is_script = is_make or _SHELL.search(path) or re.match(r"#!.*\b\w*sh\b", text.content)
        # Only those that speak of docker are worth the parsing.
        if is_script and not text.binary and _DOCKER.search(text.content):
            content = text.content.replace("\r\n", "\n")
            reason = _("more than {limit} KiB in the scripts and Makefiles that speak of docker",
                       limit=LIMITS.scripts_bytes // 1024)  # fmt: skip
            tree.budget.spend("scripts_bytes", len(content), reason, Location(path))
            found.append(_makefile(path, content) if is_make else _script(path, content))
        if len(found) >= _MAX_SCRIPTS:
            break
    return found


def _script(path: str, content: str) -> Script:
    return Script(path, content, assigned(commands(content)))


def _makefile(path: str, content: str) -> Script:
    """The recipes alone, every line in its place; ``$(NAME)`` and ``$$NAME`` as the shell writes them."""
    values: dict[str, str] = {}
    lines = []
    continued = False
    for number, line in enumerate(content.split("\n"), start=1):
        is_recipe = line.startswith("\t") or continued
        if is_recipe:
            text = line.strip() if not continued else line
            text = re.sub(r"^[@+-]+", "", text.lstrip()) if not continued else text
            lines.append(re.sub(r"\$\((\w+)\)", r"${\1}", text.replace("$$", "$")))
        else:
            lines.append("")
            if (setting := _SET.match(line)) and "$(shell" not in setting[2]:
                with reading(Location(path, number)):
                    _limit(values)
                    values[setting[1]] = expand(re.sub(r"\$\((\w+)\)", r"${\1}", setting[2].strip()), values).text
        continued = is_recipe and line.endswith("\\")
    return Script(path, "\n".join(lines), values)


def _limit(values: Mapping[str, str]) -> None:
    if len(values) >= LIMITS.script_variables:
        raise LimitExceeded(_("more than {limit} variables", limit=LIMITS.script_variables))


def snippets(readmes: Iterable[Readme], scripts: Iterable[Script]) -> Iterator[Snippet]:
    """Every line that calls docker, of READMEs (fenced, in backticks, or plain) and of scripts."""
    for readme in readmes:
        yield from itertools.islice(_of_readme(readme), _MAX_SNIPPETS)
    for script in scripts:
        for line, text in logical_lines(script.text.split("\n")):
            if not text.lstrip().startswith("#") and (match := _DOCKER.search(text)):
                yield Snippet(script.path, line, text[match.start() :], script.path, script.values)


def _of_readme(readme: Readme) -> Iterator[Snippet]:
    headings = list(reversed(readme.headings))
    section = ""
    texts = [line.text for line in readme.lines]
    values: dict[str, str] = {}
    for number, text in logical_lines(texts):
        if setting := re.match(r"\s*(?:[$>#]\s*)?(?:export\s+)?([A-Za-z_]\w*)=([\w.:/@-]+)\s*$", text):
            with reading(readme.location(number)):
                _limit(values)
            values = {**values, setting[1]: setting[2]}  # the snippets above have the old ones
        while headings and headings[-1].line <= number:
            heading = headings.pop()
            section = f"{heading.line} {heading.text}"
        for match in itertools.islice(_DOCKER.finditer(text), _MAX_PER_LINE):
            before = text[: match.start()]
            rest = text[match.start() :]
            if before.count("`") % 2:  # inside of backticks, so it ends with them
                rest = rest.partition("`")[0]
            rest = re.sub(r"</?(code|pre|b|br|li)\s*/?>", " ", rest)
            rest = re.split(r"(?:&&|;|\|\|)\s*docker\b", rest, maxsplit=1)[0]  # the next one has a match of its own
            yield Snippet(readme.path, number, _PLACEHOLDER.sub(_named, rest), f"{readme.path} {section}", values)


def placeholders(readme: Readme) -> frozenset[str]:
    """The places for the reader's own values in a README, as words: what :func:`snippets` has for ``<your-login>``."""
    return frozenset(_named(match) for match in itertools.islice(_PLACEHOLDER.finditer(readme.content), _MAX_SNIPPETS))


def _named(match: re.Match[str]) -> str:
    return re.sub(r"\W", "_", match[1])


def logical_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines joined over the backslashes at their ends, each with the number of its first."""
    start, text = 0, ""
    for number, line in enumerate(lines, start=1):
        start = start or number
        inside = (text + line)[:_MAX_LINE]
        if _CONTINUED.search(line) and (line.rstrip().endswith("\\") or _DOCKER.search(inside)):
            is_end = line.rstrip().endswith("`") and inside.count("`") % 2 == 0
            if not is_end:
                text = (text + _CONTINUED.sub(" ", line))[:_MAX_LINE]
                continue
        yield start, inside
        start, text = 0, ""
    if text:
        yield start, text
