"""Courses of tests: one text, written as the package that a pack's homework is, and found by its entry point."""

from __future__ import annotations

import ast
from pathlib import Path

__all__ = ["install_course"]


def install_course(site: Path, package: str, text: str) -> None:
    """Write the course ``text`` to ``site`` as ``package``, and as a distribution that has it as entry point.

    ``HOMEWORK`` goes to the package itself and each check to the module of its item; whatever else stands at the top of
    the text is in all of them.
    """
    parts: dict[str, list[str]] = {"__init__": []}
    common = []
    slug = ""
    for node in ast.parse(text).body:
        source = "\n".join(text.splitlines()[_first_line(node) - 1 : node.end_lineno])
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HOMEWORK":
            parts["__init__"].append(source)
            assert isinstance(node.value, ast.Call)
            slug = str(ast.literal_eval(node.value.args[0]))
        elif (id := _id_of_check(node)) is not None:
            parts.setdefault(id.partition("/")[2].replace("-", "_"), []).append(source)
        else:
            common.append(source)
    folder = site / package
    folder.mkdir(parents=True)
    for name, own in parts.items():
        (folder / f"{name}.py").write_text("\n\n".join([*common, *own]) + "\n", "utf-8")
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[pytest_dockerlab.homework]\n{slug} = {package}\n", "utf-8")


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _id_of_check(node: ast.stmt) -> str | None:
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "check":
            return str(ast.literal_eval(decorator.args[0]))
    return None
