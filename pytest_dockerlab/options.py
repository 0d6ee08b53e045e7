"""What came of the options. Plain data: the controller resolves it once and hands it to the xdist workers."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from .errors import ConfigurationError
from .homework import Need, Tier
from .messages import _, language_of
from .option_table import OPTIONS, SECRETS, Option

__all__ = ["Settings", "resolve"]


_PREFIX = "DOCKERLAB_"
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True)
class Settings:
    """The options, resolved. ``endpoints`` holds those that meet a need, by the need."""

    submission: str | None = None
    ref: str | None = None
    roster: str | None = None
    tier: Tier = Tier.ENGINE
    # A registry's may hold a password, and a traceback shows the settings.
    endpoints: Mapping[str, str] = field(default_factory=dict, repr=False)
    gitlab_project: str | None = None
    images: tuple[str, ...] = ()
    probe_image: str | None = None
    strict: bool = False
    allow_roster_code: bool = False
    allow_push: bool = False
    allow_disruption: bool = False
    results: str | None = None
    report: str | None = None
    codequality: str | None = None
    github: str = "auto"
    course: str | None = None
    language: str = "en"

    def to_json(self) -> dict[str, Any]:
        """Plain data for the workers."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Settings:
        """The reverse of :meth:`to_json`."""
        return cls(**{**data, "tier": Tier(data["tier"]), "images": tuple(data["images"])})


class _Ini(Protocol):
    def __call__(self, name: str) -> Any: ...


def resolve(
    given: Mapping[str, Any],
    ini: _Ini,
    *,
    ini_folder: Path | None,
    invocation_folder: Path,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings from the command line, else the environment, else the ini file, else the default.

    ``ini_folder`` is where the ini file lies (its relative paths start there), or ``None`` when its keys don't count.
    Raises :class:`ConfigurationError` for a value that is not one of an option's.
    """
    _refuse_misspelt(environ)
    values: dict[str, Any] = {}
    for option in OPTIONS:
        value, folder, source = _given(option, given, ini, ini_folder, environ)
        if value is None:
            value = option.default
        if option.is_flag:
            value = _flag(value, source)
        elif option.choices and value is not None and value not in option.choices:
            raise ConfigurationError(
                _("{option}: {value} is none of {choices}", option=source, value=repr(value), choices=option.choices)
            )
        elif option.metavar == "URL" and Need.DOCKER_HOST not in option.needs and value and not _is_url(str(value)):
            # not repeated: there may be a password in it
            raise ConfigurationError(
                _(
                    "{option}: a URL is wanted, with http:// or https:// before it, such as http://HOST:PORT",
                    option=source,
                )
            )
        elif option.is_path and value:
            value = str((folder or invocation_folder).absolute() / Path(str(value)).expanduser())
        values[option.name] = value
    endpoints = {str(need): values[option.name] for option in OPTIONS for need in option.needs if values[option.name]}
    return Settings(
        submission=values["submission"],
        ref=values["ref"],
        roster=values["roster"],
        tier=Tier(values["tier"]),
        endpoints=endpoints,
        gitlab_project=values["gitlab-project"],
        images=tuple(values["image"] or ()),
        probe_image=values["probe-image"],
        strict=values["strict"],
        allow_roster_code=values["allow-roster-code"],
        allow_push=values["allow-push"],
        allow_disruption=values["allow-disruption"],
        results=values["results"],
        report=values["report"],
        codequality=values["codequality"],
        github=values["github"],
        course=values["course"],
        language=language_of(values["lang"], environ),
    )


def _refuse_misspelt(environ: Mapping[str, str]) -> None:
    """A variable that is nearly one of ours would change nothing, and nobody would see why."""
    ours = [*(option.environment for option in OPTIONS), *SECRETS]
    known = {name.removeprefix(_PREFIX): name for name in ours}
    for name in environ:
        bare = name.removeprefix(_PREFIX)
        if bare == name or bare in known:
            continue
        for near in difflib.get_close_matches(bare, known, n=1, cutoff=0.7):
            raise ConfigurationError(
                _(
                    "the environment variable {name} has no meaning here; did you mean {near}?",
                    name=name,
                    near=known[near],
                )
            )


def _given(
    option: Option, given: Mapping[str, Any], ini: _Ini, ini_folder: Path | None, environ: Mapping[str, str]
) -> tuple[Any, Path | None, str]:
    value = given.get(option.dest)
    if value not in (None, [], False):
        return value, None, option.flag
    if option.environment in environ:
        text = environ[option.environment]
        return (text.split() if option.many else text), None, option.environment
    if ini_folder is not None:
        text = str(ini(option.ini) or "")
        if text:
            return (text.split() if option.many else text), ini_folder, option.ini
    return None, None, option.flag


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _flag(value: object, source: str) -> bool:
    if isinstance(value, bool) or value is None:
        return bool(value)
    text = str(value).strip().lower()
    if text not in (*_TRUE, *_FALSE):
        raise ConfigurationError(_("{option}: {value} is neither true nor false", option=source, value=repr(value)))
    return text in _TRUE


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Tier) else value
