"""Options: command line before environment before ini before default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.homework import Need, Tier
from pytest_dockerlab.option_table import OPTIONS
from pytest_dockerlab.options import Settings, resolve

HERE = Path("/here")


def settings(
    given: dict[str, Any] | None = None,
    environ: dict[str, str] | None = None,
    ini: dict[str, str] | None = None,
    ini_folder: Path | None = Path("/ini"),
) -> Settings:
    values = ini or {}
    return resolve(
        given or {},
        lambda name: values.get(name, ""),
        ini_folder=ini_folder,
        invocation_folder=HERE,
        environ=environ or {},
    )


def test_the_table_is_that_of_the_design() -> None:
    names = {option.name for option in OPTIONS}
    assert names >= {
        "submission", "ref", "roster", "tier", "docker-host", "gitlab-url", "prometheus-url", "app-url",
        "runner-metrics-url", "registry-mirror-url", "cache-url", "vm", "image", "strict", "allow-push",
        "allow-disruption", "results", "course", "lang", "probe-image", "gitlab-project",
    }  # fmt: skip
    assert {need for option in OPTIONS for need in option.needs} == set(Need) - {
        Need.COMPOSE,
        Need.HADOLINT,
        Need.PROMTOOL,
        Need.ENGINE,
    }


def test_precedence() -> None:
    ini, environ, given = {"hw_tier": "files"}, {"DOCKERLAB_TIER": "app"}, {"hw_tier": "engine"}
    assert settings().tier is Tier.ENGINE
    assert settings(ini=ini).tier is Tier.FILES
    assert settings(ini=ini, environ=environ).tier is Tier.APP
    assert settings(ini=ini, environ=environ, given=given).tier is Tier.ENGINE


def test_a_submissions_ini_does_not_count() -> None:
    assert settings(ini={"hw_docker_host": "tcp://evil"}, ini_folder=None).endpoints == {}


def test_relative_paths_start_where_they_were_written() -> None:
    assert settings({"hw_results": "r.json"}).results == "/here/r.json"
    assert settings(ini={"hw_results": "r.json"}).results == "/ini/r.json"
    assert settings(environ={"DOCKERLAB_RESULTS": "/r.json"}).results == "/r.json"


def test_endpoints_meet_needs() -> None:
    found = settings({"hw_vm": "me@vm"}, {"DOCKERLAB_GITLAB_URL": "https://gitlab.example"})
    assert found.endpoints == {"vm": "me@vm", "gitlab-url": "https://gitlab.example"}


@pytest.mark.parametrize(
    ("environ", "said"),
    [({"DOCKERLAB_TIER": "cloud"}, "DOCKERLAB_TIER"), ({"DOCKERLAB_STRICT": "perhaps"}, "DOCKERLAB_STRICT")],
)
def test_a_bad_value_names_where_it_came_from(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        settings(environ=environ)


@pytest.mark.parametrize(
    "url", ["localhost:9292", "203.0.113.10", "ftp://host", "http://", "http://host:port", "me:secret@host"]
)
def test_what_is_no_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--hw-app-url: a URL is wanted") as caught:
        settings({"hw_app_url": url})
    assert "secret" not in caught.value.message


def test_a_misspelt_variable_is_told_what_it_may_be() -> None:
    with pytest.raises(ConfigurationError, match=r"DOCKERLAB_TEIR has no meaning here; did you mean DOCKERLAB_TIER\?"):
        settings(environ={"DOCKERLAB_TEIR": "files"})
    with pytest.raises(ConfigurationError, match=r"did you mean DOCKERLAB_GITLAB_TOKEN\?"):
        settings(environ={"DOCKERLAB_GITLAB_TOKN": "glpat-x"})
    with pytest.raises(ConfigurationError, match=r"did you mean DOCKERLAB_CACHE_SECRET_KEY\?"):
        settings(environ={"DOCKERLAB_CACHE_SECRET": "x"})
    others = (
        "GITLAB_TOKEN",
        "CACHE_ACCESS_KEY",
        "CACHE_SECRET_KEY",
        "SUBNETS",
        "DOCKER_ADDRESS",
        "SSH_CONFIG",
        "TEST_NEEDS",
        "TEST_CACHE",
        "SECRET",
        "NAME",
        "X",
    )
    assert settings(environ={f"DOCKERLAB_{name}": "files" for name in others}) == settings()


@pytest.mark.parametrize(("text", "value"), [("1", True), ("yes", True), ("off", False), ("", False)])
def test_flags(text: str, value: bool) -> None:
    assert settings(environ={"DOCKERLAB_STRICT": text}).strict is value


def test_images_may_be_several() -> None:
    assert settings({"hw_image": ["ui=a:1", "post=b:2"]}).images == ("ui=a:1", "post=b:2")
    assert settings(environ={"DOCKERLAB_IMAGE": "ui=a:1 post=b:2"}).images == ("ui=a:1", "post=b:2")


def test_settings_travel_as_plain_data() -> None:
    one = settings({"hw_image": ["a"], "hw_vm": "x", "hw_strict": True, "hw_lang": "ru"})
    assert Settings.from_json(one.to_json()) == one
