"""What a run of hostile submissions must not have done."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .attack import SECRET, Attack, Place
from .measured import Run, slowness

SECONDS = 30.0
MEMORY = 1024**3
_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What a hand-over prints (::error …) is only ours at the beginning of a line, and our own runs here write none.
_COMMAND = re.compile(r"^\s*::", re.MULTILINE)


def arm(place: Place) -> None:
    """Let it be seen whether the canary is read: a read of a file that was changed after its last read sets its time
    anew, also where times of reading are kept sparingly (mount(8), relatime)."""
    os.utime(place.canary, (1_000_000_000, 1_500_000_000))


def was_read(place: Place) -> bool:
    """Whether anybody has read the canary since."""
    return place.canary.stat().st_atime != 1_000_000_000


def broken_promises(run: Run, places: Mapping[str, Place]) -> Iterator[str]:
    """Those that hold for whatever is handed in."""
    if "Traceback" in run.out or "INTERNALERROR" in run.out:
        yield "a traceback"
    if _NOT_PRINTABLE.search(run.out):
        yield f"control characters on the terminal: {_NOT_PRINTABLE.findall(run.out)[:3]}"
    if _COMMAND.search(run.out):
        yield "a workflow command"
    if run.left:
        yield f"left behind: {run.left[:3]}"
    if SECRET in run.out or SECRET in str(run.results):
        yield "the canary was printed"
    for name, place in places.items():
        if was_read(place):
            yield f"{name}: the canary was read"
        if place.executed.exists():
            yield f"{name}: its code was run"


def broken_limits(run: Run) -> Iterator[str]:
    """Those of one submission's run."""
    if run.seconds > SECONDS * slowness():
        yield f"{run.seconds:.0f} s"
    if run.memory > MEMORY:
        yield f"{run.memory / 2**20:.0f} MiB"


def broken_verdicts(attack: Attack, items: list[dict[str, Any]], right: Mapping[str, str]) -> Iterator[str]:
    """Verdicts that this attack may not have; ``right`` are those of the example."""
    found = {item["id"]: item["verdict"] for item in items}
    if found.keys() != right.keys():
        yield f"{len(found)} items of {len(right)}"
    for item in items:
        id, verdict = item["id"], item["verdict"]
        allowed = attack.hit.get(id, "").split("|") if id in attack.hit else None
        if verdict == "error":
            yield f"{id}: error: {item['text'].get('reason')}"
        elif allowed is not None:
            if verdict not in allowed:
                yield f"{id}: {verdict}"
        elif verdict != right.get(id) and not any(fnmatch.fnmatchcase(id, moved) for moved in attack.moves):
            yield f"{id}: {verdict} instead of {right.get(id)}"
    for id in attack.hit:
        assert id.partition("/")[0] in attack.homeworks and id in right, id
