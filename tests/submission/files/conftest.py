from __future__ import annotations

import pytest

from ._repository import Repository


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "submission")
    root = repository.root
    (root / "src/ui").mkdir(parents=True)
    (root / "src/ui/Dockerfile").write_text("FROM ruby\n")
    (root / "start.sh").write_text("#!/bin/sh\n")
    (root / "start.sh").chmod(0o755)
    (root / "README.md").write_bytes("Привет".encode("cp1251"))
    (root / "node_modules").mkdir()
    (root / "node_modules/Dockerfile").touch()
    repository.commit()
    return repository
