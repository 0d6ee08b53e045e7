"""Installed but unused, the plugin adds nothing to another project's run and changes nothing in it."""

from __future__ import annotations

import re

import pytest

HEAVY = ("docker", "yaml", "requests", "testinfra", "rich", "jinja2", "gitlab", "dockerfile", "markdown_it")


def test_without_hw_nothing_is_imported(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # testinfra is a plugin of its own, and loads itself
    pytester.makepyfile(
        f"""
        import sys

        def test_modules():
            ours = sorted(name for name in sys.modules if name.startswith("pytest_dockerlab"))
            assert "pytest_dockerlab.plugin" in ours
            assert not {{"pytest_dockerlab.run.collection", "pytest_dockerlab.checks"}} & set(ours), ours
            assert not {{"checks", "fixtures"}} & set(sys.modules)
            assert not set({HEAVY!r}) & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("-p", "pytest_dockerlab.plugin").assert_outcomes(passed=1)


def test_without_hw_a_run_is_the_same(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_good(): pass
        def test_bad(): assert False
        """
    )
    with_plugin = pytester.runpytest_subprocess("-v")
    without = pytester.runpytest_subprocess("-v", "-p", "no:dockerlab")

    def said(result: pytest.RunResult) -> list[str]:
        return [line for line in result.outlines if not line.startswith("plugins:") and not re.search(r" in \d", line)]

    assert said(with_plugin) == said(without)
    assert with_plugin.ret == without.ret == 1


def test_checks_and_fixtures_are_only_in_the_package(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import sys

        def pytest_unconfigure(config):
            assert "pytest_dockerlab.checks.docker_4" in sys.modules
            assert not {"checks", "fixtures", "tests"} & set(sys.modules), "found by path"
        """
    )
    result = pytester.runpytest_subprocess("--hw", "17", "--hw-tier", "files")
    assert "found by path" not in result.stdout.str() + result.stderr.str()
    assert result.ret in (1, 5)
