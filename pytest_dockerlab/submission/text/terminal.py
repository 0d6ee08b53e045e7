"""What a terminal shows of a text that was recorded from one: by ``script``, or pasted with its colours."""

from __future__ import annotations

import re

__all__ = ["visible"]

# A colour or a move (CSI), a title or a link (OSC), any other sequence; then the control characters that show nothing.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-~]"
    r"|[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]"
)


def visible(text: str) -> str:
    """``text`` without control sequences and without what a backspace took away; every line end as ``\\n``."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if any(sign in text for sign in "\x1b\x07\x08\x7f\x00"):
        lines = [_typed(_CONTROL.sub("", line)) for line in lines]
    return "\n".join(lines).replace("\r", "\n")


def _typed(line: str) -> str:
    if "\b" not in line:
        return line
    kept: list[str] = []
    for char in line:
        if char != "\b":
            kept.append(char)
        elif kept:
            kept.pop()
    return "".join(kept)
