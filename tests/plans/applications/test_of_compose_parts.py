"""The mounts, ports, images, networks and size of an application plan that is made of a compose project."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.applications.of_compose import code_folder, plan_of_compose
from pytest_dockerlab.plans.applications.plan import AppPlan, MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission

from .test_of_compose import planned, ui

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

VOLUME, FOLDER, FILE = MountKind.VOLUME, MountKind.FOLDER, MountKind.FILE


def texts(made: AppPlan) -> list[str]:
    return [str(each) for each in made.remarks]


@pytest.mark.parametrize(
    ("volume", "kind", "target", "name", "source", "read_only"),
    [
        ("data:/data", VOLUME, "/data", "data", None, False),
        ("data:/data:ro", VOLUME, "/data", "data", None, True),
        ("/data", VOLUME, "/data", "", None, False),
        ("./ui:/app", FOLDER, "/app", "", "src/ui", False),
        ("./ui/app.rb:/app/app.rb:ro", FILE, "/app/app.rb", "", "src/ui/app.rb", True),
        ("./nowhere:/x", FOLDER, "/x", "", None, False),
        ("..:/all", FOLDER, "/all", "", "", False),
        ("../.:/all", FOLDER, "/all", "", "", False),
        ("./link:/x", FOLDER, "/x", "", "src/link", False),
        ("./to-file:/x", FILE, "/x", "", "src/to-file", False),
        ("./out:/x", FOLDER, "/x", "", None, False),
        # an absolute path over the code is the code on somebody's docker host
        ("/home/me/ui:/app", FOLDER, "/app", "", "src/ui", False),
        ("/home/me/ui:/app/:ro", FOLDER, "/app", "", "src/ui", True),
    ],
)
def test_mounts(
    tmp_path: Path, volume: str, kind: MountKind, target: str, name: str, source: str | None, read_only: bool
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/link").symlink_to("ui")
    (tmp_path / "src/to-file").symlink_to("ui/app.rb")
    (tmp_path / "src/out").symlink_to("/etc")
    found, denied = ui(tmp_path, f"volumes: ['{volume}']", "volumes: {data: }\n")
    assert denied == []
    [mount] = found.mounts
    assert (mount.kind, mount.target, mount.name, mount.source, mount.read_only) == (
        kind, target, name, source, read_only,
    )  # fmt: skip
    assert str(mount.at) == "src/docker-compose.yml:4"


def test_an_absolute_bind_over_the_code_is_said(tmp_path: Path) -> None:
    made = planned(tmp_path, "services:\n  ui:\n    build: ./ui\n    volumes: ['/home/me/reddit:/app']\n")
    assert texts(made) == [
        "src/docker-compose.yml:4: /home/me/reddit of the docker host is read as src/ui, the code of ui"
    ]


def test_a_file_cannot_be_put_into_a_container_that_is_read_only(tmp_path: Path) -> None:
    text = "services:\n  db: {image: mongo, read_only: true, volumes: [%s]}\n"
    made = planned(tmp_path, text % "'./ui/Dockerfile:/a'")
    assert "read_only" not in made.services[0].settings
    assert texts(made) == ["db: read_only is left out, because files are put into its container"]
    made = planned(tmp_path, text % "'./ui:/a', 'data:/b'" + "volumes: {data: }\n")
    assert made.services[0].settings["read_only"] is True
    assert texts(made) == []


def test_two_services_share_a_named_volume(tmp_path: Path) -> None:
    made = planned(tmp_path, "services:\n  ui: {image: x, volumes: ['data:/a']}\n  db: {image: mongo, volumes: "
                   "['data:/data/db']}\nvolumes: {data: }\n")  # fmt: skip
    assert [[(mount.name, mount.target) for mount in each.mounts] for each in made.services] == [
        [("data", "/data/db")],
        [("data", "/a")],
    ]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("['80:9292']", (9292,)),
        ("['9292']", (9292,)),
        ("['127.0.0.1:80:3000/tcp', '3001:3001']", (3000, 3001)),
        ("['80:9292', '81:9292']", (9292,)),
        ("['53:53/udp']", (9292,)),
        ("['8000-8002:3000-3002']", (3000, 3001, 3002)),
        ("[{target: 4567, published: '80', mode: host}]", (4567,)),
        ("[]", (9292,)),
    ],
)
def test_ports_of_the_ui(tmp_path: Path, ports: str, expected: tuple[int, ...]) -> None:
    found, denied = ui(tmp_path, f"ports: {ports}")
    assert found.ports == expected
    assert denied == []


def test_a_range_of_thousands_is_not_published(tmp_path: Path) -> None:
    found, denied = ui(tmp_path, "ports: ['1000-3000:1000-3000']")
    assert found.ports == tuple(range(1000, 1016))
    assert denied == ["src/docker-compose.yml:4: only the first 16 ports are published"]


def test_only_the_ui_is_published(tmp_path: Path) -> None:
    made = planned(tmp_path, "services:\n  ui: {image: x}\n  db: {image: mongo, ports: ['27017:27017']}\n"
                   "  other: {image: y, ports: ['80:80']}\n")  # fmt: skip
    assert {each.name: each.ports for each in made.services} == {"ui": (9292,), "db": (), "other": ()}
    assert {each.name: each.role for each in made.services}["other"] is None
    assert made.service(Role.POST) is None


def test_where_images_come_from(tmp_path: Path) -> None:
    made = planned(
        tmp_path,
        "services:\n"
        "  ui: {build: {context: ./ui, dockerfile: Other, target: run, args: {A: 1, B: }}, image: me/ui}\n"
        "  post: {image: me/post}\n"
        "  comment: {image: me/comment}\n"
        "  db: {image: 'mongo:3.2'}\n"
        "  root: {build: .}\n",
        images={"mongo:3.2": "mongo:7.0", "me/post:latest": "never"},
    )
    found = {each.name: each for each in made.services}
    build = found["ui"].build
    assert build is not None
    assert (build.dockerfile, build.context, build.target, dict(build.args)) == (
        "src/ui/Other",
        "src/ui",
        "run",
        {"A": "1"},
    )
    assert found["ui"].image is None
    # without build: it is the Dockerfile in the service's own folder
    build = found["post"].build
    assert build is not None
    assert (build.dockerfile, build.context) == ("src/post-py/Dockerfile", "src/post-py")
    assert (found["comment"].build, found["comment"].image) == (None, "me/comment")
    assert (found["db"].build, found["db"].image) == (None, "mongo:7.0")
    assert found["root"].build is not None
    assert found["root"].build.context == "src"
    assert texts(made) == [
        "db: mongo:3.2 is replaced by mongo:7.0, as the course file says",
        "post has no build:, so its image is built from src/post-py",
    ]


@pytest.mark.parametrize(
    "build",
    ["{context: ./ui, dockerfile_inline: FROM x}", "{context: ./ui, additional_contexts: {a: ./post-py}}"],
)
def test_a_build_that_is_not_of_one_folder_here_is_unverified(tmp_path: Path, build: str) -> None:
    with pytest.raises(Unverified) as caught:
        planned(tmp_path, f"services:\n  ui:\n    build: {build}\n")
    assert "(src/docker-compose.yml:3)" in str(caught.value.reason)


@pytest.mark.parametrize("key", ["network: host", "ssh: [default]", "privileged: true", "extra_hosts: ['a=192.0.2.1']"])
def test_what_a_build_is_not_given_is_said(tmp_path: Path, key: str) -> None:
    made = planned(tmp_path, f"services:\n  ui:\n    build:\n      context: ./ui\n      {key}\n")
    assert [str(each) for each in made.denied] == [f"src/docker-compose.yml:3: ui: {key.partition(':')[0]} is left out"]


def test_networks_names_and_services_that_do_not_run(tmp_path: Path) -> None:
    made = planned(
        tmp_path,
        "services:\n"
        "  ui: {image: x, container_name: reddit-ui, networks: [front]}\n"
        "  post: {image: y, networks: {front: {aliases: [p]}, back: {aliases: [q, r]}}, scale: 3}\n"
        "  db: {image: mongo, networks: {back: {aliases: [post_db, comment_db]}}}\n"
        "  off: {image: z, deploy: {replicas: 0}}\n"
        "networks:\n"
        "  front: {driver_opts: {com.docker.network.bridge.enable_icc: 'false', parent: eth0}}\n"
        "  back: {internal: true, driver: macvlan, ipam: {config: [{subnet: 192.0.2.0/24}]}}\n",
    )
    assert {each.name: dict(each.networks) for each in made.services} == {
        "ui": {"front": ("reddit-ui",)},
        "post": {"front": ("p",), "back": ("q", "r")},
        "db": {"back": ("post_db", "comment_db")},
    }
    assert {key: (each.internal, dict(each.options)) for key, each in made.networks.items() if key != "default"} == {
        "front": (False, {"com.docker.network.bridge.enable_icc": "false"}),
        "back": (True, {}),
    }


def test_more_than_there_is_room_for_is_unverified(tmp_path: Path) -> None:
    lines = "".join(f"  s{number}: {{image: x}}\n" for number in range(25))
    with pytest.raises(Unverified, match="25 services"):
        planned(tmp_path, f"services:\n{lines}")


def test_the_folder_of_a_services_code(tmp_path: Path) -> None:
    text = "services:\n  ui: {image: x}\n  post: {build: post-py}\n  comment: {image: y}\n  db: {build: ui}\n"
    planned(tmp_path, text)
    submission = Submission("x", WorkTree(tmp_path))
    project = submission.compose
    assert {name: code_folder(submission, project, each) for name, each in project.services.items()} == {
        "ui": "src/ui", "post": "src/post-py", "comment": None, "db": "src/ui",
    }  # fmt: skip
    assert len(plan_of_compose(submission, project, {}).services) == 4
