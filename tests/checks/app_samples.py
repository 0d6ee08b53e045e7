"""Samples of the items of the app tier. They build and run code, so they are run by the tests of the engine."""

from __future__ import annotations

import io
import secrets
import tarfile

from tests.samples import Sample, remove, replace, write

from ..deployment.small_app import APP, in_another_way

__all__ = ["ALPINE_LARGE", "ALPINE_SMALL", "DOCKER_3", "SIZES"]

_MARK = secrets.token_hex(4)  # of this process: another worker removes its own
ALPINE_SMALL, ALPINE_LARGE = f"local/alpine-small-{_MARK}:test", f"local/alpine-large-{_MARK}:test"
"""Images that the tests make: not Alpine's own, but called so, and that is what the check goes by."""

_UI, _POST, _COMMENT = "src/ui/Dockerfile", "src/post-py/Dockerfile", "src/comment/Dockerfile"
_COMPOSE = "src/docker-compose.yml"
_DB_LINE = (
    "docker run -d --network=reddit --network-alias=post_db --network-alias=comment_db -v reddit_db:/data/db mongo:7.0"
)


def _with_windows_line_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def _archive(path: str) -> str:
    """A tar archive with one text file, as text: all of its bytes are ASCII."""
    content = b"from an archive\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(path)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue().decode("ascii")


_ARCHIVE = [
    replace(_UI, "COPY . .\n", "COPY . .\nADD data.tar /srv/\nRUN grep -q archive /srv/inside/data.txt\n"),
    write("src/ui/data.tar", _archive("inside/data.txt")),
]

