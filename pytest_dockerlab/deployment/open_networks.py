"""What of a submission reaches the docker host, where the engine leaves no choice: it is said, and decides nothing."""

from __future__ import annotations

from ..findings import note
from ..messages import Message, _

__all__ = ["note_open"]


def note_open(why: Message | str) -> None:
    """Keep as evidence that what runs is not kept from the docker host, nor from what that one reaches."""
    note("not closed here", _("what runs can reach the docker host and its network: {why}", why=why))
