"""Driving an application, as the checks of the app tier do: one that we started, or one that is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pytest_dockerlab.findings import note
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.running import Deployment
    from pytest_dockerlab.plans.applications.plan import AppService
    from pytest_dockerlab.reddit_app.driver import AppDriver, Health, Post

Answer = TypeVar("Answer")


def drive_url(url: str, *, comments: bool) -> Post:
    """Ask an application that is up for its health, write and read back a post, and a comment where it has them."""
    from pytest_dockerlab.reddit_app.driver import AppDriver

    driver = AppDriver(url)
    note("application", url)
    driver.wait_until_up(timeout=10)
    if comments:
        health = driver.wait_until_healthy(timeout=30)
        note("health", {"status": health.status, **health.dependents})
    return _write(driver, comments=comments)


def drive_deployment(running: Deployment, *, comments: bool) -> Post:
    """The same of an application that runs on a docker host; returns the post."""
    driver = wait_until_up(running)
    if comments:
        wait_for_services(running)
        driver = wait_until_up(running)
    with running.judging():
        return _write(driver, comments=comments)


def driver_of(running: Deployment, url: str) -> AppDriver:
    """A driver of an application that runs, or of one of its services."""
    from pytest_dockerlab.reddit_app.driver import AppDriver

    return AppDriver(url, timeout=running.patience.answer, patience=running.patience.shown)


def wait_until_up(running: Deployment) -> AppDriver:
    """Wait until the application answers; returns the driver of it."""

    def ask(url: str, watch: Callable[[], None]) -> AppDriver:
        driver = driver_of(running, url)
        with running.judging(running.plan.service(Role.UI), with_others=True):
            driver.wait_until_up(timeout=running.patience.up, watch=watch)
        return driver

    return _where_it_is(running, Role.UI, ask)


def wait_for_services(running: Deployment) -> None:
    """Wait until every service that publishes a port says that it and all behind it are well, ui as the last one."""
    services = [each for each in running.plan.services if each.role is not None and each.ports]
    for service in sorted(services, key=lambda each: each.role is Role.UI):
        assert service.role is not None

        def ask(url: str, watch: Callable[[], None], service: AppService = service) -> Health:
            with running.judging(service):
                return driver_of(running, url).wait_until_healthy(timeout=running.patience.up, watch=watch)

        health = _where_it_is(running, service.role, ask)
        note(service.name, {"status": health.status, **health.dependents})


class _StartedAgain(Exception):
    pass


def _where_it_is(running: Deployment, role: Role, ask: Callable[[str, Callable[[], None]], Answer]) -> Answer:
    """Ask a service at its URL; and again at its new one where it was started again meanwhile, which may be all right:
    one that is up before its database ends, and is well at the second try."""
    while True:  # the engine starts it a few times, and then it is a finding
        count = running.restarts(role)

        def watch(count: int = count) -> None:
            running.watch()
            if running.restarts(role) != count:
                raise _StartedAgain

        try:
            return ask(running.url(role), watch)
        except _StartedAgain:
            continue


def _write(driver: AppDriver, *, comments: bool) -> Post:
    post = driver.write_post()
    note("post written", post.title)
    if comments:
        comment = driver.write_comment(post)
        note("comment written", comment.body)
    return post
