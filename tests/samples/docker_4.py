"""Samples of docker-4."""

from __future__ import annotations

from . import Sample, remove, replace, write
from .base import DOCKER_4

COMPOSE = "src/docker-compose.yml"
OVERRIDE = "src/docker-compose.override.yml"
ENV = "src/.env.example"
UI_PORT = "      - ${UI_PORT}:9292/tcp\n"
DB_NETWORKS = "      back_net:\n        aliases:\n          - comment_db\n"

_UI_IMAGE = "image: ${USERNAME}/ui:${UI_VERSION}"
_UI_COMMAND = "    command: puma --debug -w 2\n"
_COMMENT_COMMAND = '    command: ["puma", "--debug", "-w", "2"]\n'
_COMMENT = "    image: ${USERNAME}/comment:${COMMENT_VERSION}\n"
_POST = "    image: ${USERNAME}/post:${POST_VERSION}\n"
_UI = f"    {_UI_IMAGE}\n"


def _aside(text: str) -> str:
    """A compose that prints ``text`` as the project, whatever it is asked."""
    return f"import json\nprint(json.dumps({{'name': {text!r}, 'services': {{}}}}))\n"


_NOISY = """\
import os, subprocess, sys
print("warning: this program talks", file=sys.stderr)
sys.exit(subprocess.run([{compose!r}, *sys.argv[1:]]).returncode)
"""

_LAB = [
    Sample("docker-4/project-name-lab", "passes", "the compose of this machine"),
    Sample(
        "docker-4/project-name-lab",
        "fails",
        "a compose that always says the same",
        compose=_aside("folder"),
        expect_text="fromoption",
    ),
    Sample("docker-4/project-name-lab", "unusual", "a compose that writes warnings", compose=_NOISY),
]

_COMPOSE_FILE = [
    Sample("docker-4/compose-file", "passes", "the plain homework"),
    Sample(
        "docker-4/compose-file",
        "unusual",
        "compose.yaml in the root, the parts in folders of other names, a third-party decoy beside it",
        [
            remove(COMPOSE),
            remove(OVERRIDE),
            write(
                "compose.yaml",
                DOCKER_4[COMPOSE].replace("./ui", "src/ui").replace("post_db:\n    image", "db:\n    image"),
            ),
            write("docker-compose.yml", "web:\n  image: gitlab/gitlab-ce\n  ports: ['80:80']\n"),
            write("ansible/roles/x/docker-compose.yml", DOCKER_4[COMPOSE]),
        ],
    ),
    Sample(
        "docker-4/compose-file",
        "unusual",
        "the services come by include and extends, with anchors and an old version key",
        [
            write(
                COMPOSE,
                "version: '3.3'\n"
                "x-nets: &nets {networks: [back_net, front_net]}\n"
                "include:\n  - path: [db/db.yml]\n"
                "services:\n"
                "  ui:\n    extends: {file: db/common.yml, service: base}\n    image: ${USERNAME}/ui:${UI_VERSION}\n"
                "  post:\n    <<: *nets\n    image: ${USERNAME}/post:${POST_VERSION}\n"
                "  comment:\n    <<: *nets\n    image: ${USERNAME}/comment:${COMMENT_VERSION}\n"
                "networks: {front_net: , back_net: }\n",
            ),
            write(
                "src/db/db.yml",
                "services:\n  mongo_db:\n    image: mongo:4\n    networks: [back_net]\nnetworks: {back_net: }\n",
            ),
            write("src/db/common.yml", "services:\n  base:\n    build: ../ui\n    networks: [front_net]\n"),
        ],
    ),
    Sample(
        "docker-4/compose-file",
        "unusual",
        "the database is told by its image alone",
        [
            replace(COMPOSE, "  post_db:\n    image: mongo:${MONGO_VERSION}", "  store:\n    image: bitnami/mongodb:6"),
        ],
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "there is no compose file",
        [remove(COMPOSE), remove(OVERRIDE)],
        expect_text="docker-compose.yml",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "version 1 of the format",
        [
            write(
                COMPOSE,
                "ui:\n  image: me/ui\npost:\n  image: me/post\ncomment:\n  image: me/comment\ndb:\n  image: mongo\n",
            )
        ],
        expect_file=COMPOSE,
        expect_line_contains="ui:",
        expect_text="version 1",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "no comment service",
        [
            replace(
                COMPOSE,
                DOCKER_4[COMPOSE][DOCKER_4[COMPOSE].index("  comment:\n") : DOCKER_4[COMPOSE].index("\nvolumes:")],
                "",
            )
        ],
        expect_file=COMPOSE,
        expect_line_contains="services:",
        expect_text="comment",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "a network that nobody defined",
        [replace(COMPOSE, "networks:\n      - front_net\n  post:", "networks:\n      - fron_net\n  post:")],
        expect_file=COMPOSE,
        expect_line_contains="fron_net",
        expect_text="fron_net",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "invalid YAML",
        [replace(COMPOSE, "  ui:\n    build: ./ui\n", "  ui:\n    build: ./ui\n   bad\n")],
        expect_file=COMPOSE,
        expect_line_contains="bad",
        expect_text="invalid YAML",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "a key that stands twice",
        [replace(COMPOSE, _UI, _UI + "    image: again\n")],
        expect_file=COMPOSE,
        expect_line_contains="again",
        expect_text="image (lines",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "a misspelt key",
        [replace(COMPOSE, "    ports:\n", "    port:\n")],
        expect_file=COMPOSE,
        expect_line_contains="port:",
        expect_text="services.ui.port",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "ui is only in a profile",
        [replace(COMPOSE, _UI, _UI + "    profiles: [extra]\n")],
        expect_file=COMPOSE,
        expect_line_contains="profiles:",
        expect_text="profile that is not on",
    ),
    Sample(
        "docker-4/compose-file",
        "unusual",
        "ui is in a profile that the example turns on",
        [
            replace(COMPOSE, _UI, _UI + "    profiles: [extra]\n"),
            replace(ENV, "UI_PORT", "COMPOSE_PROFILES=extra\nUI_PORT"),
        ],
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "post is scaled to nothing",
        [replace(COMPOSE, _POST, _POST + "    scale: 0\n")],
        expect_file=COMPOSE,
        expect_line_contains="scale: 0",
        expect_text="0 replicas",
    ),
    Sample(
        "docker-4/compose-file",
        "fails",
        "env_file of this computer only",
        [replace(COMPOSE, _UI, _UI + "    env_file: /etc/reddit.env\n")],
        expect_file=COMPOSE,
        expect_line_contains="env_file",
        expect_text="/etc/reddit.env",
    ),
    Sample(
        "docker-4/compose-file",
        "unusual",
        "a .env that is rightly not there is an env_file",
        [replace(COMPOSE, _UI, _UI + "    env_file: .env\n")],
    ),
]

