"""The files of a pipeline: ``.gitlab-ci.yml`` and what it includes of the repository, merged as GitLab does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...errors import RefusedPath
from ...findings import Finding, Location, Mismatch
from ...messages import Message, _
from ..budget import LIMITS
from ..files.tree import Tree
from ..text.secrets import redacted
from ..text.yamldoc import Duplicate, YamlDoc, YamlError
from .values import Value, mapping_of, merged, value_of

__all__ = ["Include", "PipelineFiles"]

_KINDS = ("local", "remote", "project", "template", "component")
_YAML = re.compile(r"\.ya?ml$")


@dataclass(frozen=True, slots=True)
class Include:
    """One entry of ``include``, and whether it is a file of the repository that was read.

    ``target`` is what it names, without the passwords and tokens that an address may hold.
    """

    kind: str
    target: str
    at: Location
    is_followed: bool


@dataclass(slots=True)
class PipelineFiles:
    """What the files of a pipeline are together, before ``extends`` and ``!reference``; and what is wrong with them."""

    tree: Tree
    includes: list[Include] = field(default_factory=list)
    asked: list[Value] = field(default_factory=list)
    """The values of ``include``, as they are written."""
    problems: list[Finding] = field(default_factory=list)
    duplicates: list[tuple[str, Duplicate]] = field(default_factory=list)
    """Keys that a file has twice, with the file's path: the last one counts."""

    def read(self, path: str) -> Value:
        """The file with all that it includes. Raises :class:`Mismatch` where it is no YAML, or no mapping."""
        return self._with_includes(self._content(path), (path,))

    @property
    def not_followed(self) -> Include | None:
        """An include that is not in the repository, if there is one: what it brings is not known."""
        return next((each for each in self.includes if not each.is_followed), None)

    def _content(self, path: str) -> Value:
        limit = LIMITS.pipeline_files
        self.tree.budget.spend("pipeline_files", 1, _("more than {limit} files", limit=limit), Location(path))
        try:
            doc = YamlDoc.read(self.tree, path)
        except YamlError as error:
            raise Mismatch(
                Finding(_("the pipeline is YAML in UTF-8"), error.reason, error.at, _("correct the file at this place"))
            ) from None
        self.duplicates += [(path, each) for each in doc.duplicates]
        documents = [value_of(each, path) for each in doc.documents]
        has_header = len(documents) > 1 and "spec" in documents[0].mapping
        content, *rest = documents[has_header:] or [Value(None, Location(path))]
        for each in rest:
            if each.data is not None:
                self.problems.append(
                    Finding(
                        _("one document is the pipeline"), _("a further document, which GitLab does not read"), each.at,
                        _("put the jobs into one document: delete the line ---"),
                    )
                )  # fmt: skip
        if not isinstance(content.data, dict):
            found = _("nothing") if content.data is None else _("no key at the outermost level")
            raise Mismatch(
                Finding(_("the file is a mapping of jobs"), found, content.at, _("write stages and jobs into it"))
            )
        return content

    def _with_includes(self, content: Value, within: Sequence[str]) -> Value:
        asked = content.get("include")
        if asked is None:
            return content
        self.asked.append(asked)
        below = mapping_of({}, content.at)
        for entry in asked.items or (asked,):
            for path in self._paths(entry):
                if path in within:
                    self._refuse(entry, _("the files include one another: {files}", files=[*within, path]))
                    continue
                below = merged(below, self._with_includes(self._content(path), (*within, path)))
        own = mapping_of({key: value for key, value in content.mapping.items() if key != "include"}, content.at)
        return merged(below, own)

    def _paths(self, entry: Value) -> Iterator[str]:
        """The files of the repository that one entry of ``include`` names."""
        kind, target = _what(entry)
        if target is None:
            return  # the schema says so
        is_local = kind == "local" and "$" not in target.text
        found = list(self._local(entry, target)) if is_local else []
        self.includes.append(Include(kind, _shown(target.text), entry.at, is_local))
        yield from found

    def _local(self, entry: Value, target: Value) -> Iterator[str]:
        path = target.text.lstrip("/")
        if not _YAML.search(path):
            self._refuse(target, _("{path} does not end in .yml or .yaml", path=_shown(target.text)))
        elif "*" in path:
            yield from (each for each in self.tree.files if _fits(each, path))
        else:
            try:
                self.tree.read(path)
                yield path
            except RefusedPath as error:
                if entry.get("rules") is None:  # with these GitLab may never look for the file
                    is_plain = _shown(path) == path
                    self._refuse(target, error.text if is_plain else _("no such file in the repository"))

    def _refuse(self, at: Value, why: Message | str) -> None:
        hint = _("name a file of this repository, from its root on")
        self.problems.append(Finding(_("each included file can be read"), why, at.at, hint))


def _what(entry: Value) -> tuple[str, Value | None]:
    """What kind of file an entry of ``include`` names, and its name."""
    if isinstance(entry.data, str):
        return ("remote" if re.match("https?://", entry.data) else "local"), entry
    for kind in _KINDS:
        named = entry.get(kind)
        if named is not None and named.is_scalar:
            return kind, named
    return "", None


def _shown(address: str) -> str:
    """An address without what lets somebody in."""
    host = re.sub(r"^(\w+://)[^/]*@", r"\1", address.partition("?")[0])
    return redacted(host)


def _fits(path: str, pattern: str) -> bool:
    """Whether a path is one of a pattern of GitLab's: ``*`` is anything in one name, ``**`` through folders too.

    All ways are followed at once: a regular expression would try them one after another.
    """
    tokens = re.findall(r"\*\*|\*|[^*]", pattern)

    def open_(states: Iterable[int]) -> set[int]:
        """The states, and those behind the stars that they may end with nothing."""
        found = set[int]()
        for state in states:
            while state not in found:
                found.add(state)
                if state < len(tokens) and tokens[state][0] == "*":
                    state += 1
        return found

    states = open_([0])
    for letter in path:
        ahead = [
            at for at in states if at < len(tokens) and (tokens[at] == "**" or (tokens[at] == "*" and letter != "/"))
        ]
        states = open_([*ahead, *(at + 1 for at in states if at < len(tokens) and tokens[at] == letter)])
        if not states:
            return False
    return len(tokens) in states
