"""Plans of applications without a compose file: the four containers, and ``docker run`` lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_3._application import plan_of_lines, plan_of_services
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.applications.plan import AppMount, AppPlan, MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission

SERVICES = {
    "ui/Dockerfile": "FROM x\nENV POST_SERVICE_HOST post\nENV POST_SERVICE_PORT=5001 COMMENT_SERVICE_HOST=remarks\n",
    "post-py/Dockerfile": "FROM x\nENV POST_DATABASE_HOST storage\n",
    "comment/Dockerfile": "FROM x\nENV COMMENT_DATABASE_HOST=comment_db\nEXPOSE 53/udp 4567/tcp\n",
}
LINES = """\
docker run -d --network=reddit --network-alias=post_db --network-alias=comment_db mongo:3.2
docker run -d --network=reddit --network-alias=p1 --name post-1 -e POST_DATABASE_HOST=post_db me/post:1.0
docker run -d --network=reddit --network-alias=c1 me/comment:1.0
docker run -d --network=reddit -p 9292:9292 --env POST_SERVICE_HOST=p1 --env COMMENT_SERVICE_HOST=c1 me/ui:1.0
"""


def submission(folder: Path, readme: str = "", files: Mapping[str, str] = SERVICES) -> Submission:
    for path, text in {**files, "README.md": f"# Work\n\n```\n{readme}\n```\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Submission("x", WorkTree(folder))


def of_lines(folder: Path, readme: str) -> AppPlan:
    found = submission(folder, readme)
    return plan_of_lines(found, found.docker_runs, {})


def test_four_containers_have_the_names_that_the_images_ask_for(tmp_path: Path) -> None:
    made = plan_of_services(submission(tmp_path), {})
    found = {each.role: each for each in made.services}
    assert {role: each.networks["reddit"] for role, each in found.items()} == {
        Role.UI: ("ui",),
        Role.POST: ("post",),
        Role.COMMENT: ("comment", "remarks"),
        Role.DATABASE: ("post_db", "comment_db", "storage"),
    }
    # what others ask for, what the image exposes, the course's own
    assert {role: each.ports for role, each in found.items()} == {
        Role.UI: (9292,), Role.POST: (5001,), Role.COMMENT: (4567,), Role.DATABASE: (),
    }  # fmt: skip
    assert found[Role.DATABASE].image == "mongo:latest"
    build = found[Role.POST].build
    assert build is not None
    assert (build.dockerfile, build.context) == ("post-py/Dockerfile", "post-py")


@pytest.mark.parametrize("value", ["'a b'", "mongodb://db/x", "$$X", "''", "ä", "a:1", "-x", "x" * 300])
def test_a_value_that_is_no_host_name_is_no_alias(tmp_path: Path, value: str) -> None:
    files = {**SERVICES, "post-py/Dockerfile": f"FROM x\nENV POST_DATABASE_HOST={value}\n"}
    made = plan_of_services(submission(tmp_path, files=files), {})
    database = made.service(Role.DATABASE)
    assert database is not None
    assert database.networks == {"reddit": ("post_db", "comment_db")}


@pytest.mark.parametrize("port", ["0", "65536", "9" * 5_000, "-1", "http", "٣", "80-90", "5000/tcp"])
def test_a_port_that_is_none_is_the_courses(tmp_path: Path, port: str) -> None:
    files = {**SERVICES, "ui/Dockerfile": f"FROM x\nENV COMMENT_SERVICE_PORT {port}\nENV POST_SERVICE_PORT {port}\n",
             "comment/Dockerfile": f"FROM x\nEXPOSE {port}1\n"}  # fmt: skip
    made = plan_of_services(submission(tmp_path, files=files), {})
    post = made.service(Role.POST)
    assert post is not None
    assert post.ports == (5000,)


def test_the_database_is_the_one_the_lines_name_and_the_course_may_replace_it(tmp_path: Path) -> None:
    made = plan_of_services(submission(tmp_path, LINES), {"docker.io/library/mongo:3.2": "mongo:7.0"})
    database = made.service(Role.DATABASE)
    assert database is not None
    assert database.image == "mongo:7.0"
    assert [str(each) for each in made.remarks] == ["mongo:3.2 is replaced by mongo:7.0, as the course file says"]


@pytest.mark.parametrize("image", ["../mongo", "MONGO", "$(id)/mongo", "mongo:" + "x" * 500])
def test_a_name_that_no_engine_takes_is_not_the_databases(tmp_path: Path, image: str) -> None:
    made = plan_of_services(submission(tmp_path, f"docker run -d --network-alias=post_db '{image}'"), {})
    database = made.service(Role.DATABASE)
    assert database is not None
    assert database.image == "mongo:latest"


def test_a_dockerfile_that_is_missing_is_said(tmp_path: Path) -> None:
    found = submission(tmp_path, files={"ui/Dockerfile": "FROM x\n"})
    with pytest.raises(Unverified, match="post, comment"):
        plan_of_services(found, {})


def test_lines_with_aliases_networks_and_variables(tmp_path: Path) -> None:
    made = of_lines(tmp_path, LINES)
    found = {each.role: each for each in made.services}
    assert {role: dict(each.networks) for role, each in found.items()} == {
        Role.DATABASE: {"reddit": ("comment_db", "post_db")},
        Role.POST: {"reddit": ("p1", "post-1")},
        Role.COMMENT: {"reddit": ("c1",)},
        Role.UI: {"reddit": ()},
    }
    assert found[Role.UI].environment == {"POST_SERVICE_HOST": "p1", "COMMENT_SERVICE_HOST": "c1"}
    assert found[Role.DATABASE].image == "mongo:3.2"
    assert str(found[Role.UI].at) == "README.md:7"
    assert list(made.networks) == ["reddit"]
    # what they are called here is no name that a line could have meant
    assert not {each.name for each in made.services} & {"ui", "post", "comment", "post_db", "comment_db"}


@pytest.mark.parametrize("network", ["", "--network=bridge", "--net default"])
def test_a_line_without_a_network_is_on_the_default_bridge(tmp_path: Path, network: str) -> None:
    made = of_lines(tmp_path, LINES.replace("--network=reddit --network-alias=c1", network))
    comment = made.service(Role.COMMENT)
    assert comment is not None
    assert (dict(comment.networks), comment.settings["network_mode"]) == ({}, "bridge")


@pytest.mark.parametrize("network", ["host", "none", "container:x", "a/b", "'a b'", "$(cat x)", "x" * 300, "-x"])
def test_a_network_that_is_none_of_theirs_is_unverified(tmp_path: Path, network: str) -> None:
    with pytest.raises(Unverified) as caught:
        of_lines(tmp_path, LINES.replace("--network=reddit --network-alias=c1", f"--network={network} --name c"))
    assert "README.md:6" in str(caught.value.reason)
    assert len(str(caught.value.reason)) < 500


def test_hostile_names_and_variables_are_left_out(tmp_path: Path) -> None:
    hostile = "--network-alias='a b' --network-alias='$(id)' --name ok -e =x -e 'A=$(id) ${B} `c`'"
    made = of_lines(tmp_path, LINES.replace("--network-alias=c1", hostile))
    comment = made.service(Role.COMMENT)
    assert comment is not None
    assert dict(comment.networks) == {"reddit": ("ok",)}
    assert comment.environment == {"A": "$(id) ${B} `c`"}


def test_lines_that_do_not_start_all_four(tmp_path: Path) -> None:
    with pytest.raises(Unverified) as caught:
        of_lines(tmp_path, LINES.partition("\n")[2])
    assert str(caught.value.reason) == "the lines at README.md:4 do not start database"


def test_the_database_keeps_its_data_in_the_volume_that_is_given(tmp_path: Path) -> None:
    mount = AppMount(MountKind.VOLUME, "/data/db", "data")
    database = plan_of_services(submission(tmp_path), {}, volume=mount).service(Role.DATABASE)
    assert database is not None
    assert database.mounts == (mount,)
