"""What a run says to GitHub, on the controller: a fence around all that is printed, and behind it annotations.

Its summary and its outputs go to the files of the step. Of a roster, whose repositories are not the one that the
workflow is of, there are neither annotations nor a summary.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, MutableMapping
from pathlib import Path

import pytest

from ..messages import _, reason_of
from ..report.github.annotations import Annotation, about_run, annotations_of
from ..report.github.command_files import append_summary, room_for_summary, write_outputs
from ..report.github.commands import command, resume, stop, stop_token
from ..report.github.summary import summary
from ..report.lines import printable
from ..report.terminal import number, word_of
from ..results import SubmissionResult, Verdict, is_asked_for
from .reporting import ReportingPlugin
from .run import Run

__all__ = ["GitHubPlugin"]

_OF_A_STEP = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE")
"""The files of a step. Whoever knows one writes what the runner obeys."""
_WORDS = ("passed", "failed", "optional failed", "advised", "not attempted", "unverified", "error")


class GitHubPlugin:
    """Registered beside the report, whose results it says to GitHub."""

    def __init__(
        self,
        config: pytest.Config,
        run: Run,
        reporting: ReportingPlugin,
        environ: MutableMapping[str, str] = os.environ,
    ) -> None:
        self._config, self._run, self._reporting = config, run, reporting
        # no check, and nothing that runs for one, finds them there
        self._files = {name: file for name in _OF_A_STEP if (file := environ.pop(name, ""))}
        # whoever started this may have chosen the token, so as to end the fence where this process dies in it
        self._token = environ.pop("DOCKERLAB_FENCE", "") or stop_token()
        self._is_fenced = False
        self._code = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """From here on nothing that is printed is a command, or an annotation.

        No fence keeps the runner from matching problems: setup-python lets it make one of each traceback that anybody
        prints (``.github/python.json`` of actions/setup-python), and ten of those would leave no room for ours.
        """
        self._print(command("remove-matcher", owner="python"))
        self._print(stop(self._token))
        self._is_fenced = True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the step's files. What cannot be written is said; the verdicts are the same."""
        self._code = int(session.exitstatus)
        submissions = self._reporting.submissions
        if submissions is None:
            return
        only = submissions[0] if len(submissions) == 1 and not self._run.settings.roster else None
        if only is not None:
            self._write("GITHUB_STEP_SUMMARY", self._append_summary)
        self._write("GITHUB_OUTPUT", lambda file: write_outputs(file, self._outputs(only)))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Behind all that anybody prints: the end of the fence, and what GitHub is to take for itself."""
        if not self._is_fenced:
            return
        self._print(resume(self._token))
        found = self._annotations()
        if found:
            title = _("The same for GitHub, as annotations: {count}", count=len(found))
            self._print(command("group", printable(title.render(self._run.settings.language))))
            for each in found:
                self._print(str(each))
            self._print(command("endgroup"))

    def _annotations(self) -> list[Annotation]:
        submissions, run = self._reporting.submissions, self._run
        if submissions is None or run.settings.roster:
            return []
        (result,), (source,) = submissions, run.sources
        found = annotations_of(
            result.items,
            run.settings.language,
            folder=source.folder_in_repository,
            shown=self._reporting.shown,
            unverified_fails=self._unverified_fails(result),
            more_in=run.settings.results or "",
        )
        if not any(each.kind == "error" for each in found):
            about = about_run(self._code, result.items, run.settings.language)
            found = [about, *found] if about is not None else found
        return found

    def _unverified_fails(self, result: SubmissionResult) -> frozenset[str]:
        """In a strict run; without those that stand under another one."""
        if not self._run.settings.strict:
            return frozenset()
        ids = {each.id for each in result.items}
        return frozenset(
            each.id
            for each in result.items
            if each.verdict is Verdict.UNVERIFIED
            and is_asked_for(each, self._run.settings.tier)
            and each.because_of not in ids
        )

    def _append_summary(self, file: Path) -> None:
        append_summary(file, summary(self._reporting.page, room_for_summary(file)))

    def _outputs(self, result: SubmissionResult | None) -> dict[str, str]:
        outputs = {"results": self._run.settings.results or "", "exit-code": str(self._code)}
        if result is None:
            return outputs
        score, counts = result.score, Counter(word_of(each) for each in result.items)
        return {
            "score": number(score.points),
            "max": number(score.maximum),
            "verified-max": number(score.verified_maximum),
            "bonus": number(score.bonus),
            "final": str(score.is_final).lower(),
            **{word.replace(" ", "-"): str(counts[word]) for word in _WORDS},
            **outputs,
        }

    def _write(self, name: str, write: Callable[[Path], None]) -> None:
        if file := self._files.get(name):
            try:
                write(Path(file))
            except OSError as error:
                self._reporting.further_notes.append(
                    _("{file} could not be written: {why}", file=name, why=reason_of(error))
                )

    def _print(self, line: str) -> None:
        """As a line of its own, whatever was printed before."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if hasattr(reporter, "write_line"):
            reporter.write_line(self._reporting.writable(line))
            reporter.flush()  # a fence stands before what others write, and also where this process is killed in it
        else:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
