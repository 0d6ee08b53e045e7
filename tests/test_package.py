"""What is installed: one package, with everything it reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    # built from a copy: setuptools leaves its traces beside what it builds
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True, capture_output=True)
    words = ["wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_nothing_but_the_package_is_installed(names: list[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pytest_dockerlab"}


@pytest.mark.parametrize(
    "name",
    [
        "checks/docker_4.py",
        "checks/docs/docker-4.ru.md",
        "fixtures/submissions.py",
        "isolated/pytest.ini",
        "locale/ru/LC_MESSAGES/pytest_dockerlab.mo",
        "py.typed",
        "results.schema.json",
    ],
)
def test_what_is_read_at_run_time_is_there(names: list[str], name: str) -> None:
    assert f"pytest_dockerlab/{name}" in names


def test_every_module_of_the_checkout_is_there(names: list[str]) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    ours = ("pytest_dockerlab/", "checks/", "fixtures/")
    modules = {name for name in tracked if name.startswith(ours) and name.endswith(".py")}
    expected = {name if name.startswith("pytest_dockerlab/") else f"pytest_dockerlab/{name}" for name in modules}
    assert expected <= set(names)
