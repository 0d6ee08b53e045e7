"""The driver on applications like the course's, in the forms they had, and on ones that are wrong at one step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.findings import Finding, Mismatch
from pytest_dockerlab.messages import text
from pytest_dockerlab.reddit_app.driver import AppDriver, Comment, Health, Post

from .servers import App, app, has_ipv6

LISTED = "the new post is in the list of posts"
ACCEPTED = "a new post is accepted"
COMMENTED = "the new comment is on the page of its post"


def refused(step: Callable[..., Any], *arguments: Any, **words: Any) -> Finding:
    with pytest.raises(Mismatch) as caught:
        step(*arguments, **words)
    return caught.value.finding


def said(finding: Finding) -> str:
    assert finding.expected is not None
    assert finding.at is None
    return " | ".join(text(part) for part in (finding.expected, finding.found, finding.hint) if part is not None)


def driven(application: App) -> tuple[Post, Comment]:
    driver = AppDriver(application.url)
    driver.wait_until_up(timeout=5)
    post = driver.write_post()
    comment = driver.write_comment(post)
    # what somebody else reads, later
    later = AppDriver(application.url)
    later.read_post(post)
    later.read_comment(comment)
    return post, comment


@pytest.mark.parametrize(
    "has",
    [
        (),
        ("email",),
        ("link-in-title",),
        ("users",),
        ("absolute",),
        ("relative",),
        ("no-action",),
        ("other-names", "email"),
        ("one-page",),
        ("no-form",),
        ("no-redirect",),
        ("own-idea",),
        ("host-name",),
        ("see-there",),
        ("answer-lost",),
    ],
    ids=lambda has: " ".join(has) or "plain",
)
def test_an_application_that_is_right(has: tuple[str, ...]) -> None:
    with app(*has) as application:
        post, comment = driven(application)
        ((id, stored),) = application.posts.items()
        assert stored == (post.title, post.link)
        assert post.url == f"{application.url}/post/{id}"
        ((of, name, body),) = application.comments
        assert (of, body) == (id, comment.body)
        assert name == comment.name
        assert len(application.agents) == 1
        assert not any("vote" in request for request in application.requests)


@pytest.mark.parametrize(("address", "name"), [("127.0.0.1", "localhost"), ("::1", "[::1]")])
def test_an_application_by_another_address(address: str, name: str) -> None:
    """Cookies and own references too, which the application writes with another name for itself."""
    if ":" in address and not has_ipv6():
        pytest.skip("IPv6 cannot be had by name")
    with app("users", "own-idea", address=address) as application:
        application.url = f"http://{name}:{application.url.rpartition(':')[2]}"
        driven(application)


def test_many_posts_are_there_already() -> None:
    with app("link-in-title") as application:
        application.posts.update({f"{number:024x}": (f"Post {number}", "http://example.org/") for number in range(300)})
        post, _comment = driven(application)
        assert post.url is not None
        assert application.posts[post.url.rpartition("/")[2]][0] == post.title


def test_a_write_is_sent_once() -> None:
    """Also where its answer is lost and it is there; and again only where it is not."""
    for has, count in (((), 1), (("answer-lost",), 1), (("loses-first",), 2)):
        with app(*has) as application:
            AppDriver(application.url, patience=1).write_post()
            assert application.requests.count("POST /new") == count
            assert len(application.posts) == 1


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        (("forgets",), f"{LISTED} | HTTP 200, but it is not there: All posts New post"),
        (("away",), "Can't save your post, some problems with the post service"),
        (("refuses",), f"{ACCEPTED} | HTTP 500: NoMethodError"),
        (("broken-new",), "the page with the form for a new post answers | HTTP 500: Internal Server Error"),
        (("json",), f"{LISTED} | HTTP 200, but not an HTML page (application/json)"),
        (("empty",), f"{LISTED} | HTTP 200 with an empty page"),
        (("get",), "is sent by GET: give it method=post"),
        (("elsewhere",), f"{ACCEPTED} | it redirects to another host: http://example.com/"),
        (("no-form-and-no-post",), "there is a form for a new post, with a title and a link | no such form on"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_post_that_cannot_be_written(has: tuple[str, ...], expected: str) -> None:
    with app(*has) as application:
        finding = refused(AppDriver(application.url, patience=0.3).write_post)
        assert expected in said(finding), said(finding)
        assert application.requests.count("POST /new") <= 1


def test_what_an_alert_repeats_is_no_proof() -> None:
    """The application says the title in its alert, and keeps nothing."""
    with app("forgets", "no-redirect") as application:
        finding = refused(AppDriver(application.url, patience=0.3).write_post)
        assert LISTED in said(finding)
        assert "Post successuly published: A post by dockerlab" in said(finding)


def test_a_comment_that_cannot_be_written() -> None:
    with app("other-post") as application:
        application.posts["0" * 24] = ("Another", "http://example.org/")
        driver = AppDriver(application.url, patience=0.3)
        finding = refused(driver.write_comment, driver.write_post())
        assert said(finding).startswith(COMMENTED)
        assert "Comment successuly published" in said(finding)
    with app("no-comments") as application:
        driver = AppDriver(application.url, patience=0.3)
        finding = refused(driver.write_comment, driver.write_post())
        assert said(finding).startswith("the page of a post has a form for a comment")
    with app("no-links") as application:
        driver = AppDriver(application.url, patience=0.3)
        post = driver.write_post()
        assert post.url is None
        assert said(refused(driver.write_comment, post)).startswith("the list of posts links to the page of a post")


def test_what_is_gone_is_missed() -> None:
    with app() as application:
        driver = AppDriver(application.url, patience=0.3)
        post = driver.write_post()
        comment = driver.write_comment(post)
        application.comments.clear()
        assert said(refused(driver.read_comment, comment)).startswith("the comment that was written before")
        application.posts.clear()
        finding = said(refused(driver.read_post, post))
        assert finding.startswith("the post that was written before is still there | HTTP 404: Not found")
        assert "a named volume" in finding
        assert "HTTP 404" in said(refused(driver.write_comment, post))


def test_a_post_is_read_at_its_own_page_when_the_list_is_away() -> None:
    with app() as application:
        driver = AppDriver(application.url)
        post = driver.write_post()
        application.has |= {"away"}
        driver.read_post(post)


# Health


def test_health() -> None:
    with app() as application:
        driver = AppDriver(application.url)
        assert driver.health() == Health(1, {"post": 1}, "1.0")
        assert driver.wait_until_healthy(timeout=1).is_well
        with app() as service:
            service.health = {"status": "1", "dependent_services": {"post_db": True}}
            other = driver.health(f"{service.url}/healthcheck")
            assert other == Health(1, {"post_db": 1}, None)
            assert driver.wait_until_healthy(timeout=1, url=f"{service.url}/healthcheck").is_well


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (
            {"status": 0, "dependent_services": {"post": 1, "comment": 0}},
            "status 0; what it depends on: post: 1, comment: 0",
        ),
        ({"status": 1, "dependent_services": {"comment": 0}}, "status 1; what it depends on: comment: 0"),
        ({"status": "well"}, "answers in JSON, with status"),
        ({"status": 1, "dependent_services": {"a": None}}, "answers in JSON, with status"),
        ({"status": 1, "dependent_services": {f"{number}": 1 for number in range(1000)}}, "answers in JSON"),
        ([1], "answers in JSON, with status"),
        ("OK", "answers in JSON, with status"),
    ],
)
def test_health_that_is_none(health: object, expected: str) -> None:
    with app() as application:
        application.health = health
        finding = refused(AppDriver(application.url).wait_until_healthy, timeout=0.2)
        assert expected in said(finding)


def test_health_that_comes_late() -> None:
    with app() as application:
        well, application.health = application.health, {"status": 0, "dependent_services": {}}
        looks = []

        def watch() -> None:
            looks.append(application.health)
            if len(looks) == 3:
                application.health = well

        assert AppDriver(application.url).wait_until_healthy(timeout=20, watch=watch).is_well
        assert len(looks) == 3


# Waiting


def test_waiting_ends_when_the_watch_says_so() -> None:
    """Whatever it raises, even what a look itself may raise."""
    exited = Mismatch(Finding(found="exited"))
    looks = []

    def watch() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise exited

    with pytest.raises(Mismatch) as caught:
        AppDriver("http://127.0.0.1:1").wait_until_up(timeout=60, watch=watch)
    assert caught.value is exited
    assert len(looks) == 3


def test_nobody_listens() -> None:
    driver = AppDriver("http://127.0.0.1:1")
    finding = said(refused(driver.wait_until_up, timeout=0.2))
    assert finding.startswith("the application answers at http://127.0.0.1:1/ | 127.0.0.1:1 refuses the connection")
    assert "refuses the connection" in said(refused(driver.health))
    driver = AppDriver("http://127.0.0.1:1", patience=0.2)
    assert "refuses the connection" in said(refused(driver.write_post))


def test_up_is_whatever_is_no_error_of_the_server() -> None:
    with app() as application:
        AppDriver(f"{application.url}/nowhere").wait_until_up(timeout=1)


def test_two_users_at_once() -> None:
    with app("users") as application:
        found: list[Post] = []

        def write() -> None:
            found.append(AppDriver(application.url).write_post())

        threads = [threading.Thread(target=write) for _number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({post.url for post in found}) == 5


@pytest.mark.parametrize(
    "url",
    ["", "localhost:9292", "ftp://host/", "http://", "http://h:x/", "http://[::1", "http://u:p@h/", "file:///etc"],
)
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ConfigurationError):
        AppDriver(url)
