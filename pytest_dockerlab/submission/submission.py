"""A submission: the files of a student's repository, and its models, each built once and when first asked for."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from ..errors import DockerlabError, LimitExceeded, RefusedPath, UnreadableRepository
from ..findings import Finding, Location, Mismatch, NotAttempted, Unverified
from ..messages import Message, _
from .budget import within
from .compose import loading as compose_model
from .compose.environment import Variable, environment
from .compose.project import ComposeProject
from .compose.services import Service
from .dockerfiles.dockerfile import Dockerfile
from .dockerfiles.image import Image
from .dockerfiles.instructions import DockerfileError
from .files.tree import Tree
from .gitlab_ci.pipeline import Pipeline
from .gitlab_runner.configuration import RunnerConfiguration, read_configuration
from .gitlab_runner.places import Written, find_configurations
from .gitlab_runner.readings import Readings, readings
from .gitlab_setup.definitions import GitlabSetup
from .gitlab_setup.setup import find_setup
from .prometheus.configuration import PrometheusConfiguration
from .prometheus.exporters import Exporter, exporters_of
from .prometheus.files import PrometheusFiles, find_configuration, find_files
from .prometheus.project import find_monitored_project
from .prometheus.promtool import Promtool
from .prometheus.service import prometheus_service
from .prometheus.targets import FinalTarget, final_targets
from .scan.compose_candidates import OverrideFile
from .scan.discovery import find_service_folder
from .scan.dockerruns import DockerRun, docker_runs
from .scan.project_files import ProjectFiles, find_project
from .scan.roles import APPLICATION, Role
from .scan.scripts import Script, find_scripts, snippets
from .scan.servicefiles import ServiceFiles, find_services
from .scan.workflows import workflows_of
from .text.envfile import EnvFile
from .text.readme import Readme, find_readmes

__all__ = ["Override", "Submission"]

Model = TypeVar("Model")

_BUILD_ARGUMENT = re.compile(r"--build-arg[=\s]\s{0,20}[\"']?(\w+)")


class _Once:
    """Results of functions by key; what one raised is raised again, for a student's mistake stays one.

    So does a limit that was reached: a reader that takes too long is not started again by the next item.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[str, object] = {}
        self._raised: dict[str, Exception] = {}

    def __call__(self, what: str | Message, make: Callable[[], Model]) -> Model:
        """``what`` names it, and says what took too long."""
        key = str(what)
        if key in self._raised:
            raise self._raised[key].with_traceback(None)
        if key not in self._known:
            reason = _("reading it takes more than {limit} s of processor time", limit=f"{self._seconds:g}")
            try:
                with within(self._seconds, _("{place}: {why}", place=what, why=reason)):
                    self._known[key] = make()
            except (
                Mismatch, NotAttempted, Unverified, RefusedPath, LimitExceeded, UnreadableRepository, DockerfileError
            ) as error:  # fmt: skip
                self._raised[key] = error
                raise
        return self._known[key]  # type: ignore[return-value]