_NETWORKS = [
    Sample("docker-4/networks", "passes", "the plain homework"),
    Sample(
        "docker-4/networks",
        "unusual",
        "networks called by other names, three of them, with real names of their own",
        [
            write(
                COMPOSE,
                DOCKER_4[COMPOSE]
                .replace(
                    "back_net:\n  front_net:\n", "data:\n    name: r-data\n  front_net:\n    name: r-web\n  extra:\n"
                )
                .replace("- back_net", "- data")
                .replace("      back_net:\n", "      data:\n      extra:\n"),
            )
        ],
    ),
    Sample(
        "docker-4/networks",
        "unusual",
        "ui is on no named network and meets the others on default",
        [
            replace(COMPOSE, "    networks:\n      - front_net\n  post:", "  post:"),
            write(
                COMPOSE,
                DOCKER_4[COMPOSE]
                .replace("    networks:\n      - front_net\n  post:", "  post:")
                .replace("- front_net", "- default")
                .replace("  front_net:\n", ""),
            ),
        ][1:],
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "everything on one network",
        [
            write(
                COMPOSE,
                DOCKER_4[COMPOSE]
                .replace("      - back_net\n      - front_net", "      - back_net")
                .replace("      - front_net", "      - back_net")
                .replace("  front_net:\n", ""),
            )
        ],
        expect_file=COMPOSE,
        expect_line_contains="networks:",
        expect_text="at least two networks",
        findings=1,
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "ui on both networks",
        [replace(COMPOSE, "      - front_net\n  post:", "      - front_net\n      - back_net\n  post:")],
        expect_file=COMPOSE,
        expect_line_contains="- back_net",
        expect_text="ui is on no network of the database",
        findings=1,
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "comment is cut off from the database",
        [replace(COMPOSE, "      - back_net\n      - front_net\n\nvolumes", "      - front_net\n\nvolumes")],
        expect_file=COMPOSE,
        expect_line_contains="networks:",
        expect_text="comment shares a network with database",
        findings=1,
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "post is not with ui",
        [replace(COMPOSE, "      - back_net\n      - front_net\n  comment", "      - back_net\n  comment")],
        expect_file=COMPOSE,
        expect_line_contains="networks:",
        expect_text="post shares a network with ui",
        findings=1,
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "the host's network",
        [replace(COMPOSE, "    networks:\n      - front_net\n  post:", "    network_mode: host\n  post:")],
        expect_file=COMPOSE,
        expect_line_contains="network_mode: host",
        expect_text="network_mode: host",
        findings=1,
    ),
    Sample(
        "docker-4/networks",
        "fails",
        "two keys for one network",
        [replace(COMPOSE, "  back_net:\n  front_net:\n", "  back_net:\n    name: all\n  front_net:\n    name: all\n")],
        expect_file=COMPOSE,
        expect_line_contains="name: all",
        expect_text="are both called all",
    ),
]

