"""For those who write checks, of ours or of another course: samples of homeworks, and what a check says of them.

A sample is a small homework, one edit away from right. Every check has one that passes, one that fails for the very
reason it should, and one that is right in an unusual form::

    from pytest_dockerlab.testing import Sample, sample_tests, write

    test_samples = sample_tests("hello-1/env-ignored", {".gitignore": ".env\n"}, [
        Sample("passes", "the plain homework"),
        Sample("fails", "another line", [write(".gitignore", "*.log\n")], says="add the line .env", file=".gitignore"),
        Sample("unusual", "a pattern", [write(".gitignore", "*.env")]),
    ])

A check that cannot be asked so (a lab, one that needs an engine) marks its tests itself:
``@pytest.mark.sample("hello-1/env-ignored", "fails")``. :func:`kinds_of_samples` finds both.

A pack's ``conftest.py`` names :mod:`.plugin`; :func:`what_is_missing` says whether the pack is whole.
"""

from .homeworks import Edit, remove, replace, write, write_homework
from .meta import items_without_samples, kinds_of_samples, what_is_missing
from .samples import KINDS, Sample, ask, ask_all, said, sample_tests

__all__ = [
    "KINDS",
    "Edit",
    "Sample",
    "ask",
    "ask_all",
    "items_without_samples",
    "kinds_of_samples",
    "remove",
    "replace",
    "said",
    "sample_tests",
    "what_is_missing",
    "write",
    "write_homework",
]
