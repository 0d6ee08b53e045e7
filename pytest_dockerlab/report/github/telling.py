"""What is told of a run that none of its results say: in words at the pull request, and as the step's exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ..page.markdown import escaped
from .command_files import append_summary, write_outputs
from .commands import command

__all__ = ["tell", "tell_code", "tell_refusal"]


def tell(kind: str, said: str, environ: Mapping[str, str]) -> None:
    """As an annotation, and in the step's summary: the log alone is where nobody looks. Raises ``OSError``."""
    sys.stdout.write(command(kind, said, title="pytest-dockerlab") + "\n")
    sys.stdout.flush()
    if file := environ.get("GITHUB_STEP_SUMMARY"):
        append_summary(Path(file), f"\n**{escaped(said)}**\n")


def tell_code(code: int | str, environ: Mapping[str, str]) -> None:
    """As the step's output ``exit-code``. Raises ``OSError``."""
    if file := environ.get("GITHUB_OUTPUT"):
        write_outputs(Path(file), {"exit-code": str(code)})


def tell_refusal(why: str, environ: Mapping[str, str] = os.environ) -> None:
    """Why a run never begins (exit code 4): nothing else of it will say so."""
    with contextlib.suppress(OSError):
        tell("error", why, environ)
        tell_code(4, environ)
