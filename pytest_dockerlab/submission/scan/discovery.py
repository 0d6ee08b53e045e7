"""Finds the files of the homework by what they are, not by where they lie: every cohort had another layout."""

from __future__ import annotations

import re

from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..text.envfile import EnvFile
from .roles import APPLICATION, Role, role_of_name

__all__ = [
    "EXAMPLE",
    "EXAMPLE_ENDS",
    "find_committed_env",
    "find_env_example",
    "find_service_folder",
    "folder_of",
    "name_of",
]

EXAMPLE = re.compile(r"example|sample|template|dist\b|\.j2", re.IGNORECASE)
_ENV_EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env-example",
    ".env_example",
    ".example.env",
    "env.example",
    "env.sample",
    "example.env",
    "sample.env",
    "env-example",
    "env_example",
    ".env.default",
    ".env.defaults",
)
EXAMPLE_ENDS = (".example", ".sample", ".template", ".dist")
_ENV = re.compile(r"(?:^|[._-])env(?:$|[._-])", re.IGNORECASE)


def folder_of(path: str) -> str:
    """The folder of a path, without a slash at its end; empty for the root."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def find_env_example(tree: Tree, compose_path: str) -> EnvFile | None:
    """The example env file: beside the compose file, else in a folder above it.

    An example by its name comes first, then any other ``*.env``, at last a ``.env`` itself.
    """
    folder = folder_of(compose_path)
    while True:
        here = {name_of(path): path for path in tree.files if folder_of(path) == folder}
        known = [here[name] for name in _ENV_EXAMPLES if name in here]
        known += [path for name, path in sorted(here.items()) if _ENV.search(name) and EXAMPLE.search(name)]
        others = [path for name, path in sorted(here.items()) if re.fullmatch(r"[\w.-]+\.env|\.env\.\w+|env", name)]
        for path in (*known, *others, *([here[".env"]] if ".env" in here else [])):
            found = EnvFile.find(tree, path)
            if found is not None and _is_meant(found):
                return found
        if not folder:
            return None
        folder = folder_of(folder)


def _is_meant(env: EnvFile) -> bool:
    """Whether it defines something, or is called an example though it does not."""
    return bool(env.variables or any(each.name for each in env.problems)) or EXAMPLE.search(env.path) is not None


def find_service_folder(tree: Tree, compose_path: str, role: Role) -> str | None:
    """The folder with a Dockerfile of a role, nearest to the compose file: for services without ``build:``."""
    near = folder_of(compose_path)
    folders = {folder_of(path) for path in tree.files if name_of(path) == "Dockerfile" and not is_vendored(path)}
    fitting = [folder for folder in folders if role in APPLICATION and role_of_name(name_of(folder)) is role]
    fitting.sort(key=lambda folder: (folder_of(folder) != near, folder.count("/"), folder))
    return fitting[0] if fitting else None


def find_committed_env(tree: Tree, compose_path: str) -> str | None:
    """A ``.env`` that is handed in beside the compose file or in the root. Without git one that is there counts."""
    folder = folder_of(compose_path)
    for path in dict.fromkeys((f"{folder}/.env" if folder else ".env", ".env")):
        if path in tree.files and tree.tracked(path) is not False:
            return path
    return None
