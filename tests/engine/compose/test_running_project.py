"""Compose projects by the real compose on a real engine: up, waited for, asked, down; and what goes wrong then."""

from __future__ import annotations

import contextlib
import re
import secrets
import urllib.request

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.engine.compose.running_project import ComposeProjectError, RunningProject
from pytest_dockerlab.engine.compose.states import parse_ps
from pytest_dockerlab.engine.owned.labels import SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.errors import DockerlabError

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "compose_projects")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

WEB = """\
services:
  web:
    image: ${IMAGE}
    command: sh -c "mkdir /www && echo hello > /www/index.html && exec httpd -f -p 80 -h /www"
    ports: ["80"]
    volumes: ["data:/data"]
    networks: [net]
  once:
    image: ${IMAGE}
    command: "true"
    network_mode: none
volumes: {data: }
networks: {net: {ipam: {config: [{subnet: "${SUBNET:-}"}]}}}
"""
BROKEN = """\
services:
  sick:
    image: ${IMAGE}
    command: sh -c "echo the disk is full; exit 3"
    network_mode: none
  well: {image: "${IMAGE}", command: sleep 60, network_mode: none}
"""
# Waited for until the other has ended, however slow the machine is.
NEVER_READY = (
    '  slow: {image: "${IMAGE}", command: sleep 60, network_mode: none, healthcheck: {test: "false", interval: 60s}}\n'
)


@pytest.fixture(scope="module")
def env(docker_host):
    # another run of these tests may use the engine at the same time
    subnet = f"10.217.{secrets.randbelow(256)}.{secrets.randbelow(16) * 16}/28"
    return {"IMAGE": probe_image(docker_host), "SUBNET": subnet}


def things(host, project):
    return {thing.kind for thing in list_ours(host.client, label=f"{SCOPE}={project.name}")}


