"""Homework 17, docker-4: Docker's networks, and docker-compose."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_dockerlab.findings import Finding, expect
from pytest_dockerlab.homework import Need
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.compose.services import Service
from pytest_dockerlab.submission.scan.roles import APPLICATION

COMPOSE = ["docker-4/compose-file", Need.COMPOSE]


def _application(compose: ComposeProject) -> list[Service]:
    return [service for role in APPLICATION for service in compose.services_of(role)]


def _report(problems: Iterable[Finding]) -> None:
    for each in problems:
        expect(False, each.expected, found=each.found, at=each.at, hint=each.hint)
