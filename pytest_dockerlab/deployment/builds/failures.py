"""What a failed build means: a finding at the failing line, or *unverified* where the student is not at fault."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Sequence

from ...findings import Finding, Location, Mismatch, Unverified
from ...messages import Message, _, shortened
from ...plans.builds.plan import BuildPlan
from ...submission.dockerfiles.instructions import Instruction
from ..causes import cause_first, worth_showing
from ..left_out_files import mentioned
from ..own_limits import is_counted_out
from ..world import moved_on
from .contract import BuildEnd, BuildLimits, ImageBuildFailed

__all__ = ["explain"]

_HANGS_AFTER = 60.0
"""Seconds of silence after which a step that ran out of time was not just slow."""
_KILLED = re.compile(r"returned a non-zero code: 137|exit code: 137")
# gcc, the shells and make, of a process other than the first one
_CHILD_KILLED = re.compile(r"Killed signal terminated program|\bKilled\s*$", re.MULTILINE)
_TOO_OLD = re.compile(r"unknown instruction|the --\S+ option requires BuildKit|unknown flag", re.IGNORECASE)
_MISSING = re.compile(r"(?:COPY|ADD) failed|failed to compute cache key|not found|no such file", re.IGNORECASE)
_NO_PACKAGE = re.compile(
    r"Unable to locate package|has no installation candidate|unable to select packages|Could not find gem"
    r"|No matching distribution found"
)
# What is wrong with a FROM itself, in both builders' words; anything else is the image that cannot be had.
_WRONG_BASE = re.compile(r"invalid reference format|should not be blank|\bpars(?:e|ing)\b|invalid name|platform")
_PARSE_ERROR = re.compile(r"parse error (?:on )?line (\d+)", re.IGNORECASE)
_NAMED = re.compile(r"\bstat ([^\s:]{1,300}):|\"([^\"\n]{1,300})\": not found")
# the classic builder's words, and BuildKit's
_EXIT_CODE = re.compile(r"(?:returned a non-zero code|exit code): (\d{1,3})\s*$")
_SHOWN = 12


def explain(
    failure: ImageBuildFailed, plan: BuildPlan, left_out: Sequence[str], limits: BuildLimits
) -> Mismatch | Unverified:
    """The exception that says what a failed build of ``plan`` means.

    :param left_out: the files of the build context that could not be sent.
    """
    instruction = _instruction(failure, plan)
    at = plan.at(instruction)
    match failure.end:
        case BuildEnd.TIME if _waited(failure, plan, instruction):
            return Unverified(
                _("the build of {name} was waiting for something outside at {place} when its time was up: {limit}",
                  name=plan.name, place=str(at), limit=failure.reason),
                _("see whether docker pull gets its base image from here, in time; the course file can replace it "
                  "([images]), and give a build more time: [time-limits], build"),
            )  # fmt: skip
        case BuildEnd.TIME if is_counted_out(failure.tail):
            hint = _("something in this step keeps starting itself")
            found: Message = _(
                "the step starts processes without end and does not finish: {limit}", limit=failure.reason
            )
        case BuildEnd.TIME if failure.silent < min(_HANGS_AFTER, limits.seconds / 2):
            return Unverified(
                _("the build of {name} was still working at {place} when its time was up: {limit}",
                  name=plan.name, place=str(at), limit=failure.reason),
                _("a course file can give it more: [time-limits], build"),
            )  # fmt: skip
        case BuildEnd.TIME:
            hint = _("a RUN has to finish: start servers in CMD, not in RUN")
            found = _("the step does not finish: {limit}, and no output for {seconds} s",
                               limit=failure.reason, seconds=round(failure.silent))  # fmt: skip
        case BuildEnd.LOG:
            hint = _("something in this step keeps writing")
            found = _("the build writes {limit} to its log", limit=failure.reason)
        case BuildEnd.DISK:
            hint = _("something in this step fills the disk; an image of the course takes a few hundred MB")
            found = _("the build writes {limit}", limit=failure.reason)
        case BuildEnd.SPACE:
            return Unverified(
                _("the docker host's disk filled up while the image of {name} was built ({place})",
                  name=plan.name, place=str(at)),
                _("free space on the docker host, and see whether this step fills the disk"),
            )  # fmt: skip
        case _:
            return _failed_step(failure, plan, instruction, at, left_out, limits)
    return Mismatch(Finding(_("the image of {name} builds", name=plan.name), found, at, hint))


def _failed_step(
    failure: ImageBuildFailed,
    plan: BuildPlan,
    instruction: Instruction | None,
    at: Location,
    left_out: Sequence[str],
    limits: BuildLimits,
) -> Mismatch | Unverified:
    said = f"{failure.tail}\n{failure.reason}"
    # apt-get update ends with 0 where nothing can be fetched: the step that wants the packages fails, and not that one
    cause = moved_on(f"{failure.log}\n{said}" if _NO_PACKAGE.search(said) else said)
    if cause is not None:
        return Unverified(
            _("the image of {name} was not built, and that is not its author's fault: {cause} ({place})",
              name=plan.name, cause=cause[0], place=str(at)),
            cause[1],
        )  # fmt: skip
    if instruction is not None and instruction.name == "FROM" and not _WRONG_BASE.search(said):
        return Unverified(
            _("the image of {name} was not built, because its base image is not available: {why} ({place})",
              name=plan.name, why=failure.reason, place=str(at)),
            _("see whether docker pull gets it; the course file can replace it: [images]"),
        )  # fmt: skip
    elsewhere = _("see whether docker build finishes on another machine")
    is_killed = _KILLED.search(failure.reason) or _CHILD_KILLED.search(failure.tail)
    if failure.is_out_of_memory or (failure.is_out_of_memory is None and is_killed):
        # as a rule by our own limit, which a larger machine would not have
        return Unverified(
            _("the step at {place}, or a process in it, was killed: it may use {memory} MiB of memory here",
              place=str(at), memory=limits.memory // 1024**2),
            elsewhere,
        )  # fmt: skip
    if is_counted_out(said):
        return Unverified(
            _("the step at {place} needs more than the {count} processes and threads it gets here",
              place=str(at), count=limits.processes),
            elsewhere,
        )  # fmt: skip
    if plan.buildkit is not None and _TOO_OLD.search(said):
        return Unverified(
            _("{place} needs a newer builder than this docker host's: {why}",
              place=str(plan.buildkit), why=failure.reason),
            _("use a docker host with a newer Docker Engine"),
        )  # fmt: skip
    wanted: Sequence[str] = mentioned(left_out, said)
    if not wanted and instruction is not None and _wants(instruction, left_out) and _MISSING.search(said):
        wanted = left_out
    if wanted:
        return Unverified(
            _("files of the build context could not be sent: {files}", files=list(wanted[:_SHOWN])),
            _("commit regular files of a reasonable size"),
        )
    shown = "\n".join(worth_showing(failure.tail.strip().splitlines())[-_SHOWN:])
    code = _EXIT_CODE.search(failure.reason)
    how = failure.reason if code is None else _("the step ended with exit code {code}", code=int(code[1]))
    found: object = how
    hint = _missing_source(failure, plan, instruction)
    if shown:
        found, hint = cause_first(failure.tail, how, shown)
    if hint is None:
        hint = _("docker build shows the same at “{instruction}”: correct it there",
                 instruction=_one_line(instruction) if instruction is not None else plan.dockerfile)  # fmt: skip
    return Mismatch(Finding(_("the image of {name} builds", name=plan.name), found, at, hint))


def _missing_source(failure: ImageBuildFailed, plan: BuildPlan, instruction: Instruction | None) -> Message | None:
    """What helps where COPY or ADD does not find its file."""
    if instruction is None or instruction.name not in ("COPY", "ADD") or not _MISSING.search(failure.reason):
        return None
    named = _NAMED.search(failure.reason)
    file = (named[1] or named[2]).lstrip("/") if named else ", ".join(instruction.values[:-1])
    return _("commit {file} to {folder}, or correct its path, which starts there; .dockerignore may exclude it",
             file=file, folder=f"{plan.context}/" if plan.context else _("the root of the repository"))  # fmt: skip


def _instruction(failure: ImageBuildFailed, plan: BuildPlan) -> Instruction | None:
    """The instruction that failed: by its number, by the line that the builder names, or by its text."""
    steps = plan.steps()
    if failure.step is not None and 0 < failure.step <= len(steps):
        return steps[failure.step - 1]
    refused = _PARSE_ERROR.search(failure.reason)
    named = failure.line or (int(refused[1]) if refused else None)
    if named is not None:
        line = plan.original_line(named)
        return next((each for each in plan.instructions if each.line <= line <= each.end_line), None)
    if failure.instruction is not None:
        wanted = " ".join(failure.instruction.split())
        return next((each for each in plan.instructions if " ".join(each.original.split()) == wanted), None)
    return None


def _waited(failure: ImageBuildFailed, plan: BuildPlan, instruction: Instruction | None) -> bool:
    """Whether no program of the step ran: what is pulled or fetched did not come. BuildKit names no containers."""
    is_run = plan.buildkit is not None and instruction is not None and instruction.name == "RUN"
    return failure.container is None and not is_run


def _wants(instruction: Instruction, left_out: Sequence[str]) -> bool:
    """Whether an instruction copies one of these files, as far as its words tell."""
    if instruction.name not in ("COPY", "ADD"):
        return False
    for source in instruction.values[:-1]:
        wanted = posixpath.normpath(source.strip("\"'").lstrip("/"))
        for each in left_out:
            if "$" in wanted or fnmatch.fnmatchcase(each, wanted) or each.startswith(f"{wanted}/"):
                return True
    return False


def _one_line(instruction: Instruction) -> str:
    return shortened(" ".join(instruction.original.split()), 100)