_ALIASES = [
    Sample("docker-4/aliases", "passes", "the plain homework"),
    Sample(
        "docker-4/aliases",
        "unusual",
        "own names as aliases, on every network, one from a variable",
        [
            replace(COMPOSE, "          - comment_db\n", "          - post_db\n          - ${COMMENT_DB}\n"),
            replace(ENV, "UI_PORT", "COMMENT_DB=comment_db\nUI_PORT"),
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n  comment",
                "      back_net: {aliases: [post, post-py]}\n      front_net: {aliases: [post]}\n  comment",
            ),
        ],
    ),
    Sample(
        "docker-4/aliases",
        "fails",
        "no alias at all",
        [replace(COMPOSE, DB_NETWORKS, "      - back_net\n")],
        expect_file=COMPOSE,
        expect_line_contains="networks:",
        expect_text="at least one alias",
    ),
    Sample(
        "docker-4/aliases",
        "fails",
        "the aliases of post and comment are swapped",
        [
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n  comment",
                "      back_net:\n      front_net:\n        aliases:\n          - comment\n  comment",
            ),
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n\nvolumes",
                "      back_net:\n      front_net:\n        aliases:\n          - post\n\nvolumes",
            ),
        ],
        expect_file=COMPOSE,
        expect_line_contains="- comment",
        expect_text="the name of another service",
        findings=2,
    ),
    Sample(
        "docker-4/aliases",
        "fails",
        "the database's alias at post",
        [
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n  comment",
                "      front_net:\n      back_net:\n        aliases:\n          - comments_db\n  comment",
            )
        ],
        expect_file=COMPOSE,
        expect_line_contains="comments_db",
        expect_text="belongs to database",
        findings=1,
    ),
    Sample(
        "docker-4/aliases",
        "fails",
        "two services with one alias",
        [
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n  comment",
                "      back_net:\n      front_net: {aliases: [backend]}\n  comment",
            ),
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n\nvolumes",
                "      back_net:\n      front_net: {aliases: [backend]}\n\nvolumes",
            ),
        ],
        expect_file=COMPOSE,
        expect_line_contains="backend",
        expect_text="an alias of comment and of post",
        findings=1,
    ),
]

