"""The item gitlab-ci-1/runner-config."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._runner_versions import shown_readings
from pytest_dockerlab.errors import DockerlabError
from pytest_dockerlab.findings import Finding, Mismatch, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.lint import Lint
from pytest_dockerlab.submission.gitlab_runner.remarks import remarks
from pytest_dockerlab.submission.gitlab_runner.validity import problems, unknown
from pytest_dockerlab.submission.gitlab_runner.versions import newest_known, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.readings import Readings
    from pytest_dockerlab.submission.submission import Submission


@check("gitlab-ci-1/runner-config", "config.toml is valid for the runner's version", level="optional")
def runner_config(submission: Submission, hw_course: Course) -> None:
    written = submission.written_configurations
    if not written:
        raise NotAttempted(_("there is no configuration of a runner: no config.toml, template or README block"))
    note("configuration", [str(each.location) for each in written])
    judged: list[Message] = []
    remarked: list[Message] = []
    unsure: list[Finding] = []
    for each in written:
        try:
            configuration = submission.read_configuration(each)
        except Mismatch as refused:
            report([refused.finding])
            continue
        if configuration.doc.filled.has_conditions and not configuration.runners:
            raise Unverified(
                _("{place}: what fills the template in decides what is there", place=str(each.location)),
                _("keep the configuration as one text, with variables in it"),
            )
        read_by = submission.runner_readings(configuration, hw_course.runner_version)
        found = list(problems(configuration, read_by.main))
        later = list(problems(configuration, read_by.today)) if read_by.is_moving else []
        # What only its own day's runner did not know yet is right for whoever starts it now.
        if read_by.is_beyond:
            doubtful = {each.at: each for each in unknown(configuration)}
            unsure += doubtful.values()
            found = [each for each in found if each.at not in doubtful]
        wrong_today = {each.at for each in later}
        accused = [each for each in found if not read_by.is_moving or each.at in wrong_today]
        remarked += _remarks(configuration, read_by, found, later)
        said = _lint(submission, configuration, read_by)
        if isinstance(said, Finding):
            accused = accused or [said]
        elif said is not None:
            remarked.append(_("gitlab-runner lint: {said}", said=said))
        report(accused)
        judged += shown_readings(configuration, read_by, is_valid=not accused)
    if judged:
        note("judged", judged)
    if remarked:
        note("remarks", list({str(each): each for each in remarked}.values()))
    if unsure:
        raise Unverified(
            _("whether the newest runner knows {keys} is not known here: {version} does not",
              keys=[f"{each.found} ({each.at})" for each in unsure[:10]], version=shown(newest_known())),
            _("name the runner's version as the image's tag, or take away what is not needed"),
        )  # fmt: skip


def _remarks(
    configuration: RunnerConfiguration, read_by: Readings, found: list[Finding], later: list[Finding]
) -> Iterator[Message]:
    """What one of the two versions would pass over or refuse, and what is likely not meant so."""
    if read_by.is_moving:
        # The other version may say it too, in whatever words: of the same place.
        on_its_day, today = {each.at for each in found}, {each.at for each in later}
        yield from (_remark(each, read_by.main) for each in found if each.at not in today)
        yield from (_remark(each, read_by.today) for each in later if each.at not in on_its_day)
    yield from remarks(configuration, read_by.main)
    if read_by.is_moving:
        yield from remarks(configuration, read_by.today)


def _remark(finding: Finding, version: tuple[int, int, int]) -> Message:
    where = str(finding.at)
    return _("{place}: GitLab Runner {version}: {why}", place=where, version=shown(version), why=finding.found)


def _lint(submission: Submission, configuration: RunnerConfiguration, read_by: Readings) -> Finding | str | None:
    """What the runner's own program says: a finding where the homework's runner is as new as it is."""
    version = Lint.version()
    if version is None or configuration.is_excerpt:
        return None
    with contextlib.suppress(DockerlabError):  # it only adds to what we say
        said = Lint(submission.tree.budget).problem(configuration)
        if said is None or read_by.main[:2] < version[:2]:
            return said
        return Finding(
            _("gitlab-runner lint takes the configuration"),
            said,
            configuration.first_line,
            _("correct what it names, and ask again: gitlab-runner lint --config config.toml"),
        )
    return None
