"""Labels: whose a thing is, and whether its owner lives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from pytest_dockerlab.engine.owned.labels import EXPIRES, KIND, OWNER, PURPOSE, RUN, SCOPE, Labels, Owner, new_run_id
from pytest_dockerlab.engine.owned.sweep import Thing, is_dead
from pytest_dockerlab.errors import DockerlabError


def test_the_run_id_is_the_given_one_then_that_of_xdist():
    environ = {"PYTEST_XDIST_TESTRUNUID": "of-xdist"}
    assert new_run_id("given", environ) == "given"
    assert new_run_id(None, environ) == "of-xdist"
    assert new_run_id(None, {}) != new_run_id(None, {})


def test_labels_name_run_owner_expiry_purpose_and_kind():
    before = time.time()
    labels = Labels("run", Owner.of(), lifetime=100, scope="lab").make("network", "self-test")
    after = time.time()
    assert labels[RUN] == "run"
    assert labels[PURPOSE] == "self-test"
    assert labels[KIND] == "network"
    assert labels[SCOPE] == "lab"
    assert int(before + 100) <= int(labels[EXPIRES]) <= int(after + 100)
    assert all(name.startswith("org.pytest-dockerlab.") for name in labels)


def test_an_owner_survives_its_text():
    owner = Owner.of()
    assert Owner.parse(str(owner)) == owner
    assert owner.pid == os.getpid()


@pytest.mark.parametrize("text", ["", "host", "host/boot/pid/1", "host/boot/1", "host//1/2", "a/b/1/2/3", "/boot/1/2"])
def test_a_text_that_is_no_owner(text):
    assert Owner.parse(text) is None


def test_our_own_process_lives():
    assert Owner.of().is_alive() is True


def test_a_process_that_ended_is_dead_and_so_is_a_later_one_with_its_number():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = Owner.of(process.pid)
    assert owner.is_alive() is True
    assert replace(owner, start="1").is_alive() is False
    process.kill()
    deadline = time.monotonic() + 60
    while owner.is_alive() and time.monotonic() < deadline:
        pass  # a zombie is dead already: nobody waits for it here
    assert owner.is_alive() is False
    process.communicate()
    assert owner.is_alive() is False
    with pytest.raises(DockerlabError):
        Owner.of(process.pid)


@pytest.mark.parametrize("change", [{"host": "elsewhere"}, {"boot": "another:1"}])
def test_of_a_process_elsewhere_nothing_is_known(change):
    assert replace(Owner.of(), **change).is_alive() is None


class TestDead:
    """Whether a thing may be swept. No engine is asked where the things are at hand."""

    elsewhere = replace(Owner.of(), host="elsewhere")
    dead = replace(Owner.of(), start="1")

    def of(self, owner, expires, run="run", kind="container"):
        labels = {RUN: run, OWNER: str(owner), EXPIRES: str(int(time.time() + expires)), KIND: kind}
        return Thing(kind, "id", "name", labels)

    def judge(self, thing, *others):
        return is_dead(None, thing.labels, [thing, *others])

    def test_a_live_owner_outlasts_its_expiry(self):
        assert not self.judge(self.of(Owner.of(), -1000))

    def test_a_dead_owner_is_dead_before_its_expiry(self):
        assert self.judge(self.of(self.dead, 1000))

    def test_an_owner_out_of_sight_is_dead_when_it_has_expired(self):
        assert self.judge(self.of(self.elsewhere, -1))
        assert not self.judge(self.of(self.elsewhere, 1000))

    def test_a_run_is_renewed_by_its_newest_thing(self):
        assert not self.judge(self.of(self.elsewhere, -1), self.of(self.elsewhere, 1000, kind="volume"))
        assert self.judge(self.of(self.elsewhere, -1), self.of(self.elsewhere, 1000, run="another"))

    @pytest.mark.parametrize("labels", [{}, {RUN: "x"}, {RUN: "x", OWNER: "?"}, {OWNER: str(dead)}])
    def test_labels_that_cannot_be_read_are_nobodys(self, labels):
        assert not is_dead(None, labels, [])

    def test_an_expiry_that_cannot_be_read_never_comes(self):
        thing = self.of(self.elsewhere, 0)
        assert not is_dead(None, {**thing.labels, EXPIRES: "soon"}, [])