_NAMES = [
    Sample("docker-4/names-resolve", "passes", "the plain homework"),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "environment: overrides what the Dockerfile says",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(COMPOSE, _COMMENT, _COMMENT + "    environment:\n      - COMMENT_DATABASE_HOST=post_db\n"),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "an env_file overrides it",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(COMPOSE, _COMMENT, _COMMENT + "    env_file: comment.env\n"),
            write("src/comment.env", "COMMENT_DATABASE_HOST=post_db\n"),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "a name in other letters: the engine's DNS takes no notice of case",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(COMPOSE, _COMMENT, _COMMENT + "    environment:\n      - COMMENT_DATABASE_HOST=Post_DB\n"),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "by container_name",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(COMPOSE, "    image: mongo", "    container_name: comment_db\n    image: mongo"),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "by a link, and inside a URL",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(
                COMPOSE,
                _COMMENT,
                _COMMENT + "    links: ['post_db:comment_db']\n    environment:\n"
                "      MONGO_URL: mongodb://me:pass@comment_db:27017/x\n      PROXY: http://proxy.example.org\n",
            ),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "without build: the Dockerfile in the folder of that name counts, and its target too",
        [
            replace(COMPOSE, "    build: ./post-py\n", ""),
            replace(COMPOSE, "    build: ./comment\n", "    build: {context: ./comment, target: run}\n"),
            replace(
                "src/comment/Dockerfile",
                "FROM debian:bookworm-slim\n",
                "FROM debian:bookworm-slim AS base\nENV COMMENT_DATABASE_HOST comment_db\n"
                "FROM base AS run\nFROM base AS test\n",
            ),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "comment_db, which nobody is called",
        [replace(COMPOSE, DB_NETWORKS, "      - back_net\n")],
        expect_file="src/comment/Dockerfile",
        expect_line_contains="COMMENT_DATABASE_HOST",
        expect_text="add the alias comment_db to post_db on back_net",
        findings=1,
    ),
    Sample(
        "docker-4/names-resolve",
        "unusual",
        "a hostname: resolves like an alias",
        [
            replace(COMPOSE, DB_NETWORKS, "      - back_net\n"),
            replace(COMPOSE, "    image: mongo", "    hostname: comment_db\n    image: mongo"),
        ],
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "ui asks for the database's network",
        [replace(COMPOSE, _UI, _UI + "    environment:\n      - POST_SERVICE_HOST=post\n      - DB_HOST=post_db\n")],
        expect_file=COMPOSE,
        expect_line_contains="DB_HOST",
        expect_text="on other networks than ui",
        findings=1,
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "a URL with a name that nobody has",
        [replace(COMPOSE, _COMMENT, _COMMENT + "    environment:\n      MONGO_URL: mongodb://me:pass@mongo:27017/x\n")],
        expect_file=COMPOSE,
        expect_line_contains="MONGO_URL",
        expect_text="MONGO_URL is mongo,",
        findings=1,
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "a swapped alias leads to both",
        [
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n\nvolumes",
                "      back_net:\n      front_net: {aliases: [post]}\n\nvolumes",
            )
        ],
        expect_file="src/ui/Dockerfile",
        expect_line_contains="POST_SERVICE_HOST",
        expect_text="it leads to comment, post",
        findings=1,
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "images are rotated among the services",
        [
            replace(COMPOSE, _UI_IMAGE, "image: ${USERNAME}/comment:${UI_VERSION}"),
            replace(COMPOSE, _COMMENT, "    image: ${USERNAME}/post:${COMMENT_VERSION}\n"),
            replace(COMPOSE, "image: ${USERNAME}/post:${POST_VERSION}", "image: ${USERNAME}/ui:${POST_VERSION}"),
        ],
        expect_file=COMPOSE,
        expect_line_contains="image: ${USERNAME}/ui:${POST_VERSION}",
        expect_text="post runs its own image",
        findings=2,
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "an underscore in a name that Ruby puts into a URL",
        [
            replace(COMPOSE, _UI, _UI + "    environment:\n      POST_SERVICE_HOST: post_app\n"),
            replace(
                COMPOSE,
                "      - back_net\n      - front_net\n  comment",
                "      back_net:\n      front_net: {aliases: [post_app]}\n  comment",
            ),
        ],
        expect_file=COMPOSE,
        expect_line_contains="POST_SERVICE_HOST: post_app",
        expect_text="Ruby refuses",
        findings=1,
    ),
    Sample(
        "docker-4/names-resolve",
        "fails",
        "a fixed address",
        [replace(COMPOSE, _COMMENT, _COMMENT + "    environment: {COMMENT_DATABASE_HOST: 10.0.2.2}\n")],
        expect_file=COMPOSE,
        expect_line_contains="10.0.2.2",
        expect_text="a fixed address",
        findings=1,
    ),
]

_DATABASE = [
    Sample("docker-4/database-not-published", "passes", "the plain homework"),
    Sample(
        "docker-4/database-not-published",
        "unusual",
        "expose: only tells",
        [replace(COMPOSE, "    image: mongo", "    expose: ['27017']\n    image: mongo")],
    ),
    Sample(
        "docker-4/database-not-published",
        "fails",
        "published, by a variable",
        [replace(COMPOSE, "    image: mongo", "    ports:\n      - ${DB_PORT}:27017\n    image: mongo")],
        expect_file=COMPOSE,
        expect_line_contains="ports:",
        expect_text="${DB_PORT}:27017",
    ),
]


def _port(kind: str, title: str, entry: str, env: str = "", **expected: str) -> Sample:
    edits = [replace(COMPOSE, UI_PORT, entry)]
    if env:
        edits.append(replace(ENV, "UI_PORT=9292\n", env))
    return Sample("docker-4/port-parameter", kind, title, edits, **expected)  # type: ignore[arg-type]


