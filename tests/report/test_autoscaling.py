"""``dockerlab autoscale``: figures, curves and an image of what a burst of jobs makes of a configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings, Settings
from pytest_dockerlab.plans.autoscaling.forecast import forecast
from pytest_dockerlab.report.machines_svg import drawing

SVG = "{http://www.w3.org/2000/svg}"

MACHINES = """\
concurrent = 5
check_interval = 5
[[runners]]
  executor = "docker+machine"
  limit = 6
  [runners.machine]
    IdleCount = 1
    MachineName = "gitlab-runner-%s"
"""

INSTANCES = """\
concurrent = 10
[[runners]]
  executor = "docker-autoscaler"
  limit = 8
  [runners.autoscaler]
    plugin = "googlecloud"
    capacity_per_instance = 2
    max_instances = 3
"""


def test_figures_and_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text(MACHINES)
    assert cli.main(["autoscale", str(tmp_path / "config.toml"), "--lang", "en"]) == 0
    said = capsys.readouterr().out.splitlines()
    table = {line[:36].strip(): line[36:].split() for line in said}
    assert table["version of the runner"] == ["10.5", ".".join(map(str, CURRENT))]
    assert table["most machines at once"] == ["5", "5"]
    assert table["most that the documentation allows"] == ["6", "6"]
    assert table["machines afterwards"] == ["1", "1"]
    assert "10 / 10" in next(line for line in said if line.startswith("jobs run"))
    curves = [line for line in said if "→" in line]
    assert [line.split()[0] for line in curves] == ["machines", "at", "idle", "being", "being"]
    assert curves[1].endswith("0 → 1 → 2 → 3 → 4 → 5 → 4 → … → 0")


def test_where_blocks_cannot_be_printed_curves_are_of_other_signs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(MACHINES)
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)
    assert cli.main(["autoscale", str(tmp_path / "config.toml"), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 4 -> ... -> 0" in said
    assert said.isascii()


def test_instances_have_a_bound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text(INSTANCES)
    assert cli.main(["autoscale", str(tmp_path / "config.toml"), "--lang", "en"]) == 0
    assert "instances: 3 at most, for 6 jobs at once" in capsys.readouterr().out


def test_what_a_template_leaves_open_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml.j2").write_text(MACHINES.replace("limit = 6", "limit = {{ machines }}"))
    assert cli.main(["autoscale", str(tmp_path / "config.toml.j2"), "--lang", "en"]) == 0
    assert "so that the default counts: limit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        (MACHINES.replace("docker+machine", "docker"), [], "no [[runners]] has an executor that creates machines"),
        ("concurrent = ", [], "config.toml:1"),
        (MACHINES, ["--jobs", "0"], "--jobs takes a number from 1 to 10000, not '0'"),
        (MACHINES, ["--jobs", "10001"], "--jobs takes a number"),
        (MACHINES, ["--jobs", "many"], "--jobs takes a number"),
        (MACHINES, ["--seconds", "nan"], "--seconds takes seconds"),
        (MACHINES, ["--creation", "-1"], "--creation takes seconds"),
        (MACHINES, ["--runner", "latest"], "--runner takes a version"),
        (MACHINES, ["--at", "noon"], "--at takes a time"),
        (MACHINES, ["--svg", "/nowhere/image.svg"], "/nowhere/image.svg cannot be written"),
        (MACHINES.replace("IdleCount = 1", "IdleCount = 999999999").replace("limit = 6", ""), [],
         "the simulation created more than 30000 machines; simulate fewer jobs and fewer machines"),
        (MACHINES + '[[runners.machine.autoscaling]]\nPeriods = ["* * *"]\n', [], "the period * * * cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_said(
    text: str, options: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(text)
    assert cli.main(["autoscale", str(tmp_path / "config.toml"), *options, "--lang", "en"]) == 4
    assert why in capsys.readouterr().err


def test_a_file_that_is_not_there_or_too_large_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["autoscale", str(tmp_path / "none.toml"), "--lang", "en"]) == 4
    (tmp_path / "large.toml").write_text("#" * 1_000_001)
    assert cli.main(["autoscale", str(tmp_path / "large.toml"), "--lang", "en"]) == 4
    said = capsys.readouterr().err
    assert "none.toml cannot be read" in said
    assert "large.toml is larger than 1000000 bytes" in said


def test_an_image_says_in_words_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(MACHINES)
    assert cli.main(["autoscale", str(tmp_path / "config.toml"), "--svg", str(tmp_path / "a.svg"), "--lang", "en"]) == 0
    image = ElementTree.fromstring((tmp_path / "a.svg").read_text("utf-8"))
    assert image.get("role") == "img"
    ids = (image.get("aria-labelledby") or "").split()
    words = [element.text for element in image if element.get("id") in ids]
    assert words == [
        "config.toml: machines for 10 jobs at once",
        "Machines: 1 before the jobs, 5 at most, 1 afterwards. Jobs at once: 5. In all: 25:10.",
    ]
    assert "prefers-color-scheme: dark" in (image.findtext(f"{SVG}style") or "")
    layers = [element for element in image.iter(f"{SVG}path") if "layer" in (element.get("class") or "")]
    assert [element.findtext(f"{SVG}title") for element in layers] == [
        "at work", "idle", "being created", "being removed",
    ]  # fmt: skip


def test_an_image_holds_nothing_but_its_own(tmp_path: Path) -> None:
    settings = Settings((MachineSettings(limit=3, idle=Idle(1)),), 3)
    name = '</title><script>alert(1)</script>" onload="x\x1b\x00\u202e&'
    content = drawing(forecast(settings, 3, CURRENT), name)
    image = ElementTree.fromstring(content)
    assert {element.tag.removeprefix(SVG) for element in image.iter()} <= {
        "svg", "title", "desc", "style", "rect", "text", "path",
    }  # fmt: skip
    assert not [each for element in image.iter() for each in element.attrib if each.startswith("on") or "href" in each]
    assert "</title><script>alert(1)</script>" in (image.findtext(f"{SVG}title") or "")
    assert "\u202e" not in content


def test_an_image_of_ten_thousand_jobs_is_not_large() -> None:
    settings = Settings((MachineSettings(limit=50, idle=Idle(10, 60)),), 40)
    content = drawing(forecast(settings, 10_000, CURRENT), "config.toml")
    assert len(content) < 500_000


@pytest.mark.parametrize(("limits", "line"), [((3, 2), "limit 5"), ((3, 0), "")])
def test_a_section_without_a_limit_lifts_those_of_the_others(limits: tuple[int, ...], line: str) -> None:
    settings = Settings(tuple(MachineSettings(limit=each, idle=Idle(1, 600)) for each in limits), 5, 3)
    content = drawing(forecast(settings, 5, CURRENT), "config.toml")
    assert ('class="of-limit' in content) is bool(line)
    assert line in content
