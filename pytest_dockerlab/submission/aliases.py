"""Whether the network aliases that ``docker run`` lines give are those that the services are told to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..findings import Finding
from ..messages import _
from .scan.dockerruns import DATA_FOLDERS, DockerRun, scenes
from .scan.roles import APPLICATION, Role, role_of_name

__all__ = ["DATA_FOLDERS", "Defaults", "alias_scenes", "run_alias_problems", "volume_problems"]

Defaults = Mapping[Role, Mapping[str, str]]
"""The ``*_HOST`` variables of each service's image, with the values that the Dockerfile gives."""

_HOST = re.compile(r"\w+_HOST(NAME)?", re.IGNORECASE)
# What is no name that another container could have: an address, what only a shell knows, a word of prose in its place.
_NO_NAME = re.compile(r"localhost|[\d.]+|.*[$(`].*|.*[^\x00-\x7f].*")


@dataclass(frozen=True, slots=True)
class _Asked:
    variable: str
    host: str
    is_given: bool


def alias_scenes(runs: Iterable[DockerRun], defaults: Defaults) -> list[list[DockerRun]]:
    """The groups of lines in which services have other names than those that the images have by default."""
    usual = {host for hosts in defaults.values() for host in hosts.values()} | {str(role) for role in Role}
    usual |= {"post_db", "comment_db"}
    found = []
    for scene in scenes(runs):
        ours = [run for run in scene if run.role is not None]
        is_told = any(_HOST.fullmatch(name) for run in ours if run.role in APPLICATION for name in run.environment)
        is_other = any(set(run.aliases) - usual for run in ours if run.role is not Role.UI)
        if is_told or is_other:
            found.append(ours)
    return found


def run_alias_problems(
    scene: list[DockerRun], everywhere: Iterable[DockerRun], defaults: Defaults
) -> list[Finding] | None:
    """What is wrong in one group: values of ``*_HOST`` that are no name on a network the two share.

    A service that is not told by ``--env`` asks for the name in its image; that is only held against the line where
    the service it asks for is started in the same group. A name that is given by a line of another group counts:
    READMEs do not repeat what goes on running. Where no line at all starts what is asked for, nobody can say what it
    is called; ``None`` where that is so of everything in the group.
    """
    all_runs = list(everywhere)
    found: list[Finding] = []
    compared = 0
    for run in scene:
        if run.role not in APPLICATION:
            continue
        for asked in _asked(run, defaults):
            target = role_of_name(asked.variable)
            if target is run.role:  # from an env file for all of them: nobody asks for himself
                continue
            group = [each for each in scene if each is not run]
            others = [each for each in all_runs if each is not run]
            if not asked.is_given and not any(each.role is target and each.names for each in group):
                continue
            among = [each for each in group if _is_called(each, asked.host)]
            if not among and asked.is_given:
                among = [each for each in others if _is_called(each, asked.host)]
            if not among and not any(each.role is target for each in others):
                continue
            compared += 1
            if any(_share(run, each) for each in among):
                continue
            found.append(
                Finding(
                    _("{variable} of {image} is a name on its network", variable=asked.variable, image=run.image),
                    _("{host}: {text}", host=asked.host, text=run.text),
                    run.at,
                    _("both containers need --network, and the same one: the default network knows no names")
                    if among
                    else _("give the name to a container with --network-alias={host}, or tell this one the right name "
                           "with --env {variable}=…", host=asked.host, variable=asked.variable),
                )
            )  # fmt: skip
    return found if compared else None


def _is_called(run: DockerRun, host: str) -> bool:
    """Whether a name leads to a container. The engine's DNS takes no notice of case (moby/libnetwork#2394, 20.10)."""
    return host.lower() in {name.lower() for name in run.names}


def _asked(run: DockerRun, defaults: Defaults) -> Iterator[_Asked]:
    # A file that nobody sees may tell it another name than the image does.
    image = defaults.get(run.role, {}) if run.role is not None and not run.unseen else {}
    for variable, value in {**image, **run.environment}.items():
        host = value.partition(":")[0]
        if _HOST.fullmatch(variable) and host and not _NO_NAME.fullmatch(host):
            yield _Asked(variable, host, variable in run.environment)


def _share(one: DockerRun, other: DockerRun) -> bool:
    return bool(set(one.networks) & set(other.networks) - {"bridge", "host", "none", "default"})


def volume_problems(runs: list[DockerRun]) -> Iterator[Finding]:
    """Why no line keeps the database's data in a named volume; nothing where one does."""
    for run in runs:
        if any(volume.is_named and volume.target in DATA_FOLDERS for volume in run.volumes):
            return
    databases = [run for run in runs if run.role is Role.DATABASE]
    mounting = [run for run in databases if run.volumes]
    expected = _("a docker run line mounts a named volume where the database keeps its data")
    hint = _("add -v reddit_db:/data/db: a volume with a name, at the folder where MongoDB keeps its data")
    for run in mounting or databases[:1]:
        yield Finding(expected, run.text, run.at, hint)
    if not databases:
        yield Finding(expected, _("no docker run of a database in READMEs and scripts"), None, hint)
