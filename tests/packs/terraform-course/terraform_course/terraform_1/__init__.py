"""Homework 17 of the course, terraform-1: the first configuration."""

from pytest_dockerlab.homework import Homework

from .. import PACK

HOMEWORK = Homework("terraform-1", 17, "the first configuration", items=("state-ignored", "version"), pack=PACK)
