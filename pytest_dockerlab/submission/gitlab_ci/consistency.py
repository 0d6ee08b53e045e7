"""Whether the jobs of a pipeline fit its stages and one another: what GitLab asks when it makes a pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ...findings import Finding, Location
from ...messages import Message, _
from ..text.secrets import redacted
from .near_names import near_name
from .pipeline import DEFAULTS, DOES, GLOBAL, Job, Pipeline
from .values import Value

__all__ = ["inconsistencies"]

_MOST_SHOWN = 20
_LONGEST = 80
_NO_NAME = re.compile(r"[^a-zA-Z0-9_/${}. -]")
"""What the name of an environment must not have: GitLab's environment_name_regex, the other way round."""


def inconsistencies(pipeline: Pipeline) -> Iterator[Finding]:
    """What GitLab would refuse, and what would never run. What an include may bring is not missed."""
    yield from _no_jobs(pipeline)
    if not pipeline.jobs and pipeline.not_followed is None:
        yield Finding(
            _("the pipeline has a job"), _("none that does not begin with a dot"), Location(pipeline.path),
            _("add a job with a script"),
        )  # fmt: skip
    for job in pipeline.jobs.values():
        if "script" not in pipeline.root.mapping:  # else the indentation of one is wrong, which is told above
            yield from _without_a_script(job, pipeline.root.mapping[job.name])
        yield from _rules_and_only(job)
        yield from _needs(pipeline, job)
        yield from _environment(pipeline, job)
    yield from _stages(pipeline)
    yield from _circles(pipeline)


def _no_jobs(pipeline: Pipeline) -> Iterator[Finding]:
    """Keys of the outermost level that are neither settings nor jobs."""
    root = pipeline.root
    for name, value in root.mapping.items():
        if name in GLOBAL:
            yield from _reserved(root, name, value)
        elif not name.startswith(".") and not isinstance(value.data, dict) and value.unknown is None:
            yield Finding(
                _("what stands at the outermost level is a setting of GitLab, or a job with its keys"),
                _("{name}, which is neither", name=name),
                value.at,
                _hint_for(root, name, value),
            )


def _reserved(root: Value, name: str, value: Value) -> Iterator[Finding]:
    if name != "default" and "script" in value.mapping:
        yield Finding(
            _("a job has a name of its own"),
            _("{name}, which is a setting of GitLab", name=name),
            value.at,
            _("give the job another name"),
        )
    default = root.get("default", name) if name in DEFAULTS else None
    if default is not None and value.data is not None:
        yield Finding(
            _("a setting for all jobs stands in one place"),
            _("{name} at the outermost level and in default ({place})", name=name, place=str(default.at)),
            value.at,
            _("delete one of them"),
        )


def _hint_for(root: Value, name: str, value: Value) -> Message:
    variables = root.mapping.get("variables")
    if variables is not None and variables.data is None and value.is_scalar:
        return _("it belongs to variables: indent it below that")
    near = near_name(name.lower(), GLOBAL, 0.75)
    if near:
        return _("write {name}", name=near)
    return _("correct the indentation: a variable belongs below variables, a command below script")


def _without_a_script(job: Job, own: Value) -> Iterator[Finding]:
    given = [key for key in DOES if _is_there(job, key)]
    if not given and job.is_expanded:
        keys = [key for key, value in own.mapping.items() if value.data is not None]
        near = [key for key in keys if near_name(key, DOES, 0.75) and key not in DOES]
        yield Finding(
            _("{job} has a script", job=job.name),
            _("none, but {keys}", keys=keys) if keys else _("none"),
            job.value.mapping[near[0]].at if near else job.at,
            _("write {name}", name="script") if near else _("add one; a template's name begins with a dot"),
        )
    if "script" in given and "trigger" in given:
        yield Finding(
            _("{job} has a script, or triggers another pipeline", job=job.name), _("both"),
            job.value.mapping["trigger"].at, _("make two jobs of it"),
        )  # fmt: skip


