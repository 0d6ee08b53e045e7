"""What the processes of a service find in their environment, and where each variable is set."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ..dockerfiles.dockerfile import Image
from ..files.tree import Tree
from ..text.envfile import EnvFile
from .project import ComposeProject
from .services import Service

__all__ = ["Variable", "env_file", "environment"]


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
    for path in service.env_files:
        env = env_file(tree, project, path)
        if env is not None:
            found |= {name: Variable(each.value or "", env.location(name)) for name, each in env.variables.items()}
    for name, value in service.environment.items():
        if value is not None:  # without a value it comes from the shell, and there it is not set
            found[name] = Variable(value, project.environment_location(service.name, name))
    return found


def env_file(tree: Tree, project: ComposeProject, path: str) -> EnvFile | None:
    """A file that ``env_file:`` names. A ``.env`` that is rightly not committed will be a copy of the example."""
    try:
        if tree.exists(path):
            return EnvFile.read(tree, path)
    except (RefusedPath, LimitExceeded):
        return None
    return project.env if path.rpartition("/")[2] == ".env" else None
