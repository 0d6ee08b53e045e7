"""Keeps our imports ours under ``pytest --hw``, where the current folder is a student's and pytest loads its files.

Modules of the submission may be called like those that we use (``yaml.py``). They stay importable, behind everything
that is installed; what was loaded of them under such a name is forgotten, so that we get our own. ``dockerlab check``
has no use for this: nothing of the submission is on its path.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

__all__ = ["modules_below", "put_ours_first"]

_OURS = Path(__file__).resolve().parents[2]
_forgotten: list[tuple[str, Path]] = []


def put_ours_first(config: pytest.Config) -> None:
    """Move what is below the folders of the run to the end of ``sys.path``, in this process and its workers."""
    os.environ["PYTHONSAFEPATH"] = "1"  # a worker would look into the current folder before it knows its path
    folders = [config.invocation_params.dir, config.rootpath, Path.cwd()]
    if given := getattr(config.option, "hw_submission", None):
        folders.append(config.invocation_params.dir / Path(given).expanduser())
    roots = [folder.resolve() for folder in folders]
    theirs = [entry for entry in sys.path if any(_is_theirs(Path(entry or "."), root) for root in roots)]
    if theirs:
        ours = [entry for entry in sys.path if entry not in theirs]
        sys.path[:] = [*ours, *theirs]
        for name, file in [each for each in _loaded() if any(_is_theirs(each[1], root) for root in roots)]:
            if PathFinder.find_spec(name.partition(".")[0], ours) is not None:
                _forgotten.append((name, file))
                del sys.modules[name]


def modules_below(root: Path) -> list[str]:
    """The files of the modules that were loaded from a submission."""
    return sorted({str(file) for _name, file in [*_loaded(), *_forgotten] if _is_theirs(file, root.resolve())})


def _loaded() -> list[tuple[str, Path]]:
    loaded = ((name, getattr(module, "__file__", None)) for name, module in list(sys.modules.items()))
    return [(name, Path(file)) for name, file in loaded if isinstance(file, str)]


def _is_theirs(path: Path, root: Path) -> bool:
    """Whether it is the student's own: not a virtual environment in their folder, and not this project."""
    path = path.absolute() if path.is_symlink() else path.resolve()
    if not path.is_relative_to(root) or path == _OURS or path.is_relative_to(_OURS / "pytest_dockerlab"):
        return False
    return not any(path.is_relative_to(Path(each)) for each in (sys.prefix, sys.base_prefix, sys.exec_prefix))
