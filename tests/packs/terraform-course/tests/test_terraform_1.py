"""Samples of terraform-1."""

import pytest
from terraform_course import terraform_version

from pytest_dockerlab.testing import Sample, remove, sample_tests, write

BASE = {".gitignore": "*.tfstate\n", "versions.tf": 'terraform {\n  required_version = "1.9.0"\n}\n'}

test_state_ignored = sample_tests("terraform-1/state-ignored", BASE, [
    Sample("passes", "the plain homework"),
    Sample("fails", "another", [write(".gitignore", "*.log\n")], says="add the line *.tfstate", file=".gitignore"),
    Sample("fails", "no such file", [remove(".gitignore")], says="add the line *.tfstate"),
    Sample("unusual", "with its backups", [write(".gitignore", ".terraform/\n*.tfstate*\n")]),
])  # fmt: skip

test_version = sample_tests("terraform-1/version", BASE, [
    Sample("passes", "the plain homework"),
    Sample("fails", "old", [write("versions.tf", 'required_version = "1.2"\n')], says="here it is", file="versions.tf"),
    Sample("unusual", "with its operator", [write("versions.tf", 'required_version = "= 1.9.0"\n')]),
], skip=pytest.mark.skipif(terraform_version() is None, reason="no Terraform here"))  # fmt: skip
