"""Pages as their readers have them, and forms filled in as people do."""

from __future__ import annotations

from email.message import Message as Headers
from http.client import HTTPMessage

import pytest

from pytest_dockerlab.net.http import Answer, Url
from pytest_dockerlab.reddit_app.forms import COMMENT, POST, SIGN_UP, Filling, choose, filled
from pytest_dockerlab.reddit_app.pages import Page, links_after, read_page

VALUES = {"title": "T", "link": "L", "body": "B", "name": "N", "email": "E", "username": "U", "password": "P"}


def answer(body: str | bytes, kind: str | None = "text/html; charset=utf-8") -> Answer:
    headers: Headers = HTTPMessage()
    if kind is not None:
        headers["Content-Type"] = kind
    data = body if isinstance(body, bytes) else body.encode()
    return Answer(Url.parse("http://app/post/1"), 200, headers, data)  # type: ignore[arg-type]


def page(body: str) -> Page:
    found = read_page(answer(body))
    assert found is not None
    return found


def test_text_is_what_is_seen() -> None:
    read = page(
        "<title>The &amp; title</title><style>p {}</style><p>A\n <b>bold</b> &lt;word&gt;<script>no</script>"
        "<p>zwei<textarea>\nunseen</textarea><select><option>one<option>two</select><!-- no --> drei"
    )
    assert read.title == "The & title"
    assert read.text == "A bold <word> zwei drei"
    assert read.says == read.text
    assert not read.is_cut


@pytest.mark.parametrize(
    ("body", "kind", "is_page"),
    [
        ("<p>x", None, True),
        ("x", None, False),
        ("<p>x", "application/xhtml+xml", True),
        ('["<p>"]', "application/json", False),
        ("", "text/html", True),
        ("<p>x", "TEXT/HTML;charset=punycode", True),
    ],
)
def test_what_is_a_page(body: str, kind: str | None, is_page: bool) -> None:
    assert (read_page(answer(body, kind)) is not None) == is_page


def test_charset() -> None:
    read = read_page(answer("<p>привет".encode("cp1251") + b"</p>", "text/html; charset=Windows-1251"))
    assert read is not None
    assert read.text == "привет"


def test_alerts() -> None:
    read = page('<div class="alert alert-danger"><div>a</div> b</div>c<p role=alert>d</p><p class="alertless">e')
    assert read.alerts == ["a", " b", "d"]
    assert read.says == "a b d"


def test_links_after() -> None:
    read = page("<a href=/1>x</a><p>mark <a href=/2>y</a><p><a href=/3>z mark</a> <a href=/4>")
    assert list(links_after(read, "mark")) == ["/3", "/2", "/3", "/4"]
    assert list(links_after(read, "none")) == []


def test_base() -> None:
    assert page('<base href="/a/"><base href="/b/">').base == "http://app/a/"


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ("<input name=title><input name=link>", [("title", "T"), ("link", "L")]),
        ("<input name=url><input name=headline>", [("url", "L"), ("headline", "T")]),
        ("<input name=x type=url><input name=y placeholder='Cool title'>", [("x", "L"), ("y", "T")]),
        ("<label>Link <input name=a></label><label for=b>Title</label><input name=b>", [("a", "L"), ("b", "T")]),
        ("<input name=one><input name=two>", [("one", "T"), ("two", "L")]),
        ("<input name='post[title]'><input name='post[link_url]'>", [("post[title]", "T"), ("post[link_url]", "L")]),
        (
            "<input type=hidden name=csrf value='a&quot;b'><input name=title value=old><input name=link>"
            "<input type=checkbox name=agree required><input type=checkbox name=spam>"
            "<input type=submit name=go value=1>"
            "<button name=preview value=1>Look</button><input name=extra><input type=email name=mail>"
            "<select name=kind><option value=a>A<option selected>b</select>"
            "<input disabled name=off><input type=file name=f>",
            [
                ("csrf", 'a"b'),
                ("title", "T"),
                ("link", "L"),
                ("agree", "on"),
                ("go", "1"),
                ("extra", "dockerlab"),
                ("mail", "dockerlab@example.org"),
                ("kind", "b"),
            ],
        ),
    ],
)
def test_post_form(fields: str, sent: list[tuple[str, str]]) -> None:
    form = choose(page(f"<form method=post>{fields}</form>").forms, POST)
    assert form is not None
    assert filled(form, POST, VALUES) == sent


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ("<input name=name><input name=email type=email><textarea name=body></textarea>", "N E B"),
        ("<textarea name=body></textarea>", "B"),
        ("<input name=comment_author><input name=comment>", "N B"),
        ("<input name=a><input name=b>", "N B"),
        ("<input name=a>", "B"),
        ("<input name=text><input name=author>", "B N"),
    ],
)
def test_comment_form(fields: str, sent: str) -> None:
    form = choose(page(f"<form method=post>{fields}</form>").forms, COMMENT)
    assert form is not None
    assert " ".join(value for _name, value in filled(form, COMMENT, VALUES)) == sent


@pytest.mark.parametrize("fillings", [POST, COMMENT])
@pytest.mark.parametrize(
    "form",
    [
        "<form method=post action=/vote><input type=hidden name=title value=1><button>+</button></form>",
        "<form action=/search><input name=q></form>",
        "<form method=post><input name=title><input name=link><input name=body><input type=password name=p></form>",
        "<form method=post></form>",
    ],
)
def test_forms_for_something_else(form: str, fillings: tuple[Filling, ...]) -> None:
    assert choose(page(form).forms, fillings) is None


def test_the_form_whose_fields_say_so_comes_first() -> None:
    read = page("<form method=post><input name=a><input name=b></form><form><input name=title><input name=url></form>")
    assert choose(read.forms, POST) is read.forms[1]


def test_sign_up() -> None:
    form = choose(page("<form method=post><input name=username><input name=password></form>").forms, SIGN_UP)
    assert form is not None
    assert filled(form, SIGN_UP, VALUES) == [("username", "U"), ("password", "P")]
    twice = "<input name=login><input type=password name=p1><input type=password name=p2>"
    form = choose(page(f"<form method=post>{twice}</form>").forms, SIGN_UP)
    assert form is not None
    assert filled(form, SIGN_UP, VALUES) == [("login", "U"), ("p1", "P"), ("p2", "P")]
