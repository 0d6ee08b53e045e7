"""What is installed: one package, with everything it reads at run time, whatever it is installed from."""

from __future__ import annotations

import gettext
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from pytest_dockerlab import __version__

ROOT = Path(__file__).parents[1]
CATALOGUE = "pytest_dockerlab/locale/ru/LC_MESSAGES/pytest_dockerlab.mo"


def run(*words: str | Path) -> str:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def clone(folder: Path) -> Path:
    """What is committed, and nothing that was built before."""
    run("git", "clone", "--quiet", ROOT, folder)
    assert not list(folder.rglob("*.mo"))
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and with the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, clone(folder / "clone"))
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_nothing_but_the_package_is_installed(names: list[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pytest_dockerlab"}


def packed() -> set[str]:
    """Where the files of the checkout are that belong to the package."""
    ours = ("pytest_dockerlab/", "checks/", "fixtures/")
    committed = run("git", "-C", ROOT, "ls-tree", "-r", "--name-only", "HEAD", *ours).splitlines()
    tracked = [name for name in committed if not (ROOT / name).is_symlink()]
    return {name if name.startswith("pytest_dockerlab/") else f"pytest_dockerlab/{name}" for name in tracked}


def test_everything_of_the_checkout_is_there_and_the_translations_only_compiled(names: list[str]) -> None:
    assert {name for name in names if ".dist-info/" not in name} == {
        name.replace(".po", ".mo") if name.endswith(".po") else name for name in packed()
    }
    assert CATALOGUE in names


def test_a_source_distribution_is_the_package_and_what_builds_it(built: Path) -> None:
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    assert {name for name in names if name.startswith("pytest_dockerlab/")} - {CATALOGUE} == packed()
    assert {name.partition("/")[0] for name in names} == {
        "pytest_dockerlab", "pytest_dockerlab.egg-info", "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in",
        "PKG-INFO", "README.md", "LICENSE",
    }  # fmt: skip


def test_neither_is_large(built: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in built.iterdir() if path.is_file()}
    assert len(sizes) == 2
    assert max(sizes.values()) < 3 * 1024 * 1024, sizes


def test_a_wheel_works_where_there_is_nothing_but_what_it_asks_for(wheel: Path) -> None:
    said = run("env", f"PYTHON={sys.executable}", ROOT / "scripts" / "try-package", wheel)
    assert "No broken requirements found." in said
    assert f"dockerlab {__version__}" in said
    assert " ✓ docker-4/networks " in said  # by dockerlab check
    assert " ✓ docker-3/hadolint " in said  # by pytest --hw


def test_a_wheel_speaks_russian(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive, archive.open(CATALOGUE) as stream:
        assert gettext.GNUTranslations(stream).gettext("passed") == "пройдено"  # type: ignore[arg-type]


def test_an_editable_install_speaks_russian(tmp_path: Path) -> None:
    """Its package is the checkout: the catalogues are compiled there, and git does not see them."""
    source, site = clone(tmp_path / "clone"), tmp_path / "site"
    words = ("--quiet", "--no-deps", "--no-build-isolation", "--target", site, "--editable", source)
    run(sys.executable, "-m", "pip", "install", *words)
    assert run("git", "-C", source, "status", "--short") == ""
    code = (
        f"import site; site.addsitedir({str(site)!r}); import pytest_dockerlab.messages as messages;"
        "print(messages.__file__, messages.Message('passed').render('ru'))"
    )
    # neither the current folder nor those of this environment, whose own installation would be found first
    assert run(sys.executable, "-P", "-S", "-c", code) == f"{source}/pytest_dockerlab/messages.py пройдено\n"
