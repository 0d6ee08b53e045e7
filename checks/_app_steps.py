"""What the checks of the app tier have in common: an application's steps, on one we started or on one that is up."""

from __future__ import annotations

from pytest_dockerlab.app.driver import AppDriver, Post
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.findings import note
from pytest_dockerlab.submission.roles import Role

__all__ = ["UP_TIMEOUT", "drive_deployment", "drive_url", "wait_for_services"]

UP_TIMEOUT = 120.0
"""Seconds until an application answers once its containers run."""


def drive_url(url: str, *, comments: bool) -> Post:
    """Ask an application that is up for its health, write and read back a post, and a comment where it has them."""
    driver = AppDriver(url)
    note("application", url)
    driver.wait_until_up(timeout=10)
    if comments:
        health = driver.wait_until_healthy(timeout=30)
        note("health", {"status": health.status, **health.dependents})
    return _write(driver, comments=comments)


def drive_deployment(running: Deployment, *, comments: bool) -> Post:
    """The same of an application that runs on a docker host; returns the post."""
    driver = AppDriver(running.url(Role.UI))
    with running.judging():
        driver.wait_until_up(timeout=UP_TIMEOUT, watch=running.watch)
        if comments:
            wait_for_services(running, driver)
        return _write(driver, comments=comments)


def wait_for_services(running: Deployment, driver: AppDriver) -> None:
    """Wait until ui, and every other service that publishes a port, says that it and all behind it are well."""
    for service in running.plan.services:
        if service.role is None or not service.ports:
            continue
        url = None if service.role is Role.UI else f"{running.url(service.role)}/healthcheck"
        health = driver.wait_until_healthy(timeout=UP_TIMEOUT, watch=running.watch, url=url)
        note(service.name, {"status": health.status, **health.dependents})


def _write(driver: AppDriver, *, comments: bool) -> Post:
    post = driver.write_post()
    note("post written", post.title)
    if comments:
        comment = driver.write_comment(post)
        note("comment written", comment.body)
    return post
