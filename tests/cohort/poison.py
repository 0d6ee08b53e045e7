"""Submissions that take the process with them that looks at them.

No submission that we know of gets so far: readers have their limits. So that a slice meets one all the same, the
``hadolint`` of these tests does to the process that started it what a Dockerfile asks for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_dockerlab import tools

from .planted import Planted
from .repositories import Entry, files_of

__all__ = ["COSTS_ITSELF", "POISONS", "poisoned", "write_hadolint"]

_MARK = "# poison: "
POISONS = ("crash", "hang", "flood", "memory", "links")
COSTS_ITSELF = ("crash", "hang")
"""Of these nothing can be known but that they are an error; the others are judged, as far as they can be."""

_HADOLINT = """\
#!{python} -ISE
import os, re, signal, sys, time
from pathlib import Path

parent = os.getppid()
texts = [Path(name).read_text("utf-8") for name in sys.argv[1:] if name.endswith("Dockerfile")]
asked = re.findall("{mark}(\\\\w+)", "\\n".join(texts))
if "crash" in asked:
    os.kill(parent, signal.SIGKILL)
if "hang" in asked:
    os.kill(parent, signal.SIGSTOP)
    time.sleep(600)
if "flood" in asked:  # 300 MB into what the check prints
    ours = {{os.fstat(number).st_ino for number in (0, 1, 2)}}
    block = b"x" * 10**6
    for pipe in Path(f"/proc/{{parent}}/fd").iterdir():
        if os.readlink(pipe).startswith("pipe:") and pipe.stat().st_ino not in ours:
            with open(pipe, "wb", buffering=0) as stream:
                for _ in range(300):
                    stream.write(block)
            break
if "memory" in asked:
    held = [bytearray(2**28) for _ in range(64)]
os.execv({hadolint!r}, [{hadolint!r}, *sys.argv[1:]])
"""


def write_hadolint(folder: Path) -> str:
    """Our hadolint in ``folder``; returns the beginning of a PATH with it."""
    real = tools.find("hadolint")
    assert real is not None
    program = folder / "hadolint"
    folder.mkdir(parents=True, exist_ok=True)
    program.write_text(_HADOLINT.format(python=sys.executable, mark=_MARK, hadolint=real))
    program.chmod(0o755)
    return f"{folder}:"


def poisoned(planted: Planted, poison: str) -> Iterator[Entry]:
    """The files of a submission, with a poison in them."""
    for mode, path, content in files_of(planted):
        is_dose = path.endswith("ui/Dockerfile") and poison != "links"
        yield mode, path, content + f"\n{_MARK}{poison}\n".encode() if is_dose else content
    if poison == "links":
        yield from (("120000", f"loop/{here}", there) for here, there in (("a", b"b"), ("b", b"a"), ("all", b"..")))
        yield from (("120000", f"loop/{number}", f"{number + 1}".encode()) for number in range(200))
        yield "120000", "loop/out", b"/dev/zero"
