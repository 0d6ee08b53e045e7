"""What runs in a container of Gradescope, for one submission: checks it, and writes Gradescope's results.json.

Where nothing is known of the submission it writes none, and ends with 1: Gradescope then says that the autograder
failed, to the instructor with what was printed. That is no score of 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .... import catalogue
from ....feedback import Feedback
from ...gradebook.assembly import make_gradebook
from ...gradebook.overrides import Overrides
from ...graded import Graded, NoResult, Status, read_result
from .archive import COURSE, ORDER, recorded_name
from .document import document_of

__all__ = ["main"]

METADATA = "submission_metadata.json"
"""What Gradescope says of the submission, of those who handed it in, and of the assignment."""


def main(autograder: Path) -> int:
    """Grade ``autograder/submission`` as ``autograder/source`` asks for."""
    order = json.loads((autograder / "source" / ORDER).read_text("utf-8"))
    target = autograder / "results" / "results.json"
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    found = _recorded(autograder) if order.get("recorded") else _checked(autograder, order)
    if found is None:
        return 1
    target.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0


def _recorded(autograder: Path) -> dict[str, Any] | None:
    """What was graded elsewhere, for one of those who handed this submission in."""
    metadata = json.loads((autograder / METADATA).read_text("utf-8"))
    for user in metadata["users"]:
        file = autograder / "source" / recorded_name(str(user.get("email", "")))
        if file.is_file():
            found: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return found
    _print("nobody who handed this in has a result in the archive")
    return None


def _checked(autograder: Path, order: dict[str, Any]) -> dict[str, Any] | None:
    submission, course = autograder / "submission", autograder / "source" / COURSE
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        words = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check", str(submission), "--hw-tier", "files"]
        for homework in order["homework"]:
            words += ["--hw", homework]
        words += ["--hw-course", str(course)] if course.exists() else []
        words += ["--hw-results", str(file), "--hw-lang", order["language"]]
        try:
            subprocess.run(words, check=False, timeout=order["seconds"])
            result, run = read_result(file, submission.name)
        except (subprocess.TimeoutExpired, NoResult) as error:
            _print(error)
            return None
    graded = Graded(result.id, {"id": result.id}, Status.GRADED, result, run)
    gradebook = make_gradebook([graded], Overrides(), order["language"])
    [entry] = gradebook.rows
    if not entry.verified_maximum and not entry.bonus:
        _print("nothing that counts could be verified")
        return None
    return document_of(
        gradebook,
        entry,
        graded,
        _feedback(course),
        is_past=_is_past(autograder),
        seconds=time.monotonic() - begun,
    )


def _feedback(course: Path) -> Feedback:
    return catalogue.load().course(course if course.exists() else None).feedback


def _is_past(autograder: Path) -> bool:
    """Whether the assignment was due before now, for whoever handed this in."""
    try:
        metadata = json.loads((autograder / METADATA).read_text("utf-8"))
        due = datetime.fromisoformat(metadata["assignment"]["due_date"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return due.tzinfo is not None and due < datetime.now(UTC)


def _print(what: object) -> None:
    """Say it to the instructor: Gradescope shows them what was printed."""
    sys.stderr.write(f"pytest-dockerlab: {what}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
