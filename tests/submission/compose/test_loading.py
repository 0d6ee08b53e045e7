"""The compose project, by the real compose."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Location, Mismatch, Unverified
from pytest_dockerlab.submission.compose.cli import clean
from pytest_dockerlab.submission.compose.loading import load
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.compose.services import EnvSource
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

FILES = {
    "app/docker-compose.yml": """\
x-app: &app
  networks: [front, back]
services:
  db:
    image: mongo:${MONGO}
    container_name: ${COMPOSE_PROJECT_NAME}-mongo
    networks:
      back:
        aliases: [comment_db, post_db]
  ui:
    build: {context: ../ui, dockerfile: Dockerfile.1, target: run, args: {A: 1}}
    image: ${USERNAME}/ui:${UI_VERSION:-1}
    ports:
      - "127.0.0.1:${UI_PORT}:9292/tcp"
      - "3000-3001:3000-3001"
    environment:
      - PLAIN=costs $$5
      - EMPTY
    env_file: [.env, {path: b.env, required: false}]
    command: puma --debug -w ${WORKERS:?say how many}
    entrypoint: ["sh", "-c"]
    links: ["db:storage", "post"]
    networks: [front]
    volumes:
      - ../ui:/app
      - ./x:/x:ro
      - data:/data
  post:
    <<: *app
    image: me/post
    depends_on: [db]
    scale: 2
  sidecar:
    image: me/x
    network_mode: service:post
  late:
    image: me/comment
    profiles: [later]
volumes: {data: }
networks:
  front:
  back: {name: "${BACK}", driver: bridge}
