"""Small applications on 127.0.0.1 that behave as the course's one does in its versions, and servers that do not."""

from __future__ import annotations

import contextlib
import errno
import html
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_VOTE = (
    '<form action="{action}" method="post"><input type="hidden" name="_method" value="put">'
    '<button type="submit">+</button></form>'
)


@dataclass
class App:
    """An application in memory. ``has`` names what is different about it."""

    has: frozenset[str] = frozenset()
    posts: dict[str, tuple[str, str]] = field(default_factory=dict)
    comments: list[tuple[str, str, str]] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    health: object = field(default_factory=lambda: {"status": 1, "dependent_services": {"post": 1}, "version": "1.0"})
    requests: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    """Sessions are a cookie with the alerts of the next page, and the user."""

    app: App

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.answer({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})

    def answer(self, fields: dict[str, str]) -> None:
        app = self.app
        app.requests.append(f"{self.command} {self.path}")
        app.agents.add(self.headers["User-Agent"])
        if fields:
            app.sent.append(fields)
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        self.session = json.loads(bytes.fromhex(cookies["session"].value)) if "session" in cookies else {}
        path = urlsplit(self.path).path
        match (self.command, path.strip("/").split("/")):
            case ("GET", [""]):
                self.index()
            case ("GET", ["new"]):
                self.new()
            case ("POST", ["new"]):
                self.create(fields)
            case ("GET", ["post", id]):
                self.show(id)
            case ("POST", ["post", id, "comment"]):
                self.comment(id, fields)
            case ("GET", ["signup"]) if "users" in app.has:
                self.page('<form action="/signup" method="post"><input name="username"><input name="password"></form>')
            case ("POST", ["signup"]) if "users" in app.has:
                self.session["user"] = fields["username"]
                self.say("User created")
                self.redirect("/")
            case ("GET", ["healthcheck"]):
                self.send(200, json.dumps(app.health), "application/json")
            case _:
                self.send(404, "Page not found", "text/plain")

    # Pages

    def index(self) -> None:
        if "json" in self.app.has:
            self.send(200, json.dumps([title for title, _link in self.app.posts.values()]), "application/json")
        elif "empty" in self.app.has:
            self.send(200, "")
        elif "away" in self.app.has:
            self.say("Can't show blog posts, some problems with the post service")
            self.page("")
        else:
            form = self.form_of_post() if "one-page" in self.app.has else ""
            self.page(form + "".join(self.row(id) for id in reversed(self.app.posts)))

    def row(self, id: str) -> str:
        title, link = self.app.posts[id]
        vote = _VOTE.format(action=f"/post/{id}/vote/1")
        if "link-in-title" in self.app.has:
            return f'<li>{vote}<a href="{link}">{html.escape(title)}</a> 10:00 <a href="/post/{id}">comments</a></li>'
        if "no-links" in self.app.has:
            return f"<p>{html.escape(title)}</p>"
        start = self.app.url if "absolute" in self.app.has else ""
        heading = f'<h3><a href="{start}/post/{id}"> {html.escape(title)}</a></h3>'
        return f'<div>{vote}{heading}<a href="{link}">Go to the link</a></div>'

    def form_of_post(self) -> str:
        action = {"absolute": f"{self.app.url}/new", "relative": "new", "no-action": ""}
        where = next((action[name] for name in action if name in self.app.has), "/new")
        method = "get" if "get" in self.app.has else "post"
        names = ("post[title]", "post[url]") if "other-names" in self.app.has else ("title", "link")
        token = '<input type="hidden" name="token" value="a&amp;b">'
        return (
            f'<form action="{where}" method="{method}" role="form">{token}<label for="t">Title:</label>'
            f'<input name="{names[0]}" id="t"><input name="{names[1]}"><input type="submit" value="Post it!"></form>'
        )

    def new(self) -> None:
        if "broken-new" in self.app.has:
            self.send(500, "<h1>Internal Server Error</h1>")
        elif "one-page" in self.app.has:
            self.send(404, "Page not found", "text/plain")
        elif "users" in self.app.has and "user" not in self.session:
            self.page('<div class="alert alert-danger"><strong>You need to sign in before adding a post</strong></div>')
        elif "no-form" in self.app.has or "no-form-and-no-post" in self.app.has:
            self.page("<p>Written by a script</p>")
        else:
            self.page(self.form_of_post())

    def create(self, fields: dict[str, str]) -> None:
        app = self.app
        title, link = fields.get("post[title]", fields.get("title")), fields.get("post[url]", fields.get("link", ""))
        is_token = fields.get("token") == "a&b" or "no-form" in app.has
        if title is None or not link.startswith("http://") or not is_token or "no-form-and-no-post" in app.has:
            self.say("Invalid URL")
            self.redirect(self.headers["Referer"])
            return
        if "refuses" in app.has:
            self.send(500, "<h1>NoMethodError</h1>")
            return
        if "forgets" in app.has:
            self.say(f"Post successuly published: {title}")
        elif "away" in app.has:
            self.say("Can't save your post, some problems with the post service")
        elif "loses-first" in app.has and len(app.sent) == 1:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        else:
            app.posts[secrets.token_hex(12)] = (title, link)
            self.say("Post successuly published")
            if "answer-lost" in app.has:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
        if "no-redirect" in app.has:
            self.send(200, "<p>Saved</p>")  # the alert is for the next page
        elif "own-idea" in app.has:
            self.redirect("http://0.0.0.0:9292/")
        elif "host-name" in app.has:
            self.redirect("http://4f2b0c1d9e8a:9292/?from=new")
        elif "elsewhere" in app.has:
            self.redirect("http://example.com/")
        elif "see-there" in app.has and not self.path.endswith("/"):
            app.posts.popitem()
            self.send(308, "", location="/new/")
        else:
            self.redirect("/")

    def show(self, id: str) -> None:
        if id not in self.app.posts:
            self.send(404, "Not found", "text/plain")
            return
        title, _link = self.app.posts[id]
        mine = [(name, body) for post, name, body in self.app.comments if post == id]
        said = [f"<b>{html.escape(name)}</b>: {html.escape(body)}" for name, body in mine]
        is_seen = "users" not in self.app.has or "user" in self.session
        email = '<input name="email" type="email" placeholder="email">' if "email" in self.app.has else ""
        name = "" if "users" in self.app.has else '<input name="name" type="text" placeholder="name">'
        fields = f'{name}{email}<textarea name="body"></textarea><button>Post</button>'
        form = f'<form action="/post/{id}/comment" method="post">{fields}</form>'
        if "no-comments" in self.app.has:
            form = ""
        vote = _VOTE.format(action=f"{id}/vote/1")
        self.page(
            f"{vote}<h3>{html.escape(title)}</h3>" + "<br>".join(said) + (form if is_seen else "Log in or sign up")
        )

    def comment(self, id: str, fields: dict[str, str]) -> None:
        app = self.app
        if "email" in app.has and not fields["email"]:
            raise AssertionError("the page breaks on a comment without an address")
        if "other-post" in app.has:
            id = next(iter(app.posts))
        if "no-comments" not in app.has:
            app.comments.append((id, fields.get("name", self.session.get("user", "")), fields["body"]))
        self.say("Comment successuly published")
        self.redirect(self.headers["Referer"])

    # Answers

    def say(self, text: str) -> None:
        self.session.setdefault("alerts", []).append(text)

    def page(self, content: str) -> None:
        alerts = self.session.pop("alerts", [])
        shown = "".join(f'<div class="alert alert-info"><strong>{html.escape(text)}</strong></div>' for text in alerts)
        menu = '<ul><li><a href="/">All posts</a><li><a href="/new">New post</a></ul>'
        self.send(
            200, f"<!DOCTYPE html><html><head><title>Reddit</title></head><body>{shown}{content}{menu}</body></html>"
        )

    def redirect(self, location: str) -> None:
        self.send(302, "", location=location)

    def send(self, status: int, body: str, kind: str = "text/html; charset=utf-8", location: str | None = None) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", f"session={json.dumps(self.session).encode().hex()}; path=/; HttpOnly")
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(data)


