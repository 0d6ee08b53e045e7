"""``OUT/regrades/1``: what one regrade leaves. It is not finished before ``changes.json`` is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..out import Out, file_name

__all__ = ["Regrade", "open_regrade"]


@dataclass(frozen=True, slots=True)
class Regrade:
    """Paths in its folder."""

    folder: Path

    @property
    def again(self) -> Out:
        """The grading of the items that are looked at again; when all is done it is removed."""
        return Out(self.folder / "again")

    def before(self, id: str) -> Path:
        """The results of a submission as they were before."""
        return self.folder / "before" / f"{file_name(id)}.json"

    def changes(self, suffix: str) -> Path:
        """What has changed, as ``json`` and as ``csv``."""
        return self.folder / f"changes.{suffix}"

    @property
    def journal(self) -> Path:
        """A line for each change, before it is made."""
        return self.folder / "changes.jsonl"


def open_regrade(out: Out) -> Regrade:
    """The one that was not finished, else a new one, whose folder is not there yet."""
    regrades = out.folder / "regrades"
    numbers = sorted(int(each.name) for each in regrades.glob("[0-9]*") if each.name.isdecimal())
    if numbers and not (last := Regrade(regrades / str(numbers[-1]))).changes("json").exists():
        return last
    return Regrade(regrades / str(numbers[-1] + 1 if numbers else 1))
