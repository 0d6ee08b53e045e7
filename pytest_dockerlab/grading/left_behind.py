"""What a grading left behind that was killed: results that were finished, and not yet taken."""

from __future__ import annotations

import contextlib
import shutil

from .graded import NoResult, accepted
from .out import Out
from .record import Record
from .slices import NoSlice, results_in, slice_in

__all__ = ["take_over"]


def take_over(out: Out, record: Record) -> None:
    """Take what can be believed of it; the rest is done again. Raises ``OSError``."""
    for folder in sorted(out.slices.iterdir()) if out.slices.is_dir() else ():
        with contextlib.suppress(NoSlice):
            slice, sources = slice_in(folder)
            by_id = {source.id: source for source in sources}
            for id, path in results_in(slice):
                with contextlib.suppress(NoResult):
                    accepted(path, by_id[id], record)
                    path.replace(out.result_of(id))
    shutil.rmtree(out.slices, ignore_errors=True)