""",
    "app/.env.example": "USERNAME=<USERNAME>\nMONGO=3.2\nBACK=behind\nCOMPOSE_IGNORE_ORPHANS=1\n",
    "ui/Dockerfile.1": "FROM x AS run\n",
}


def project(folder: Path, files: dict[str, str] = FILES, **more: str) -> ComposeProject:
    for path, text in {**files, **more}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Submission("x", WorkTree(folder)).compose


@needs_compose
def test_services_are_resolved_and_typed(tmp_path: Path) -> None:
    found = project(tmp_path)
    ui, db = found.services["ui"], found.services["db"]
    assert ui.role is Role.UI
    assert db.role is Role.DATABASE
    assert ui.build is not None
    assert (ui.build.context, ui.build.dockerfile, ui.build.target) == ("ui", "ui/Dockerfile.1", "run")
    assert dict(ui.build.args) == {"A": "1"}
    assert (ui.image, ui.image_template) == ("x/ui:1", "${USERNAME}/ui:${UI_VERSION:-1}")
    assert [(each.target, each.published, each.host_ip) for each in ui.ports] == [
        (9292, "10000", "127.0.0.1"),
        (3000, "3000", None),
        (3001, "3001", None),
    ]
    assert [(each.is_variable, each.location.line) for each in ui.port_templates] == [(True, 14), (False, 15)]
    assert dict(ui.environment) == {"PLAIN": "costs $5", "EMPTY": None}
    assert ui.env_files == (EnvSource("app/.env"), EnvSource("app/b.env", is_required=False))
    assert ui.command == ("puma", "--debug", "-w", "x")
    assert ui.entrypoint == ("sh", "-c")
    assert dict(ui.links) == {"storage": "db", "post": "post"}
    assert found.services["post"].replicas == 2
    assert db.container_name == "dockerlab-mongo"


@needs_compose
def test_mounts_have_paths_of_the_submission(tmp_path: Path) -> None:
    mounts = project(tmp_path).services["ui"].mounts
    assert [(each.type, each.source, each.path, each.target, each.location.line) for each in mounts] == [
        ("bind", "../ui", "ui", "/app", 25),
        ("bind", "./x", "app/x", "/x", 26),
        ("volume", "data", None, "/data", 27),
    ]


@needs_compose
def test_networks_and_names(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert {key: (each.name, each.members, each.roles) for key, each in found.networks.items()} == {
        "back": ("behind", ("db", "post", "sidecar"), {Role.DATABASE, Role.POST}),
        "front": ("dockerlab_front", ("post", "sidecar", "ui"), {Role.POST, Role.UI}),
    }
    assert found.networks["back"].location.line == 42
    assert [each.key for each in found.networks_of(Role.UI)] == ["front"]
    names = found.visible_names(found.services["post"])
    assert set(names) == {"db", "dockerlab-mongo", "comment_db", "post_db", "post", "ui"}
    # a link does not lead where no common network is, and one in another's network has no name of its own
    assert set(found.visible_names(found.services["ui"])) == {"ui", "post"}


@needs_compose
def test_variables_and_their_neutral_values(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert found.undefined == ("UI_PORT", "WORKERS")
    assert found.placeholders == ("USERNAME",)
    assert found.variables["UI_VERSION"].has_default
    assert found.variables["WORKERS"].is_required
    assert [each.line for each in found.variables["MONGO"].locations] == [5]
    assert set(found.variables) >= {"BACK", "MONGO", "UI_PORT", "UI_VERSION", "USERNAME", "WORKERS"}


@needs_compose
def test_a_service_whose_profile_is_off_is_named(tmp_path: Path) -> None:
    assert project(tmp_path).in_profiles(Role.COMMENT) == ()
    text = FILES["app/docker-compose.yml"].replace("  late:", "  comment:")
    assert project(tmp_path / "b", FILES | {"app/docker-compose.yml": text}).in_profiles(Role.COMMENT) == ("comment",)


@needs_compose
def test_nothing_of_our_own_folders_is_in_the_model(tmp_path: Path) -> None:
    text = FILES["app/docker-compose.yml"].replace("- EMPTY", "- HERE=${PWD}/x\n      - HOME_OF=${HOME}")
    found = project(tmp_path, FILES | {"app/docker-compose.yml": text})
    assert found.services["ui"].environment["HERE"] == "app/x"
    assert "/tmp" not in str(found.raw)
    assert "dockerlab-" not in str(found.raw).replace("dockerlab-mongo", "")


@needs_compose
def test_an_override_wins_and_keeps_its_lines(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text("services:\n  ui:\n    image: a\n    command: one\n")
    (tmp_path / "b.yml").write_text("services:\n  ui:\n    command: [two]\n    volumes: ['./x:/x']\n")
    found = load(WorkTree(tmp_path), ["docker-compose.yml", "b.yml"], None, templates=False)
    ui = found.services["ui"]
    assert ui.command == ("two",)
    assert str(found.location("services", "ui", "command")) == "b.yml:3"
    assert str(found.location("services", "ui", "image")) == "docker-compose.yml:3"
    assert str(ui.mounts[0].location) == "b.yml:4"
    assert str(found.winning_location("nobody")) == "b.yml"


@needs_compose
@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("services:\n  ui:\n    image: x\n    networks: [a, lost]\nnetworks: {a: }\n", 4, "lost"),
        ("services:\n  ui:\n    image: x\n    depends_on:\n      - lost\n", 5, "lost"),
        ("services:\n  ui:\n    image: x\n    colour: red\n", 4, "colour"),
        ("services:\n  ui:\n    image: x\n    ports: ['${P:9}:80']\n", 4, "interpolation"),
        ("services:\n  ui:\n    image: [x]\n", 3, "image"),
        ("services: []\n", 1, "services"),
        ("services:\n  ui: {image: x}\nextra: 1\n", 3, "extra"),
        ("services:\n  ui:\n    image: x\n    volumes:\n      - ./a:/a\n      - lost:/b:ro\n", 6, "lost"),
        ("services:\n  ui:\n    image: x\n    volumes: [{type: volume, source: lost, target: /x}]\n", 4, "lost"),
        ("services:\n  ui:\n    image: x\n    secrets:\n      - a\n      - lost\nsecrets: {a: {file: x}}\n", 6, "lost"),
        ("services:\n  ui:\n    image: x\n    links:\n      - lost:x\n", 5, "lost"),
        ("services:\n  ui:\n    image: x\n    network_mode: service:lost\n", 4, "lost"),
        ("services:\n  ui:\n    image: x\n    networks:\n      a:\n      lost:\nnetworks: {a: }\n", 6, "lost"),
        ("services:\n  ui:\n    image: x\n    depends_on:\n      lost: {condition: service_started}\n", 5, "lost"),
        (
            "services:\n  ui: {image: x, depends_on: [post]}\n  post:\n    image: x\n    depends_on:\n      - ui\n",
            6,
            "cycle",
        ),
        ("services:\n  ui:\n    image: x\n    ports:\n      - 80:80\n      - abc:81\n", 6, "abc"),
        ("services:\n  ui:\n    image: x\n    ports:\n      - 80:80\n      - 81:99999/tcp\n", 6, "99999"),
        ("services:\n  ui:\n    image: x\n    ports:\n      - 80:80\n      - 1.2.3:81:81\n", 6, "1.2.3"),
        ("services:\n  ui:\n    image: x\n    ports:\n      - 80:80\n      - 81:81/tpc\n", 6, "tpc"),
        ("services:\n  ui:\n    image: x\n    ports:\n      - 80:80\n      - 1-3:1-2\n", 6, "1-3"),
        ("services:\n  ui:\n    image: x\n    volumes:\n      - ./a:/a\n      - '/b:'\n", 6, "/b:"),
        ("services:\n  ui:\n    image: x\n    mem_limit: much\n", 4, "much"),
        ("services:\n  ui:\n    image: x\n    healthcheck:\n      interval: 5\n", 5, "interval"),
    ],
)
def test_what_compose_refuses_has_a_place(tmp_path: Path, text: str, line: int, found: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(text)
    with pytest.raises(Mismatch) as caught:
        load(WorkTree(tmp_path), ["docker-compose.yml"], None)
    finding = caught.value.finding
    assert found in str(finding.found)
    assert finding.at is not None and finding.at.file == "docker-compose.yml"
    assert finding.at.line == line


@needs_compose
@pytest.mark.parametrize(
    ("more", "line"),
    [("volumes: ['lost:/x']", 3), ("networks: [lost]", 3), ("ports: ['abc:80']", 3), ("depends_on: [db]", 3)],
)
def test_what_stands_in_the_override_is_placed_there(tmp_path: Path, more: str, line: int) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  ui:\n    image: x\n    networks: [a]\n  db: {image: x, depends_on: [ui]}\nnetworks: {a: }\n"
    )
    (tmp_path / "docker-compose.override.yml").write_text(f"services:\n  ui:\n    {more}\n")
    with pytest.raises(Mismatch) as caught:
        load(WorkTree(tmp_path), ["docker-compose.yml", "docker-compose.override.yml"], None)
    assert str(caught.value.finding.at) == f"docker-compose.override.yml:{line}"


@needs_compose
@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("services:\n  ui:\n    image: x\n    network: [a]\nnetworks: {a: }\n", "networks: instead of network:"),
        ("services:\n  ui:\n    image: x\n    port: ['80:80']\n", "ports: instead of port:"),
        ("services:\n  ui:\n    image: x\n    enviroment: {A: 1}\n", "environment: instead of enviroment:"),
        ("services:\n  ui: {image: x}\nnetwork: {a: }\n", "networks: instead of network:"),
        ("services:\n  ui:\n    image: x\n    networks: {a: {alias: [x]}}\nnetworks: {a: }\n", "aliases: instead"),
        ("services:\n  ui:\n    build: {contex: .}\n", "context: instead of contex:"),
        ("services:\n  ui:\n    image: x\n    colour: red\n", "docker-compose config"),
    ],
)
def test_a_misspelt_key_wants_its_near_name(tmp_path: Path, text: str, remedy: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(text)
    with pytest.raises(Mismatch) as caught:
        load(WorkTree(tmp_path), ["docker-compose.yml"], None)
    assert remedy in str(caught.value.finding.hint)


@needs_compose
@pytest.mark.parametrize(
    ("env", "line"),
    [
        (b"A=1\nno name here\n", 2),
        (b"A='x\nB=1\n", 1),
        ("A=1\n".encode("utf-16"), 1),
        (b"A=1\nB=${A\n", 2),
        (b"A=1\nB=${C:?say}\n", None),
    ],
)
def test_an_env_file_that_compose_refuses_has_a_place(tmp_path: Path, env: bytes, line: int | None) -> None:
    (tmp_path / "docker-compose.yml").write_text("services:\n  ui: {image: 'x:${A}'}\n")
    (tmp_path / ".env.example").write_bytes(env)
    with pytest.raises(Mismatch) as caught:
        _ = Submission("x", WorkTree(tmp_path)).compose
    assert caught.value.finding.at == Location(".env.example", line)
    assert "env file" in str(caught.value.finding.expected)


@needs_compose
def test_the_students_values_are_those_that_compose_reads(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  ui: {image: 'x:${A}', environment: {B: '${B}', C: '${C}', FILE: '${COMPOSE_FILE}'}}\n"
    )
    (tmp_path / ".env.example").write_text("A: '1'\nB=it's \"q\"#no # yes\nC=${A}${PWD:+x}\nCOMPOSE_MENU=on\n")
    ui = Submission("x", WorkTree(tmp_path)).compose.services["ui"]
    assert (ui.image, ui.environment["B"], ui.environment["C"]) == ("x:1", 'it\'s "q"#no', "1x")


@needs_compose
def test_a_mount_is_found_however_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  ui:\n    image: x\n    volumes:\n      - ./a:/a/\n      - ./b:/x/../b:ro\n"
        "      - type: bind\n        source: ./c\n        target: /c/\n      - ${D:-./d}:${E:-/e}\n"
    )
    mounts = Submission("x", WorkTree(tmp_path)).compose.services["ui"].mounts
    assert [(each.source, each.location.line) for each in mounts] == [
        ("./a", 5), ("./b", 6), ("./c", 7), ("${D:-./d}", 10),
    ]  # fmt: skip


@needs_compose
@pytest.mark.parametrize("host", ["::1", "[::1]", "2001:db8::1", "127.0.0.1", "${HOST}"])
def test_the_published_part_behind_any_address(tmp_path: Path, host: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        f"services:\n  ui: {{image: x, ports: ['{host}:${{P}}:9292', '{host}:81:9293']}}\n"
    )
    templates = Submission("x", WorkTree(tmp_path)).compose.services["ui"].port_templates
    assert [(each.published, each.is_variable) for each in templates] == [("10000", True), ("81", False)]


@needs_compose
def test_a_variable_that_breaks_the_file_is_named_in_the_hint(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text("services:\n  ui:\n    image: x\n    links: ['${WHERE}']\n")
    with pytest.raises(Mismatch) as caught:
        load(WorkTree(tmp_path), ["docker-compose.yml"], None)
    assert "WHERE" in str(caught.value.finding.hint)


def test_without_compose_it_is_unverified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "compose_command", lambda: None)
    with pytest.raises(Unverified) as caught:
        project(tmp_path)
    assert "pip install" in str(caught.value.remedy)


@needs_compose
def test_a_model_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)
    submission = Submission("x", WorkTree(tmp_path))
    first = submission.compose
    monkeypatch.setattr(tools, "run", None)
    assert submission.compose is first


def test_words_of_compose_are_cleaned() -> None:
    folder = Path("/tmp/dockerlab-x/copy")
    text = (
        'time="2026" level=warning msg="secret"\n'
        "\x1b[31m/tmp/dockerlab-x/copy/src/a.yml: bad\x07\x1b[0m \u202edrow\r\n" + "x" * 5000
    )
    message = clean(text, folder)
    assert message.startswith("src/a.yml: bad drow\nxxx")
    assert len(message) < 1600
