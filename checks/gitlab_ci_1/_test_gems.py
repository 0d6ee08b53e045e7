"""Whether the gems that the tests of a job need are installed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._test_runs import text_of
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.tree import folders_above
from pytest_dockerlab.submission.gitlab_ci.steps import ROOT

if TYPE_CHECKING:
    from pytest_dockerlab.checks.gitlab_ci_1._test_runs import Run
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.gitlab_ci.pipeline import Job
    from pytest_dockerlab.submission.gitlab_ci.steps import Step

__all__ = ["gems"]

_RUBY = frozenset({"ruby", "jruby", "rspec", "rake", "rails", "minitest"})
_OFFICIAL = re.compile(r"(?:docker\.io/)?(?:library/)?ruby(?::|@|$)")
_WITHOUT = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:docker|alpine|busybox|debian|ubuntu|python|node|golang|mongo)(?::|@|$)"
)
"""Images that have no Ruby."""
_BUNDLER = frozenset({"bundle", "bundler", "gem"})
_INSTALLS = frozenset({"bundle", "bundler", "gem", "apt-get", "apt", "apk", "docker"})
_HARMLESS = frozenset({"cd", "echo", "export", "pwd", "ls", "set", "ruby", "env", "date", "mkdir"})
_RACK_TEST = re.compile(r"^[ \t]*require[ \t(]+[\"']rack/test[\"']", re.MULTILINE)


def gems(job: Job, run: Run, steps: list[Step], tree: Tree) -> Iterator[Finding]:
    """What is missing of the gems, as far as the files say."""
    if run.step.program not in _RUBY:
        return
    before = steps[: steps.index(run.step)]
    if _WITHOUT.match(job.image or "") and all(step.program in _BUNDLER | _HARMLESS for step in before):
        first = next((step for step in before if step.program in _BUNDLER), run.step)
        yield Finding(
            _("the job's image has what the tests run with"),
            _("{image} has no {program}", image=job.image, program=first.program),
            first.at,
            _("give {job} an image of its own: ruby:2.4.2", job=job.name),
        )
        return
    for step in before:
        if step.program in ("bundle", "bundler") and step.words[1:2] in ((), ("install",)) and step.folder is not None:
            yield from _gemfile(step, tree)
    if not any(_installs(step) for step in before) and _OFFICIAL.match(job.image or "") and not job.value.get("cache"):
        yield Finding(
            _("the gems of the application are installed before the tests run"),
            _("{image} has none, and nothing installs them", image=job.image),
            run.step.at,
            _("add bundle install to before_script, in the folder of the Gemfile"),
        )
    yield from _rack_test(run, before, tree)


def _installs(step: Step) -> bool:
    return step.program in _INSTALLS or "/" in step.words[0]


def _gemfile_of(folder: str, tree: Tree) -> str | None:
    """The Gemfile that bundler finds: in a folder, or in the nearest one above."""
    for each in (folder, *reversed(list(folders_above(folder))), ""):
        path = f"{each}/Gemfile" if each else "Gemfile"
        if tree.exists(path):
            return path
    return None


def _gemfile(step: Step, tree: Tree) -> Iterator[Finding]:
    if "BUNDLE_GEMFILE" in step.environment or any(each.startswith("--gemfile") for each in step.words):
        return
    if _gemfile_of(step.folder or "", tree) is None:
        others = [path for path in tree.files if path.rpartition("/")[2] == "Gemfile"]
        folder = others[0].rpartition("/")[0] if others else ""
        yield Finding(
            _("bundle install finds a Gemfile"),
            _("none in {folder}", folder=step.folder or ROOT),
            step.at,
            _("enter its folder first: cd {folder}", folder=folder) if folder else _("add the Gemfile"),
        )


def _rack_test(run: Run, before: list[Step], tree: Tree) -> Iterator[Finding]:
    """The tests of the course's application need one gem more than the application does."""
    needing = next((path for path in run.files if _RACK_TEST.search(text_of(tree, path))), None)
    gemfile = _gemfile_of(run.step.folder or "", tree)
    if needing is None or gemfile is None or any(step.program == "gem" or "/" in step.words[0] for step in before):
        return
    if not any("rack-test" in text_of(tree, path) for path in (gemfile, f"{gemfile}.lock")):
        yield Finding(
            _("the Gemfile has what the tests require"),
            _("{file} requires rack/test, and there is no rack-test", file=needing),
            Location(gemfile),
            _("add to the Gemfile: gem 'rack-test'"),
        )
