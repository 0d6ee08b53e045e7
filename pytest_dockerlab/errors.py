"""The errors of the library: one root, and fields instead of prose.

A check never raises these on purpose: what is wrong with a submission is a finding (``findings.py``). An error of this
module that reaches an item makes its verdict *error*, which is our fault and never the student's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .findings import Location, Unverified
from .messages import Message, _, excerpt, text

__all__ = [
    "ConfigurationError",
    "DockerlabError",
    "ExplainedError",
    "LimitExceeded",
    "RefusedPath",
    "ToolFailed",
    "ToolMissing",
    "ToolTimeout",
    "UnreadableRepository",
]


class DockerlabError(Exception):
    """The root of every error of this library.

    ``text`` says what is wrong and ``remedy`` what to do, both to be rendered at the end. The other fields say what was
    run and what came of it; those that do not apply are ``None``.
    """

    remedy: Message | None = None

    def __init__(
        self,
        text: Message | str,
        *,
        command: Sequence[str] | None = None,
        returncode: int | None = None,
        stdout: str | None = None,
        stderr: str | None = None,
        host: str | None = None,
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.message = str(text)
        self.command = tuple(command) if command is not None else None
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr
        self.host = host

    def render(self, language: str) -> str:
        """What is wrong and what to do, in ``language``."""
        said = text(self.text, language)
        return said if self.remedy is None else f"{said}; {self.remedy.render(language)}"


class ExplainedError(DockerlabError):
    """Somebody else cannot be asked: one class per cause, each with its ``template`` of a reason and its advice.

    ``reason`` says why and ``remedy`` what to do, both to be rendered at the end. ``detail`` is what the other side
    said, cut and without control characters: text that nobody vouches for.
    """

    template: ClassVar[Message]
    advice: ClassVar[Message | None] = None

    def __init__(
        self,
        host: str,
        detail: object = "",
        *,
        returncode: int | None = None,
        stderr: str | None = None,
        **args: object,
    ) -> None:
        detail = excerpt(detail) if isinstance(detail, (str, bytes)) else detail
        places = {"host": host, "detail": detail or _("nothing more is known"), **args}
        self.reason = Message(self.template.id, places)
        self.remedy = None if self.advice is None else Message(self.advice.id, places)
        super().__init__(self.reason, host=host, returncode=returncode, stderr=stderr)

    def unverified(self) -> Unverified:
        """What a check says of it."""
        return Unverified(self.reason, self.remedy)


class ConfigurationError(DockerlabError):
    """What the user asked for cannot be done as asked: an unknown homework, a bad course file, a missing folder.

    It ends the command, so it is for whoever gave it, and always a message.
    """

    text: Message

    def __init__(self, text: Message, **fields: Any) -> None:
        super().__init__(text, **fields)


class ToolMissing(DockerlabError):
    """An outside program is not on this machine."""


class ToolFailed(DockerlabError):
    """An outside program ended in a way we did not expect."""


class ToolTimeout(DockerlabError):
    """An outside program was ended because it ran longer than its limit."""


class LimitExceeded(DockerlabError):
    """Something of a submission is larger, deeper or slower than the limit for it.

    ``reason`` names the limit and the place, to be rendered at the end. It makes an item *unverified*.
    """

    def __init__(self, reason: str | Message, *, at: Location | None = None, **fields: Any) -> None:
        self.at = at
        self.reason = _("{why}", why=reason) if isinstance(reason, str) else reason
        if at is not None:
            self.reason = _("{place}: {why}", place=str(at), why=self.reason)
        super().__init__(self.reason, **fields)


class RefusedPath(DockerlabError):
    """A path of a submission leads out of the submission, or is nothing that can be read as a file."""


class UnreadableRepository(DockerlabError):
    """What git has of a submission cannot be read, here or at all: what is asked of that submission is unverified.

    ``reason`` says why and ``remedy`` what to do, both to be rendered at the end.
    """

    def __init__(self, why: Message, remedy: Message | None = None) -> None:
        self.reason = _("the repository cannot be read: {why}", why=why)
        self.remedy = remedy
        super().__init__(self.reason)

    def unverified(self) -> Unverified:
        """What a check says of it."""
        return Unverified(self.reason, self.remedy)

    def explained(self) -> dict[str, Message | None]:
        """Both, as results name them."""
        return {"reason": self.reason, "remedy": self.remedy}
