"""The option table: each is a command-line option, an ini key and an environment variable. The docs are made of it.

Every pytest run imports this module, with ``--hw`` or without: it imports nothing of ours, and nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["HOMEWORK", "OPTIONS", "SECRETS", "Option", "add_arguments", "words"]


class Option(NamedTuple):
    """One option: ``--hw-NAME``, ini key ``hw_NAME``, environment variable ``DOCKERLAB_NAME``.

    ``help`` is a message id.
    """

    name: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    is_flag: bool = False
    is_path: bool = False
    needs: tuple[str, ...] = ()
    many: bool = False

    @property
    def flag(self) -> str:
        """The command-line form."""
        return f"--hw-{self.name}" if self.name else "--hw"

    @property
    def ini(self) -> str:
        """The ini key."""
        return "hw_" + self.name.replace("-", "_")

    @property
    def environment(self) -> str:
        """The environment variable."""
        return "DOCKERLAB_" + self.name.replace("-", "_").upper()

    @property
    def dest(self) -> str:
        """The attribute of pytest's option namespace."""
        return self.flag.removeprefix("--").replace("-", "_")


HOMEWORK = Option(
    "",
    "check this homework: number, slug, 'auto' (by the branch), 'all', or one item's id; repeatable",
    "HOMEWORK",
    many=True,
)
"""``--hw`` itself: on the command line alone, for it is what makes a run one of ours."""

OPTIONS: tuple[Option, ...] = (
    Option(
        "submission",
        "the repository to check (default: the git work tree around the current folder)",
        "DIR",
        is_path=True,
    ),
    Option("ref", "check this revision; 'auto' is the merge of the homework's branch, else HEAD", "REV"),
    Option(
        "roster",
        "check every submission of this roster: a CSV file, a folder of repositories or a list",
        "FILE",
        is_path=True,
    ),
    Option(
        "tier",
        "the most a check may do; app builds and runs the submission's code",
        choices=("files", "engine", "app"),
        default="engine",
    ),
    Option("docker-host", "the docker host to use: ssh://, tcp:// or unix://", "URL", needs=("docker-host",)),
    Option("gitlab-url", "the GitLab instance to ask", "URL", needs=("gitlab-url",)),
    Option(
        "gitlab-project",
        "its project, by path or number (default: the one with the submission's commits)",
        "GROUP/NAME|NUMBER",
    ),
    Option("prometheus-url", "the Prometheus server to ask", "URL", needs=("prometheus-url",)),
    Option("app-url", "the application that is already up", "URL", needs=("app-url",)),
    Option("runner-metrics-url", "the runner's metrics endpoint", "URL", needs=("runner-metrics-url",)),
    Option("registry-mirror-url", "the registry mirror to ask", "URL", needs=("registry-mirror-url",)),
    Option(
        "registry",
        "the registry to ask for images: 'public' for the one each name belongs to, else this one (with http://"
        " before it without TLS)",
        "public|[USER:PASSWORD@]HOST[:PORT]",
        needs=("registry",),
    ),
    Option("cache-url", "the runner's S3 cache to ask", "URL", needs=("cache-url",)),
    Option("vm", "the VM to look at over ssh", "[USER@]HOST", needs=("vm",)),
    Option("image", "an image to measure: SERVICE=IMAGE; repeatable", "NAME", many=True),
    Option("probe-image", "the image of our probes (default: built on the engine)", "IMAGE"),
    Option("strict", "an item of the asked tiers that could not be verified fails the run", is_flag=True),
    Option(
        "allow-roster-code",
        "build and run the code of a whole roster on this docker host, which may be thrown away",
        is_flag=True,
    ),
    Option("allow-push", "let checks push branches to the GitLab project", is_flag=True),
    Option("allow-disruption", "let checks stop and start what is deployed", is_flag=True),
    Option("results", "write results.json here", "FILE", is_path=True),
    Option("report", "write the page of one submission here, and the same in Markdown beside it", "FILE", is_path=True),
    Option("codequality", "write GitLab's Code Quality report of one submission here", "FILE", is_path=True),
    Option(
        "github",
        "tell GitHub: annotations on a pull request's lines, the summary and the outputs of a step; auto is where"
        " GITHUB_ACTIONS is true",
        choices=("auto", "on", "off"),
        default="auto",
    ),
    Option("course", "the course file", "FILE", is_path=True),
    Option("lang", "the language of the report (default: the locale's)", choices=("en", "ru")),
)

SECRETS = ("DOCKERLAB_GITLAB_TOKEN", "DOCKERLAB_CACHE_ACCESS_KEY", "DOCKERLAB_CACHE_SECRET_KEY")
"""Environment variables of ours that are no options: a secret has no place on a command line or in a file."""


def add_arguments(add: Any, *, say: Callable[[str], str] = str) -> None:
    """Register ``--hw`` and every option: ``add`` is a parser's ``add_argument`` or a group's ``addoption``.

    A value that is none of an option's is not refused here but with the settings, where it may also have come from the
    environment or an ini file.
    """
    for option in (HOMEWORK, *OPTIONS):
        words: dict[str, Any] = {"dest": option.dest, "help": say(option.help)}
        if option.is_flag:
            words["action"] = "store_true"
        else:
            words["action"] = "append" if option.many else "store"
            words["metavar"] = option.metavar or "|".join(option.choices)
        add(option.flag, **words)


def words(option: Option, value: Any, here: Path) -> list[str]:
    """The words of a command line that give the option this value again, wherever they are typed."""
    if value in (None, False, []):
        return []
    if option.is_flag:
        return [option.flag]
    values = value if option.many else [value]
    return [f"{option.flag}={here / Path(one).expanduser() if option.is_path else one}" for one in values]