def _is_there(job: Job, key: str) -> bool:
    value = job.value.get(key)
    return value is not None and (value.is_scalar or bool(value.items) or bool(value.mapping))


def _stages(pipeline: Pipeline) -> Iterator[Finding]:
    """Stages that jobs are in and that are not listed: one finding for each, at the first of its jobs."""
    names = [stage.name for stage in pipeline.stages]
    declared = [stage.name for stage in pipeline.stages if stage.at is not None]
    listed = pipeline.root.mapping.get("stages")
    if (pipeline.not_followed is not None and not declared) or (listed is not None and listed.is_scalar):
        return  # they may be listed elsewhere, or are no list, as another finding says
    unlisted: dict[tuple[str, bool], list[Job]] = {}
    for job in pipeline.jobs.values():
        if job.stage not in names and "$[[" not in job.stage and job.is_expanded:
            unlisted.setdefault((job.stage, job.stage_at is None), []).append(job)
    for (stage, is_unsaid), jobs in unlisted.items():
        near = near_name(stage, names)
        found = _("{jobs}: stage {stage}", jobs=_shown([job.name for job in jobs]), stage=stage)
        hint = _("add {stage} to stages", stage=stage)
        if is_unsaid:
            found = _("{jobs}: no stage is named, so it is test", jobs=_shown([job.name for job in jobs]))
            hint = _("name one of the stages")
        elif near:
            hint = _("write {name}, or add {stage} to stages", name=near, stage=stage)
        at = jobs[0].stage_at or jobs[0].at
        yield Finding(_("each job's stage is one of {stages}", stages=_shown(declared or names)), found, at, hint)


def _shown(names: list[str]) -> list[str]:
    """The first of them, where there are very many."""
    return names if len(names) <= _MOST_SHOWN else [*names[:_MOST_SHOWN], "…"]


def _rules_and_only(job: Job) -> Iterator[Finding]:
    for key in ("only", "except"):
        other = job.value.get(key)
        if other is not None and job.value.get("rules") is not None:
            yield Finding(
                _("{job} says by rules when it runs, or by only and except", job=job.name),
                _("rules and {key}", key=key),
                other.at,
                _("say it by rules alone"),
            )


def _needed(job: Job) -> Iterator[tuple[str, Value, str]]:
    """The jobs that a job waits for: name, place, and by which key."""
    for key in ("needs", "dependencies"):
        asked = job.value.get(key)
        for each in asked.items if asked is not None else ():
            named = each.get("job") if each.mapping else each
            elsewhere = each.get("pipeline") or each.get("project")
            optional = each.get("optional")
            is_optional = optional is not None and optional.data is True
            if named is not None and named.is_scalar and elsewhere is None and not is_optional:
                yield named.text, each, key