DOCKER_3 = [
    Sample("docker-3/build", "passes", "the plain homework"),
    Sample(
        "docker-3/build",
        "unusual",
        "two stages and one that is never needed, a .dockerignore, an archive, a Dockerfile of another name",
        [
            write(_UI, in_another_way(APP[_UI])),
            write("src/ui/.dockerignore", "**/*.tmp\nDockerfile\n"),
            remove(_COMMENT),
            write("src/comment/Dockerfile.1", _with_windows_line_ends(APP[_COMMENT])),
            replace(_COMPOSE, "build: ./comment", "build: {context: ./comment, dockerfile: Dockerfile.1}"),
            write("src/post-py/data.tar", _archive("inside/data.txt")),
            replace(_POST, "COPY . .\n", "ADD data.tar /srv/\nRUN test -s /srv/inside/data.txt\nCOPY . .\n"),
        ],
    ),
    Sample(
        "docker-3/build",
        "fails",
        "a RUN of comment's second stage fails",
        [replace(_COMMENT, "COPY . .\n", "FROM mongo:7.0\nCOPY . .\nRUN bundle install\n")],
        expect_file=_COMMENT,
        expect_line_contains="RUN bundle install",
        expect_text="bundle: not found",
        findings=1,
    ),
    Sample(
        "docker-3/build",
        "fails",
        "an instruction that there is not",
        [replace(_POST, "COPY . .", "COPPY . .")],
        expect_file=_POST,
        expect_line_contains="COPPY",
        expect_text="COPPY",
        findings=1,
    ),
    Sample(
        "docker-3/build",
        "fails",
        "a syntax that this docker host's builder does not know is no fault",
        [replace(_POST, "COPY . .", "COPY --parents . .")],
        verdict="unverified",
        expect_text="src/post-py/Dockerfile:3",
    ),
    Sample("docker-3/build-cache", "passes", "the plain homework"),
    Sample(
        "docker-3/build-cache",
        "unusual",
        "a random file, which is made once, and an archive",
        [
            *_ARCHIVE,
            replace(_COMMENT, "COPY . .\n", "RUN head -c 16 /dev/urandom > /random; date > /date\nCOPY . .\n"),
        ],
    ),
    Sample("docker-3/app", "passes", "the plain homework"),
    Sample(
        "docker-3/app",
        "unusual",
        "other names and ports, a database called mongo_db, nothing but Dockerfiles to tell them",
        [
            replace(
                _UI, "POST_SERVICE_HOST=post POST_SERVICE_PORT=5000", "POST_SERVICE_HOST=letters POST_SERVICE_PORT=80"
            ),
            replace(_UI, "COMMENT_SERVICE_HOST=comment", "COMMENT_SERVICE_HOST=remarks.example"),
            replace(_POST, "PORT=5000 POST_DATABASE_HOST=post_db", "PORT=80 POST_DATABASE_HOST=mongo_db"),
            replace(_COMMENT, "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=mongo_db"),
            replace(_UI, "CMD", "EXPOSE 9292/tcp\nCMD"),
            replace("README.md", _DB_LINE, "docker run -d --name mongo_db mongo:7.0"),
        ],
    ),
    Sample(
        "docker-3/app",
        "fails",
        "comment ends at once",
        [replace("src/comment/service.py", "import argparse\n", "import argparse, sinatra\n")],
        expect_file=_COMMENT,
        expect_line_contains="CMD",
        expect_text="No module named 'sinatra'",
        findings=1,
    ),
    Sample(
        "docker-3/app",
        "fails",
        "comment looks for its database in its own container",
        [replace(_COMMENT, "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=localhost")],
        expect_file=_COMMENT,
        expect_line_contains="CMD",
        expect_text="Connection refused",
        findings=1,
    ),
    Sample(
        "docker-3/app",
        "fails",
        "ui listens on another port than the one it exposes",
        [replace(_UI, "ENV ", "EXPOSE 9292\nENV PORT=8080 ")],
        expect_file=_UI,
        expect_line_contains="CMD",
        expect_text="(port 9292 of ui)",
        findings=1,
    ),
    Sample(
        "docker-3/app",
        "fails",
        "the program of comment is not executable",
        [replace(_COMMENT, "COPY . .\n", "COPY . .\nRUN chmod 644 /app/puma\n")],
        expect_file=_COMMENT,
        expect_line_contains="CMD",
        expect_text='comment stays up | exec: "puma": executable file not found in $PATH (return code 127)',
        findings=1,
    ),
    Sample(
        "docker-3/app",
        "fails",
        "what docker gives and we do not is no fault: chroot, to become another user",
        [replace("src/post-py/puma", "exec python3", "exec chroot --userspec=65534 / /usr/bin/python3")],
        verdict="unverified",
        expect_text="post asks for what is not given to anybody's code here: chroot",
    ),
    Sample(
        "docker-3/app",
        "fails",
        "a comment is stored under another post",
        [replace("src/ui/service.py", '"post_id": id}', '"post_id": id[1:]}')],
        expect_file=_UI,
        expect_line_contains="CMD",
        expect_text="a comment that was written is on the page of its post",
        findings=1,
    ),
    Sample(
        "docker-3/app",
        "fails",
        "a database image that cannot be had is not the student's fault",
        [replace("README.md", "mongo:7.0", "registry.invalid/mongo:3.2")],
        verdict="unverified",
        expect_text="the image registry.invalid/mongo:3.2 of database cannot be had",
    ),
    Sample(
        "docker-3/aliases-run",
        "passes",
        "one more set of lines",
        [
            write(
                "README.md",
                APP["README.md"]
                + """
## Other names

docker run -d --network=reddit --network-alias=first --network-alias=second -v reddit_db:/data/db mongo:7.0
docker run -d --network=reddit --network-alias=letters --env POST_DATABASE_HOST=first somebody/post:1.0
docker run -d --network=reddit --network-alias=remarks --env COMMENT_DATABASE_HOST=second somebody/comment:1.0
docker run -d --network=reddit -p 9292:9292 -e POST_SERVICE_HOST=letters -e COMMENT_SERVICE_HOST=remarks somebody/ui:1.0
""",
            )
        ],
    ),
    Sample(
        "docker-3/aliases-run",
        "unusual",
        "in a script, names in the place of aliases, two networks, backslashes",
        [
            write(
                "src/run.sh",
                """\
#!/bin/bash
docker run -d --rm --net back --name first mongo:7.0
docker run -d --rm --network=back \\
    --name letters --env=POST_DATABASE_HOST=first \\
    somebody/post:1.0
docker run -d --rm --network name=back,alias=remarks --name the_comments \\
    --env=COMMENT_DATABASE_HOST="first" somebody/comment:1.0
docker network connect front letters
docker network connect --alias said front the_comments
docker run -d -p 80:9292 --network front --env POST_SERVICE_HOST=letters --env COMMENT_SERVICE_HOST=said --name ui \\
    somebody/ui:1.0
""",
            )
        ],
    ),
    Sample(
        "docker-3/aliases-run",
        "fails",
        "a name that is given to nobody",
        [
            replace(
                "README.md", "--network-alias=post somebody", "--network-alias=post -e POST_DATABASE_HOST=db1 somebody"
            ),
        ],
        expect_file="README.md",
        expect_text="Name or service not known",
        verdict="failed",
        findings=1,
    ),
    Sample(
        "docker-3/aliases-run",
        "fails",
        "no lines with other names are no attempt",
        verdict="not attempted",
        expect_text="no docker run lines",
    ),
    Sample("docker-3/persistence", "passes", "the plain homework"),
    Sample(
        "docker-3/persistence",
        "unusual",
        "--mount in the place of -v",
        [replace("README.md", "-v reddit_db:/data/db", "--mount type=volume,src=reddit_db,dst=/data/db")],
    ),
    Sample(
        "docker-3/persistence",
        "fails",
        "the volume is where this database keeps nothing",
        [replace("README.md", "reddit_db:/data/db", "reddit_db:/var/lib/mongodb")],
        expect_file="README.md",
        expect_line_contains="reddit_db",
        expect_text="the post that was written before is still there",
        findings=1,
    ),
]

SIZES = [
    Sample(
        "docker-3/size-reduced",
        "passes",
        "a small variant beside the other one",
        [write("src/ui/Dockerfile.alpine", f"FROM {ALPINE_SMALL}\nCOPY . /app\n")],
    ),
    Sample(
        "docker-3/size-reduced",
        "unusual",
        "the variant is Dockerfile, the other one has a number, built in two stages",
        [
            write("src/ui/Dockerfile.1", APP[_UI]),
            write(_UI, f"FROM mongo:7.0 AS build\nCOPY . /app\nFROM {ALPINE_SMALL}\nCOPY --from=build /app /app\n"),
        ],
    ),
    Sample(
        "docker-3/size-reduced",
        "fails",
        "the variant is the larger one",
        [
            write(_UI, "FROM debian:bookworm-slim\nCOPY . /app\n"),
            write("src/ui/Dockerfile.alpine", f"FROM {ALPINE_LARGE}\nCOPY . /app\n"),
        ],
        expect_file="src/ui/Dockerfile.alpine",
        expect_text=" MB, src/ui/Dockerfile gives ",
        findings=1,
    ),
    Sample(
        "docker-3/size-reduced",
        "fails",
        "nothing on Alpine is no attempt",
        verdict="not attempted",
        expect_text="no Dockerfile of ui stands on Alpine",
    ),
]
