"""GitLab and its runner as programs of a machine: packages, roles of Ansible Galaxy, charts of Helm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...findings import Location
from ..text.yamldoc import Node
from .definitions import Installation
from .sources import Source

__all__ = ["installed_by_command", "installed_by_role"]

_COMMAND = re.compile(
    r"\b(?:apt(?:-get)?|yum|dnf|zypper|brew|snap)\s(?:[^;&|\n]{0,200}\s)?install\s(?:[^;&|\n]{0,200}\s)?"
    r"(?P<package>gitlab-runner|gitlab-ce|gitlab-ee)(?![\w/-])"
    r"|\bgitlab-runner\s{1,9}install\b|/binaries/gitlab-runner-linux"
    r"|\bhelm\s(?:[^;&|\n]{0,200}\s)?(?:install|upgrade)\s(?:[^;&|\n]{0,200}\s)?gitlab/(?P<chart>gitlab-runner|gitlab)(?![\w-])"
)
_ROLE = re.compile(r"[\w-]{1,60}\.(?:ansible[-_])?(gitlab)(?:[-_](runner|ci[-_]runner))?", re.IGNORECASE)
_ROLE_KEYS = ("role", "src", "name")
_PACKAGES = ("apt", "yum", "dnf", "package", "zypper", "homebrew", "pacman")


def installed_by_command(line: str, at: Location, how: str) -> Iterator[Installation]:
    """What a command line installs."""
    match = _COMMAND.search(line)
    if match is not None:
        name = match["package"] or match["chart"] or "gitlab-runner"
        yield Installation("gitlab-runner" if name == "gitlab-runner" else "gitlab", how, at)


def installed_by_role(node: Node, source: Source) -> Iterator[Installation]:
    """What a mapping of a playbook, or of a list of roles, installs."""
    for key in _ROLE_KEYS:
        value = node.get(key)
        match = _ROLE.fullmatch(value.text) if value is not None and value.kind == "scalar" else None
        if match is not None and value is not None:
            yield Installation("gitlab-runner" if match[2] else "gitlab", "Ansible", source.location(value.line))
    roles = node.get("roles")
    for each in roles.children if roles is not None else ():
        match = _ROLE.fullmatch(each.text) if each.kind == "scalar" else None
        if match is not None:
            yield Installation("gitlab-runner" if match[2] else "gitlab", "Ansible", source.location(each.line))
    for name, module in node.entries():
        if name.text.rpartition(".")[2] not in _PACKAGES:
            continue
        given = module.get("name") or module.get("pkg") if module.kind == "mapping" else module
        for each in (given.children or [given]) if given is not None else ():
            for word in re.split(r"[\s,=]", each.text):
                if word in ("gitlab-runner", "gitlab-ce", "gitlab-ee"):
                    program = "gitlab-runner" if word == "gitlab-runner" else "gitlab"
                    yield Installation(program, "Ansible", source.location(each.line))
