"""The course ``terraform-course`` beside this file, installed; its own tests are run where it is, and not with ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .environment import ROOT, Environment, build_wheel

collect_ignore = ["terraform-course"]
COURSE = Path(__file__).with_name("terraform-course")
TERRAFORM = "#!/bin/sh\necho 'Terraform v1.9.0'\n"


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's source, with its translations compiled as docs/packs.md says."""
    folder = tmp_path_factory.mktemp("course") / COURSE.name
    shutil.copytree(COURSE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    words = ["-q", "compile", "-D", "terraform_course", "-d", "terraform_course/locale"]
    command = [sys.executable, "-m", "babel.messages.frontend", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def installed(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """pytest-dockerlab and the course, from wheels."""
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.install(*(build_wheel(source, tmp_path_factory.mktemp("wheel")) for source in (ROOT, course)))
    return environment


@pytest.fixture
def terraform(tmp_path: Path) -> str:
    """The search path of a machine with Terraform: a program of this name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "terraform"
    program.write_text(TERRAFORM)
    program.chmod(0o755)
    return str(folder)


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    folder = tmp_path / "homework"
    folder.mkdir()
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "main.tf").write_text('terraform {\n  required_version = "1.9.0"\n}\n')
    (folder / "versions.tf").write_text('terraform {\n  required_version = "1.2.3"\n}\n')
    return folder
