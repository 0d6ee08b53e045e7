"""Whether what should come from variables does, and whether the example env file defines them."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding, Location
from ..messages import _
from .compose.project import ComposeProject
from .compose.services import ImageName, PortTemplate, Service
from .scan.discovery import find_committed_env, folder_of
from .submission import Submission
from .text.envfile import EnvFile
from .text.interpolation import uses

__all__ = ["env_problems", "image_problems", "port_problems"]


def port_problems(project: ComposeProject, service: Service) -> Iterator[Finding]:
    """Nothing where some published port of ``service`` comes from a variable."""
    entries = service.port_templates
    if any(entry.is_variable or _is_open(project, entry) for entry in entries):
        return
    expected = _("the published port of {service} comes from a variable", service=service.name)
    hint = _("write the port before the colon as a variable: ${UI_PORT}:9292")
    if not entries:
        yield Finding(
            expected, _("no port is published"), service.location,
            _("add ports: with ${UI_PORT}:9292, and UI_PORT to the example env file"),
        )  # fmt: skip
    for entry in entries:
        found = entry.text
        if any(True for _use in uses(entry.text)):
            yield Finding(
                expected, _("{entry}: only the port inside the container is a variable", entry=found),
                entry.location, hint,
            )  # fmt: skip
        else:
            yield Finding(expected, found, entry.location, hint)


def _is_open(project: ComposeProject, entry: PortTemplate) -> bool:
    """Whether the entry is one variable that nobody defines: it may well be meant to hold ``9292:9292``."""
    names = [use.name for use in uses(entry.text)]
    return entry.text.startswith("$") and ":" not in entry.text and len(names) == 1 and names[0] in project.undefined


def image_problems(project: ComposeProject, service: Service, part: str) -> Iterator[Finding]:
    """Nothing where the ``part`` ("tag" or "user") of the service's image comes from a variable."""
    variable = service.name.upper().replace("-", "_").replace(".", "_") + "_VERSION"
    if service.image_template is None or service.image_name is None:
        yield Finding(
            _("{service} names its image", service=service.name),
            _("no image:"),
            service.location,
            _("add image: ${{USERNAME}}/{service}:${{{variable}}} beside build:", service=service.name,
              variable=variable),
        )  # fmt: skip
        return
    name: ImageName = service.image_name
    at = project.location("services", service.name, "image")
    if part == "tag" and not name.tag_is_variable:
        yield Finding(
            _("the tag of {service}'s image comes from a variable", service=service.name),
            service.image_template if name.tag else _("{image}, without a tag", image=service.image_template),
            at,
            _("write the tag as a variable of its own: ${{{variable}}}", variable=variable),
        )
    if part == "user" and not name.user_is_variable:
        yield Finding(
            _("the user in the name of {service}'s image comes from a variable", service=service.name),
            service.image_template if name.user else _("{image}, without a user", image=service.image_template),
            at,
            _("write the user as a variable: ${USERNAME}/…"),
        )


def env_problems(submission: Submission, project: ComposeProject, example: EnvFile | None) -> Iterator[Finding]:
    """What is wrong with the example env file, and with a ``.env`` that is handed in."""
    committed = find_committed_env(submission.tree, project.file)
    if committed is not None:
        yield Finding(
            _("no .env is committed"),
            committed,
            Location(committed),
            _("rename it to .env.example, and name .env in .gitignore"),
        )
    if example is None:
        if project.variables and committed is None:
            yield Finding(
                _("an example env file lies beside the compose file"),
                _("none"),
                Location(project.file),
                _("add .env.example with a line for each variable: {names}", names=list(project.variables)),
            )
        return
    if folder_of(example.path) != folder_of(project.file):
        yield Finding(
            _("the example env file lies beside the compose file"),
            example.path,
            Location(example.path),
            _("move it beside {file}: compose looks for .env there", file=project.file),
        )
    for problem in example.problems:
        name = problem.name.replace("-", "_").replace(".", "_")
        yield Finding(
            problem.reason,
            problem.name or _("a line that cannot be read"),
            Location(example.path, problem.line),
            _("use another name, such as {name}, here and in the compose file", name=name)
            if name
            else _("write NAME=value"),
        )
    for name in project.undefined:
        locations = project.variables[name].locations if name in project.variables else ()
        yield Finding(
            _("{file} defines {variable}", file=example.path, variable=name),
            _("{variable} is used, and not defined", variable=name),
            locations[0] if locations else Location(project.file),
            _("add a line {variable}=… to {file}", variable=name, file=example.path),
        )