def _needs(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    order = {stage.name: number for number, stage in enumerate(pipeline.stages)}
    needs = {name for name, _place, key in _needed(job) if key == "needs"}
    for name, place, key in _needed(job):
        other = _job_named(pipeline.jobs, name)
        if other is None:
            if pipeline.not_followed is None and "$[[" not in name:
                near = near_name(name, pipeline.jobs)
                yield Finding(
                    _("each job that another one waits for is there"),
                    _("{job} has {name} in {key}, which is no job", job=job.name, name=name, key=key),
                    place.at,
                    _("write {name}", name=near) if near else _("add the job, or delete this"),
                )
        elif order.get(other.stage, -1) > order.get(job.stage, len(order)):
            yield Finding(
                _("a job waits for jobs of its own stage or of earlier ones"),
                _("{job} in {stage} waits for {name} in {later}",
                  job=job.name, stage=job.stage, name=name, later=other.stage),
                place.at,
                _("put {job} into a later stage, or {name} into an earlier one", job=job.name, name=name),
            )  # fmt: skip
        elif key == "dependencies" and job.value.get("needs") is not None and needs and name not in needs:
            yield Finding(
                _("a job that has needs takes files only of these"),
                _("{job} has {name} in dependencies alone", job=job.name, name=name),
                place.at,
                _("add it to needs, or delete it here"),
            )


def _job_named(jobs: Mapping[str, Job], name: str) -> Job | None:
    """The job of this name, of its first part where it is one of several: ``test 1/3``, ``test: [ruby, 2]``."""
    found = jobs.get(name)
    if found is None:
        parts = (name.rpartition(": [")[0], name.rpartition(" ")[0])
        found = next((jobs[each] for each in parts if each in jobs and jobs[each].value.get("parallel")), None)
    return found


def _environment(pipeline: Pipeline, job: Job) -> Iterator[Finding]:
    named = job.value.get("environment", "name") or job.value.get("environment")
    if named is not None and named.is_scalar and "$[[" not in named.text and _NO_NAME.search(named.text):
        yield Finding(
            _("an environment is named by Latin letters, digits, spaces, dashes, points, slashes and variables alone"),
            redacted(named.text[:_LONGEST]),
            named.at,
            _("choose another name"),
        )
    on_stop = job.value.get("environment", "on_stop")
    if on_stop is None or not on_stop.is_scalar or "$[[" in on_stop.text:
        return
    other = pipeline.jobs.get(on_stop.text)
    expected = _("the job that stops the environment is there, and stops it")
    if other is None:
        if pipeline.not_followed is None:
            near = near_name(on_stop.text, pipeline.jobs)
            hint = _("add the job, or delete this line")
            yield Finding(
                expected, _("{name} is no job", name=on_stop.text), on_stop.at,
                _("write {name}", name=near) if near else hint,
            )  # fmt: skip
        return
    action, names = other.value.get("environment", "action"), [_environment_name(each) for each in (job, other)]
    if not other.is_expanded or not job.is_expanded:
        return
    if action is None or action.text != "stop":
        add = _("add action: stop to the environment of {job}", job=other.name)
        yield Finding(expected, _("{job} does not stop it", job=other.name), other.at, add)
    elif names[0] != names[1]:
        yield Finding(
            expected,
            _("{job} stops {name}, and not {other}", job=other.name, name=names[1] or "?", other=names[0] or "?"),
            other.at,
            _("give both the same environment"),
        )


def _environment_name(job: Job) -> str | None:
    name = job.value.get("environment", "name") or job.value.get("environment")
    return name.text if name is not None and name.is_scalar else None


def _circles(pipeline: Pipeline) -> Iterator[Finding]:
    """Jobs that wait for one another. Those that wait for nobody are taken away until none is left, or a circle."""
    waits = {
        job.name: {other.name for name, _place, key in _needed(job) if key == "needs"
                   and (other := _job_named(pipeline.jobs, name)) is not None}
        for job in pipeline.jobs.values()
    }  # fmt: skip
    waited_by: dict[str, list[str]] = {}
    for waiting, needed in waits.items():
        for each in needed:
            waited_by.setdefault(each, []).append(waiting)
    free = [name for name, needed in waits.items() if not needed]
    while free:
        done = free.pop()
        del waits[done]
        for name in waited_by.get(done, ()):
            waits[name].discard(done)
            if not waits[name] and name in waits:
                free.append(name)
    circle = _one_circle(waits)
    if circle:
        yield Finding(
            _("no job waits for itself"),
            _("{jobs} wait for one another", jobs=_shown(circle)) if circle[1:] else _("{job} does", job=circle[0]),
            pipeline.jobs[circle[0]].value.mapping["needs"].at, _("delete one of these needs"),
        )  # fmt: skip


def _one_circle(waits: Mapping[str, Iterable[str]]) -> list[str]:
    if not waits:
        return []
    path = [next(iter(waits))]
    while True:
        following = next(name for name in waits[path[-1]] if name in waits)
        if following in path:
            return path[path.index(following) :]
        path.append(following)