_PORT = [
    Sample("docker-4/port-parameter", "passes", "the plain homework"),
    _port("unusual", "one variable for both sides", '      - "${UI_PORT}:${UI_PORT}"\n'),
    _port("unusual", "two variables", "      - ${UI_PORT}:${PUMA_PORT}/tcp\n", "UI_PORT=80\nPUMA_PORT=9292\n"),
    _port("unusual", "one variable with everything in it", "      - ${PORT}\n", "PORT=9292:9292/tcp\n"),
    _port("unusual", "one variable that nobody defines", "      - ${PORT}\n", "X=1\n"),
    _port("unusual", "without braces", '      - "$external_ui_port:9292"\n', "external_ui_port=9292\n"),
    _port("unusual", "with a default", "      - ${UI_PORT:-9292}:9292\n", "X=1\n"),
    _port("unusual", "on one address", "      - 127.0.0.1:${UI_PORT}:9292\n"),
    _port("unusual", "the long form", "      - target: 9292\n        published: ${UI_PORT}\n"),
    _port("unusual", "a placeholder in the example", UI_PORT, "UI_PORT=<your port>\n"),
    _port(
        "fails",
        "a literal port",
        "      - 9292:9292/tcp\n",
        expect_file=COMPOSE,
        expect_line_contains="9292:9292/tcp",
        expect_text="9292:9292",
    ),
    _port(
        "fails",
        "the variable is in the container",
        "      - 9292:${UI_PORT}/tcp\n",
        expect_file=COMPOSE,
        expect_line_contains="9292:${UI_PORT}",
        expect_text="only the port inside the container",
    ),
    _port(
        "fails",
        "a variable that holds the container's port only",
        "      - ${UI_PORT}\n",
        expect_file=COMPOSE,
        expect_line_contains="${UI_PORT}",
        expect_text="only the port inside the container",
    ),
    _port(
        "fails",
        "a variable address before a literal port",
        "      - ${IP}:9292:9292\n",
        "IP=127.0.0.1\n",
        expect_file=COMPOSE,
        expect_line_contains="${IP}:9292",
        expect_text="comes from a variable",
    ),
    Sample(
        "docker-4/port-parameter",
        "fails",
        "no port",
        [replace(COMPOSE, "    ports:\n" + UI_PORT, "")],
        expect_file=COMPOSE,
        expect_line_contains="ui:",
        expect_text="no port is published",
    ),
]


def _image(item: str, kind: str, title: str, image: str, env: str = "", **expected: str) -> Sample:
    edits = [replace(COMPOSE, _UI, image)]
    if env:
        edits.append(replace(ENV, "UI_VERSION=1.0\n", env))
    return Sample(f"docker-4/{item}", kind, title, edits, **expected)  # type: ignore[arg-type]


_IMAGES = [
    Sample("docker-4/version-parameters", "passes", "the plain homework"),
    _image(
        "version-parameters",
        "unusual",
        "the whole image is one variable",
        "    image: ${UI_IMAGE}\n",
        "UI_IMAGE=me/ui:1\n",
    ),
    _image("version-parameters", "unusual", "name and tag are one variable", "    image: me/${UI}\n", "UI=ui:2.0\n"),
    _image("version-parameters", "unusual", "with a default", "    image: me/ui:${VERSION_UI:-1.0}\n"),
    _image("version-parameters", "unusual", "without braces", "    image: me/ui:$UI_VERSION\n"),
    _image(
        "version-parameters", "unusual", "a digest", "    image: me/ui@${UI_DIGEST}\n", f"UI_DIGEST=sha256:{'0' * 64}\n"
    ),
    _image("version-parameters", "unusual", "an empty value in the example", _UI, "UI_VERSION=\n"),
    _image(
        "version-parameters", "unusual", "a registry with a port", "    image: localhost:5000/me/ui:${UI_VERSION}\n"
    ),
    _image(
        "version-parameters",
        "fails",
        "a literal tag",
        "    image: ${USERNAME}/ui:1.0\n",
        expect_file=COMPOSE,
        expect_line_contains="ui:1.0",
        expect_text="${USERNAME}/ui:1.0",
    ),
    _image(
        "version-parameters",
        "fails",
        "no tag",
        "    image: ${USERNAME}/ui\n",
        expect_file=COMPOSE,
        expect_line_contains="/ui",
        expect_text="without a tag",
    ),
    _image(
        "version-parameters",
        "fails",
        "no image",
        "",
        expect_file=COMPOSE,
        expect_line_contains="ui:",
        expect_text="no image:",
    ),
    Sample("docker-4/user-parameter", "passes", "the plain homework"),
    _image(
        "user-parameter", "unusual", "the whole image is one variable", "    image: ${UI_IMAGE}\n", "UI_IMAGE=me/ui:1\n"
    ),
    _image("user-parameter", "unusual", "behind a registry", "    image: docker.io/${USERNAME}/ui:1\n"),
    _image(
        "user-parameter",
        "unusual",
        "a variable that is called like compose's own",
        "    image: ${COMPOSE_USERNAME}/ui:${COMPOSE_UI_VERSION}\n",
        "COMPOSE_USERNAME=me\nCOMPOSE_UI_VERSION=1.0\n",
    ),
    _image("user-parameter", "unusual", "a placeholder in the example", "    image: ${ME}/ui:1\n", "ME=<USERNAME>\n"),
    _image(
        "user-parameter",
        "fails",
        "a literal user",
        "    image: somebody/ui:${UI_VERSION}\n",
        expect_file=COMPOSE,
        expect_line_contains="somebody/ui",
        expect_text="somebody/ui",
    ),
    _image(
        "user-parameter",
        "fails",
        "only the registry is a variable",
        "    image: ${REGISTRY}/me/ui:1\n",
        expect_file=COMPOSE,
        expect_line_contains="/me/ui",
        expect_text="comes from a variable",
    ),
    _image(
        "user-parameter",
        "fails",
        "no user",
        "    image: ui:${UI_VERSION}\n",
        expect_file=COMPOSE,
        expect_line_contains="ui:${UI",
        expect_text="without a user",
    ),
]

