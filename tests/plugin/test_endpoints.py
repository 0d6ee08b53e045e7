"""An item of tier app that has an endpoint: asked of what is up there, it is remote and needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.results import ItemResult
from tests.courses import install_course

from .conftest import Student

URL = "--hw-app-url=http://192.0.2.1:9292"
COURSE = """
import os
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Homework, Need, check
from pytest_dockerlab.messages import _

HOMEWORK = Homework("shop", 92, "a shop", items=("build", "app", "more"))

def says(name):
    path = os.path.join(os.environ["DEMO"], name)
    return open(path).read().strip() if os.path.exists(path) else ""

@check("shop/build", "it builds", tier="app")
def build():
    expect(says("build") != "wrong", found="wrong")

@check("shop/app", "it runs", tier="app", needs=["shop/build", Need.HADOLINT], endpoint=Need.APP_URL)
def app(hw_settings):
    note("url", hw_settings.endpoints.get("app-url") or "none")
    expect(says("app") != "wrong", found="wrong", hint=_("mend it"))

@check("shop/more", "it does more", tier="app", needs=["shop/app"])
def more():
    pass
"""


@pytest.fixture
def shop(student: Student) -> Student:
    install_course(student.site, "shop_course", COURSE)
    return student


def of(student: Student, *arguments: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    outcome = student.run(*arguments, hw="shop")
    return outcome.code, outcome.item("shop/app"), outcome.verdicts()


def test_with_the_url_it_is_remote_and_runs_without_its_needs(shop: Student, tmp_path: Path) -> None:
    shop.write(build="wrong")
    shop.monkeypatch.setenv("PATH", str(tmp_path))  # no hadolint either
    code, item, verdicts = of(shop, URL)
    assert (code, item["tier"], item["verdict"], item["points"]) == (0, "remote", "passed", 1)
    assert item["evidence"]["url"] == "http://192.0.2.1:9292"
    # the other items stay what they are
    assert verdicts == {"shop/build": "unverified", "shop/app": "passed", "shop/more": "unverified"}


def test_without_the_url_it_is_of_tier_app(shop: Student) -> None:
    code, item, verdicts = of(shop)
    assert (code, item["tier"], item["verdict"]) == (5, "app", "unverified")
    assert set(verdicts.values()) == {"unverified"}


def test_without_the_url_its_needs_count(shop: Student) -> None:
    code, item, verdicts = of(shop.write(build="wrong"), "--hw-tier=app")
    assert (code, verdicts["shop/build"], item["verdict"], item["because_of"]) == (
        1,
        "failed",
        "unverified",
        "shop/build",
    )


def test_with_both_the_url_decides(shop: Student) -> None:
    code, item, verdicts = of(shop, URL, "--hw-tier=app")
    assert (code, item["tier"]) == (0, "remote")
    assert set(verdicts.values()) == {"passed"}


def test_failed_it_counts_as_any_other(shop: Student) -> None:
    outcome = shop.write(app="wrong").run(URL, "--hw-strict", hw="shop")
    assert outcome.code == 1
    item = outcome.item("shop/app")
    assert (item["verdict"], item["tier"], item["points"]) == ("failed", "remote", 0)
    assert outcome.results is not None
    score = outcome.results["submissions"][0]["score"]
    assert (score["points"], score["verified_maximum"], score["maximum"]) == (0, 1, 3)


def test_alone_it_is_a_verified_run(shop: Student) -> None:
    outcome = shop.run(URL, hw="shop/app")
    assert outcome.code == 0
    assert outcome.verdicts() == {"shop/app": "passed"}


def test_workers_ask_it_in_the_same_way(shop: Student) -> None:
    code, item, _verdicts = of(shop.write(build="wrong"), URL, "-n2")
    assert (code, item["tier"], item["verdict"]) == (0, "remote", "passed")
    assert ItemResult.from_json(item).tier == "remote"
