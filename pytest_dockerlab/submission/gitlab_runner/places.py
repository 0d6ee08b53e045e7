"""Where a submission keeps runner configurations: files, templates of them, scripts that write them, and READMEs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS
from ..files.tree import Tree
from ..files.vendored import is_foreign
from ..text.readme import Readme, is_readme
from .executors import OF_INSTANCES, OF_MACHINES

__all__ = ["Written", "find_configurations"]

_RUNNERS = re.compile(r"^[ \t>]{0,40}\[\[[ \t]{0,8}runners[ \t]{0,8}\]\]", re.MULTILINE | re.IGNORECASE)
_SECTION = re.compile(r"^[ \t]{0,40}\[runners\.\w{1,20}\]", re.MULTILINE | re.IGNORECASE)
_CONCURRENT = re.compile(r"^[ \t]{0,40}concurrent[ \t]{0,8}=", re.MULTILINE)
_SCALES = re.compile(
    r"^[ \t]{0,40}(?:\[{1,2}runners\.(?:machine|autoscaler)\b"
    rf"|executor[ \t]{{0,8}}=[ \t]{{0,8}}[\"'](?:{'|'.join(map(re.escape, (*OF_MACHINES, *OF_INSTANCES)))})[\"'])",
    re.MULTILINE | re.IGNORECASE,
)
# What may be a configuration, or hold one; `toml` in a template's name too: config.toml.j2, runner.toml.tftpl
_TOML = re.compile(r"\.toml(?:[.-]\w{1,12}){0,3}$|config[\w.-]{0,40}toml[\w.-]{0,20}$", re.IGNORECASE)
_TEMPLATE = re.compile(r"\.(?:j2|jinja2?|tpl|tmpl|tftpl|template|erb|ctmpl|gotmpl|in)$", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:ya?ml|tf|hcl|sh|bash|ps1|txt|conf|cfg|env|md|rst|rb)$", re.IGNORECASE)

# A line that the text may stand behind: a heredoc, a block of YAML, a shell that writes a file.
_HEREDOC = re.compile(r"<<[-~]?[ \t]{0,8}[\"'\\]?([A-Za-z_]\w{0,40})[\"']?")
_BLOCK = re.compile(r"(?:^|[ \t-])[\w.\"'-]{1,80}:[ \t]{1,8}[|>][+-]?\d?[+-]?[ \t]{0,8}$")
# What TOML, or a template of it, may have as a line.
_LIKE_TOML = re.compile(
    r"^[ \t]{0,80}(?:$|\#|\[|[\w.\"'-]{1,80}[ \t]{0,20}=|[\"'\]}{]|\d|true|false|\.\.\.|…|\{[{%#]|%\{|\$\{|<%)"
)
_COMMAND = re.compile(
    r"^[ \t]{0,40}(?:[$>%][ \t]"
    r"|(?:sudo|docker|docker-compose|gitlab-runner|cat|vi|vim|nano|echo|export|systemctl|exit|EOF)\b(?![ \t]{0,8}=))"
)
_MAX_FILES, _MAX_FOUND = 400, 20
_BEFORE = 4
"""Lines above a block of a README in which its file may be named."""


@dataclass(frozen=True, slots=True)
class Written:
    """A configuration as it stands somewhere. ``how`` it does: a ``file``, a ``template``, a ``script``, a ``README``.

    ``line`` is where it begins in the file ``path``.
    """

    text: str
    path: str
    line: int
    how: str

    @property
    def is_excerpt(self) -> bool:
        """Whether it is for people to read, who fill in what is left out."""
        return self.how == "README"

    @property
    def location(self) -> Location:
        """Where it begins."""
        return Location(self.path, self.line)

    @property
    def scales(self) -> bool:
        """Whether it speaks of an executor that creates machines."""
        return _SCALES.search(self.text) is not None


def find_configurations(tree: Tree) -> list[Written]:
    """The configurations of a submission, without other people's; the one that the homework means comes first.

    That is one that scales, else one in a file of its own. Raises :class:`LimitExceeded` for a file that is too large
    and has one.
    """
    order = ("file", "template", "script", "README")
    found = list(_found(tree))
    found.sort(key=lambda each: (
        not each.scales, order.index(each.how), "example" in each.path.lower(), each.path.count("/"), each.path,
    ))  # fmt: skip
    return found[:_MAX_FOUND]


def _found(tree: Tree) -> Iterator[Written]:
    charts = {path.rpartition("/")[0] for path in tree.files if path.endswith("/Chart.yaml")}
    looked_at = 0
    likely = sorted(tree.files, key=lambda path: (not _TOML.search(path), not is_readme(path), path.count("/"), path))
    for path in likely:
        name = path.rpartition("/")[2]
        is_prose = is_readme(path) or name.lower().endswith((".md", ".rst"))
        is_other = _TOML.search(name) or _TEMPLATE.search(name) or _OTHER.search(name)
        if not (is_prose or is_other or name in ("Makefile", "Vagrantfile")) or tree.files[path].is_symlink:
            continue
        if is_foreign(path) or any(path.startswith(f"{chart}/") for chart in charts):
            continue
        if looked_at >= _MAX_FILES:
            return
        looked_at += 1
        try:
            read = tree.text(path)
        except (RefusedPath, LimitExceeded):  # larger than what anybody writes
            continue
        if not read.binary:
            yield from _in_file(path, read.content.replace("\r\n", "\n"), is_prose=is_prose)


def _in_file(path: str, text: str, *, is_prose: bool) -> Iterator[Written]:
    name = path.rpartition("/")[2]
    is_toml, is_template = bool(_TOML.search(name)), bool(_TEMPLATE.search(name))
    is_one = is_toml and (_SECTION.search(text) or _CONCURRENT.search(text))
    if not (_RUNNERS.search(text) or is_one or (is_prose and _SECTION.search(text))):
        return
    if len(text) > LIMITS.toml_bytes:
        raise LimitExceeded(_("larger than {limit} KiB", limit=LIMITS.toml_bytes // 1024), at=Location(path))
    if is_toml:
        yield Written(text, path, 1, "template" if is_template else "file")
    elif is_prose:
        yield from _in_readme(Readme(path, text))
    else:
        how = "template" if is_template else "script"
        yield from (Written(part, path, line, how) for line, part in _blocks(text, is_whole=is_template))


def _in_readme(readme: Readme) -> Iterator[Written]:
    """Its blocks of code, whatever their language, and what stands there without one."""
    covered: set[int] = set()
    for fence in readme.fences:
        lines = fence.text.count("\n") + 1
        covered.update(range(fence.line, fence.line + lines))
        named = any(
            "config.toml" in line.text.lower()
            for line in readme.lines[max(0, fence.line - 2 - _BEFORE) : fence.line - 1]
        )
        if _RUNNERS.search(fence.text):
            for line, part in _blocks(fence.text, is_whole=True):
                yield Written(part, readme.path, fence.line + line - 1, "README")
        elif _SECTION.search(fence.text) and (named or _CONCURRENT.search(fence.text)):
            yield Written(fence.text, readme.path, fence.line, "README")
    rest = "\n".join("" if line.number in covered else line.text for line in readme.lines)
    if _RUNNERS.search(rest):
        yield from (Written(part, readme.path, line, "README") for line, part in _blocks(rest, is_whole=False))


def _blocks(text: str, *, is_whole: bool) -> Iterator[tuple[int, str]]:
    """The parts of a text that are configurations, each with its first line.

    :param is_whole: whether there is hardly anything else, so that what is no TOML in it is a mistake.
    """
    lines = text.split("\n")
    after = 0
    for match in _RUNNERS.finditer(text):
        at = text.count("\n", 0, match.end())
        if at < after:
            continue
        start = at
        while start > after and _LIKE_TOML.match(lines[start - 1]) and not _opens(lines[start - 1]):
            start -= 1
        opener = lines[start - 1] if start > 0 else ""
        end = _end(lines, start, at, opener, is_whole=is_whole)
        after = end
        yield start + 1, "\n".join(lines[start:end])


def _opens(line: str) -> bool:
    return bool(_HEREDOC.search(line) or _BLOCK.search(line))


def _end(lines: list[str], start: int, at: int, opener: str, *, is_whole: bool) -> int:
    """The line after the last one of a block that begins behind ``opener``."""
    heredoc = _HEREDOC.search(opener)
    if heredoc is not None:
        marker = heredoc[1]
        return next((number for number in range(start, len(lines)) if lines[number].strip() == marker), len(lines))
    if _BLOCK.search(opener):
        depth = _indentation(opener)
        return next(
            (n for n in range(start, len(lines)) if lines[n].strip() and _indentation(lines[n]) <= depth), len(lines)
        )
    for number in range(at, len(lines)):
        if _COMMAND.match(lines[number]) or (not is_whole and not _LIKE_TOML.match(lines[number])):
            return number
    return len(lines)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t-"))
