"""What no builder takes: our table, and the builders of a real engine over the same instructions."""

from __future__ import annotations

import io
import json
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError

from ._instructions import REFUSED, REFUSED_BY_BUILDKIT, REFUSED_BY_NEW_ONES, TAKEN, TAKEN_BY_NEW_ONES

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]

_CLASSIC, _BUILDKIT = "1", "2"
# What is no refusal: it is said when the instruction is carried out.
_LATER = ("no such host", "executor failed", "requires BuildKit", "not found")


def said(text: str) -> list[tuple[Location | None, str]]:
    try:
        return [(each.at, str(each.found)) for each in Dockerfile("D", text).problems()]
    except DockerfileError as error:
        return [(error.finding.at, str(error.finding.found))]


@pytest.mark.parametrize(("line", "why"), (REFUSED | REFUSED_BY_BUILDKIT | REFUSED_BY_NEW_ONES).items())
def test_what_no_builder_takes_is_found_at_its_line(line: str, why: str) -> None:
    [(at, found)] = said(f"FROM scratch AS base\n{line}\nLABEL a=b\n")
    assert at == Location("D", 2)
    assert why in found


@pytest.mark.parametrize("line", [*TAKEN, *TAKEN_BY_NEW_ONES])
def test_what_they_take(line: str) -> None:
    assert said(f"FROM scratch AS base\n{line}\nLABEL a=b\n") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("HEALTHCHECK --timeout=3s \\\n  --intervall=3s \\\n  CMD true", 3),
        ("EXPOSE 80 \\\n  # ours\n  http", 4),
        ("RUN true\nONBUILD \\\n  FROM x", 4),
        ("RUN a \\\n  <<EOF\nb\nEO\nRUN c", 3),
        ("COPY <<A <<B /c/\na\nA\nb", 2),
        ("COPY <<A /c/\na\nA\nRUN <<B\nb", 5),
        ("RUN a \\\n\n  # b\n  c\nENV a", 6),
        ('RUN echo "<<EOF"\nCMD [1]', 3),
    ],
)
def test_at_its_own_line(text: str, line: int) -> None:
    assert [at for at, _why in said(f"FROM scratch\n{text}\n")] == [Location("D", line)]


def test_each_instruction_is_said_once() -> None:
    text = 'EXPOSE a b\nUSER\nFROM scratch AS 1\nCOPY --form=x "a\n'
    assert [at.line for at, _why in said(text) if at is not None] == [1, 2, 3, 4]


def test_words_that_are_made_to_be_slow() -> None:
    started = time.monotonic()
    for word in ("1" * 30_000 + "x", "a" * 30_000 + "A", "1." * 15_000, "a-" * 15_000, "${" * 15_000, "/" * 30_000):
        for line in ("FROM {}", "EXPOSE {}", "HEALTHCHECK --interval={} CMD a", "STOPSIGNAL {}", "ENV a={}"):
            said(f"FROM x\n{line.format(word)}\n")
    assert time.monotonic() - started < 30


def built(host: DockerHost, text: str, builder: str) -> str | None:
    """What a builder says against a Dockerfile; ``None`` where it makes an image, which is removed."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in (("Dockerfile", text), ("a", "a")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content.encode())
            archive.addfile(entry, io.BytesIO(content.encode()))
    api = host.client.api
    answer = api.post(f"{api.base_url}/v{api.api_version}/build", packed.getvalue(), timeout=120,
                      params={"version": builder, "rm": "1", "forcerm": "1"})  # fmt: skip
    if answer.status_code != 200:
        return answer.text
    messages = [json.loads(line) for line in answer.text.splitlines()]
    refused = next((each["error"] for each in messages if "error" in each), None)
    if refused is None:
        images = [each["aux"]["ID"] for each in messages if isinstance(each.get("aux"), dict) and "ID" in each["aux"]]
        host.client.images.remove(images[-1], force=True)
    return refused


@pytest.mark.engine
@pytest.mark.parametrize("builder", [_CLASSIC, _BUILDKIT], ids=["classic", "buildkit"])
def test_the_builders_refuse_what_we_refuse(docker_host: DockerHost, builder: str) -> None:
    lines = [*REFUSED, *(REFUSED_BY_BUILDKIT if builder == _BUILDKIT else ())]
    texts = [f"FROM scratch AS base\n{line}\nLABEL a=b\n" for line in lines]
    with ThreadPoolExecutor(4) as pool:
        answers = dict(zip(lines, pool.map(lambda text: built(docker_host, text, builder), texts), strict=True))
    taken = {line: why for line, why in answers.items() if why is None or any(later in why for later in _LATER)}
    assert taken == {}


@pytest.mark.engine
@pytest.mark.parametrize("builder", [_CLASSIC, _BUILDKIT], ids=["classic", "buildkit"])
def test_the_builders_take_what_we_take(docker_host: DockerHost, builder: str) -> None:
    text = "\n".join(["FROM scratch AS base", *TAKEN, "LABEL a=b", ""])
    assert built(docker_host, text, builder) is None


_UNNAMED = ("ARG B\nFROM $B", "FROM ${B}", "ARG B\nFROM scratch\nFROM debian:$B", "ARG B=Debian:12\nFROM $B")


@pytest.mark.parametrize("text", _UNNAMED)
def test_a_base_without_a_name_is_found_at_its_line(text: str) -> None:
    [found] = Dockerfile("D", f"{text}\nLABEL a=b\n").unnamed_bases(())
    assert found.at == Location("D", text.count("\n") + 1)


@pytest.mark.engine
@pytest.mark.parametrize("builder", [_CLASSIC, _BUILDKIT], ids=["classic", "buildkit"])
def test_the_builders_refuse_a_base_without_a_name(docker_host: DockerHost, builder: str) -> None:
    answers = [built(docker_host, f"{text}\nLABEL a=b\n", builder) for text in _UNNAMED]
    assert [why for why in answers if why is None or any(later in why for later in _LATER)] == []
