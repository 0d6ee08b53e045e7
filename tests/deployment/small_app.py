"""A small application in the shape of the course's one, to be built and run by the tests of the app tier.

One program in plain Python in the place of all its services. Its images need nothing but files: ``mongo:7.0`` of
``tests/images`` has Python, and the driver inside of its own server. It is built in a second and up in two.
"""

from __future__ import annotations

__all__ = ["APP", "MONOLITH", "PUMA", "SERVICE", "in_another_way"]

SERVICE = '''\
"""ui, post or comment, or all of them in one process: named by the first argument. -w N serves with N processes."""

import argparse
import html
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

VERSION = (Path(__file__).parent / "VERSION").read_text().strip()


def stored(kind):
    from pymongo import MongoClient

    if kind not in stored.known:
        host, port = os.environ[f"{kind}_DATABASE_HOST"], int(os.environ.get(f"{kind}_DATABASE_PORT", "27017"))
        client = MongoClient(host, port, serverSelectionTimeoutMS=1500)
        stored.known[kind] = client[os.environ.get(f"{kind}_DATABASE", "reddit")][kind.lower()]
    return stored.known[kind]


stored.known = {}


def ask(kind, path, fields=None):
    """What the service says: over HTTP, or here, where everything is in one process."""
    if args.role == "all":
        return SERVICES[kind](path, fields)
    host, port = os.environ[f"{kind}_SERVICE_HOST"], os.environ.get(f"{kind}_SERVICE_PORT", "5000")
    data = None if fields is None else urlencode(fields).encode()
    with urlopen(f"http://{host}:{port}/{path}", data, timeout=5) as answer:
        return json.load(answer)


def serve_data(kind, path, fields):
    things = stored(kind)
    if path == "healthcheck":
        return health({f"{kind.lower()}_db": lambda: things.database.client.admin.command("ping")["ok"] == 1})
    if fields is not None:
        things.insert_one({"_id": uuid.uuid4().hex, **fields})
        return {"stored": True}
    found = things.find({"post_id": path}) if kind == "COMMENT" else things.find({"_id": path} if path else {})
    return [{name: value for name, value in each.items()} for each in found]


def health(parts):
    def is_well(part):
        try:
            return int(part())
        except Exception as error:
            print(error, file=sys.stderr, flush=True)
            return 0

    found = {name: is_well(part) for name, part in parts.items()}
    return {"status": min(found.values()), "dependent_services": found, "version": VERSION}


def page(body):
    return 200, "text/html", f'<html><body><a href="/">Posts</a> <a href="/new">New</a>{body}</body></html>'


def form(action, *names):
    inputs = "".join(f'<input name="{name}">' for name in names)
    return f'<form action="{action}" method="post">{inputs}<button>Send</button></form>'


def serve_pages(path, fields):
    match path.split("/"):
        case [""]:
            row = '<p><a href="/post/{}">{}</a></p>'
            rows = [row.format(post["_id"], html.escape(post["title"])) for post in ask("POST", "")]
            return page("".join(rows))
        case ["new"] if fields is None:
            return page(form("/new", "title", "link"))
        case ["new"]:
            ask("POST", "", fields)
            return 303, "/", ""
        case ["post", id]:
            (post,) = ask("POST", id)
            said = [f"<li>{html.escape(comment['body'])}</li>" for comment in ask("COMMENT", id)]
            return page(html.escape(post["title"]) + "".join(said) + form(f"/post/{id}/comment", "name", "body"))
        case ["post", id, "comment"]:
            ask("COMMENT", "", {**fields, "post_id": id})
            return 303, f"/post/{id}", ""
        case ["healthcheck"]:
            kinds = ("POST", "COMMENT")
            parts = {kind.lower(): lambda kind=kind: ask(kind, "healthcheck")["status"] for kind in kinds}
            return 200, "application/json", json.dumps(health(parts))
    return 404, "text/plain", "not found"


SERVICES = {kind: lambda path, fields, kind=kind: serve_data(kind, path, fields) for kind in ("POST", "COMMENT")}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.answer({name: values[0] for name, values in parse_qs(sent).items()})

    def answer(self, fields):
        path = urlsplit(self.path).path.strip("/")
        try:
            if args.role in ("ui", "all"):
                status, kind, body = serve_pages(path, fields)
            else:
                status, kind, body = 200, "application/json", json.dumps(SERVICES[args.role.upper()](path, fields))
        except Exception as error:
            print(repr(error), file=sys.stderr, flush=True)
            status, kind, body = 503, "text/plain", "a service is away"
        self.send_response(status)
        self.send_header("Location" if status == 303 else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *about):
        pass


def serve(listener):
    server = ThreadingHTTPServer(("", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if args.inherited is not None:
        serve(socket.socket(fileno=args.inherited))
    listener = socket.create_server(("", args.port), backlog=64)
    print(f"{args.role} {VERSION} listens on {args.port}", file=sys.stderr, flush=True)
    if not args.workers:
        serve(listener)
    for number in range(args.workers):
        words = [f"puma: cluster worker {number}: {os.getpid()} [app]", __file__, args.role]
        words += ["--inherited", str(listener.fileno())]
        subprocess.Popen(words, executable=sys.executable, pass_fds=[listener.fileno()])
    os.wait()
    sys.exit("a worker has ended")


parser = argparse.ArgumentParser()
parser.add_argument("role")
parser.add_argument("--debug", action="store_true")
parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "9292")))
parser.add_argument("-w", "--workers", type=int, default=0)
parser.add_argument("--inherited", type=int)
args = parser.parse_args()
main()
'''