_ENV = [
    Sample("docker-4/env-example", "passes", "the plain homework"),
    Sample(
        "docker-4/env-example",
        "unusual",
        "another name, comments, quotes, export, CRLF, values still to fill in, and defaults in the compose file",
        [
            remove(ENV),
            write(
                "src/reddit.env",
                "# mine\r\nexport USERNAME=<USERNAME>\r\nUI_PORT='9292' # port\r\n\r\n"
                'POST_VERSION="1"\r\nCOMMENT_VERSION=\r\nMONGO_VERSION=3.2\r\n',
            ),
            replace(COMPOSE, _UI_IMAGE, "image: ${USERNAME}/ui:${UI_VERSION:-1.0}"),
        ],
    ),
    Sample(
        "docker-4/env-example",
        "unusual",
        "compose and the shell set some themselves",
        [
            replace(
                COMPOSE,
                _UI,
                _UI + "    container_name: ${COMPOSE_PROJECT_NAME}-ui\n    volumes: ['${PWD}/ui:/app', "
                "'${HOME}/x:/x']\n",
            ),
        ],
    ),
    Sample(
        "docker-4/env-example",
        "fails",
        "one variable is missing",
        [replace(ENV, "USERNAME=somebody\n", "")],
        expect_file=COMPOSE,
        expect_line_contains="${USERNAME}",
        expect_text="USERNAME is used, and not defined",
        findings=1,
    ),
    Sample(
        "docker-4/env-example",
        "fails",
        "names with a hyphen",
        [
            replace(ENV, "UI_VERSION", "UI-VERSION"),
            replace(COMPOSE, "ui:${UI_VERSION}", "ui:${UI-VERSION}"),
        ],
        expect_file=ENV,
        expect_line_contains="UI-VERSION",
        expect_text="UI_VERSION, here and in the compose file",
        findings=1,
    ),
    Sample(
        "docker-4/env-example",
        "fails",
        "a .env is there instead",
        [remove(ENV), write("src/.env", DOCKER_4[ENV])],
        expect_file="src/.env",
        expect_text="no .env is committed",
        findings=1,
    ),
    Sample(
        "docker-4/env-example",
        "fails",
        "there is none",
        [remove(ENV)],
        expect_file=COMPOSE,
        expect_text="a line for each variable",
    ),
    Sample(
        "docker-4/env-example",
        "fails",
        "it lies elsewhere",
        [remove(ENV), write(".env.example", DOCKER_4[ENV])],
        expect_file=".env.example",
        expect_text="beside src/docker-compose.yml",
        findings=1,
    ),
]


def _readme(kind: str, title: str, text: str, **expected: str) -> Sample:
    return Sample("docker-4/project-name", kind, title, [write("README.md", text)], **expected)  # type: ignore[arg-type]


_PROJECT_NAME = [
    Sample("docker-4/project-name", "passes", "the plain homework"),
    _readme("unusual", "the option of compose", "Run `docker-compose -p mine up -d`.\n"),
    _readme("unusual", "the long option, in Russian", "Имя задаёт ключ `--project-name`.\n"),
    _readme(
        "unusual",
        "the key of the file",
        "The name of the project\nis set by a top-level `name:` in the compose file.\n",
    ),
    _readme("unusual", "the folder, in Russian", "Базовое имя проекта - это имя каталога.\n"),
    Sample(
        "docker-4/project-name",
        "unusual",
        "in a README of another folder and spelling",
        [remove("README.md"), write("docs/readme.MD", "COMPOSE_PROJECT_NAME\r\n")],
    ),
    _readme(
        "fails",
        "another -p",
        "docker run -d -p 9292:9292 me/ui\ndocker-compose up -d\n",
        expect_file="README.md",
        expect_text="no word of it in README.md",
    ),
    Sample("docker-4/project-name", "fails", "no README", [remove("README.md")], expect_text="no README"),
]

