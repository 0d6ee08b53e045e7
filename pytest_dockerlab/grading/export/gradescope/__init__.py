"""Gradescope: the results.json that it reads, and the ``autograder.zip`` whose containers write one.

Its containers have no Docker Engine, so that they check the files tier alone.
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""
