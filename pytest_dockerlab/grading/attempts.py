"""What is known of a submission without a result: how each try at it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..messages import Message, from_json, to_json
from ..run.output_files import write_json
from .distrusted import json_of
from .out import Out
from .slices import Ended

__all__ = ["Attempts", "read_attempts"]

_MAX_BYTES = 1_000_000
_LAST_WORDS = 4_000


@dataclass(slots=True)
class Attempts:
    """The tries at one submission."""

    id: str
    tries: list[dict[str, Any]]
    is_final: bool = False
    """Whether no more are made: the submission is an error."""

    @property
    def reason(self) -> Message | None:
        """Why the last one came to nothing."""
        why = from_json(self.tries[-1]["why"]) if self.tries else None
        return why if isinstance(why, Message) else None

    def add(self, ended: Ended, why: Message, *, with_words: bool = False) -> None:
        """One more; ``with_words`` where what was printed is about this submission alone."""
        started = datetime.fromtimestamp(time.time() - ended.seconds, UTC).isoformat(timespec="seconds")
        self.tries.append(
            {
                "started": started,
                "seconds": ended.seconds,
                "exit": ended.exit,
                "signal": ended.signal,
                "why": to_json(why),
                "last_words": ended.last_words[-_LAST_WORDS:] if with_words else "",
            }
        )

    def write(self, out: Out) -> None:
        """Write it down. Raises ``OSError``."""
        out.attempts.mkdir(exist_ok=True)
        document = {"schema": 1, "id": self.id, "final": self.is_final, "tries": self.tries}
        write_json(out.attempts_of(self.id), document)


def read_attempts(out: Out, id: str) -> Attempts:
    """The tries at the submission ``id``; none where nothing is written down, or nothing that can be read."""
    try:
        data: Any = json_of(out.attempts_of(id), _MAX_BYTES)
        tries = [dict(each) for each in data["tries"]]
        if data["schema"] != 1 or data["id"] != id or any("why" not in each for each in tries):
            return Attempts(id, [])
        return Attempts(id, tries, bool(data["final"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return Attempts(id, [])
