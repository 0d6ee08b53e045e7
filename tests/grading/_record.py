"""A grading's record, made by hand."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab.grading.record import Record


def record(*names: str, tier: str = "files", course: Path | None = None, rows: int = 1) -> Record:
    """Of a grading of these homeworks or items."""
    words = [f"--hw={name}" for name in names]
    return Record(
        names=names,
        homework=("docker-4",),
        tier=tier,
        strict=False,
        language="en",
        course={"file": str(course), "digest": "0" * 64} if course else None,
        roster={"file": "roster.csv", "digest": "0" * 64, "rows": rows},
        shard=None,
        docker_host=None,
        check=(*words, f"--hw-tier={tier}", *([f"--hw-course={course}"] if course else [])),
        argv=("dockerlab", "grade"),
        started="2026-11-29T07:00:00+00:00",
    )
