"""Tokens of registrations that are written out: told by one item, and known to the other that looks for secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_setup.definitions import TokenForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.submission.gitlab_setup.definitions import Registration


def written_out(registrations: Iterable[Registration]) -> Iterator[Finding]:
    """A finding for each place where a token stands that registers a runner without asking. It is not shown."""
    places = dict.fromkeys(
        each.token_at or each.at
        for each in registrations
        if each.token is TokenForm.LITERAL and not each.is_interactive
    )
    for place in places:
        yield Finding(
            _("the token is not in the repository"),
            _("a token, written out (not shown here)"),
            place,
            _("take it from a variable, Ansible Vault or a prompt, and reset it in GitLab: git keeps this one"),
        )
