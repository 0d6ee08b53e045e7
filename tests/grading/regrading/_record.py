"""A grading's record, made by hand."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab.grading.record import Record


def record(*names: str, course: Path | None = None) -> Record:
    """Of a grading of these homeworks or items, in the files tier."""
    words = [f"--hw={name}" for name in names]
    return Record(
        names=names,
        homework=("docker-4",),
        tier="files",
        strict=False,
        language="en",
        course={"file": str(course), "digest": "0" * 64} if course else None,
        roster={"file": "roster.csv", "digest": "0" * 64, "rows": 1},
        shard=None,
        docker_host=None,
        check=(*words, "--hw-tier=files", *([f"--hw-course={course}"] if course else [])),
        argv=("dockerlab", "grade"),
        started="2026-11-29T07:00:00+00:00",
    )
