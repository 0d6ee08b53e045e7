"""The pytest plugin: registers the options and, under ``--hw`` only, everything else.

Without ``--hw`` a pytest run is as if the plugin were absent: nothing but this module and the option table is imported.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Generator

import pytest

from . import option_table

__all__: list[str] = []

if any(argument.partition("=")[0] == "--hw" for argument in sys.argv):
    # ``python -m pytest`` looks into the current folder first, which is a student's: xdist, whose entry point is loaded
    # behind ours, would get their execnet.py. The rest is own_imports' work, when the options are known.
    _here = [entry for entry in sys.path if os.path.realpath(entry) == os.path.realpath(".")]
    sys.path[:] = [entry for entry in sys.path if entry not in _here] + _here

# Before anything imports them: an editable install lists no modules, so pytest would mark only this one.
pytest.register_assert_rewrite("pytest_dockerlab.checks", "pytest_dockerlab.fixtures")

_parser: pytest.Parser | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register ``--hw`` and the option table."""
    global _parser
    _parser = parser
    group = parser.getgroup("dockerlab", "pytest-dockerlab")
    option_table.add_arguments(group.addoption)
    # dockerlab grade's own: nobody types it
    group.addoption("--hw-slice", dest="hw_slice", metavar="ORDER", help=argparse.SUPPRESS)
    for option in option_table.OPTIONS:
        parser.addini(option.ini, help=option.flag, default="")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Say what a misspelt option of ours may be, and give help in the reader's language.

    Here every option is known, also those of conftest files, and none has been refused.
    """
    yield
    if {"-h", "--help"} & set(args) or any(argument.startswith("--hw") for argument in args):
        from .run import typed_options

        typed_options.look_at(args, parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Forget what an ini file or PYTEST_ADDOPTS says about which tests run: it would make the homework run in part.

    Here and not in ``pytest_configure``, because ``addopts = --version`` would end the run before that, with exit 0.
    """
    if config.option.hw and _parser is not None:
        from .run import own_imports

        own_imports.put_ours_first(config)
        from .run import preparation

        preparation.keep_only_command_line(config, _parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Under ``--hw``: decide what is checked, and register the parts that do it."""
    if not config.option.hw:
        return
    from .run import own_imports

    own_imports.put_ours_first(config)  # in a worker too
    from .run import collection, execution
    from .run.preparation import prepare
    from .run.run import RUN

    try:
        run = prepare(config)
    except KeyboardInterrupt:
        raise pytest.exit.Exception("interrupted before anything was checked", returncode=2) from None
    config.stash[RUN] = run
    from . import fixtures
    from .fixtures import run_settings

    config.stash[run_settings.SETTINGS] = run.settings
    config.stash[run_settings.RUN_ID] = run.id
    config.stash[run_settings.OWNER] = run.owner
    config.stash[run_settings.COURSE] = run.course
    config.stash[run_settings.IS_STUDENTS_HOST] = run.is_students_host

    for found in pkgutil.iter_modules(fixtures.__path__):
        # register() replays for the fixture manager, on workers too; pytest_plugins would load them in every run
        name = f"{fixtures.__name__}.{found.name}"
        if not config.pluginmanager.has_plugin(name):  # one may have named another in its pytest_plugins
            config.pluginmanager.register(importlib.import_module(name), name)
    config.pluginmanager.register(collection.CollectionPlugin(run), "dockerlab-collection")
    config.pluginmanager.register(execution.ExecutionPlugin(run), "dockerlab-execution")
    if run.is_worker:
        return
    from .run import progress, reporting

    verbosity = getattr(config.option, "verbose", 0)  # of which the report leaves nothing
    config.pluginmanager.register(progress.ProgressPlugin(config, run, verbosity), "dockerlab-progress")
    report = reporting.ReportingPlugin(config, run)
    config.pluginmanager.register(report, "dockerlab-reporting")
    if run.tells_github and not config.option.collectonly:
        from .run import github

        config.pluginmanager.register(github.GitHubPlugin(config, run, report), "dockerlab-github")
    if config.getoption("dist", "no") != "no":
        from .run import scheduling

        config.pluginmanager.register(scheduling.SchedulingPlugin(config, run), "dockerlab-scheduling")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name the submission in pytest's own header (shown with ``-v``)."""
    if not config.option.hw:
        return []
    from .report.lines import printable
    from .run.run import RUN

    sources = config.stash[RUN].sources
    return [f"dockerlab: {source.id}: {_in_one_line(printable(source.path))}" for source in sources]


def _in_one_line(value: str) -> str:
    return value.replace("\n", "\\n")
