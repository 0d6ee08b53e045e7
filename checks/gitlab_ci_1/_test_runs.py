"""Which commands of a job run tests, and whether the tests that they name are there."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.gitlab_ci.steps import ROOT, beside
from pytest_dockerlab.submission.text.secrets import redacted

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.gitlab_ci.steps import Step

__all__ = ["Run", "files_with_tests", "requires", "run_of", "shown", "text_of"]

_NAMED_TEST = re.compile(r"test|spec", re.IGNORECASE)
_CODE = (".rb", ".py")
# The beginning of a test, in the frameworks of Ruby and Python.
_A_TEST = re.compile(
    r"^[ \t]*(?:(?:async[ \t]+)?def[ \t]+test|it\b|test [\"']|specify\b|scenario\b|should [\"']|example\b|Scenario:)",
    re.MULTILINE,
)
_FRAMEWORK = re.compile(r"test/unit|minitest|rspec|rack/test|unittest|pytest", re.IGNORECASE)
_REQUIRES = re.compile(r"^[ \t]*require(_relative)?[ \t(]+[\"']([\w./-]+)[\"']", re.MULTILINE)
_IMPORTS = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)
_WITH_VALUE = frozenset({"-I", "-r", "-e", "-C", "-m", "-c", "-W", "-k", "-n", "-p", "-o", "--format", "-f", "--seed"})
_ONLY_LOOKS = frozenset({"-c", "--version", "-v", "--help", "-h", "--dry-run", "--collect-only", "--co"})
_RUNNERS = frozenset({"rspec", "pytest", "py.test", "nosetests", "nose2", "rake", "minitest", "tox", "cucumber"})
_MODULES = frozenset({"pytest", "unittest", "nose"})
_TASK = re.compile(r"(?:^|:)(?:test|tests|spec|specs|default|ci)(?:$|[:\[])")
_LOOKED_FOR = {
    "rspec": (re.compile(r"/spec/(?:.*/)?[^/]*_spec\.rb$"), (".rspec",)),
    "pytest": (
        re.compile(r"/(?:test_[^/]*|[^/]*_test)\.py$"),
        ("pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"),
    ),
}
"""Which files a program looks into when it is named none, and where it may be told otherwise."""
_MOST_FILES = 2_000
_MOST_READ = 200
_MOST_REQUIRED = 20
_SHOWN = 60
_SECRET = re.compile(
    r"((?:^|[ \t])(?:-p|-u|--[\w-]{0,20}(?:password|token|secret|key|user))[ =]|(?:PASS|TOKEN|SECRET|KEY)\w{0,20}=|://)"
    r"[^ \t]{1,2000}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Run:
    """A command that runs tests: the files of tests that it finds, and why it finds none or cannot run them."""

    step: Step
    files: tuple[str, ...] = ()
    problems: tuple[Finding, ...] = ()
    is_sure: bool = True
    """Whether it is known what it finds."""


def run_of(step: Step, tree: Tree) -> Run | None:
    """The run of tests that a command is; ``None`` for any other command."""
    arguments = list(step.words[1:])
    if step.program in ("ruby", "jruby"):
        return _of_interpreter(step, tree, arguments)
    if re.fullmatch(r"python[\d.]*", step.program):
        if "-m" in arguments[:-1]:
            module = arguments[arguments.index("-m") + 1]
            if module not in _MODULES:
                return None
            arguments = [each for each in arguments if each not in ("-m", module, "discover")]
            return _of_runner(step, tree, arguments)
        return _of_interpreter(step, tree, arguments)
    if step.program == "rails":
        return _of_runner(step, tree, arguments[1:]) if arguments[:1] in (["test"], ["spec"]) else None
    if step.program not in _RUNNERS or _ONLY_LOOKS.intersection(arguments):
        return None
    if step.program == "rake":
        tasks = [each for each in arguments if not each.startswith("-") and "=" not in each]
        if tasks and not any(_TASK.search(each) for each in tasks):
            return None
        arguments = []
    return _of_runner(step, tree, arguments)


def _of_interpreter(step: Step, tree: Tree, arguments: list[str]) -> Run | None:
    """``ruby simpletest.rb``, and not ``ruby -c simpletest.rb``."""
    code = ""
    while arguments and arguments[0].startswith("-"):
        if arguments[0] in _ONLY_LOOKS and step.program in ("ruby", "jruby"):
            return None
        if arguments[0] == "-e":
            code = next(iter(arguments[1:]), "")
        arguments = arguments[2:] if arguments[0] in _WITH_VALUE else arguments[1:]
    if code:
        return _of_runner(step, tree, []) if _NAMED_TEST.search(code) else None
    if not arguments:
        return None
    name = arguments[0]
    path = step.path_of(name)
    if path is None:
        return Run(step, is_sure=False) if _NAMED_TEST.search(name) else None
    if not _is_file(tree, path):
        return Run(step, problems=(_missing(step, tree, name),)) if _NAMED_TEST.search(name) else None
    text = text_of(tree, path)
    if not _NAMED_TEST.search(name) and not _FRAMEWORK.search(text):
        return None
    if not _A_TEST.search(text):
        hint = _("write a test of the application into it")
        return Run(step, problems=(Finding(_("{file} has a test", file=path), _("none"), Location(path, 1), hint),))
    return Run(step, (path,), tuple(_not_there(path, text, step, tree)))


def _of_runner(step: Step, tree: Tree, arguments: Sequence[str]) -> Run:
    """A program that looks for tests itself, in what it is given or in the folder that it stands in."""
    named = [
        each for each in arguments if not each.startswith("-") and "=" not in each and ("/" in each or "." in each)
    ]
    paths = [step.path_of(each.partition("::")[0].partition(":")[0]) for each in named] or [step.folder]
    if any(path is None for path in paths):
        return Run(step, is_sure=False)
    files = [file for path in paths for file in files_with_tests(tree, path or "")]
    if files and not named and (other := _not_looked_for(step, tree, files, arguments)) is not None:
        return Run(step, problems=(other,))
    if not files:
        return Run(step, problems=(_missing(step, tree, named[0] if named else None),))
    problems = [problem for file in files[:20] for problem in _not_there(file, text_of(tree, file), step, tree)]
    return Run(step, tuple(files), tuple(problems))


def _not_looked_for(step: Step, tree: Tree, files: list[str], arguments: Sequence[str]) -> Finding | None:
    """That a program finds none of the tests which are there, since it goes by their names."""
    if step.program not in _LOOKED_FOR:
        return None
    names, settings = _LOOKED_FOR[step.program]
    folders = {"", *(f"{file.rpartition('/')[0]}/" for file in files), f"{step.folder}/" if step.folder else ""}
    is_told = arguments or any(tree.exists(f"{folder}{name}") for folder in folders for name in settings)
    if is_told or any(names.search(f"/{file}") for file in files):
        return None
    ran = f"{'ruby' if files[0].endswith('.rb') else 'pytest'} {posixpath.relpath(files[0], step.folder or '.')}"
    return Finding(
        _("the tests are where the script stands"),
        _("{program} does not look into {file}: it goes by the names of files", program=step.program, file=files[0]),
        step.at,
        _("run it by its name: {command}", command=ran),
    )


def files_with_tests(tree: Tree, below: str = "") -> list[str]:
    """The files with tests in them at or below a path, other people's not counted."""
    prefix = f"{below}/" if below else ""
    named = [
        path
        for path in tree.files
        if (path == below or path.startswith(prefix))
        and path.endswith(_CODE)
        and _NAMED_TEST.search(path[len(prefix) - 1 :] if prefix else path)
        and not is_vendored(path)
    ]
    return [path for path in named[:_MOST_READ] if _A_TEST.search(text_of(tree, path))]


