"""``.gitlab-ci.yml`` as a model: stages, jobs with all that they inherit, services and variables, with their places.

What GitLab would only know itself (files of other projects, inputs, variables of the project) is not guessed: a job
says what of it is not known.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...findings import Finding, Location, Mismatch
from ...messages import Message, _
from ..files.tree import Tree
from ..text.yamldoc import Duplicate
from .expansion import expanded, not_here
from .files import Include, PipelineFiles
from .values import Value, mapping_of

__all__ = ["NAME", "Job", "JobService", "Pipeline", "Stage", "Unexpanded"]

NAME = ".gitlab-ci.yml"
GLOBAL = frozenset({"$schema", "spec", "image", "services", "before_script", "after_script", "variables", "cache",
                    "default", "stages", "types", "include", "workflow"})  # fmt: skip
"""The keys of the outermost level that are no jobs. ``pages`` is one."""
DEFAULTS = ("image", "services", "before_script", "after_script", "cache")
"""Those that jobs take where they have no own, from before there was ``default``."""
DOES = ("script", "trigger", "run")
"""What a job may do; it has one of these."""
_DEFAULT_STAGES = ("build", "test", "deploy")
_NEAR_NAME = re.compile(r"(^|/)\.?gitlab[-_.]?ci[\w.-]*\.ya?ml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. ``at`` is ``None`` for those that every pipeline has without saying so."""

    name: str
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Unexpanded:
    """Something of a job that only GitLab knows: why, and where."""

    reason: Message
    at: Location