def has_ipv6() -> bool:
    """Whether this machine has IPv6's loopback address."""
    with socket.socket(socket.AF_INET6) as probe:
        return probe.connect_ex(("::1", 1)) == errno.ECONNREFUSED


class _Ipv6Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@contextlib.contextmanager
def app(*has: str, address: str = "127.0.0.1") -> Iterator[App]:
    """An application on a free port for the block."""
    application = App(frozenset(has))
    kind = _Ipv6Server if ":" in address else ThreadingHTTPServer
    server = kind((address, 0), type("Bound", (Handler,), {"app": application}))
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]
    host = f"[{address}]" if ":" in address else address
    application.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield application
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def raw(speak: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that reads a request's head (or TLS' first words), and then says what ``speak`` says.

    The event it is given is set at the end of the block.
    """
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                head = b""
                while b"\r\n\r\n" not in head and not head.startswith(b"\x16") and (data := connection.recv(65536)):
                    head += data
                speak(connection, ended)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _address = listener.accept()
                    thread = threading.Thread(target=serve, args=(connection,))
                    threads.append(thread)
                    thread.start()

        threads: list[threading.Thread] = []
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for thread in threads:
                thread.join()


def head(status: str = "200 OK", kind: str = "text/html", *more: str) -> bytes:
    """The head of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *more, "", ""]).encode()


def saying(data: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """A server's whole answer."""

    def speak(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)  # closing with unread data would reset what was said

    return speak
