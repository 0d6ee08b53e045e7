"""Attacks on what reads the runner's ``config.toml``."""

from __future__ import annotations

from ..attack import Attack, Place, together
from .gitlab_ci import CONFIGURATION, RUNNER, Content, attack, written

BAD = "failed|unverified"
ANY = "passed|failed|not attempted|unverified"


def configuration(name: str, content: Content, verdicts: str = ANY) -> Attack:
    """The runner's configuration is this file, and there is no other."""
    make = together(written(CONFIGURATION, content), _no_other)
    return attack(f"configuration: {name}", make, {"runner-config": verdicts})


def _no_other(place: Place) -> None:
    (place.root / "gitlab-ci/autoscaler/config.toml").unlink()


def _periods(count: int, times: str) -> str:
    return f"    [[runners.machine.autoscaling]]\n      Periods = [{times}]\n" * count


_START = "concurrent = 1\n"
_MACHINE = "  [runners.machine]\n    MachineDriver = 'google'\n    MachineName = 'a-%s'\n"
_MANY = 9223372036854775807

ATTACKS = (
    configuration("arrays in 10,000 arrays", lambda: f"concurrent = {'[' * 10_000}{']' * 10_000}\n", BAD),
    configuration("tables in 10,000 tables", lambda: f"concurrent = {'{a = ' * 10_000}1{'}' * 10_000}\n", BAD),
    configuration("a key of 50,000 dots", lambda: f"a{'.a' * 50_000} = 1\n"),
    configuration("2,000 keys of 60 dots", lambda: "".join(f"a{n}{'.a' * 60} = 1\n" for n in range(2_000))),
    configuration("a table of 50,000 dots", lambda: f"[a{'.a' * 50_000}]\nb = 1\n"),
    configuration("2,800 runners", lambda: RUNNER * 2_800),
    configuration("20,000 settings", lambda: "".join(f"k{n} = {n}\n" for n in range(20_000))),
    configuration("a text without an end", lambda: f'{_START}name = "{"a" * 200_000}', BAD),
    configuration("a long text without an end", lambda: f'{_START}name = """' + "a\\\n" * 80_000, BAD),
    configuration("quotes", lambda: '"' * 200_000),
    configuration("braces", lambda: "{{" * 100_000),
    configuration("conditions that never end", lambda: "{% if x %}\n" * 20_000),
    configuration("dollars", lambda: "$" * 200_000 + "{" * 1000),
    configuration("brackets of tables", lambda: "[[" * 100_000),
    configuration("a number of 100,000 digits", lambda: f"concurrent = {'9' * 100_000}\n{RUNNER}", BAD),
    configuration("large numbers", f"concurrent = 10000000000000\n{RUNNER}  limit = 999999999999\n"),
    configuration("negative numbers", f"concurrent = -1\ncheck_interval = -5\n{RUNNER}  limit = -1\n", BAD),
    configuration("not a number", f"concurrent = nan\n{RUNNER}  limit = inf\n", BAD),
    configuration("dates", f"concurrent = 1979-05-27T07:32:00Z\n{RUNNER}  limit = 07:32:00\n", BAD),
    configuration(
        "tables where numbers are", f"{RUNNER}{_MACHINE}    IdleCount = {{a = 1}}\n    IdleTime = [1]\n", BAD
    ),
    configuration("numbers where tables are", f"{_START}{RUNNER}  machine = 1\n  cache = []\n  docker = 'x'\n", BAD),
    configuration("runners are a table", f"{_START}[runners]\n  executor = 'docker+machine'\n", BAD),
    configuration("hostile names", f'{_START}{RUNNER}  name = "\\u001b[31m\\u202e"\n  "\\u009b2J" = "::error::x"\n'),
    configuration("half a letter", f'{_START}{RUNNER}  name = "\\ud800"\n', BAD),
    configuration("NUL", f"concurrent = 1\0\n{RUNNER}"),
    configuration(
        "300 periods of 21 times each",
        lambda: f"{_START}{RUNNER}{_MACHINE}{_periods(300, ', '.join(repr('0-59/1 * * * * * *') for _ in range(21)))}",
    ),
    configuration(
        "periods that never come",
        f"{_START}{RUNNER}{_MACHINE}{_periods(1, repr('* * * 30 2 * *') + ', ' + repr('* * * * * * 1970'))}"
        "      Timezone = '../../../etc/passwd'\n",
    ),
    configuration(
        "machines without end",
        f"concurrent = {_MANY}\n{RUNNER}  limit = {_MANY}\n  request_concurrency = {_MANY}\n{_MACHINE}"
        f"    IdleCount = {_MANY}\n    IdleTime = {_MANY}\n    MaxBuilds = 1\n    IdleScaleFactor = 1e308\n",
    ),
    configuration(
        "as many machines as a school has",
        f"concurrent = 3000\n{RUNNER}  limit = 3000\n  request_concurrency = 3000\n{_MACHINE}    IdleCount = 2000\n"
        "    IdleTime = 100000\n    MaxGrowthRate = 1\n",
    ),
    configuration(
        "a machine for every moment",
        f"concurrent = 500\ncheck_interval = 1\n{RUNNER}  limit = 1000\n{_MACHINE}    IdleCount = 400\n"
        "    IdleTime = 1\n    MaxBuilds = 1\n",
    ),
    configuration(
        "instances without end",
        f"{_START}[[runners]]\n  executor = 'docker-autoscaler'\n  token = 'x'\n  url = 'http://a'\n"
        f'  [runners.autoscaler]\n    plugin = "\\u001b[31m"\n    capacity_per_instance = {_MANY}\n'
        f"    max_instances = {_MANY}\n    [[runners.autoscaler.policy]]\n      idle_count = {_MANY}\n"
        f"      idle_time = '{'9h' * 50}'\n      scale_factor = 1e308\n",
    ),
    configuration("nothing", ""),
)