def fetched(url):
    """The body that is answered; ``None`` while its server does not listen yet."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def test_up_ask_down(docker_host, run_id, env, tmp_path):
    (tmp_path / "compose.yaml").write_text(WEB)
    with RunningProject(docker_host, tmp_path, env=env, run_id=run_id) as project:
        project.up()
        # That it runs was enough; that it ended with 0 is enough too.
        wait_until(lambda: "exited" in [each.state for each in project.ps()], timeout=30, error=AssertionError)
        states = {each.service: each for each in project.wait()}
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", project.name)
        assert (states["web"].state, states["once"].state, states["once"].exit_code) == ("running", "exited", 0)
        assert things(docker_host, project) == {"container", "network", "volume"}
        address, port = project.port("web", 80)
        assert address == docker_host.address
        assert wait_until(lambda: fetched(f"http://{address}:{port}/"), timeout=30, error=AssertionError) == b"hello\n"
        assert project.exec("web", ["cat", "/www/index.html"]).stdout == "hello\n"
        assert project.exec("web", ["sh", "-c", "exit 7"]).returncode == 7
        assert "web" in project.logs() or project.logs() == ""
        with pytest.raises(ComposeProjectError, match="is not published"):
            project.port("web", 81)
    assert things(docker_host, project) == set()
    assert list(tmp_path.iterdir()) == [tmp_path / "compose.yaml"]


def test_a_service_that_fails_ends_the_waiting_with_its_words(docker_host, run_id, env, tmp_path):
    (tmp_path / "docker-compose.yml").write_text(BROKEN + NEVER_READY)
    with (
        pytest.raises(ComposeProjectError, match="sick ended with 3") as caught,
        RunningProject(docker_host, tmp_path, env=env, run_id=run_id) as project,
    ):
        project.up()
    assert isinstance(caught.value, DockerlabError)
    assert caught.value.service == "sick"
    assert "the disk is full" in caught.value.logs
    assert things(docker_host, project) == set()


def test_what_ends_just_after_its_start_was_never_up(docker_host, tmp_path, monkeypatch):
    project = RunningProject(docker_host, tmp_path)
    said = iter([parse_ps(LINE), parse_ps(LINE), parse_ps(LINE.replace("running", "exited").replace(":0", ":3"))])
    monkeypatch.setattr(project, "ps", lambda: next(said))
    with pytest.raises(ComposeProjectError, match="web ended with 3"):
        project.wait(timeout=30)
    monkeypatch.setattr(project, "ps", lambda: parse_ps(LINE))
    with pytest.raises(ComposeProjectError, match=r"not ready after 0.1 s: web \(running\)"):
        project.wait(timeout=0.1)
    assert [each.service for each in project.wait(timeout=30)] == ["web"]


def test_what_is_never_ready_is_late(docker_host, run_id, env, tmp_path):
    (tmp_path / "compose.yml").write_text(
        "services:\n  slow:\n    image: ${IMAGE}\n    command: sleep 60\n    network_mode: none\n"
        "    healthcheck: {test: 'false', interval: 60s}\n"
    )
    with (
        pytest.raises(ComposeProjectError, match=r"not ready after 1 s: slow \(starting\)"),
        RunningProject(docker_host, tmp_path, env=env, run_id=run_id) as project,
    ):
        project.up(timeout=1)
    assert things(docker_host, project) == set()


def test_what_the_engine_refuses_leaves_nothing(docker_host, run_id, env, tmp_path):
    """The network is there already when the image turns out not to be."""
    (tmp_path / "compose.yml").write_text(WEB.replace("${IMAGE}", "pytest-dockerlab.invalid/none:1", 1))
    with (
        pytest.raises(ComposeProjectError, match="compose up returned") as caught,
        RunningProject(docker_host, tmp_path, env=env, run_id=run_id) as project,
    ):
        project.up()
    assert caught.value.returncode != 0
    assert caught.value.command[-3:] == ("up", "--detach", "--quiet-pull")
    assert things(docker_host, project) == set()


@pytest.mark.parametrize(("file", "match"), [(None, "no compose file"), ("services: [", "compose config returned")])
def test_no_project_at_all(docker_host, run_id, tmp_path, file, match):
    if file is not None:
        (tmp_path / "compose.yml").write_text(file)
    with pytest.raises(ComposeProjectError, match=match), RunningProject(docker_host, tmp_path, run_id=run_id):
        pass


def test_two_of_one_directory_at_once(compose_project, docker_host, env, tmp_path):
    (tmp_path / "compose.yml").write_text(BROKEN)
    first, second = compose_project(tmp_path, env=env), compose_project(tmp_path, env=env)
    assert first.name != second.name
    for project in (first, second):
        assert [each.service for each in project.up("well")] == ["well"]
    first.down()
    assert things(docker_host, first) == set()
    assert [each.state for each in second.ps()] == ["running"]


def test_over_tls_compose_gets_the_files_by_dockers_names(docker_host, tmp_path, monkeypatch):
    from pytest_dockerlab.engine.hosts.endpoints import Endpoint, Tls
    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.messages import Message

    for name in ("authority", "mine", "secret"):
        (tmp_path / name).write_text(name)
    tls = Tls(*(tmp_path / name for name in ("authority", "mine", "secret")))
    (tmp_path / "compose.yml").write_text(BROKEN)
    seen = []
    monkeypatch.setattr(tools, "run", lambda argv, **words: seen.append(words["env"]) or (_ for _ in ()).throw(OSError))
    project = RunningProject(DockerHost(Endpoint("tcp://192.0.2.1:2376", Message("x"), tls)), tmp_path)
    contents = {}
    monkeypatch.setattr(
        project, "_forget", lambda: contents.update({path.name: path.read_text() for path in project._folder.iterdir()})
    )
    with pytest.raises(OSError), project:
        pass
    assert contents == {"ca.pem": "authority", "cert.pem": "mine", "key.pem": "secret"}
    assert seen[0]["DOCKER_HOST"] == "tcp://192.0.2.1:2376"
    assert (seen[0]["DOCKER_TLS_VERIFY"], seen[0]["DOCKER_CERT_PATH"]) == ("1", str(project._folder))
    RunningProject._forget(project)


LINE = '{"Service":"web","Name":"p-web-1","ID":"1","State":"running","Health":"","ExitCode":0}'


@pytest.mark.parametrize("output", [f"{LINE}\n{LINE}\n", f"[{LINE},{LINE}]"], ids=["lines", "a list"])
def test_both_forms_of_ps(output):
    states = parse_ps(output)
    assert [(each.service, each.is_ready, each.has_failed) for each in states] == [("web", True, False)] * 2


def test_ps_of_nothing_and_of_nonsense():
    assert parse_ps("\n") == parse_ps("[]") == []
    for nonsense in ("NAME STATE", "[1]", '{"Name": "x"}', "{"):
        with pytest.raises(ComposeProjectError):
            parse_ps(nonsense)
