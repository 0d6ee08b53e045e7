"""``docker run`` lines: found in prose, fences and scripts, and taken apart as docker does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.dockerruns import DockerRun, Volume, docker_runs
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.scan.scripts import Script, snippets
from pytest_dockerlab.submission.text.readme import Readme


def runs(text: str) -> list[DockerRun]:
    return docker_runs(snippets([Readme("README.md", text)], []))


def one(options: str) -> DockerRun:
    [found] = runs(f"docker run {options}\n")
    return found


def test_a_whole_line() -> None:
    run = one(
        "-d --network=reddit --network-alias=a --network-alias b --name c -e X=1 --env 'Y=2 3' -v d:/data/db m:3 -v"
    )
    assert (run.image, run.networks, run.aliases, run.names) == ("m:3", ("reddit",), ("a", "b"), {"a", "b", "c"})
    assert run.environment == {"X": "1", "Y": "2 3"}
    assert run.volumes == (Volume("volume", "d", "/data/db"),)


@pytest.mark.parametrize(
    "options",
    [
        "-dit --net reddit i", "-itd --net=reddit i", "--network name=reddit,driver-opt=x i",
        "-dp 80:80 --network reddit i", "-p80:80 --rm --network reddit i",
        "--init -P --network 'reddit' i", "-m=512m --cpus 2 --network reddit i",
        "—network=reddit i", "–network reddit i", "--network reddit -- i",
    ],
)  # fmt: skip
def test_ways_to_write_an_option(options: str) -> None:
    run = one(options)
    assert (run.image, run.networks) == ("i", ("reddit",))


@pytest.mark.parametrize(
    ("option", "volume"),
    [
        ("-v a:/data/db", Volume("volume", "a", "/data/db")),
        ("-va:/data/db/:ro", Volume("volume", "a", "/data/db")),
        ("--volume=/data/db", Volume("volume", "", "/data/db")),
        ("-v ./a:/data/db", Volume("bind", "./a", "/data/db")),
        ("-v $(pwd)/a:/data/db", Volume("bind", "$(pwd)/a", "/data/db")),
        ("-v ~/a:/data/db", Volume("bind", "~/a", "/data/db")),
        ("-v d:/data/db:ro", Volume("volume", "d", "/data/db")),
        ("-v C:/a:/data/db", Volume("bind", "C:/a", "/data/db")),
        ("-v 'C:\\a:/data/db'", Volume("bind", "C:\\a", "/data/db")),
        ("--mount source=a,target=/data/db", Volume("volume", "a", "/data/db")),
        ("--mount type=bind,src=/a,dst=/data/db", Volume("bind", "/a", "/data/db")),
    ],
)
def test_volumes(option: str, volume: Volume) -> None:
    assert one(f"{option} mongo").volumes == (volume,)


@pytest.mark.parametrize(
    "text",
    [
        "`docker run -d i` starts it",
        "1. `$ sudo docker run -d i`",
        "> docker run -d i",
        "user@host:~$ docker container run -d i",
        "```\ndocker run \\\n  -d \\\n  i\n```",
        "`docker run -d \\\n    i`",
        "docker --context lab run -d i",
        "docker create -d i",
    ],
)
def test_where_a_line_may_stand(text: str) -> None:
    assert [run.image for run in runs(text)] == ["i"]


def test_several_on_one_line() -> None:
    assert [run.image for run in runs("`docker run a` and `docker run b`; docker run c && docker run d\n")] == list(
        "abcd"
    )


def test_places_for_the_readers_own_name() -> None:
    assert one("-d --network=x <your-login>/post:1.0").role is Role.POST


def test_a_forgotten_backslash() -> None:
    [run] = runs("docker run -d --network=reddit \\\n -v reddit_db:/data/db\n --network-alias=x mongo\n")
    assert (run.image, run.volumes) == ("", (Volume("volume", "reddit_db", "/data/db"),))


def test_what_is_no_run() -> None:
    assert (
        runs("docker run\ndocker running\nthe docker run command\ndocker-compose run ui\ndocker runs -d i\n")[1:] == []
    )
    assert docker_runs(snippets([], [Script("a.sh", "# docker run a\necho b\n")])) == []


def test_network_connect_gives_more_names() -> None:
    [run] = runs("docker run -d --name db mongo\n\ndocker network connect --alias post_db back db\n")
    assert (run.networks, run.names) == (("back",), {"db", "post_db"})


def test_variables_of_a_readme() -> None:
    [run] = runs("```\nexport NET=reddit\ndocker run --network $NET $USER/ui\n```\n")
    assert (run.networks, run.role) == (("reddit",), Role.UI)


@pytest.mark.parametrize(
    "text",
    ["docker run -d " * 20_000, "docker run \\\n" * 20_000, "`docker run " * 10_000, "docker run '" + "x" * 100_000,
     "docker run -" + "d" * 100_000 + " i", "docker run " + "--net=a " * 20_000 + "i"],
    ids=["one line", "continued", "backticks", "open quote", "letters", "options"],
)  # fmt: skip
def test_hostile_lines_are_read_quickly(text: str) -> None:
    started = time.monotonic()
    runs(text)
    assert time.monotonic() - started < 30


def test_an_env_file_is_taken_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "post.env").write_text("# c\nPOST_DATABASE_HOST='post_db'\nA=1 # one\nB=${A}\nexport C=3\nD: 4\n")
    readme = Readme("README.md", "    docker run --env-file post.env -e A=2 me/post:1\n")
    (found,) = docker_runs(snippets([readme], []), WorkTree(tmp_path))
    assert found.environment == {"POST_DATABASE_HOST": "'post_db'", "A": "2", "B": "${A}"}
