"""An item without a sample of each kind is named, whatever samples happen to exist: on a made-up pack."""

from __future__ import annotations

import importlib
import os
import subprocess
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
ASKING = """\
import pathlib, sys
from pytest_dockerlab.testing import what_is_missing
print(*what_is_missing("made_up", pathlib.Path(sys.argv[1])), sep="\\n")
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


def test_whatever_a_pack_lacks_is_named(tests_of_pack: Path) -> None:
    """Asked as a pack asks: it is installed, and its tests look for themselves."""
    site = tests_of_pack.parent
    package = "from pytest_dockerlab.homework import Homework\n\nHOMEWORK = Homework('made-1', 1, 'made', ('whole',))\n"
    (site / "made_up" / "__init__.py").write_text(package)
    (site / "made_up" / "docs").mkdir()
    (site / "made_up" / "docs" / "en.md").write_text("# made-1\n\n## made-1/whole\n\n**What is checked.** Nothing.\n")
    for name in ("halfway", "bare"):
        (site / "made_up" / f"{name}.py").unlink()
    (tests_of_pack / "test_whole.py").write_text(WHOLE.replace('"unusual"', '"passes"'))
    info = site / "made_up-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-up\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest_dockerlab.homework]\nmade-1 = made_up\n")
    done = subprocess.run(
        [sys.executable, "-c", ASKING, str(tests_of_pack)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "made-1/halfway: samples of an item that is not there",
        "made-1/whole: no sample of the kind 'unusual'",
        "made-1/whole: not explained in docs/ru.md",
        "ru: no translation: a title",
        "ru: no translation: made",
    ], done.stderr


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
