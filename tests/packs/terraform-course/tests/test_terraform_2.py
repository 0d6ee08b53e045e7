"""Samples of terraform-2."""

from pytest_dockerlab.testing import Sample, sample_tests, write

BASE = {"main.tf": 'terraform {\n  backend "s3" {}\n}\n'}

test_backend = sample_tests("terraform-2/backend", BASE, [
    Sample("passes", "the plain homework"),
    Sample("fails", "none", [write("main.tf", "terraform {}\n")], says="name a backend in main.tf", file="main.tf"),
    Sample("unusual", "of another kind", [write("main.tf", 'terraform {\n  backend "http" {}\n}\n')]),
])  # fmt: skip
