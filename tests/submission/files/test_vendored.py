"""Folders of other people's files."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.files.vendored import is_skipped, is_vendored


@pytest.mark.parametrize(
    "path",
    [
        "ansible/roles/post/Dockerfile",
        "roles/README.md",
        "vendor/mongo/start.sh",
        "Vendor/x/Makefile",  # a folder is what its name says on every machine
        "a/molecule/default/Dockerfile",
        "kubernetes/Charts/gitlab/templates/create.sh",
    ],
)
def test_other_peoples_files(path: str) -> None:
    assert is_vendored(path)


@pytest.mark.parametrize("path", ["src/ui/Dockerfile", "roles", "vendor", "src/vendors/README.md", "my-roles/run.sh"])
def test_the_homeworks_own_files(path: str) -> None:
    assert not is_vendored(path)


@pytest.mark.parametrize("folder", ["src/ui/node_modules", "vendor/bundle/x", ".GIT/hooks", "a/.terraform/b"])
def test_folders_that_a_tree_leaves_out(folder: str) -> None:
    assert is_skipped(folder.split("/"))


@pytest.mark.parametrize("folder", ["vendor", "vendor/x/bundle", "src/modules", ".github"])
def test_folders_that_a_tree_lists(folder: str) -> None:
    assert not is_skipped(folder.split("/"))