_OVERRIDE_FILE = [
    Sample("docker-4/override", "passes", "the plain homework"),
    Sample(
        "docker-4/override",
        "unusual",
        "compose's newer names, mixed",
        [remove(OVERRIDE), write("src/compose.override.yaml", DOCKER_4[OVERRIDE])],
    ),
    Sample("docker-4/override", "unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
    Sample(
        "docker-4/override",
        "fails",
        "only an example",
        [remove(OVERRIDE), write(OVERRIDE + ".example", DOCKER_4[OVERRIDE])],
        expect_file=OVERRIDE + ".example",
        expect_text="call it docker-compose.override.yml",
    ),
    Sample(
        "docker-4/override",
        "fails",
        "put away",
        [remove(OVERRIDE), write("_notused/docker-compose.override.yml", DOCKER_4[OVERRIDE])],
        expect_file="_notused/docker-compose.override.yml",
        expect_text="put it beside src/docker-compose.yml",
    ),
    Sample(
        "docker-4/override",
        "fails",
        "it does not merge",
        [replace(OVERRIDE, "  ui:\n", "  ui:\n    networks: [nowhere]\n")],
        expect_file=OVERRIDE,
        expect_line_contains="nowhere",
        expect_text="undefined network nowhere",
    ),
]


def _mount(kind: str, title: str, entry: str, *more: object, **expected: object) -> Sample:
    edits = [replace(OVERRIDE, "      - ./post-py:/app\n", entry), *more]
    return Sample("docker-4/override-code", kind, title, edits, **expected)  # type: ignore[arg-type]


_CODE = [
    Sample("docker-4/override-code", "passes", "the plain homework"),
    _mount("unusual", "absolute, on the docker host", "      - /home/me/apps/post-py:/app\n"),
    _mount("unusual", "by home", "      - ~/apps/post-py:/app\n"),
    _mount("unusual", "by the shell's PWD", "      - ${PWD}/post-py:/app\n"),
    _mount(
        "unusual",
        "variables on both sides",
        "      - ${CODE}/post-py:${HOME_OF_POST}\n",
        replace(ENV, "UI_PORT", "CODE=.\nHOME_OF_POST=/app\nUI_PORT"),
    ),
    _mount("unusual", "the long form", "      - type: bind\n        source: ./post-py\n        target: /app\n"),
    _mount("unusual", "read-only", "      - ./post-py:/app/:ro\n"),
    _mount(
        "unusual",
        "a named volume that is a bind mount",
        "      - post_code:/app\n",
        replace(
            OVERRIDE,
            "services:\n",
            "volumes:\n  post_code:\n    driver_opts: {type: none, o: bind, device: /home/me/post}\nservices:\n",
        ),
    ),
    _mount(
        "unusual",
        "over a parent of the app's folder",
        "      - ./post-py:/srv\n",
        replace("src/post-py/Dockerfile", "WORKDIR /app", "WORKDIR /srv/app"),
    ),
    _mount(
        "unusual",
        "only an example of an override",
        "      - ./post-py:/app\n",
        remove(OVERRIDE),
        write(OVERRIDE + ".example", DOCKER_4[OVERRIDE]),
    ),
    Sample("docker-4/override-code", "unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
    _mount(
        "unusual",
        "an override that does not merge",
        "      - ./post-py:/app\n",
        replace(OVERRIDE, "  ui:\n", "  ui:\n    networks: [nowhere]\n"),
        verdict="unverified",
    ),
    _mount(
        "fails",
        "a named volume",
        "      - app_post:/app\n",
        replace(OVERRIDE, "services:\n", "volumes:\n  app_post:\nservices:\n"),
        expect_file=OVERRIDE,
        expect_line_contains="app_post:/app",
        expect_text="a named volume",
        findings=1,
    ),
    _mount(
        "fails",
        "a folder that is not there",
        "      - ./post:/app\n",
        expect_file=OVERRIDE,
        expect_line_contains="./post:",
        expect_text="the code is in src/post-py",
        findings=1,
    ),
    _mount(
        "fails",
        "the code of another",
        "      - ./comment:/app # too\n",
        expect_file=OVERRIDE,
        expect_line_contains="./comment:/app # too",
        expect_text="its own code",
        findings=1,
    ),
    _mount(
        "fails",
        "over another folder",
        "      - ./post-py:/code\n",
        expect_file=OVERRIDE,
        expect_line_contains="volumes:",
        expect_text="is mounted over /app",
        findings=1,
    ),
    _mount(
        "fails",
        "out of the repository",
        "      - ../../post:/app\n",
        expect_file=OVERRIDE,
        expect_line_contains="../../post",
        expect_text="in the repository",
        findings=1,
    ),
    Sample(
        "docker-4/override-code",
        "fails",
        "nothing is mounted for comment",
        [replace(OVERRIDE, "    volumes:\n      - ./comment:/app\n", "")],
        expect_file=OVERRIDE,
        expect_line_contains="comment:",
        expect_text="no volumes:",
        findings=1,
    ),
]


def _puma(kind: str, title: str, lines: str, *more: object, **expected: object) -> Sample:
    edits = [replace(OVERRIDE, _COMMENT_COMMAND, lines), *more]
    return Sample("docker-4/override-puma", kind, title, edits, **expected)  # type: ignore[arg-type]


_PUMA = [
    Sample("docker-4/override-puma", "passes", "the plain homework"),
    _puma("unusual", "-w2", '    command: ["puma", "--debug", "-w2"]\n'),
    _puma("unusual", "--workers 2", "    command: puma --debug --workers 2\n"),
    _puma("unusual", "--workers=2", "    command: puma --workers=2 --debug\n"),
    _puma(
        "unusual",
        "entrypoint, with -w 2 as one argument",
        "    entrypoint:\n      - puma\n      - --debug\n      - -w 2\n",
    ),
    _puma("unusual", "a path", "    command: /app_runtime/bin/puma --debug -w 2\n"),
    _puma("unusual", "a shell", '    command: sh -c "cp -r /tmp/x /app; exec bundle exec puma --debug -w 2"\n'),
    _puma(
        "unusual",
        "a variable",
        "    command: ${COMMENT_COMMAND}\n",
        replace(ENV, "UI_PORT", "COMMENT_COMMAND=puma --debug -w 2\nUI_PORT"),
    ),
    _puma(
        "unusual",
        "the image's entrypoint is puma",
        "    command: --debug -w 2\n",
        replace("src/comment/Dockerfile", 'CMD ["puma"]', 'ENTRYPOINT ["puma"]'),
    ),
    _puma(
        "unusual",
        "workers by puma's own variable",
        "    command: puma --debug\n    environment: {WEB_CONCURRENCY: 2}\n",
    ),
    _puma("unusual", "settings in a program", "    command: puma --debug -C config/puma.rb\n", verdict="unverified"),
    Sample("docker-4/override-puma", "unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
    _puma(
        "fails",
        "the hyphen is missing",
        '    command: ["puma", "--debug", "w 2"]\n',
        expect_file=OVERRIDE,
        expect_line_contains='"w 2"',
        expect_text="two workers",
        findings=1,
    ),
    _puma(
        "fails",
        "no debug",
        "    command: puma -w 2\n",
        expect_file=OVERRIDE,
        expect_line_contains="puma -w 2",
        expect_text="--debug",
        findings=1,
    ),
    _puma(
        "fails",
        "three workers",
        "    command: puma --debug -w 3\n",
        expect_file=OVERRIDE,
        expect_line_contains="-w 3",
        expect_text="two workers",
        findings=1,
    ),
    _puma(
        "fails", "only ui", "", expect_file=OVERRIDE, expect_line_contains="comment:", expect_text="comment", findings=1
    ),
    _puma(
        "fails",
        "puma itself is forgotten",
        "    command: --debug -w 2\n",
        expect_file=OVERRIDE,
        expect_line_contains="command: --debug",
        expect_text="comment runs puma",
        findings=1,
    ),
    _puma(
        "fails",
        "post, a Python program, too",
        _COMMENT_COMMAND,
        replace(OVERRIDE, "  post:\n", "  post:\n    entrypoint: puma --debug -w 2\n"),
        expect_file=OVERRIDE,
        expect_line_contains="entrypoint",
        expect_text="not started with puma",
        findings=1,
    ),
]

BASE = DOCKER_4

SAMPLES = [
    *_LAB,
    *_COMPOSE_FILE,
    *_NETWORKS,
    *_ALIASES,
    *_NAMES,
    *_DATABASE,
    *_PORT,
    *_IMAGES,
    *_ENV,
    *_PROJECT_NAME,
    *_OVERRIDE_FILE,
    *_CODE,
    *_PUMA,
]
