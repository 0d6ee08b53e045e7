"""What in a configuration a runner of some version would refuse, or not know."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from ...findings import Finding
from ...messages import Message, _
from .configuration import RunnerConfiguration
from .keys import KnownKey, Names, child, near, same, sections_with
from .settings import Settings
from .template import is_hole
from .tomldoc import Key
from .types import TYPES, correction, is_of, shown_value, unlisted
from .versions import RunnerVersion, newest_known, shown

__all__ = ["problems", "unknown"]

_MOST = 300
"""Mistakes that are looked for: nobody makes, or reads, more of them."""
_PASSED_OVER = _("take it away: the runner passes over it")
_FLAT = ("runners", "cache")
"""What of it is gone is told as a whole: the cache that it loses."""
_REPLACEMENTS = {
    "metrics_server": "listen_address", "pre_clone_script": "pre_get_sources_script",
    "post_clone_script": "post_get_sources_script",
}  # fmt: skip


def problems(configuration: RunnerConfiguration, version: RunnerVersion) -> Iterator[Finding]:
    """What a runner of this version would refuse, or pass over as it does not know it."""
    keys = _Keys(configuration, version)
    yield from itertools.islice(keys.table(configuration.doc.data, (), ()), _MOST)
    yield from itertools.islice(Settings(configuration, version).problems(), _MOST)


def unknown(configuration: RunnerConfiguration) -> Iterator[Finding]:
    """The keys that no version has, nor anything like them: only a newer one could know them."""
    keys = _Keys(configuration, newest_known())
    for finding in itertools.islice(keys.table(configuration.doc.data, (), ()), _MOST):
        if finding.hint == _PASSED_OVER and isinstance(finding.found, str):
            yield finding


class _Keys:
    """Judges the keys of a configuration, and the types of what stands there."""

    def __init__(self, configuration: RunnerConfiguration, version: RunnerVersion) -> None:
        self._configuration = configuration
        self._version = version

    def _knows(self) -> Message:
        return _("GitLab Runner {version} knows each key", version=shown(self._version))

    def table(self, data: dict[str, Any], names: Names, path: tuple[Key, ...]) -> Iterator[Finding]:
        """What is wrong with a table and all below it."""
        for name, value in data.items():
            if is_hole(name):
                continue
            known, here = child(names, name), (*path, name)
            at = self._configuration.location(*here)
            if known is None:
                yield Finding(self._knows(), name, at, _where(names, name))
                continue
            if known.removed is not None and known.removed <= self._version:
                if names != _FLAT:
                    yield Finding(
                        self._knows(),
                        _("{key}, which is gone since {version}", key=name, version=shown(known.removed)),
                        at,
                        _instead(known),
                    )
                continue
            if known.since is not None and known.since > self._version:
                yield Finding(
                    self._knows(),
                    _("{key}, which is new in {version}", key=name, version=shown(known.since)),
                    at,
                    _("use a runner of that version or newer, or move it to [runners.cache]")
                    if here[-2:] == ("cache", "s3")
                    else _("use a runner of that version or newer, or take it away"),
                )
                continue
            yield from self._value(value, known, here)

    def _value(self, value: Any, known: KnownKey, path: tuple[Key, ...]) -> Iterator[Finding]:
        if is_hole(value):
            return
        at, is_excerpt = self._configuration.location(*path), self._configuration.is_excerpt
        if known.type == "tables" and isinstance(value, list) and all(isinstance(each, dict) for each in value):
            for index, each in enumerate(value):
                yield from self.table(each, known.names, (*path, index))
        elif isinstance(value, dict) and (known.type == "table" or (known.type == "tables" and is_excerpt)):
            yield from self.table(value, known.names, path)
        elif not is_of(known.type, value, self._version):
            yield Finding(
                _("{key} is {type}", key=known.name, type=TYPES[known.type]),
                shown_value(known.name, value),
                at,
                correction(known, value),
            )
        elif known.choices and (wrong := unlisted(value, known.choices)):
            yield Finding(
                _("{key} is one of {choices}", key=known.name, choices=list(known.choices)),
                wrong,
                at,
                _("write one of these"),
            )


def _where(names: Names, name: str) -> Message:
    """What to do with a key that its section does not have."""
    meant, sections = same(names, name), sections_with(name)
    if meant is None and sections:
        if not sections[0]:
            return _("move it to the top, before the first section")
        return _("move it to {section}", section=sections[0])
    meant = meant or near(names, name)
    if meant is not None:
        return _("write {near}", near=meant)
    return _PASSED_OVER


def _instead(known: KnownKey) -> Message:
    if known.name in _REPLACEMENTS:
        return _("write {near}", near=_REPLACEMENTS[known.name])
    return _PASSED_OVER