def requires(path: str, tree: Tree) -> bool:
    """Whether a test requires something of the repository: it is a test of that, then."""
    text, folder = text_of(tree, path), path.rpartition("/")[0]
    if path.endswith(".rb"):
        return any(match[1] or match[2].startswith(".") for match in _REQUIRES.finditer(text))
    return any(_is_file(tree, f"{folder}/{name}.py".lstrip("/")) for name in _IMPORTS.findall(text)[:_MOST_READ])


def shown(command: str) -> str:
    """The beginning of a command, of several lines of the last, without what may be a password or a token."""
    masked = _SECRET.sub(lambda match: f"{match[1]}…", command.strip().rpartition("\n")[2])
    return redacted(masked)[:_SHOWN]


def _missing(step: Step, tree: Tree, name: str | None) -> Finding:
    """That what a command names is not where it stands; with the place where it is, where that is known."""
    command, folder = shown(" ".join(step.words)), step.folder or ROOT
    found = _("{command} finds no tests in {folder}", command=command, folder=folder)
    hint = _("add the tests of the application to the repository")
    others = files_with_tests(tree)
    if name is not None:
        found = _("{command}: there is no {name} in {folder}", command=command, folder=folder, name=name)
        named = [each for each in others if each.rpartition("/")[2] == name.rpartition("/")[2]]
        others = named or [each for each in others if requires(each, tree)]
    if others:
        above = others[0].rpartition("/")[0]
        hint = _("enter the folder of the tests first: cd {folder}", folder=above) if above else _(
            "run {file}, which is in the root of the repository", file=others[0]
        )  # fmt: skip
    return Finding(_("the tests are where the script stands"), found, step.at, hint)


def _not_there(path: str, text: str, step: Step, tree: Tree) -> Iterator[Finding]:
    """Files that a test requires, or that those require in turn, and that are not in the repository."""
    waiting, seen = [(path, text)], {path}
    while waiting:
        path, text = waiting.pop()
        for match in itertools.islice(_REQUIRES.finditer(text), _MOST_READ):
            required = _required(path, match, step)
            if required is None:
                continue
            found = next(
                (each for each in (required, f"{required}.rb", f"{required}.so") if _is_file(tree, each)), None
            )
            if found is None:
                yield Finding(
                    _("what a test requires is in the repository"),
                    _("{name}: no such file", name=f"{required.removesuffix('.rb')}.rb"),
                    Location(path, text.count("\n", 0, match.start()) + 1),
                    _hint_for(path, match, required, tree),
                )
            elif found.endswith(".rb") and found not in seen and len(seen) < _MOST_REQUIRED:
                seen.add(found)
                waiting.append((found, text_of(tree, found)))


def _required(path: str, match: re.Match[str], step: Step) -> str | None:
    """The file that a line requires: of Ruby's two ways one begins at the file, and one where the script stands."""
    if not path.endswith(".rb"):
        return None
    if match[1]:
        return beside(path, match[2])
    return step.path_of(match[2]) if match[2].startswith((".", "/")) else None


def _hint_for(path: str, match: re.Match[str], required: str, tree: Tree) -> Message:
    meant = beside(path, match[2])
    if not match[1] and meant is not None and meant != required and _is_file(tree, f"{meant.removesuffix('.rb')}.rb"):
        return _("require begins where the script stands: enter {folder} first", folder=path.rpartition("/")[0])
    return _("add the application beside its tests")


def _is_file(tree: Tree, path: str) -> bool:
    return bool(path) and tree.exists(path) and not tree.is_dir(path)


def text_of(tree: Tree, path: str) -> str:
    """The content of a file; none where it cannot be read."""
    try:
        return tree.text(path).content
    except RefusedPath:
        return ""
