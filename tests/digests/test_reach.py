"""What counts as the code of a check, in little packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.digests.code import read_module
from pytest_dockerlab.digests.reach import reach
from pytest_dockerlab.digests.sources import Sources

CHECK = """
from .rules import judge
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ..library.model import Model

LIMIT = 3

def networks(model: Model, deployed):
    judge(model.services, LIMIT)
"""
PACKAGE = {
    "__init__.py": "",
    "hw/__init__.py": "HOMEWORK = ['networks', 'other']",
    "hw/networks.py": CHECK,
    "hw/other.py": "def other(tree):\n    return tree",
    "hw/rules.py": "def judge(services, limit):\n    return services > limit\n\ndef unused():\n    return 1\n",
    "library/__init__.py": "",
    "library/model.py": """
from .base import Base
class Model(Base):
    pass
class Plain:
    @property
    def services(self):
        from .reader import read
        return read('table.csv')
    def volumes(self):
        from . import far
        return far.volumes()
    def __len__(self):
        return 1
""",
    "library/base.py": "class Base:\n    def whatever(self): return 1\n",
    "library/reader.py": "def read(name): return name\n",
    "library/far.py": "def volumes(): return 1\n",
    "library/table.csv": "1,2",
    "library/another.csv": "1,2",
    "fixtures.py": """
import pytest

@pytest.fixture
def deployed(request):
    return request.getfixturevalue("engine")

@pytest.fixture
def engine():
    from .library.far import volumes
    return 1

@pytest.fixture
def services():
    return 1
""",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text)
    return tmp_path / "course"


def digest(package: Path) -> str:
    sources = Sources("course", package)
    paths = sources.modules()
    modules = {name: read_module(name, path, paths) for name, path in paths.items()}
    found = reach("course.hw.networks", "networks", modules, ["course.fixtures"], frozenset({"course.hw"}))
    return found.digest(sources.data())


def edit(package: Path, name: str, old: str, new: str) -> None:
    file = package / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("hw/networks.py", "LIMIT = 3", "LIMIT = 4"),
        ("hw/rules.py", "services > limit", "services >= limit"),
        ("library/model.py", "'table.csv'", "'another.csv'"),
        ("library/model.py", "__len__(self):\n        return 1", "__len__(self):\n        return 2"),
        ("library/model.py", "    def __len__", "    def __bool__(self): return False\n    def __len__"),
        ("library/model.py", "class Model(Base):\n    pass", "class Model(Base):\n    def handle(self): return 1"),
        ("library/base.py", "class Base:", "FLAG = True\nclass Base:"),
        ("library/reader.py", "return name", "return name + 'x'"),
        ("library/table.csv", "1,2", "1,3"),
        ("library/__init__.py", "", "import warnings"),
        ("library/far.py", "return 1", "return 2"),
        ("fixtures.py", '"engine")', '"services")'),
        ("fixtures.py", "from .library.far import volumes\n    return 1", "return 2"),
        ("fixtures.py", "import pytest", "import pytest\ndef pytest_runtest_teardown(item): item.x = 1"),
    ],
)
def test_a_change_of_what_may_run_is_another_digest(package: Path, name: str, old: str, new: str) -> None:
    before = digest(package)
    edit(package, name, old, new)
    assert digest(package) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("hw/networks.py", "LIMIT = 3", "LIMIT = (\n    3  # at most\n)"),
        ("hw/networks.py", "    judge(", '    """Said."""\n\n    judge('),
        ("hw/rules.py", "def unused():\n    return 1", "def unused():\n    return 2"),
        ("hw/other.py", "return tree", "return not tree"),
        ("hw/__init__.py", "'other'", "'other', 'third'"),
        ("library/another.csv", "1,2", "1,3"),
        ("fixtures.py", "def services():\n    return 1", "def services():\n    return 2"),
    ],
)
def test_a_change_of_anything_else_is_none(package: Path, name: str, old: str, new: str) -> None:
    before = digest(package)
    edit(package, name, old, new)
    assert digest(package) == before


def test_a_module_that_is_no_python_counts_where_it_is_imported(package: Path) -> None:
    (package / "library" / "far.py").write_text("print 1")
    before = digest(package)
    (package / "library" / "far.py").write_text("print 2")
    assert digest(package) != before
