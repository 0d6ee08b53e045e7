"""Lints what GitHub runs: our workflows, the action, the examples, and the workflows that pages show.

actionlint (with shellcheck, for what the steps run) and zizmor look at all of it; nothing is asked over the network, so
zizmor's audits that want a token of GitHub's are left out. Exit 1 when one of them has something to say.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHOWN_BY = ("README.md", "CONTRIBUTING.md", "docs/*.md", "checks/*/docs/*.md")
EXAMPLES = Path(__file__).resolve().parent / "zizmor-examples.yml"

_BLOCK = re.compile(r"^(?P<fence>`{3,})ya?ml\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_JOB = "on: push\npermissions: {}\njobs:\n  shown:\n    runs-on: ubuntu-latest\n    steps:\n"
_ACTION = "action.yml"
AS_WORKFLOW = ".as-a-workflow.yml"


def files(root: Path) -> tuple[list[Path], list[Path]]:
    """The workflows that run for us, with the action; and those for other people's repositories."""
    ours = [*sorted(root.glob(".github/workflows/*.yml")), *root.glob(_ACTION)]
    return ours, [path for path in sorted(root.glob("examples/*/*.yml")) if is_workflow(path.read_text("utf-8"))]


def shown(root: Path) -> Iterator[tuple[str, str]]:
    """The workflows in the blocks of pages: a name for each, and its text from the line on where the page has it."""
    for page in sorted(path for pattern in SHOWN_BY for path in root.glob(pattern)):
        text = page.read_text("utf-8")
        for number, block in enumerate(_BLOCK.finditer(text), 1):
            workflow = as_workflow(block["text"])
            if workflow is not None:
                before = text.count("\n", 0, block.start("text")) - (workflow.count("\n") - block["text"].count("\n"))
                yield f"{page.relative_to(root)}.{number}.yml", "\n" * before + workflow


def is_workflow(text: str) -> bool:
    """Whether a YAML file, however wrong, is meant as one of GitHub's workflows."""
    return bool(re.search("^on:", text, re.MULTILINE) and re.search("^jobs:", text, re.MULTILINE))


def as_workflow(text: str) -> str | None:
    """A shown workflow, or shown steps with a job around them; ``None`` where it is neither."""
    if is_workflow(text):
        return text
    if re.match("(#.*\n)*- (id|name|if|uses|run):", text):
        return _JOB + textwrap.indent(text, " " * 6)
    return None


def action_as_workflow(text: str) -> str:
    """The steps of a composite action as a job, with its inputs and outputs: actionlint reads workflows only."""
    action = yaml.safe_load(text)
    inputs = {name: {"type": "string", "default": ""} for name in action.get("inputs", {})}
    outputs = {name: output["value"] for name, output in action.get("outputs", {}).items()}
    job = {"runs-on": "ubuntu-latest", "outputs": outputs, "steps": action["runs"]["steps"]}
    workflow = {"on": {"workflow_call": {"inputs": inputs}}, "permissions": {}, "jobs": {"action": job}}
    return yaml.safe_dump(workflow, allow_unicode=True, sort_keys=False)


def lint(root: Path = ROOT) -> bool:
    """Whether neither linter has anything to say; what they say is printed."""
    ours, examples = files(root)
    with tempfile.TemporaryDirectory() as folder:
        pages = list(shown(root))
        for name, text in pages:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        names = [name for name, _text in pages]
        workflows = [str(path.relative_to(root)) for path in (*ours, *examples) if path.name != _ACTION]
        fine = [
            _run(root, "actionlint", *workflows),
            _run(Path(folder), "actionlint", *names),
            _zizmor(root, ["--no-config"], [str(path.relative_to(root)) for path in ours]),
            _zizmor(root, ["--config", str(EXAMPLES)], [str(path.relative_to(root)) for path in examples]),
            _zizmor(Path(folder), ["--config", str(EXAMPLES)], names),
        ]
        for path in ours:
            if path.name == _ACTION:
                Path(folder, _ACTION + AS_WORKFLOW).write_text(action_as_workflow(path.read_text("utf-8")), "utf-8")
                fine.append(_run(Path(folder), "actionlint", _ACTION + AS_WORKFLOW))
    print(f"{len(ours)} of ours, {len(examples)} examples, {len(pages)} in pages", flush=True)
    return all(fine)


def _zizmor(folder: Path, config: list[str], names: list[str]) -> bool:
    return _run(folder, "zizmor", "--quiet", "--offline", "--no-progress", "--strict-collection", *config, *names)


def _run(folder: Path, *words: str) -> bool:
    # both are installed beside this Python, which need not be the one of an activated environment
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which(words[0], path=path)
    if program is None:
        print(f"{words[0]} is not installed: it is in the extra dev, which make dev installs", file=sys.stderr)
        return False
    return (
        subprocess.run([program, *words[1:]], cwd=folder, env=os.environ | {"PATH": path}, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(not lint())
