"""What is planted: faults, and changes that are none."""

from __future__ import annotations

from dataclasses import dataclass

from .homeworks import HERE, OR_HERE, Homework, Step, Unfitting, example

__all__ = ["NOWHERE", "Change", "Fault", "Place"]

Place = tuple[str | None, int | None]
"""File and line of a finding."""
NOWHERE = ""


@dataclass(frozen=True, slots=True, init=False)
class Fault:
    """What a student does wrong, and the item of this homework that must tell it."""

    item: str
    name: str
    steps: tuple[Step, ...]
    at: str | None
    also: str
    """An item of another homework whose text asks for the same."""

    def __init__(self, item: str, name: str, *steps: Step, at: str | None = None, also: str = "") -> None:
        for field, value in (("item", item), ("name", name), ("steps", steps), ("at", at), ("also", also)):
            object.__setattr__(self, field, value)

    def plant(self) -> Homework:
        """The example with this fault, marked where it must be told. Raises ``ValueError`` for a wrong declaration."""
        homework = example()
        try:
            for step in self.steps:
                step(homework)
        except Unfitting as error:
            raise ValueError(f"{self.name}: {error}") from error
        if self.at is None and not homework.marks(HERE) | homework.marks(OR_HERE):
            _mark_the_first_difference(homework, self.name)
        return homework

    def is_told_at(self, places: set[Place], homework: Homework) -> bool:
        """Whether these places are the right ones in the homework, with whatever was changed there besides."""
        if self.at:  # the file as a whole is as well said by its first line
            places = {(file, None if line == 1 else line) for file, line in places}
        return bool(places) and self.must(homework) <= places <= self.must(homework) | homework.marks(OR_HERE)

    def must(self, homework: Homework) -> set[Place]:
        """Where it must be told."""
        if self.at == NOWHERE:
            return {(None, None)}
        return {(homework.place(self.at), None)} if self.at is not None else homework.marks(HERE)


@dataclass(frozen=True, slots=True, init=False)
class Change:
    """What may be different and is as right."""

    name: str
    steps: tuple[Step, ...]

    def __init__(self, name: str, *steps: Step) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "steps", steps)

    def make(self, homework: Homework) -> None:
        """Change the homework. Raises :class:`.homeworks.Unfitting`."""
        for step in self.steps:
            step(homework)


def _mark_the_first_difference(homework: Homework, name: str) -> None:
    base = example().files
    changed = [path for path, text in homework.files.items() if base.get(path) != text]
    if len(changed) != 1:
        raise ValueError(f"{name}: where is it told? Mark the line with {HERE}")
    (path,) = changed
    before, after = base.get(path, "").split("\n"), homework.files[path].split("\n")
    at = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), 0)
    if after[at:] == before[at + len(before) - len(after) :]:
        raise ValueError(f"{name}: lines are missing. Mark the line where it is told with {HERE}")
    after[at] += HERE
    homework.files[path] = "\n".join(after)
