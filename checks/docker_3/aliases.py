"""The item docker-3/aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alias_scenes import HOST, alias_scenes, host_defaults
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.checks.docker_3._alias_scenes import Defaults
    from pytest_dockerlab.submission.scan.dockerruns import DockerRun
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/aliases", "network aliases and --env values of docker run agree", level="optional")
def aliases(submission: Submission) -> None:
    defaults = host_defaults(submission)
    runs = submission.docker_runs
    found = alias_scenes(runs, defaults)
    if not found:
        raise NotAttempted(_("no docker run lines give the services other network aliases"))
    note("lines", [f"{run.at}: {run.text}" for scene in found for run in scene])
    judged = [problems_of_scene(scene, runs, defaults) for scene in found]
    if all(problems is None for problems in judged):
        if any(run.unseen for scene in found for run in scene):
            raise Unverified(
                _("docker run takes its variables from a file that is not in the repository"),
                _("commit the file of --env-file, or give the values with --env"),
            )
        raise Unverified(
            _("the docker run lines show only one side: who asks for the name, or who has it"),
            _("show the docker run line of every container: of the services and of the database"),
        )
    for problems in judged:
        report(problems or ())


# What is no name that another container could have: an address, what only a shell knows, a word of prose in its place.
_NO_NAME = re.compile(r"localhost|[\d.]+|.*[$(`].*|.*[^\x00-\x7f].*")
_LOOPBACK = re.compile(r"localhost|127\.[\d.]+")
_NO_NETWORKS = frozenset({"bridge", "host", "none", "default"})
"""Those on which Docker looks no names up."""


@dataclass(frozen=True, slots=True)
class _Asked:
    variable: str
    host: str
    is_given: bool


def problems_of_scene(
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
            if target is run.role:  # from an env file for all of them: nobody asks for themselves
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
            if _LOOPBACK.fullmatch(asked.host):
                hint = _("use the name of the service: {variable}={target}", variable=asked.variable, target=target)
            elif among:
                hint = _("both containers need --network, and the same one: the default network does not resolve names")
            elif asked.host[0] in "'\"":
                hint = _("remove the quotes: where values are taken literally they are part of the name")
            else:
                hint = _("give a container this name with --network-alias={host}, or pass the right name to this "
                         "one with --env {variable}=…", host=asked.host, variable=asked.variable)  # fmt: skip
            found.append(
                Finding(
                    _("{variable} of {image} is a name on its network", variable=asked.variable, image=run.image),
                    _("{host}: {text}", host=asked.host, text=run.text),
                    run.at,
                    hint,
                )
            )
    return found if compared else None


def _is_called(run: DockerRun, host: str) -> bool:
    """Whether a name leads to a container. The engine's DNS takes no notice of case (moby/libnetwork#2394, 20.10)."""
    return host.lower() in {name.lower() for name in run.names}


def _asked(run: DockerRun, defaults: Defaults) -> Iterator[_Asked]:
    # An env file for all of them tells each what only another one asks for.
    others = {name for role, known in defaults.items() if role is not run.role for name in known}
    own = defaults.get(run.role, {}) if run.role is not None else {}
    # A file that nobody sees may tell it another name than the image does.
    image = own if not run.unseen else {}
    for variable, value in {**image, **run.environment}.items():
        if variable in others and own and variable not in own:
            continue
        host = value.partition(":")[0]
        # In a container of its own network, loopback is no other container's.
        is_lost = (variable in run.environment and bool(_LOOPBACK.fullmatch(host))
                   and bool(set(run.networks) - _NO_NETWORKS) and role_of_name(variable) is not None)  # fmt: skip
        if HOST.fullmatch(variable) and host and (is_lost or not _NO_NAME.fullmatch(host)):
            yield _Asked(variable, host, variable in run.environment)


def _share(one: DockerRun, other: DockerRun) -> bool:
    return bool(set(one.networks) & set(other.networks) - _NO_NETWORKS)