class Override:
    """The override file of the compose project, under whatever name it has, and what the two are together."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    @property
    def file(self) -> OverrideFile | None:
        """The override file; ``None`` where there is none."""
        return self._submission.override_file

    @property
    def base(self) -> str:
        """The compose file that it belongs to."""
        return self._submission.compose_file

    def project(self) -> ComposeProject:
        """The merged project. Raises ``NotAttempted`` without an override, ``Mismatch`` where it cannot be merged."""
        return self._submission.merged


class Submission:
    """What is checked. ``id`` names it in reports, ``tree`` holds its files.

    A model raises :class:`~pytest_dockerlab.findings.Mismatch` where the student's files are at fault.
    """

    def __init__(self, id: str, tree: Tree) -> None:
        self.id = id
        self.tree = tree
        self._once = _Once(tree.limits.reader_seconds)

    @property
    def project_files(self) -> ProjectFiles:
        """The files that compose makes the application's project of."""
        return self._once(_("the compose files and the example env file"), lambda: find_project(self.tree))

    @property
    def compose_file(self) -> str:
        """The path of the application's compose file."""
        return self.project_files.files[0]

    @property
    def env(self) -> EnvFile | None:
        """The example env file of the compose project; ``None`` without one."""
        return self.project_files.env

    @property
    def compose(self) -> ComposeProject:
        """The compose project, without its override."""
        return self._once(
            _("the compose project"), lambda: compose_model.load(self.tree, self.project_files.files, self.env)
        )

    @property
    def override_file(self) -> OverrideFile | None:
        """The override file of the compose project; ``None`` without one."""
        return self.project_files.override

    @property
    def override(self) -> Override:
        """The override file and the merged project."""
        return Override(self)

    @property
    def merged(self) -> ComposeProject:
        """The compose project with its override."""
        return self._once(_("the compose project with its override"), self._merged)

    def _merged(self) -> ComposeProject:
        override = self.override_file
        if override is None:
            raise NotAttempted(_("there is no override file"))
        files = [*self.project_files.files, override.path]
        return compose_model.load(self.tree, files, self.env, templates=False)

    @property
    def monitoring_files(self) -> ProjectFiles:
        """The files that compose makes the monitored project of: Prometheus, exporters and the application."""
        return self._once(_("the compose files of the monitoring"), self._find_monitoring)

    def _find_monitoring(self) -> ProjectFiles:
        return find_monitored_project(self.tree, self._commands())

    def _commands(self) -> Iterator[tuple[str, str]]:
        """The texts of scripts and READMEs; of READMEs that are too large none, for they only help."""
        yield from ((each.path, each.text) for each in self.scripts)
        with contextlib.suppress(LimitExceeded):
            yield from ((each.path, each.content) for each in self.readmes)

    @property
    def monitoring(self) -> ComposeProject:
        """The compose project that Prometheus is part of; the application's own where one file holds all."""
        return self._once(_("the compose project of the monitoring"), self._monitoring)

    def _monitoring(self) -> ComposeProject:
        chosen = self.monitoring_files
        is_whole = False
        with contextlib.suppress(Mismatch):
            is_whole = self.project_files.files == chosen.files
        project = self.compose if is_whole else compose_model.load(self.tree, chosen.files, chosen.env)
        # Who gives the monitoring a profile of its own starts it with that.
        return (
            compose_model.load(self.tree, chosen.files, chosen.env, profiles=project.profiles)
            if project.profiles
            else project
        )

    @property
    def prometheus_service(self) -> Service | None:
        """The service of the monitoring's compose project that is Prometheus."""
        return self._once(
            _("the service that is Prometheus"), lambda: prometheus_service(self.monitoring, self._base_of)
        )

    def _base_of(self, service: Service) -> str | None:
        path = service.build.dockerfile if service.build is not None else None
        if service.build is None or path is None or not self.tree.exists(path):
            return None
        try:
            bases = self.dockerfile(path).bases(service.build.args)
        except (DockerfileError, RefusedPath, LimitExceeded):
            return None
        return next(iter(reversed(bases)), None)

    @property
    def prometheus_files(self) -> PrometheusFiles:
        """What Prometheus is built from, and which configuration it reads; without compose as far as that can be."""
        return self._once(_("the files of Prometheus"), self._prometheus_files)

    def _prometheus_files(self) -> PrometheusFiles:
        try:
            project, service = self.monitoring, self.prometheus_service
        except (Mismatch, NotAttempted, Unverified):  # another item says so
            return find_files(self.tree, None, None, self.dockerfile)
        return find_files(self.tree, project, service, self.dockerfile)

    @property
    def prometheus(self) -> PrometheusConfiguration:
        """The configuration that Prometheus reads. Raises ``Mismatch`` where there is none, or it is no YAML."""
        return self._once(
            _("the configuration of Prometheus"), lambda: find_configuration(self.tree, self.prometheus_files)
        )

    @property
    def scrape_targets(self) -> tuple[FinalTarget, ...]:
        """The static targets as Prometheus scrapes them. Raises ``Unverified`` where only promtool could say."""
        return self._once(_("the targets of Prometheus"), self._scrape_targets)

    def _scrape_targets(self) -> tuple[FinalTarget, ...]:
        return final_targets(self.prometheus, Promtool(self.tree.budget) if Promtool.is_here() else None)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline of GitLab CI. Raises ``Mismatch`` where there is none, or it is no YAML."""
        return self._once(_("the pipeline of GitLab CI"), lambda: Pipeline.read(self.tree))

    @property
    def workflows(self) -> Mapping[str, str | None]:
        """The digests of GitHub's workflows and of GitLab's pipeline, by path. Raises as :func:`workflows_of`."""
        return self._once(_("the workflows"), lambda: workflows_of(self.tree))

    @property
    def readmes(self) -> list[Readme]:
        """The READMEs, the outermost first."""
        return self._once("README", lambda: find_readmes(self.tree))

    @property
    def scripts(self) -> list[Script]:
        """The shell scripts and Makefiles that speak of docker."""
        return self._once(_("the scripts"), lambda: find_scripts(self.tree))

    @property
    def docker_runs(self) -> list[DockerRun]:
        """The ``docker run`` lines of READMEs and scripts."""
        return self._once(
            _("the docker run lines"), lambda: docker_runs(snippets(self.readmes, self.scripts), self.tree)
        )

    @property
    def service_files(self) -> dict[Role, ServiceFiles]:
        """The Dockerfiles of ui, post and comment, by role, as far as there are any."""
        return self._once(
            _("the services' files"), lambda: find_services(self.tree, self.scripts, self._composed(), self.readmes)
        )

    def _composed(self) -> dict[Role, str]:
        """The Dockerfiles that the compose file builds. What is wrong with that file is another homework's matter."""
        try:
            services = self.compose.services.values()
        except (Mismatch, NotAttempted, Unverified, DockerlabError):
            return {}
        return {
            each.role: each.build.dockerfile
            for each in services
            if each.role is not None and each.build is not None and each.build.dockerfile is not None
        }

    @property
    def gitlab_setup(self) -> GitlabSetup:
        """How GitLab, its runner, a registry mirror and a cache are started, and how the runner is registered."""
        return self._once(_("the definitions of GitLab and its runner"), lambda: find_setup(self.tree))

    @property
    def written_configurations(self) -> list[Written]:
        """The texts of the runner's configurations, the one that the homework means first."""
        return self._once(_("the runner's configuration"), lambda: find_configurations(self.tree))

    def read_configuration(self, written: Written) -> RunnerConfiguration:
        """One of them as a model. Raises ``Mismatch`` where it is no TOML."""
        return self._once(
            f"{written.location} TOML",
            lambda: read_configuration(written.text, written.path, written.line, is_excerpt=written.is_excerpt),
        )

    @property
    def runner_configurations(self) -> tuple[RunnerConfiguration, ...]:
        """The runner's configurations, the one that the homework means first; not those that are no TOML."""
        found = []
        for written in self.written_configurations:
            with contextlib.suppress(Mismatch, LimitExceeded):
                found.append(self.read_configuration(written))
        return tuple(found)

    @property
    def runner_configuration(self) -> RunnerConfiguration:
        """The one that the homework means. Raises ``NotAttempted`` without any, ``Mismatch`` where it is no TOML."""
        written = self.written_configurations
        if not written:
            raise NotAttempted(_("there is no configuration of a runner: no config.toml, template or README block"))
        return self.read_configuration(written[0])

    def runner_readings(self, configuration: RunnerConfiguration, of_course: str = "") -> Readings:
        """Which versions of the runner read it: the image's tag says so, else the course, else its day and today."""
        tags: list[tuple[str | None, Location]] = []
        with contextlib.suppress(LimitExceeded, Mismatch):
            tags = [(each.tag, each.location) for each in self.gitlab_setup.runners]
        day = self._once(
            f"{configuration.first_line} day",
            lambda: self.tree.written_on(configuration.path, configuration.doc.source),
        )
        return readings(tags, of_course, day, configuration.path)

    def dockerfile(self, path: str) -> Dockerfile:
        """The Dockerfile at ``path``."""
        return self._once(path, lambda: Dockerfile.read(self.tree, path))

    def unnamed_bases(self, path: str) -> list[Finding]:
        """The FROMs of a Dockerfile that name no image, with what compose, scripts and READMEs give to builds."""
        read = self.dockerfile(path)
        return read.unnamed_bases(()) and read.unnamed_bases(self._once("--build-arg", self._build_arguments))

    def _build_arguments(self) -> set[str]:
        texts = [*(readme.content for readme in self.readmes), *(script.text for script in self.scripts)]
        found = {name for text in texts for name in _BUILD_ARGUMENT.findall(text)}
        try:
            builds = [each.raw.get("build") or {} for each in self.compose.services.values()]
        except (Mismatch, NotAttempted, Unverified, DockerlabError):
            return found
        return found.union(*(build.get("args") or {} for build in builds))

    def image_of(self, service: Service) -> tuple[str, Image] | None:
        """The path of the Dockerfile that a service is built from, and what it says of the image.

        ``None`` for a service that is not built here, and for a Dockerfile that is missing or does not parse, which is
        another item's finding. Without ``build:`` it is the Dockerfile in the folder named after the service's role.
        """
        path, target, arguments = None, None, {}
        if service.build is not None:
            path, target, arguments = service.build.dockerfile, service.build.target, dict(service.build.args)
        elif service.role in APPLICATION:
            folder = find_service_folder(self.tree, self.compose_file, service.role)
            path = f"{folder}/Dockerfile" if folder is not None else None
        if path is None or not self.tree.exists(path):
            return None
        try:
            return path, self.dockerfile(path).image(target, arguments)
        except (DockerfileError, RefusedPath):
            return None

    def environment_of(self, project: ComposeProject, service: Service) -> dict[str, Variable]:
        """What the processes of a service find in their environment, by the variable's name."""
        return environment(self.tree, project, service, self.image_of(service))

    def exporters_of(self, project: ComposeProject) -> dict[str, Exporter]:
        """The exporters among a project's services, by the services' names. What is meant as Prometheus is none."""
        what = _("the exporters of {files}", files=list(project.files))
        found = self._once(what, lambda: exporters_of(self.tree, project, self._dockerfile_or_none))
        prometheus = prometheus_service(project, self._base_of)
        return {name: each for name, each in found.items() if prometheus is None or name != prometheus.name}

    def _dockerfile_or_none(self, path: str) -> Dockerfile | None:
        """The Dockerfile at ``path``; one that is missing or does not parse is another item's finding."""
        try:
            return self.dockerfile(path)
        except (DockerfileError, RefusedPath):
            return None

    def environment_of_exporter(self, project: ComposeProject, exporter: Exporter) -> dict[str, Variable]:
        """What an exporter finds in its environment, where its image is made by a Dockerfile that compose knows not."""
        image = self.image_of(exporter.service)
        read = self._dockerfile_or_none(exporter.dockerfile) if exporter.dockerfile is not None else None
        if image is None and read is not None:
            image = read.path, read.image()
        return environment(self.tree, project, exporter.service, image)
