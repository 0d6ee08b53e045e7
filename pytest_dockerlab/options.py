"""The options, each also an ini key and an environment variable; one table, from which the docs' table is made.

``Settings`` is what came of them. It is plain data: the controller resolves it once and hands it to the xdist workers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .errors import ConfigurationError
from .homework import Need, Tier
from .messages import LANGUAGES, default_language

__all__ = ["OPTIONS", "Option", "Settings", "add_arguments", "resolve"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option: ``--hw-NAME``, ini key ``hw_NAME``, environment variable ``DOCKERLAB_NAME``."""

    name: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    is_flag: bool = False
    is_path: bool = False
    needs: tuple[Need, ...] = ()
    many: bool = False

    @property
    def flag(self) -> str:
        """The command-line form."""
        return f"--hw-{self.name}"

    @property
    def ini(self) -> str:
        """The ini key."""
        return "hw_" + self.name.replace("-", "_")

    @property
    def environment(self) -> str:
        """The environment variable."""
        return "DOCKERLAB_" + self.name.replace("-", "_").upper()

    @property
    def dest(self) -> str:
        """The attribute of pytest's option namespace."""
        return self.ini


OPTIONS: tuple[Option, ...] = (
    Option(
        "submission",
        "the repository to check (default: the git work tree around the current folder)",
        "DIR",
        is_path=True,
    ),
    Option("ref", "check this revision; 'auto' is the merge of the homework's branch, else HEAD", "REV"),
    Option("roster", "check every submission of this CSV file", "FILE", is_path=True),
    Option("tier", "the most a check may do", choices=("files", "engine", "app"), default="engine"),
    Option("docker-host", "the docker host to use: ssh://, tcp:// or unix://", "URL", needs=(Need.DOCKER_HOST,)),
    Option("gitlab-url", "the GitLab instance to ask", "URL", needs=(Need.GITLAB_URL,)),
    Option("prometheus-url", "the Prometheus server to ask", "URL", needs=(Need.PROMETHEUS_URL,)),
    Option("app-url", "the application that is already up", "URL", needs=(Need.APP_URL,)),
    Option("runner-metrics-url", "the runner's metrics endpoint", "URL", needs=(Need.RUNNER_METRICS_URL,)),
    Option("registry-mirror-url", "the registry mirror to ask", "URL", needs=(Need.REGISTRY_MIRROR_URL,)),
    Option("cache-url", "the runner's S3 cache to ask", "URL", needs=(Need.CACHE_URL,)),
    Option("vm", "the VM to look at over ssh", "[USER@]HOST", needs=(Need.VM,)),
    Option("image", "an image to measure: SERVICE=IMAGE; repeatable", "NAME", many=True),
    Option("probe-image", "the image of our probes (default: built on the engine)", "IMAGE"),
    Option("strict", "an item of the asked tiers that could not be verified fails the run", is_flag=True),
    Option("allow-push", "let checks push branches to the GitLab project", is_flag=True),
    Option("allow-disruption", "let checks stop and start what is deployed", is_flag=True),
    Option("results", "write results.json here", "FILE", is_path=True),
    Option("course", "the course file", "FILE", is_path=True),
    Option("lang", "the language of the report (default: the locale's)", choices=LANGUAGES),
)

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True)
class Settings:
    """The options, resolved. ``endpoints`` holds those that meet a need, by the need."""

    submission: str | None = None
    ref: str | None = None
    roster: str | None = None
    tier: Tier = Tier.ENGINE
    endpoints: Mapping[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    probe_image: str | None = None
    strict: bool = False
    allow_push: bool = False
    allow_disruption: bool = False
    results: str | None = None
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
    values: dict[str, Any] = {}
    for option in OPTIONS:
        value, folder, source = _given(option, given, ini, ini_folder, environ)
        if value is None:
            value = option.default
        if option.is_flag:
            value = _flag(value, source)
        elif option.choices and value is not None and value not in option.choices:
            raise ConfigurationError(f"{source}: {value!r} is none of {', '.join(option.choices)}")
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
        images=tuple(values["image"] or ()),
        probe_image=values["probe-image"],
        strict=values["strict"],
        allow_push=values["allow-push"],
        allow_disruption=values["allow-disruption"],
        results=values["results"],
        course=values["course"],
        language=values["lang"] or default_language(environ),
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


def _flag(value: object, source: str) -> bool:
    if isinstance(value, bool) or value is None:
        return bool(value)
    text = str(value).strip().lower()
    if text not in (*_TRUE, *_FALSE):
        raise ConfigurationError(f"{source}: {value!r} is neither true nor false")
    return text in _TRUE


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Tier) else value


def add_arguments(add: Any, register_ini: Any) -> None:
    """Register every option: ``add`` is a group's ``addoption``, ``register_ini`` the parser's ``addini``."""
    for option in OPTIONS:
        words: dict[str, Any] = {"dest": option.dest, "help": option.help}
        if option.is_flag:
            words["action"] = "store_true"
        else:
            words["action"] = "append" if option.many else "store"
            if option.choices:
                words["choices"] = option.choices
            else:
                words["metavar"] = option.metavar
        add(option.flag, **words)
        register_ini(option.ini, help=f"{option.help} (as {option.flag})", default="")
