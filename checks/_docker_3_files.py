"""docker-3: the items that read the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.findings import Finding, Location, NotAttempted, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission import aliases
from pytest_dockerlab.submission.addcopy import add_problems
from pytest_dockerlab.submission.alpine import alpine_base, alpine_problems
from pytest_dockerlab.submission.answers import build_answer
from pytest_dockerlab.submission.buildvariables import Sources, build_variable_problems
from pytest_dockerlab.submission.dockerfiles import hadolint
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile, DockerfileError
from pytest_dockerlab.submission.packages import apt_lists_problems, apt_recommends_problems
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role
from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles, find_near_misses
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.submission.text.readme import Readme

__all__ = [
    "alpine",
    "apt_lists",
    "build_answers",
    "build_arg",
    "copy_not_add",
    "hadolint_check",
    "host_defaults",
    "no_recommends",
    "run_aliases",
    "services",
    "volume",
]


@check("docker-3/services", "ui, comment and post each have a Dockerfile")
def services(submission: Submission) -> None:
    found = submission.service_files
    for role in APPLICATION:
        files = found.get(role)
        if files is None or files.in_use is None:
            near = [each.path for each in files.files] if files else find_near_misses(submission.tree, role)
            expect(
                False,
                _("{role} has a file Dockerfile", role=role),
                found=_("only {files}", files=near) if near else _("no folder of {role} with a Dockerfile", role=role),
                at=Location(near[0]) if near else None,
                hint=_("docker build takes the file that is called exactly Dockerfile: add or rename it"),
            )
            continue
        note(str(role), _("{path}: {reason}", path=files.in_use, reason=files.reason))
        others = [each.path for each in files.files if each.path != files.in_use]
        if others:
            note(_("{role}, other Dockerfiles", role=role).render(), others)
        _report(_unbuildable(submission, files.in_use))


@check("docker-3/hadolint", "hadolint finds nothing in the Dockerfiles", level="advisory", needs=[Need.HADOLINT])
def hadolint_check(submission: Submission) -> None:
    kinds = {each.path: each.is_backup for files in _services(submission) for each in files.files}
    linted = hadolint.lint(submission.tree, sorted(kinds))
    note("files", sorted(kinds))
    if linted.unread:
        note("not read by hadolint, though Docker reads them", linted.unread)
    shown = [each for each in linted.lints if not each.is_finding or kinds[each.at.file]]
    if shown:
        note("not held against it", [f"{each.at} {each.code} {each.level}: {each.message}" for each in shown])
    for each in linted.lints:
        if each not in shown:
            expect(
                False,
                found=f"{each.code} {each.level}: {each.message}",
                at=each.at,
                hint=_("see https://github.com/hadolint/hadolint/wiki/{code}", code=each.code)
                if each.code.startswith("DL")
                else _("see https://www.shellcheck.net/wiki/{code}", code=each.code),
            )


@check("docker-3/apt-lists", "apt's lists are removed in the layer that fetched them", level="advisory")
def apt_lists(submission: Submission) -> None:
    _over_all(submission, apt_lists_problems)


@check("docker-3/no-recommends", "apt-get install uses --no-install-recommends", level="advisory")
def no_recommends(submission: Submission) -> None:
    _over_all(submission, apt_recommends_problems)


@check("docker-3/copy-not-add", "no Dockerfile uses ADD where COPY does", level="advisory")
def copy_not_add(submission: Submission) -> None:
    _over_all(submission, add_problems)


@check("docker-3/build-arg", "a variable that only the build uses is ARG, not ENV", level="advisory")
def build_arg(submission: Submission) -> None:
    sources = {files.folder: Sources(submission.tree, files.folder) for files in _services(submission)}

    def problems(dockerfile: Dockerfile) -> list[Finding]:
        folder = max((each for each in sources if dockerfile.path.startswith(f"{each}/" if each else "")), key=len)
        return build_variable_problems(dockerfile, sources[folder].mention)

    _over_all(submission, problems)


@check("docker-3/alpine", "ui is built on Alpine and keeps no build tools or caches", level="optional")
def alpine(submission: Submission) -> None:
    files = submission.service_files.get(Role.UI)
    judged = {}
    for path in files.own if files is not None else ():
        dockerfile = _parsed(submission, path)
        if dockerfile is not None and (base := alpine_base(dockerfile)) is not None:
            judged[path] = alpine_problems(dockerfile)
            note(path, base)
    if not judged:
        raise NotAttempted(_("no Dockerfile of ui stands on Alpine"))
    # Variants are steps on the way: the best one is what was reached.
    best = min(judged, key=lambda path: (len(judged[path]), path != (files.in_use if files else None), path))
    note("judged", best)
    _report(judged[best])


@check("docker-3/aliases", "network aliases and --env values of docker run agree", level="optional")
def run_aliases(submission: Submission) -> None:
    defaults = host_defaults(submission)
    runs = submission.docker_runs
    found = aliases.alias_scenes(runs, defaults)
    if not found:
        raise NotAttempted(_("no docker run lines give the services other network aliases"))
    note("lines", [f"{run.at}: {run.text}" for scene in found for run in scene])
    judged = [aliases.run_alias_problems(scene, runs, defaults) for scene in found]
    if all(problems is None for problems in judged):
        if any(run.unseen for scene in found for run in scene):
            raise Unverified(
                _("docker run takes its variables from a file that is not in the repository"),
                _("commit the file of --env-file, or give the values with --env"),
            )
        raise Unverified(
            _("the docker run lines show only one side: who asks for the name, or who has it"),
            _("give the line of every container, of the services and of the database"),
        )
    for problems in judged:
        _report(problems or ())


@check("docker-3/volume", "the database keeps its data in a named volume", level="advisory")
def volume(submission: Submission) -> None:
    runs = submission.docker_runs
    mounting = [run for run in runs if any(each.target in aliases.DATA_FOLDERS for each in run.volumes)]
    if mounting:
        note("lines", [f"{run.at}: {run.text}" for run in mounting])
    _report(aliases.volume_problems(runs))


@check("docker-3/build-answers", "the README says where a rebuild starts, and why", level="advisory")
def build_answers(readmes: list[Readme]) -> None:
    answer = build_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    expect(
        answer is not None,
        found=_("no word of it in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down which step a rebuild started with, and what of the cache or the FROM was the reason"),
    )


def _services(submission: Submission) -> list[ServiceFiles]:
    found = list(submission.service_files.values())
    if not found:
        raise Unverified(
            _("there are no Dockerfiles of ui, comment and post"), _("add them first: see docker-3/services")
        )
    return found


def _over_all(submission: Submission, problems_of: Callable[[Dockerfile], Iterable[Finding]]) -> None:
    """Ask it of every Dockerfile and variant; a backup's answers are only evidence."""
    looked_at, backups = [], []
    for files in _services(submission):
        for each in files.files:
            dockerfile = _parsed(submission, each.path)
            if dockerfile is None:
                continue  # why is docker-3/services' or docker-3/hadolint's finding
            looked_at.append(each.path)
            found = list(problems_of(dockerfile))
            if each.is_backup:
                backups += [str(problem.at) for problem in found]
            else:
                _report(found)
    if not looked_at:
        raise Unverified(_("none of the Dockerfiles parses"), _("correct them first: see docker-3/services"))
    note("files", looked_at)
    if backups:
        note("in backups, not held against it", backups)


def _parsed(submission: Submission, path: str) -> Dockerfile | None:
    try:
        return submission.dockerfile(path)
    except (DockerfileError, RefusedPath, LimitExceeded):
        return None


def _unbuildable(submission: Submission, path: str) -> Iterator[Finding]:
    hint = _("Docker's own parser refuses the file: correct it at this place")
    try:
        problems = submission.dockerfile(path).problems()
    except DockerfileError as error:
        yield Finding(_("the Dockerfile parses"), error.reason, error.at, hint)
        return
    for line, why in problems:
        yield Finding(_("the Dockerfile parses"), why, Location(path, line), hint)


def host_defaults(submission: Submission) -> aliases.Defaults:
    """The environment that each service's image gives it."""
    found = {}
    for role, files in submission.service_files.items():
        dockerfile = _parsed(submission, files.in_use) if files.in_use is not None else None
        if dockerfile is not None:
            found[role] = {name: setting.value for name, setting in dockerfile.image().environment.items()}
    return found


def _report(problems: Iterable[Finding]) -> None:
    for each in problems:
        expect(False, each.expected, found=each.found, at=each.at, hint=each.hint)
