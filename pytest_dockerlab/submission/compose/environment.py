"""What the processes of a service find in their environment, and where each variable is set."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import RefusedPath
from ...findings import Location
from ..dockerfiles.image import Image
from ..files.tree import Tree
from ..scan.discovery import EXAMPLE_ENDS
from ..text.envfile import EnvFile, literal_variables
from .project import ComposeProject
from .services import EnvSource, Service

__all__ = ["Variable", "environment", "find_env_file", "variables_of"]


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of a variable, and the line that gives it."""

    value: str
    at: Location


def environment(
    tree: Tree, project: ComposeProject, service: Service, image: tuple[str, Image] | None
) -> dict[str, Variable]:
    """The ENV of the service's ``image``, overridden by its env files, and those by ``environment:``."""
    found: dict[str, Variable] = {}
    if image is not None:
        path, contents = image
        found |= {name: Variable(each.value, Location(path, each.line)) for name, each in contents.environment.items()}
    for source in service.env_files:
        found |= variables_of(tree, project, source) or {}
    for name, value in service.environment.items():
        if value is not None:  # without a value it comes from the shell, and there it is not set
            found[name] = Variable(value, project.environment_location(service.name, name))
    return found


def variables_of(tree: Tree, project: ComposeProject, source: EnvSource) -> dict[str, Variable] | None:
    """What a file of ``env_file:`` sets; ``None`` where there is neither the file nor an example of it."""
    example = project.env.variables if project.env is not None else {}
    known = {name: each.value for name, each in example.items() if each.value is not None}
    path = find_env_file(tree, source.path, project.env)
    if path is None:
        return None
    if source.is_raw:
        content = tree.read(path).decode("utf-8", "replace")
        return {name: Variable(value, Location(path)) for name, value in literal_variables(content).items()}
    env = EnvFile.read(tree, path, known)
    # A name alone has the value that the project's own env file gives it.
    values = {name: known.get(name) if each.value is None else each.value for name, each in env.variables.items()}
    return {name: Variable(value, env.location(name)) for name, value in values.items() if value is not None}


def find_env_file(tree: Tree, path: str, example: EnvFile | None) -> str | None:
    """The file that ``env_file:`` names; one that is rightly not committed will be a copy of its example."""
    examples = [path, *(path + end for end in EXAMPLE_ENDS)]
    if example is not None and path.rpartition("/")[2] == ".env":
        examples.append(example.path)
    for each in examples:
        try:
            tree.read(each)
        except RefusedPath:
            continue
        return each
    return None