@dataclass(frozen=True, slots=True)
class JobService:
    """A container that runs beside a job. ``aliases`` are the names that the job gives it."""

    image: str
    aliases: tuple[str, ...]
    variables: Mapping[str, str]
    at: Location

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the job reaches it: those of its image without the tag, and its aliases."""
        path = re.sub(r"[:@][^/]*$", "", self.image)
        path = re.sub(r":\d+/", "/", path)
        return frozenset({path.replace("/", "__"), path.replace("/", "-"), *self.aliases})


@dataclass(frozen=True, slots=True)
class Job:
    """A job with what it inherits: from what it extends, from ``default``, from the pipeline's variables."""

    name: str
    value: Value = field(repr=False)
    """Its keys."""
    variables: Mapping[str, Value] = field(repr=False)
    """The pipeline's too; each is its value, of ``{value: …, description: …}`` as well."""

    @property
    def at(self) -> Location:
        """Where it stands."""
        return self.value.at

    @property
    def stage(self) -> str:
        """The name of its stage."""
        stage = self._stage()
        return stage.text if stage is not None else "test"

    @property
    def stage_at(self) -> Location | None:
        """Where that is said; ``None`` where it is not."""
        stage = self._stage()
        return stage.at if stage is not None else None

    def _stage(self) -> Value | None:
        stage = self.value.get("stage") or self.value.get("type")  # so it was called before GitLab 9
        return stage if stage is not None and stage.is_scalar else None

    @property
    def before_script(self) -> tuple[Value, ...]:
        """The commands before the script, one list of them whatever they were put together from."""
        return self._texts("before_script")

    @property
    def script(self) -> tuple[Value, ...]:
        """The commands; each with its place, and ``text``."""
        return self._texts("script")

    @property
    def image(self) -> str | None:
        """The name of its image."""
        image = self.value.get("image")
        named = image.get("name") if image is not None and image.mapping else image
        return named.text if named is not None and named.is_scalar else None

    @property
    def services(self) -> tuple[JobService, ...]:
        """The containers beside it."""
        services = self.value.get("services")
        return tuple(_services(services)) if services is not None else ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags by which it chooses runners."""
        return tuple(each.text for each in self._texts("tags"))

    @property
    def when(self) -> str:
        """When it runs, where no rule says anything else."""
        when = self.value.get("when")
        return when.text if when is not None and when.is_scalar else "on_success"

    @property
    def rules(self) -> tuple[Value, ...]:
        """Its rules, one list of them."""
        rules = self.value.get("rules")
        return tuple(_flat(rules)) if rules is not None else ()

    @property
    def unexpanded(self) -> tuple[Unexpanded, ...]:
        """What of it only GitLab knows."""
        return tuple(Unexpanded(*each) for each in self.value.unknowns())

    @property
    def is_expanded(self) -> bool:
        """Whether all of it is known."""
        return not any(True for _each in self.value.unknowns())

    def _texts(self, key: str) -> tuple[Value, ...]:
        value = self.value.get(key)
        return tuple(value.texts()) if value is not None else ()


class Pipeline:
    """A pipeline: the file at ``path`` and what it includes of the repository, everything that it takes put into it."""

    def __init__(self, path: str, root: Value, files: PipelineFiles) -> None:
        self.path = path
        self.problems: list[Finding] = list(files.problems)
        """What GitLab refuses already when it puts the files together."""
        self.includes: tuple[Include, ...] = tuple(files.includes)
        self.asked_includes: tuple[Value, ...] = tuple(files.asked)
        self.duplicates: tuple[tuple[str, Duplicate], ...] = tuple(files.duplicates)
        self.not_followed = files.not_followed
        """An include that is not in the repository, where there is one: it may bring jobs, stages and variables."""
        self.root = expanded(root, files.not_followed, self.problems)
        self.stages: tuple[Stage, ...] = tuple(_stages(self.root))
        self.variables: dict[str, Value] = _variables(self.root)
        self.jobs: Mapping[str, Job] = {name: self._job(name, value) for name, value in self._named(is_hidden=False)}
        """The jobs by name; without the hidden ones, and without what is no mapping, which GitLab refuses."""
        self.hidden: Mapping[str, Value] = dict(self._named(is_hidden=True))
        """The jobs that begin with a dot: templates that run only where another one extends them."""

    @classmethod
    def read(cls, tree: Tree, path: str = NAME) -> Pipeline:
        """The pipeline of a repository. Raises :class:`Mismatch` where there is none, or a file of it is no YAML."""
        if not tree.exists(path):
            near = [each for each in tree.files if _NEAR_NAME.search(each)][:3]
            hint = _("GitLab reads {path} in the root of the repository, and nothing else by itself", path=path)
            found = _("no such file; near names: {near}", near=near) if near else _("no such file")
            raise Mismatch(Finding(_("the pipeline is in {path}", path=path), found, Location(path), hint))
        files = PipelineFiles(tree)
        return cls(path, files.read(path), files)

    def templates(self) -> Iterator[Job]:
        """The hidden jobs, as they would be if they ran."""
        for name, value in self.hidden.items():
            yield self._job(name, value)

    def at(self, *keys: str) -> Location:
        """The place of a key, else of its nearest ancestor."""
        found = self.root
        for key in keys:
            if key not in found.mapping:
                break
            found = found.mapping[key]
        return found.at

    def _named(self, *, is_hidden: bool) -> Iterator[tuple[str, Value]]:
        for name, value in self.root.mapping.items():
            if name not in GLOBAL and name.startswith(".") == is_hidden and isinstance(value.data, dict):
                yield name, value

    def _job(self, name: str, own: Value) -> Job:
        defaults = {key: value for key in DEFAULTS if (value := self.root.get(key)) is not None}
        default = self.root.get("default")
        defaults |= default.mapping if default is not None else {}
        inherited = {key: value for key, value in defaults.items() if _inherits(own, "default", key)}
        given = {key: value for key, value in own.mapping.items() if value.data is not None or value.unknown}
        variables = self.variables
        if own.get("inherit", "variables") is not None:
            variables = {key: value for key, value in variables.items() if _inherits(own, "variables", key)}
        unknown = own.unknown
        if self.not_followed is not None and not any(own.get(key) for key in DOES):
            unknown = unknown or not_here(self.not_followed)  # a template's job, of which some keys are set anew
        return Job(name, mapping_of({**inherited, **given}, own.at, unknown), ChainMap(_variables(own), variables))


def _inherits(job: Value, what: str, name: str) -> bool:
    """Whether a job takes the default, or the variable, of this name."""
    asked = job.get("inherit", what)
    if asked is None:
        return True
    return asked.data is True if asked.is_scalar else name in {each.text for each in asked.texts()}


def _stages(root: Value) -> Iterator[Stage]:
    asked = root.get("stages") or root.get("types")
    names = [Stage(each.text, each.at) for each in asked.texts()] if asked is not None else []
    names = names or [Stage(name) for name in _DEFAULT_STAGES]
    given = {each.name for each in names}
    yield from (Stage(name) for name in (".pre",) if name not in given)
    yield from names
    yield from (Stage(name) for name in (".post",) if name not in given)


def _variables(value: Value) -> dict[str, Value]:
    variables = value.get("variables")
    found = {}
    for name, each in (variables.mapping if variables is not None else {}).items():
        said = each.mapping.get("value") if each.mapping else each
        if said is not None and said.is_scalar:
            found[name] = said
    return found


def _services(services: Value) -> Iterator[JobService]:
    for each in _flat(services):
        name, alias = (each.get("name"), each.get("alias")) if each.mapping else (each, None)
        if name is not None and name.is_scalar:
            aliases = re.split(r"[\s,]+", alias.text.strip()) if alias is not None and alias.is_scalar else []
            variables = {key: value.text for key, value in _variables(each).items()}
            yield JobService(name.text, tuple(filter(None, aliases)), variables, each.at)


def _flat(value: Value) -> Iterator[Value]:
    """The items of a list of lists."""
    for each in value.items:
        if isinstance(each.data, tuple):
            yield from _flat(each)
        elif each.data is not None:
            yield each
