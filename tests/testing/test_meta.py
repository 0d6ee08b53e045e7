"""An item without a sample of each kind is named, whatever samples happen to exist: on a made-up pack."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import Catalogue
from pytest_dockerlab.homework import Homework, planned
from pytest_dockerlab.testing import items_without_samples, kinds_of_samples

HOMEWORK = Homework(
    "made-1", 1, "made up", items=("whole", "halfway", "bare", planned("later", "later")), package="made_up"
)
CHECK = "from pytest_dockerlab.homework import check\n\n@check('made-1/{name}', 'a title')\ndef {name}(): pass\n"
WHOLE = """\
import pytest
from pytest_dockerlab.testing import Sample, sample_tests

test_samples = sample_tests("made-1/whole", {}, [Sample("passes", "plain"), Sample("fails", "empty", says="empty")])

@pytest.mark.sample("made-1/whole", "unusual")
def test_in_its_own_way(): pass
"""
HALFWAY = """\
from pytest_dockerlab.testing import Sample, sample_tests

test_samples = sample_tests("made-1/halfway", {}, [Sample("passes", "plain")])
"""


@pytest.fixture
def tests_of_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the pack's tests; its package can be imported."""
    files = {f"made_up/{name}.py": CHECK.format(name=name) for name in ("whole", "halfway", "bare")}
    files |= {"made_up/__init__.py": "", "tests/test_whole.py": WHOLE, "tests/test_halfway.py": HALFWAY}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("made_up")
    yield tmp_path / "tests"
    for name in [name for name in sys.modules if name.partition(".")[0] == "made_up"]:
        del sys.modules[name]


def test_what_lacks_a_sample_is_named(tests_of_pack: Path) -> None:
    kinds = kinds_of_samples(tests_of_pack)
    assert kinds == {"made-1/whole": {"passes", "fails", "unusual"}, "made-1/halfway": {"passes"}}
    assert items_without_samples(Catalogue([HOMEWORK]), [HOMEWORK], kinds) == {
        "made-1/halfway": ["fails", "unusual"],
        "made-1/bare": ["passes", "fails", "unusual"],
    }


def test_nothing_is_lacking_once_the_samples_are_there(tests_of_pack: Path) -> None:
    for name in ("halfway", "bare"):
        (tests_of_pack / f"test_{name}.py").write_text(WHOLE.replace("made-1/whole", f"made-1/{name}"))
    kinds = kinds_of_samples(tests_of_pack)
    assert items_without_samples(Catalogue([HOMEWORK]), [HOMEWORK], kinds) == {}


def test_tests_that_cannot_be_collected_are_no_proof(tests_of_pack: Path) -> None:
    """Half a collection would call items bare that are not."""
    (tests_of_pack / "test_broken.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(RuntimeError, match="nothing_of_this_name"):
        kinds_of_samples(tests_of_pack)
