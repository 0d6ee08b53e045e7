"""What a workflow asks of the gate: the inputs of action.yml, which arrive as variables ``GATE_*``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..homework import Tier
from ..messages import LANGUAGES, _

__all__ = ["Inputs", "Threshold"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """So many points must be verified and right, or so many of a hundred."""

    written: str
    number: float
    is_percent: bool

    @classmethod
    def parse(cls, written: str) -> Threshold:
        """Of ``12``, ``7.5`` or ``80%``. Raises :class:`ConfigurationError`."""
        found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?) ?(%?)", written)
        if found is None or (found[2] and float(found[1]) > 100):
            raise ConfigurationError(
                _("threshold: {value} is neither points, such as 12, nor a share, such as 80%", value=repr(written))
            )
        return cls(written, float(found[1]), bool(found[2]))

    def is_met(self, points: float, maximum: float) -> bool:
        """Whether ``points`` of ``maximum`` are enough."""
        return points * 100 >= self.number * maximum if self.is_percent else points >= self.number


@dataclass(frozen=True, slots=True)
class Inputs:
    """All of them. What is empty was not said."""

    homeworks: tuple[str, ...]
    path: Path
    tier: str
    is_strict: bool
    threshold: Threshold | None
    course: Path | None
    language: str
    skips_unknown: bool
    results: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Inputs:
        """Those of the step's environment. Raises :class:`ConfigurationError` for what is none.

        A switch that is misspelt is refused: taken for its default, it would make a gate that lets more through.
        """
        workspace = Path(environ["GITHUB_WORKSPACE"])
        course, results, threshold = _of(environ, "course"), _of(environ, "results"), _of(environ, "threshold")
        return cls(
            homeworks=tuple(_of(environ, "hw").split()) or ("auto",),
            path=workspace / (_of(environ, "path") or "."),
            tier=_chosen(environ, "tier", "", Tier.FILES, Tier.ENGINE, Tier.APP),
            is_strict=_chosen(environ, "strict", "false", "true") == "true",
            threshold=Threshold.parse(threshold) if threshold else None,
            course=workspace / course if course else None,
            language=_chosen(environ, "lang", "", *LANGUAGES),
            skips_unknown=_chosen(environ, "on-unknown", "fail", "skip") == "skip",
            results=workspace / results if results else Path(environ["RUNNER_TEMP"]) / "dockerlab" / "results.json",
        )


def _of(environ: Mapping[str, str], name: str) -> str:
    return environ.get("GATE_" + name.replace("-", "_").upper(), "").strip()


def _chosen(environ: Mapping[str, str], name: str, *choices: str) -> str:
    """One of the choices, of which the first is that of a workflow that says nothing."""
    value = _of(environ, name) or choices[0]
    if value not in choices:
        named = tuple(choice for choice in choices if choice)
        raise ConfigurationError(
            _("{option}: {value} is none of {choices}", option=name, value=repr(value), choices=named)
        )
    return value
