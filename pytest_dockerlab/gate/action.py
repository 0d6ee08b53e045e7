"""What action.yml's step runs, once we are installed: ``dockerlab check``, and what its end means for the gate.

The step succeeds on exit 0 of the check and on nothing else. A branch that names no homework is let through only where
the workflow says so, and then it is said that nothing was checked.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import catalogue
from ..errors import ConfigurationError
from ..messages import Message, _, language_of
from ..report.github.commands import resume, stop_token
from ..report.github.telling import tell, tell_code
from ..report.lines import printable
from ..run.output_files import refuse_link_in, remove_old
from ..selection import BranchOfNoHomework, UndecidedBranch, resolve_names
from .endings import OUR_FAULT, Ending, ending_of
from .inputs import Inputs

__all__ = ["environment_of_check", "main"]

_WITHHELD = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_TOKEN", "GH_TOKEN")
"""By the files later steps are steered, by the tokens the repository is written. The check has no use for any."""
_WITHHELD_KINDS = ("ACTIONS_", "GATE_", "INPUT_")
"""The runner's own tokens, for caches, artifacts and OpenID Connect; and what was meant for us."""


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the step; returns its exit code."""
    gate = _Gate(environ)
    try:
        return _run(gate, environ)
    except UndecidedBranch as error:
        said = _(
            "Nothing was checked: {why}. Rename the branch and push it, or name the homework in the workflow, as an"
            " input of this step: hw: {example}",
            why=error.why,
            example=error.example,
        )
        return gate.end(Ending(4, said, is_ours=True))
    except ConfigurationError as error:
        return gate.end(Ending(4, _("Nothing was checked: {why}", why=error.text), is_ours=True))
    except Exception:  # noqa: BLE001 - Python would end with 1, which says that the homework fails
        print(printable(traceback.format_exc()), flush=True)
        with contextlib.suppress(OSError):
            gate.end(OUR_FAULT)
        return OUR_FAULT.code


def _run(gate: _Gate, environ: Mapping[str, str]) -> int:
    inputs = Inputs.of(environ)
    refuse_link_in(inputs.path, inputs.results, "results")
    known, _course = catalogue.of_course(inputs.course)
    try:
        names = resolve_names(inputs.homeworks, known, str(inputs.path), inputs.path)
    except BranchOfNoHomework as error:
        if not inputs.skips_unknown or len(inputs.homeworks) > 1:  # what is asked for by its name is never left out
            raise
        return gate.skip(_("Skipped, and nothing was checked: {why}", why=error.why))
    known.select(names)
    begun = time.monotonic()
    fence = stop_token()
    code = _check(inputs, names, environ, fence)
    if code < 0:
        gate.end_fence(fence)
    gate.say_times(time.monotonic() - begun)
    return gate.end(ending_of(code, _read(inputs.results), inputs.threshold))


class _Gate:
    """How the step speaks: in its log, at the pull request, in its summary and by its outputs."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._language = language_of(environ.get("GATE_LANG"), environ)

    def end(self, ending: Ending) -> int:
        """Say how it ended; returns the exit code. What the check has said itself is said in the log alone."""
        if ending.is_ours:
            self._annotate("error", ending.text)
        else:
            self._print(ending.text.render(self._language))
        tell_code(ending.code, self._environ)
        return ending.code

    def end_fence(self, token: str) -> None:
        """That of a check that did not live to do it: until then nothing of ours is more than text to the runner."""
        self._print("")  # it may have died in the middle of a line
        self._print(resume(token))

    def skip(self, said: Message) -> int:
        """Let it through unchecked, as the workflow wants."""
        self._annotate("notice", said)
        tell_code("skipped", self._environ)
        return 0

    def say_times(self, checked: float) -> None:
        """How long each part took."""
        made, installed = self._environ.get("GATE_TIMES", "0 0").split()
        said = _(
            "Time: {made} s to prepare Python, {installed} s to install, {checked} s to check.",
            made=made,
            installed=installed,
            checked=f"{checked:.0f}",
        )
        self._print(said.render(self._language))

    def _annotate(self, kind: str, message: Message) -> None:
        tell(kind, printable(message.render(self._language)), self._environ)

    @staticmethod
    def _print(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _check(inputs: Inputs, names: list[str], environ: Mapping[str, str], fence: str) -> int:
    """The exit code of the check; less than 0 where a signal has ended it.

    :param fence: the token that ends the fence around what it prints.
    """
    remove_old(inputs.results)  # whatever is there is not of this check
    arguments = [f"--hw={name}" for name in names]
    arguments += [f"--hw-results={inputs.results}"]
    arguments += [f"--hw-tier={inputs.tier}"] if inputs.tier else []
    arguments += ["--hw-strict"] if inputs.is_strict else []
    arguments += [f"--hw-course={inputs.course}"] if inputs.course else []
    arguments += [f"--hw-lang={inputs.language}"] if inputs.language else []
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "pytest_dockerlab.cli", "check", *arguments, "--", str(inputs.path)],
        env={**environment_of_check(environ), "DOCKERLAB_FENCE": fence},
    )
    # a job that is cancelled interrupts this process alone (ProcessInvoker.cs of actions/runner), and later kills all
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    return process.wait()


def environment_of_check(environ: Mapping[str, str]) -> dict[str, str]:
    """What the check sees of the step's environment."""
    return {
        name: value for name, value in environ.items() if name not in _WITHHELD and not name.startswith(_WITHHELD_KINDS)
    }


def _read(file: Path) -> dict[str, Any] | None:
    """Its results.json, where it has come so far as to write one."""
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


if __name__ == "__main__":
    sys.exit(main())
