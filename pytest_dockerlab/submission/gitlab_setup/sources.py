"""Where a submission may say how GitLab and its runner are started: files, and what lies inside of them."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS
from ..files.tree import Text, Tree
from ..files.vendored import is_foreign
from ..text.readme import Readme
from .definitions import Problem

__all__ = ["Form", "Source", "find_sources", "pieces"]

_SPEAKS = re.compile(
    r"gitlab|registry|/api/v4/|minio|\b(?:seaweedfs|rustfs|garage)\b|GOOGLE_APPLICATION_CREDENTIALS", re.IGNORECASE
)
_YAML = re.compile(r"\.ya?ml$", re.IGNORECASE)
_SHELL = re.compile(r"\.(?:sh|bash|zsh|ps1|cmd|bat|service)$|(?:^|/)(?:gnu)?makefile[\w.-]*$|\.mk$", re.IGNORECASE)
_TERRAFORM = re.compile(r"\.(?:tf|tfvars|hcl)$", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:md|markdown|mkd|txt|rst|adoc)$|(?:^|/)readme[^/]{0,20}$", re.IGNORECASE)
_TEMPLATE = re.compile(r"\.(?:j2|jinja2?|tpl|tftpl|tmpl|erb|example|sample|template|dist)$", re.IGNORECASE)
_VARIABLES = re.compile(r"(?:^|/)(?:group_vars|host_vars)/")
_SETTINGS = re.compile(r"\.(?:toml|json)$|(?:^|/)\.[\w-]{1,30}\.ya?ml$", re.IGNORECASE)
_CHART = re.compile(r"(?:^|/)charts/", re.IGNORECASE)
_IS_READ = re.compile(r"compose[^/]{0,60}$|\.tfvars|(?:^|/)(?:defaults|vars|group_vars|host_vars)/", re.IGNORECASE)
_MOST = 300
_MOST_IN_A_SIGN = 2
"""Bytes of a Russian letter."""
_HEREDOC = re.compile(r"<<[-~]?\s{0,3}['\"\\]?(\w{1,40})")
_LOOKS_LIKE_YAML = re.compile(r"^[ \t]{0,20}(?:- )?[\w.\"'-]{1,80}:(?:[ \t]|$)", re.MULTILINE)
_MOST_PIECES = 50


class Form(enum.Enum):
    """What a text is."""

    YAML = "yaml"
    SHELL = "shell"
    TERRAFORM = "terraform"
    DOCUMENT = "document"
    SETTINGS = "settings"
    """Of other programs, a pipeline's too: read for single settings only."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text, and where its first line stands."""

    path: str
    text: str
    form: Form
    line: int = 1
    is_template: bool = False
    is_in_document: bool = False

    def location(self, line: int) -> Location:
        """The place of one of its lines, counted from 1."""
        return Location(self.path, self.line + line - 1)


def find_sources(tree: Tree) -> tuple[list[Source], list[Problem]]:
    """The texts that speak of GitLab, a registry or a cache, and those that are too large, or too many, to read."""
    found: list[Source] = []
    problems: list[Problem] = []
    sizes = dict.fromkeys(Form, 0)
    for path, entry in tree.files.items():
        # What is not at hand, of a partial clone, is large: a program. A chart of Helm is no container's definition.
        form = None if is_foreign(path) or _CHART.search(path) else _form(path)
        if form is None or entry.size is None or len(found) >= _MOST:
            continue
        most = LIMITS.readme_bytes if form is Form.DOCUMENT else LIMITS.yaml_bytes
        try:
            text = tree.text(path) if entry.size <= _MOST_IN_A_SIGN * most else None
        except (RefusedPath, LimitExceeded):
            continue
        if text is None or len(text.content) > most:
            if form in (Form.DOCUMENT, Form.YAML):
                problems.append(_too_large(path, most))
            continue
        if not _concerns_us(path, text, form):
            continue
        sizes[form] += len(text.content)
        if sizes[form] > LIMITS.readmes_bytes:
            problems.append(_too_large(path, LIMITS.readmes_bytes, with_others=True))
            continue
        is_template = _TEMPLATE.search(path) is not None or "/templates/" in f"/{path}"
        content = text.content.replace("\r\n", "\n")
        found.append(Source(path, content, form, is_template=is_template, is_in_document=form is Form.DOCUMENT))
    found.sort(key=lambda each: (each.form is Form.DOCUMENT, each.path.count("/"), each.path))
    return found, problems


def _too_large(path: str, most: int, *, with_others: bool = False) -> Problem:
    reason = (
        _("larger than {limit} KiB, with others of its kind", limit=most // 1024)
        if with_others
        else _("larger than {limit} KiB", limit=most // 1024)
    )
    return Problem(Location(path), reason, is_limit=True)


def _concerns_us(path: str, text: Text, form: Form) -> bool:
    if text.binary:
        return False
    if form is Form.SETTINGS:
        return "registry-mirror" in text.content
    # Which image a compose file uses may stand in its env file, and what a variable is for where it is used.
    return _IS_READ.search(path) is not None or _SPEAKS.search(text.content) is not None


def _form(path: str) -> Form | None:
    name = _TEMPLATE.sub("", path)
    if _SETTINGS.search(name):
        return Form.SETTINGS
    if _YAML.search(name) or _VARIABLES.search(path):
        return Form.YAML
    if _SHELL.search(name) or (name != path and "." not in name.rpartition("/")[2]):
        return Form.SHELL
    if _TERRAFORM.search(name):
        return Form.TERRAFORM
    if _DOCUMENT.search(name):
        return Form.DOCUMENT
    return Form.SHELL if "." not in path.rpartition("/")[2] else None


def pieces(source: Source) -> Iterator[Source]:
    """What is YAML inside a source that is not: the fenced blocks of a document, and here-documents."""
    if source.form is Form.DOCUMENT:
        for fence in Readme(source.path, source.text).fences[: _MOST_PIECES * 4]:
            if _SPEAKS.search(fence.text) and _LOOKS_LIKE_YAML.search(fence.text):
                yield Source(source.path, fence.text, Form.YAML, fence.line, source.is_template, is_in_document=True)
    if source.form not in (Form.YAML, Form.SETTINGS):
        yield from _here_documents(source)


def _here_documents(source: Source) -> Iterator[Source]:
    lines = source.text.split("\n")
    at = 0
    count = 0
    while at < len(lines) and count < _MOST_PIECES:
        opening = _HEREDOC.search(lines[at]) if "<<" in lines[at] else None
        at += 1
        if opening is None:
            continue
        end = next((n for n in range(at, len(lines)) if lines[n].strip().rstrip("\"'`)") == opening[1]), None)
        count += 1
        if end is None:
            continue
        body = "\n".join(lines[at:end])
        if _SPEAKS.search(body) and _LOOKS_LIKE_YAML.search(body):
            yield Source(source.path, body, Form.YAML, source.line + at, source.is_template, source.is_in_document)
        at = end + 1 if not any("<<" in each for each in lines[at:end]) else at