PUMA = """\
#!/bin/sh
exec python3 /app/service.py "$ROLE" "$@"
"""


def _dockerfile(role: str, variables: str) -> str:
    return f"""\
FROM mongo:7.0
WORKDIR /app
COPY . .
ENV ROLE={role} PATH=/app:$PATH PYTHONPATH=/usr/bin/mongod PYTHONDONTWRITEBYTECODE=1 {variables}
CMD ["puma"]
"""


def _service(folder: str, role: str, variables: str) -> dict[str, str]:
    return {
        f"{folder}/Dockerfile": _dockerfile(role, variables),
        f"{folder}/service.py": SERVICE,
        f"{folder}/puma": PUMA,
        f"{folder}/VERSION": "1.0.1\n",
    }


APP = {
    "README.md": """\
# Homework

docker run -d --network=reddit --network-alias=post_db --network-alias=comment_db -v reddit_db:/data/db mongo:7.0
docker run -d --network=reddit --network-alias=post somebody/post:1.0
docker run -d --network=reddit --network-alias=comment somebody/comment:1.0
docker run -d --network=reddit -p 9292:9292 somebody/ui:1.0
""",
    "src/docker-compose.yml": """\
services:
  post_db:
    image: mongo:${MONGO_VERSION}
    volumes:
      - post_db:/data/db
    networks:
      back_net:
        aliases:
          - comment_db
  ui:
    build: ./ui
    image: ${USERNAME}/ui:${UI_VERSION}
    ports:
      - ${UI_PORT}:9292/tcp
    networks:
      - front_net
  post:
    build: ./post-py
    image: ${USERNAME}/post:${POST_VERSION}
    networks:
      - back_net
      - front_net
  comment:
    build: ./comment
    image: ${USERNAME}/comment:${COMMENT_VERSION}
    networks:
      - back_net
      - front_net

volumes:
  post_db:

networks:
  back_net:
  front_net:
""",
    "src/.env.example": """\
USERNAME=somebody
UI_PORT=9292
UI_VERSION=1.0
POST_VERSION=1.0
COMMENT_VERSION=1.0
MONGO_VERSION=7.0
""",
    "src/docker-compose.override.yml": """\
services:
  ui:
    command: puma --debug -w 2
    volumes:
      - ./ui:/app
  comment:
    command: ["puma", "--debug", "-w", "2"]
    volumes:
      - ./comment:/app
  post:
    volumes:
      - ./post-py:/app
""",
    **_service(
        "src/ui",
        "ui",
        "POST_SERVICE_HOST=post POST_SERVICE_PORT=5000 COMMENT_SERVICE_HOST=comment COMMENT_SERVICE_PORT=9292",
    ),
    **_service("src/post-py", "post", "PORT=5000 POST_DATABASE_HOST=post_db POST_DATABASE=posts"),
    **_service("src/comment", "comment", "COMMENT_DATABASE_HOST=comment_db COMMENT_DATABASE=comments"),
}

MONOLITH = {
    "docker-monolith/Dockerfile": """\
FROM mongo:7.0
WORKDIR /reddit
COPY mongod.conf /etc/mongod.conf
COPY db_config service.py VERSION ./
COPY start.sh /start.sh
ENV PYTHONPATH=/usr/bin/mongod
RUN chmod +x /start.sh
CMD ["/start.sh"]
""",
    "docker-monolith/mongod.conf": "storage:\n  dbPath: /data/db\nnet:\n  bindIp: 127.0.0.1\n",
    "docker-monolith/db_config": "POST_DATABASE_HOST=127.0.0.1\nCOMMENT_DATABASE_HOST=127.0.0.1\n",
    "docker-monolith/start.sh": """\
#!/bin/sh
mongod --config /etc/mongod.conf &
set -a
. /reddit/db_config
exec python3 service.py all
""",
    "docker-monolith/service.py": SERVICE,
    "docker-monolith/VERSION": "1.0.1\n",
}


def in_another_way(base: str) -> str:
    """A service's Dockerfile in other words: stages, one with a name and one for nothing, ARG, ENV with a space."""
    own = next(line for line in base.splitlines() if line.startswith("ENV "))
    return f"""\
ARG version=7.0
FROM mongo:$version AS Code
COPY . /code/

FROM Code as never-built
RUN exit 7

FROM mongo:${{version}}
ENV APP_HOME /app
WORKDIR $APP_HOME
COPY --from=code /code/ $APP_HOME
{own}
ENTRYPOINT ["puma"]
CMD ["--debug"]
"""
