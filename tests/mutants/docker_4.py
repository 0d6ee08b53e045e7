"""Homework 17, docker-4: what goes wrong with networks and docker-compose."""

from __future__ import annotations

from .homeworks import HERE, Homework, Step, Unfitting, everywhere, move, remove, replace, write
from .kinds import NOWHERE, Change, Fault
from .layouts import NO_MONITORING

COMPOSE = "docker/docker-compose.yml"
OVERRIDE = "docker/docker-compose.override.yml"
ENV = "docker/.env.example"
README = "README.md"
UI, POST, COMMENT = "src/ui/Dockerfile", "src/post-py/Dockerfile", "src/comment/Dockerfile"

# Parts of the example's compose file.
_UI = """\
  ui:
    image: ${USERNAME}/ui:${UI_VERSION}
    build: ../src/ui
    restart: unless-stopped
    ports:
      - "${UI_PORT}:9292/tcp"
    networks:
      - front_net
"""
_POST = """\
  post:
    image: ${USERNAME}/post:${POST_VERSION}
    build: ../src/post-py
    restart: unless-stopped
    networks:
      front_net:
        aliases:
          - post
      back_net:
"""
_COMMENT = """\
  comment:
    image: ${USERNAME}/comment:${COMMENT_VERSION}
    build: ../src/comment
    restart: unless-stopped
    networks:
      front_net:
        aliases:
          - comment
      back_net:
"""
_DATABASE = """\
  # One database under the two names that its two users know it by.
  post_db:
    image: mongo:${MONGO_VERSION}
    restart: unless-stopped
    volumes:
      - post_db:/data/db
    networks:
      back_net:
        aliases:
          - post_db
          - comment_db
"""
_UI_NETWORKS = "    networks:\n      - front_net\n"
_POST_NETWORKS = "    networks:\n      front_net:\n        aliases:\n          - post\n      back_net:\n"
_COMMENT_NETWORKS = "    networks:\n      front_net:\n        aliases:\n          - comment\n      back_net:\n"
_DATABASE_NETWORKS = "    networks:\n      back_net:\n        aliases:\n          - post_db\n          - comment_db\n"
_LIST = "    networks:\n      - front_net\n      - back_net\n"
_NETWORKS = "\nnetworks:\n  front_net:\n  back_net:\n"
_VOLUMES = "\nvolumes:\n  post_db:\n"
_PORT = '      - "${UI_PORT}:9292/tcp"\n'
_PROJECT_NAME = """\
It is the first part of the name of every container, network and volume of the project. By default it is the name of
the directory that holds the compose file, here `docker`. One can set it, strongest first:

1. `docker-compose -p name` (`--project-name`)
2. `COMPOSE_PROJECT_NAME` in the environment or in `.env`, as here
3. `name:` at the top of the compose file
"""


def _compose(old: str, new: str) -> Step:
    return replace(COMPOSE, old, new)


def _called(old: str, new: str) -> Step:
    """Give a service another name, in the override too where that speaks of it."""

    def step(homework: Homework) -> None:
        _compose(f"\n  {old}:\n    image", f"\n  {new}:\n    image")(homework)
        if OVERRIDE in homework.files:
            homework.files[OVERRIDE] = homework.files[OVERRIDE].replace(f"\n  {old}:", f"\n  {new}:")

    return step


def _needs(*services: str) -> Step:
    """Fit only where the services have these names."""

    def step(homework: Homework) -> None:
        if any(f"\n  {name}:\n    " not in homework.text(COMPOSE) for name in services):
            raise Unfitting(f"not all of {services}")

    return step


FAULTS = [
    # compose-file: what compose refuses, or what is not the application
    Fault("compose-file", "a tab", _compose("    build: ../src/ui\n", "\tbuild: ../src/ui\n")),
    Fault(
        "compose-file",
        "an image's name in capital letters",
        _compose("image: ${USERNAME}/ui:", "image: ${USERNAME}/UI:"),
    ),
    Fault("compose-file", "a key without its colon", _compose("    build: ../src/ui\n", "    build ../src/ui\n")),
    Fault("compose-file", "a first key without its colon", _compose("    image: mongo:", "    image mongo:")),
    Fault("compose-file", "no space behind a colon", _compose("    build: ../src/ui\n", "    build:../src/ui\n")),
    Fault("compose-file", "a list entry without its dash", _compose("      - front_net\n", "    front_net\n")),
    Fault("compose-file", "a quote that is not closed", _compose('"${UI_PORT}:9292/tcp"', '"${UI_PORT}:9292/tcp☜')),
    Fault("compose-file", "a service indented by three", _compose("  post:\n", "   post:\n")),
    Fault("compose-file", "network: for networks:", _compose(_UI_NETWORKS, "    network:☜\n      - front_net\n")),
    Fault("compose-file", "port: for ports:", _compose("    ports:\n", "    port:\n")),
    Fault("compose-file", "volume: for volumes:", _compose("    volumes:\n", "    volume:\n")),
    Fault("compose-file", "imgae:", _compose("    image: mongo", "    imgae: mongo")),
    Fault("compose-file", "service: for services:", *NO_MONITORING, _compose("services:\n", "service:☜\n")),
    Fault(
        "compose-file",
        "alias: for aliases:",
        _compose("        aliases:\n          - post_db", "        alias:\n          - post_db"),
    ),
    Fault(
        "compose-file",
        "aliases of the service, not of a network",
        _compose(_DATABASE_NETWORKS, "    networks:\n      - back_net\n    aliases:☜\n      - comment_db\n"),
    ),
    Fault(
        "compose-file",
        "a list and a mapping in one",
        _compose(
            "      front_net:\n        aliases:\n          - comment\n      back_net:\n",
            "      - front_net:☜\n        aliases:\n          - comment\n      - back_net\n",
        ),
    ),
    Fault(
        "compose-file",
        "a network that is not declared",
        _compose("  back_net:\n\nvolumes", "\nvolumes"),
        _compose(
            "    networks:\n      back_net:\n        aliases:\n          - post_db\n",
            "    networks:\n      back_net:☚\n        aliases:\n          - post_db\n",
        ),
        _compose("          - post\n      back_net:\n", "          - post\n      back_net:☚\n"),
        _compose("          - comment\n      back_net:\n", "          - comment\n      back_net:☚\n"),
    ),
    Fault(
        "compose-file",
        "no network is declared",
        _compose(_NETWORKS, ""),
        everywhere(COMPOSE, "front_net:\n", "front_net:☚\n"),
        everywhere(COMPOSE, "back_net:\n", "back_net:☚\n"),
        _compose("      - front_net\n", "      - front_net☚\n"),
    ),
    Fault("compose-file", "a misspelt network", _compose("      - front_net\n", "      - frontnet\n")),
    Fault(
        "compose-file",
        "a volume that is not declared",
        _compose(_VOLUMES, ""),
        _compose("      - post_db:/data/db\n", "      - post_db:/data/db☜\n"),
    ),
    Fault("compose-file", "a misspelt volume", _compose("      - post_db:/data/db\n", "      - postdb:/data/db\n")),
    Fault("compose-file", "a variable that is not closed", _compose("${UI_VERSION}", "${UI_VERSION")),
    Fault("compose-file", "a port that is no number", _compose("9292/tcp", "web/tcp")),
    Fault("compose-file", "a port out of range", _compose("9292/tcp", "92920/tcp")),
    Fault(
        "compose-file",
        "depends_on a service that is not there",
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    depends_on:\n      - posts☜\n"),
    ),
    Fault(
        "compose-file",
        "services that wait for each other",
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    depends_on:\n      - post☚\n"),
        _compose("    build: ../src/post-py\n", "    build: ../src/post-py\n    depends_on:\n      - ui☚\n"),
    ),
    Fault(
        "compose-file",
        "no image and no build",
        _compose("  post_db:\n    image: mongo:${MONGO_VERSION}\n", "  post_db:☜\n"),
    ),
    Fault("compose-file", "comment is missing", _compose(_COMMENT, ""), _compose("services:\n", "services:☜\n")),
    Fault("compose-file", "post is missing", _compose(_POST, ""), _compose("services:\n", "services:☜\n")),
    Fault(
        "compose-file",
        "the database is missing",
        _compose(_DATABASE, ""),
        _compose("services:\n", "services:☜\n"),
        _compose(_VOLUMES, ""),
    ),
    Fault("compose-file", "ui is missing", _compose(_UI, ""), _compose("services:\n", "services:☜\n")),
    Fault("compose-file", "the same service twice", _compose("  comment:\n    image", "  post:☜\n    image")),
    Fault(
        "compose-file",
        "the same key twice",
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    image: ui☜\n"),
    ),
    Fault(
        "compose-file",
        "a folder to build that is not there",
        _compose("    build: ../src/post-py\n", "    build: ../src/post\n"),
    ),
    Fault(
        "compose-file",
        "a Dockerfile to build that is not there",
        _compose(
            "    build: ../src/comment\n",
            "    build:\n      context: ../src/comment\n      dockerfile: Dockerfile.prod☜\n",
        ),
    ),
    Fault(
        "compose-file",
        "the file moved to another folder, and its paths did not",
        move(COMPOSE, "infra/docker/docker-compose.yml"),
        move(OVERRIDE, "infra/docker/docker-compose.override.yml"),
        move(ENV, "infra/docker/.env.example"),
        _compose("    build: ../src/ui\n", "    build: ../src/ui☜\n"),
        _compose("    build: ../src/post-py\n", "    build: ../src/post-py☜\n"),
        _compose("    build: ../src/comment\n", "    build: ../src/comment☜\n"),
    ),
    Fault("compose-file", "there is none", *NO_MONITORING, remove(COMPOSE), remove(OVERRIDE), at=NOWHERE),
    Fault("compose-file", "an empty file", *NO_MONITORING, lambda homework: homework.files.update({COMPOSE: HERE})),
    Fault(
        "compose-file",
        "the tag of git's conflict",
        _compose(
            "    build: ../src/ui\n",
            "<<<<<<< HEAD\n    build: ../src/ui\n=======\n    build: ../src/ui-new\n>>>>>>> docker-4\n",
        ),
    ),
    Fault(
        "compose-file",
        "a service in a profile",
        _compose("    build: ../src/comment\n", "    build: ../src/comment\n    profiles:☜\n      - all\n"),
    ),
    Fault(
        "compose-file",
        "no replica",
        _compose("    build: ../src/comment\n", "    build: ../src/comment\n    deploy:☜\n      replicas: 0\n"),
    ),
    Fault("compose-file", "networks in one line", _compose(_UI_NETWORKS, "    networks: front_net☜\n")),
    Fault(
        "compose-file", "ports as a mapping", _compose(f"    ports:\n{_PORT}", "    ports:☜\n      ${UI_PORT}: 9292\n")
    ),
    Fault("compose-file", "a folder without a Dockerfile", _compose("    build: ../src/comment\n", "    build: .\n")),
    Fault(
        "compose-file",
        "a size that is none",
        _compose("    build: ../src/post-py\n", "    build: ../src/post-py\n    shm_size: many☜\n"),
    ),
    Fault(
        "compose-file",
        "a restart policy that is a list",
        _compose("    build: ../src/ui\n    restart: unless-stopped", "    build: ../src/ui\n    restart: [always]"),
    ),
    Fault(
        "compose-file",
        "a quote that is not closed in the env file",
        replace(ENV, "USERNAME=example", 'USERNAME="example'),
    ),
    Fault("compose-file", "a space in a name of the env file", replace(ENV, "UI_PORT=9292", "UI PORT=9292")),
    Fault("compose-file", "a space within an image's name", _compose("/ui:${UI_VERSION}", "/ui: ${UI_VERSION}")),
    Fault(
        "compose-file",
        "a space within a mount",
        _compose("post_db:/data/db", "post_db: /data/db☚"),
        _compose("    volumes:\n", "    volumes:☚\n"),
    ),
    Fault("compose-file", "a hyphen for an underscore", _compose("      - front_net\n", "      - front-net\n")),
    Fault(
        "compose-file",
        "an anchor that is not there",
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    logging: *default\n"),
    ),
    Fault(
        "compose-file",
        "a service within another",
        _compose(
            "  post:\n    image: ${USERNAME}/post:${POST_VERSION}\n    build: ../src/post-py\n",
            "    post:☚\n      image: ${USERNAME}/post:${POST_VERSION}\n    build: ../src/post-py☚\n",
        ),
    ),
    Fault("compose-file", "a default without its hyphen", _compose("${UI_PORT}:9292", "${UI_PORT:9292}:9292")),
    Fault("compose-file", "a port without its dollar", _compose("${UI_PORT}:9292", "{UI_PORT}:9292")),
    Fault("compose-file", "a port in Windows' words", _compose("${UI_PORT}:9292", "%UI_PORT%:9292")),
    Fault(
        "compose-file",
        "networks twice",
        _compose("    build: ../src/ui\n", "    networks:\n      - back_net\n    build: ../src/ui\n"),
        _compose(_UI_NETWORKS, "    networks:☜\n      - front_net\n"),
    ),
    # networks
    Fault("networks", "ui is on both", _compose(_UI_NETWORKS, "    networks:\n      - front_net\n      - back_net☜\n")),
    Fault(
        "networks",
        "the database is on both",
        _compose("          - comment_db\n", "          - comment_db\n      front_net:☜\n"),
    ),
    Fault(
        "networks",
        "post is on one",
        _compose("          - post\n      back_net:\n", "          - post\n"),
        _compose(
            "    build: ../src/post-py\n    restart: unless-stopped\n    networks:\n",
            "    build: ../src/post-py\n    restart: unless-stopped\n    networks:☜\n",
        ),
    ),
    Fault(
        "networks",
        "comment is on one",
        _compose(
            "    networks:\n      front_net:\n        aliases:\n          - comment\n      back_net:\n",
            "    networks:☜\n      back_net:\n",
        ),
    ),
    Fault(
        "networks",
        "everything is on the default network",
        _compose(_UI_NETWORKS, ""),
        _compose(_POST_NETWORKS, ""),
        _compose(_COMMENT_NETWORKS, ""),
        _compose(
            "      back_net:\n        aliases:\n          - post_db\n",
            "      default:\n        aliases:\n          - post_db\n",
        ),
        _compose(_NETWORKS, ""),
        _compose("services:\n", "services:☜\n"),
    ),
    Fault(
        "networks",
        "one network",
        everywhere(COMPOSE, "front_net", "back_net"),
        _compose(
            "      back_net:\n        aliases:\n          - post\n      back_net:\n",
            "      back_net:\n        aliases:\n          - post\n",
        ),
        _compose(
            "      back_net:\n        aliases:\n          - comment\n      back_net:\n",
            "      back_net:\n        aliases:\n          - comment\n",
        ),
        _compose("\nnetworks:\n  back_net:\n  back_net:\n", "\nnetworks:☜\n  back_net:\n"),
    ),
    Fault(
        "networks",
        "ui on the database's network only",
        _compose(_UI_NETWORKS, "    networks:\n      - back_net☚\n"),
        _compose(
            "      back_net:\n        aliases:\n          - post_db",
            "      back_net:☚\n        aliases:\n          - post_db",
        ),
    ),
    Fault(
        "networks",
        "the database on the other network",
        _compose(
            "      back_net:\n        aliases:\n          - post_db\n",
            "      front_net:☜\n        aliases:\n          - post_db\n",
        ),
    ),
    Fault("networks", "network_mode: host", _compose(_UI_NETWORKS, "    network_mode: host☜\n")),
    Fault(
        "networks",
        "two keys of one name",
        _compose(_NETWORKS, "\nnetworks:\n  front_net:\n    name: reddit☚\n  back_net:\n    name: reddit☚\n"),
    ),
    Fault(
        "networks",
        "ui has forgotten its networks",
        _compose(_UI_NETWORKS, ""),
        _compose("  ui:\n    image", "  ui:☜\n    image"),
    ),
    # aliases
    Fault(
        "aliases",
        "comment claims post's alias",
        _compose("          - comment\n", "          - comment\n          - post☜\n"),
    ),
    Fault(
        "aliases",
        "post has the database's alias",
        _compose(
            "          - post\n      back_net:\n",
            "          - post\n      back_net:\n        aliases:\n          - comment_db☜\n",
        ),
    ),
    Fault(
        "aliases",
        "ui claims comment's name",
        _compose(_UI_NETWORKS, "    networks:\n      front_net:\n        aliases:\n          - comment☜\n"),
    ),
    Fault(
        "aliases",
        "the database claims post's name",
        _compose("          - comment_db\n", "          - comment_db\n          - post☜\n"),
    ),
    Fault(
        "aliases",
        "none",
        _compose(_POST_NETWORKS, _LIST),
        _compose(_COMMENT_NETWORKS, _LIST),
        _compose(_DATABASE_NETWORKS, "    networks:\n      - back_net\n"),
        replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=post_db"),
        _compose(_NETWORKS, _NETWORKS.replace("networks:", "networks:☜")),
    ),
    # names-resolve
    Fault(
        "names-resolve",
        "the alias on a network that comment is not on",
        _compose("          - comment_db\n", "      backup_net:\n        aliases:\n          - comment_db\n"),
        _compose("  back_net:\n\nvolumes", "  back_net:\n  backup_net:\n\nvolumes"),
        replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db \\\n", "COMMENT_DATABASE_HOST=comment_db \\☜\n"),
    ),
    Fault(
        "names-resolve", "another service", replace(UI, "COMMENT_SERVICE_HOST=comment ", "COMMENT_SERVICE_HOST=post ")
    ),
    Fault(
        "names-resolve",
        "a fixed address",
        _compose(
            "    build: ../src/post-py\n",
            "    build: ../src/post-py\n    environment:\n      - POST_DATABASE_HOST=172.18.0.2☜\n",
        ),
    ),
    Fault(
        "names-resolve",
        "comment_db is missing",
        _compose("          - comment_db\n", ""),
        replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db \\\n", "COMMENT_DATABASE_HOST=comment_db \\☜\n"),
    ),
    Fault(
        "names-resolve",
        "a misspelt alias",
        _compose("          - comment_db\n", "          - coment_db\n"),
        replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db \\\n", "COMMENT_DATABASE_HOST=comment_db \\☜\n"),
    ),
    Fault(
        "names-resolve",
        "the Dockerfile asks for another name",
        replace(UI, "POST_SERVICE_HOST=post ", "POST_SERVICE_HOST=posts "),
    ),
    Fault(
        "names-resolve",
        "an environment that asks for another name",
        _compose(
            "    build: ../src/ui\n", "    build: ../src/ui\n    environment:\n      COMMENT_SERVICE_HOST: comments☜\n"
        ),
    ),
    Fault(
        "names-resolve",
        "the loopback address",
        replace(POST, "POST_DATABASE_HOST=post_db ", "POST_DATABASE_HOST=127.0.0.1 "),
    ),
    Fault(
        "names-resolve",
        "localhost in the environment",
        _compose(
            "    build: ../src/comment\n",
            "    build: ../src/comment\n    environment:\n      - COMMENT_DATABASE_HOST=localhost☜\n",
        ),
    ),
    Fault(
        "names-resolve",
        "an empty host",
        _compose(
            "    build: ../src/comment\n",
            "    build: ../src/comment\n    environment:\n      - COMMENT_DATABASE_HOST=☜\n",
        ),
    ),
    Fault(
        "names-resolve",
        "the service is called otherwise",
        _compose("  post_db:\n    image", "  mongo_db:\n    image"),
        _compose("          - post_db\n", ""),
        replace(POST, "POST_DATABASE_HOST=post_db \\\n", "POST_DATABASE_HOST=post_db \\☜\n"),
    ),
    # database-not-published
    Fault(
        "database-not-published",
        "its port is published",
        _compose(
            "    volumes:\n      - post_db:/data/db\n",
            "    volumes:\n      - post_db:/data/db\n    ports:☜\n      - 27017:27017\n",
        ),
    ),
    Fault(
        "database-not-published",
        "only on loopback",
        _compose(
            "    volumes:\n      - post_db:/data/db\n",
            '    ports:☜\n      - "127.0.0.1:27017:27017"\n    volumes:\n      - post_db:/data/db\n',
        ),
    ),
    Fault(
        "database-not-published",
        "on a port of docker's choice",
        _compose(
            "    volumes:\n      - post_db:/data/db\n",
            '    ports: ["27017"]☜\n    volumes:\n      - post_db:/data/db\n',
        ),
    ),
    Fault(
        "database-not-published",
        "in the override",
        replace(
            OVERRIDE,
            "  post:\n    volumes:\n",
            "  post_db:\n    ports:☜\n      - 27017:27017\n\n  post:\n    volumes:\n",
        ),
    ),
    # port-parameter
    Fault("port-parameter", "a number", _compose('"${UI_PORT}:9292/tcp"', '"9292:9292/tcp"')),
    Fault(
        "port-parameter",
        "the variable is the container's port",
        _compose('"${UI_PORT}:9292/tcp"', '"9292:${UI_PORT}/tcp"'),
    ),
    Fault(
        "port-parameter",
        "a number in the long form",
        _compose(_PORT, '      - target: 9292\n        published: "9292"☜\n'),
    ),
    Fault("port-parameter", "no published port", _compose(_PORT, '      - "9292"☜\n')),
    Fault(
        "port-parameter",
        "no ports at all",
        _compose(f"    ports:\n{_PORT}", ""),
        _compose("  ui:\n    image", "  ui:☜\n    image"),
        replace(ENV, "UI_PORT=9292\n", ""),
    ),
    Fault(
        "port-parameter",
        "only the address is a variable",
        _compose('"${UI_PORT}:9292/tcp"', '"${UI_HOST}:9292:9292/tcp"☜'),
        replace(ENV, "UI_PORT=9292", "UI_HOST=127.0.0.1"),
    ),
    Fault(
        "port-parameter", "a variable without braces or dollar", _compose('"${UI_PORT}:9292/tcp"', '"8080:9292/tcp"')
    ),
    Fault(
        "port-parameter",
        "it is post's",
        _compose(f"    ports:\n{_PORT}", ""),
        _compose("  ui:\n    image", "  ui:☜\n    image"),
        _compose("    build: ../src/post-py\n", f"    build: ../src/post-py\n    ports:\n{_PORT}"),
    ),
    # version-parameters
    Fault("version-parameters", "ui's is a number", _compose("/ui:${UI_VERSION}", "/ui:1.0")),
    Fault("version-parameters", "post's is latest", _compose("/post:${POST_VERSION}", "/post:latest")),
    Fault("version-parameters", "comment has none", _compose("/comment:${COMMENT_VERSION}", "/comment")),
    Fault(
        "version-parameters",
        "all are numbers",
        _compose("/ui:${UI_VERSION}", "/ui:1.0☜"),
        _compose("/post:${POST_VERSION}", "/post:1.0☜"),
        _compose("/comment:${COMMENT_VERSION}", "/comment:1.0☜"),
    ),
    Fault("version-parameters", "an escaped dollar", _compose("/ui:${UI_VERSION}", "/ui:$${UI_VERSION}")),
    Fault(
        "version-parameters",
        "a hyphen in the variable",
        _compose("${POST_VERSION}", "${POST-VERSION}☜"),
        replace(ENV, "POST_VERSION=1.0\n", ""),
    ),
    Fault(
        "version-parameters",
        "a variable in another place",
        _compose("${USERNAME}/comment:${COMMENT_VERSION}", "${USERNAME}/${COMMENT_VERSION}:1.0"),
    ),
    Fault(
        "version-parameters",
        "no image",
        _compose("    image: ${USERNAME}/comment:${COMMENT_VERSION}\n", ""),
        _compose("  comment:\n    build", "  comment:☜\n    build"),
        replace(ENV, "COMMENT_VERSION=1.0\n", ""),
    ),
    Fault("version-parameters", "a dollar is missing", _compose("/ui:${UI_VERSION}", "/ui:{UI_VERSION}")),
    # user-parameter
    Fault("user-parameter", "ui's is a name", _compose("${USERNAME}/ui", "example/ui")),
    Fault(
        "user-parameter",
        "all are names",
        _compose("${USERNAME}/ui:${UI_VERSION}", "example/ui:${UI_VERSION}☜"),
        _compose("${USERNAME}/post:${POST_VERSION}", "example/post:${POST_VERSION}☜"),
        _compose("${USERNAME}/comment:${COMMENT_VERSION}", "example/comment:${COMMENT_VERSION}☜"),
        replace(ENV, "USERNAME=example\n", ""),
    ),
    Fault("user-parameter", "comment's image has no user", _compose("${USERNAME}/comment", "comment")),
    # env-example
    Fault(
        "env-example",
        "a version is missing",
        replace(ENV, "POST_VERSION=1.0\n", ""),
        _compose("/post:${POST_VERSION}", "/post:${POST_VERSION}☜"),
    ),
    Fault(
        "env-example",
        "the user is missing",
        replace(ENV, "USERNAME=example\n", ""),
        _compose("/ui:${UI_VERSION}", "/ui:${UI_VERSION}☜"),
    ),
    Fault(
        "env-example",
        "the port is missing",
        replace(ENV, "UI_PORT=9292\n", ""),
        _compose(_PORT, _PORT.replace("\n", "☜\n")),
    ),
    Fault(
        "env-example",
        "a misspelt variable",
        replace(ENV, "UI_PORT=9292", "UI_PROT=9292"),
        _compose(_PORT, _PORT.replace("\n", "☜\n")),
    ),
    Fault(
        "env-example", "a variable misspelt in the compose file", _compose("${COMMENT_VERSION}", "${COMENT_VERSION}")
    ),
    Fault("env-example", "no example", remove(ENV), at=COMPOSE),
    Fault(
        "env-example",
        ".env is committed",
        write(
            "docker/.env",
            "USERNAME=example\nUI_VERSION=1.0\nPOST_VERSION=1.0\nCOMMENT_VERSION=1.0\nMONGO_VERSION=7.0\nUI_PORT=9292\n",
        ),
        replace(".gitignore", ".env\n", ""),
        at="docker/.env",
    ),
    Fault(
        "env-example",
        ".env is committed in the place of the example",
        move(ENV, "docker/.env"),
        replace(".gitignore", ".env\n", ""),
        at=ENV,
    ),
    Fault("env-example", "the example is in another folder", move(ENV, ".env.example"), at=ENV),
    Fault(
        "env-example",
        "a variable that is commented out",
        replace(ENV, "UI_PORT=9292", "# UI_PORT=9292"),
        _compose(_PORT, _PORT.replace("\n", "☜\n")),
    ),
    # project-name
    Fault(
        "project-name",
        "nothing about it",
        replace(README, "### The name of the project\n\n" + _PROJECT_NAME, ""),
        at=README,
    ),
    Fault(
        "project-name", "only that it is there", replace(README, _PROJECT_NAME, "The project has a name.\n"), at=README
    ),
    Fault(
        "project-name",
        "how it is formed, and not how it is set",
        replace(README, _PROJECT_NAME, "It is the name of the directory that holds the compose file.\n"),
        at=README,
    ),
    Fault(
        "project-name",
        "another project",
        replace(README, _PROJECT_NAME, "The project is called reddit, and it is the best one.\n"),
        at=README,
    ),
    # override
    Fault(
        "override",
        "a name that compose does not merge",
        move(OVERRIDE, "docker/docker-compose.overide.yml"),
        at=OVERRIDE,
    ),
    Fault("override", "it is in another folder", move(OVERRIDE, "docker-compose.override.yml"), at=OVERRIDE),
    Fault(
        "override",
        "compose refuses it",
        replace(OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    comand: puma --debug -w 2\n\n  post:"),
    ),
    Fault("override", "a tab in it", replace(OVERRIDE, "      - ../src/post-py:/app\n", "\t- ../src/post-py:/app\n")),
    Fault(
        "override", "only an example of one", move(OVERRIDE, "docker/docker-compose.override.yml.example"), at=OVERRIDE
    ),
    Fault(
        "override",
        "a service's network that is not there",
        replace(OVERRIDE, "  post:\n    volumes:", "  post:\n    networks:\n      - nowhere☜\n    volumes:"),
    ),
    Fault("override", "a mount without its dot and slash", replace(OVERRIDE, "../src/ui:/app", "ui:/app")),
    # override-code
    Fault(
        "override-code",
        "a service has none",
        replace(OVERRIDE, "  post:\n    volumes:\n      - ../src/post-py:/app\n\n", ""),
        at=OVERRIDE,
    ),
    Fault("override-code", "another folder in the container", replace(OVERRIDE, "../src/ui:/app", "../src/ui:/code")),
    Fault(
        "override-code",
        "a named volume",
        replace(OVERRIDE, "../src/ui:/app", "app_ui:/app"),
        lambda homework: homework.files.update({OVERRIDE: homework.files[OVERRIDE] + "\nvolumes:\n  app_ui:\n"}),
    ),
    Fault("override-code", "another service's code", replace(OVERRIDE, "../src/post-py:/app", "../src/comment:/app☜")),
    Fault("override-code", "a folder that is not there", replace(OVERRIDE, "../src/post-py:/app", "../src/post:/app")),
    Fault("override-code", "a folder that holds no code", replace(OVERRIDE, "../src/ui:/app", "../src/ui/views:/app")),
    Fault("override-code", "the whole folder", replace(OVERRIDE, "../src/comment:/app", ".:/app")),
    # override-puma
    Fault(
        "override-puma",
        "one worker",
        replace(OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    command: puma --debug -w 1☜\n\n  post:"),
    ),
    Fault(
        "override-puma",
        "no debug",
        replace(OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    command: puma -w 2☜\n\n  post:"),
    ),
    Fault(
        "override-puma",
        "comment has no command",
        replace(
            OVERRIDE, "      - ../src/comment:/app\n    command: puma --debug -w 2\n", "      - ../src/comment:/app\n"
        ),
        replace(OVERRIDE, "  comment:\n", "  comment:☜\n"),
    ),
    Fault(
        "override-puma",
        "a misspelt option",
        replace(OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    command: puma --debug -v 2☜\n\n  post:"),
    ),
    Fault(
        "override-puma",
        "an echo",
        replace(
            OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    command: echo puma --debug -w 2☜\n\n  post:"
        ),
    ),
    Fault(
        "override-puma",
        "a comment",
        replace(OVERRIDE, "    command: puma --debug -w 2\n\n  post:", "    command: puma # --debug -w 2☜\n\n  post:"),
    ),
    Fault(
        "override-puma",
        "one string of a list",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            '      - ../src/comment:/app\n    command: ["puma --debug -w 2"]☜\n',
        ),
    ),
    Fault(
        "override-puma",
        "a dash of typography",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            "      - ../src/comment:/app\n    command: puma —debug -w 2☜\n",
        ),
    ),
    Fault(
        "override-puma",
        "of post, and not of comment",
        replace(
            OVERRIDE, "      - ../src/comment:/app\n    command: puma --debug -w 2\n", "      - ../src/comment:/app\n"
        ),
        replace(OVERRIDE, "  comment:\n", "  comment:☜\n"),
        replace(
            OVERRIDE, "      - ../src/post-py:/app\n", "      - ../src/post-py:/app\n    command: puma --debug -w 2\n"
        ),
    ),
]

CHANGES = [
    Change("post is called otherwise", _called("post", "post-service")),
    Change("comment is called otherwise", _called("comment", "reddit_comment")),
    Change("ui is called web", _called("ui", "web")),
    Change(
        "found by a container's name",
        _called("comment", "comments-api"),
        _compose("  comments-api:\n", "  comments-api:\n    container_name: comment\n"),
        _compose("          - comment\n", "          - comments\n"),
    ),
    Change(
        "an env file of a service",
        write("docker/ui.env", "POST_SERVICE_HOST=post\nCOMMENT_SERVICE_HOST=comment\n"),
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    env_file: ui.env\n"),
    ),
    Change(
        "a service that extends another",
        write("docker/common.yml", "services:\n  common:\n    restart: unless-stopped\n"),
        _compose(
            "    build: ../src/ui\n    restart: unless-stopped\n",
            "    build: ../src/ui\n    extends:\n      file: common.yml\n      service: common\n",
        ),
    ),
    Change(
        "a service that is none of the four",
        _compose(
            "  # One database under",
            "  adminer:\n    image: mongo-express:1.0\n    networks:\n      - back_net\n\n  # One database under",
        ),
    ),
    Change(
        "the database exposes its port",
        _compose(
            "    volumes:\n      - post_db:/data/db\n",
            "    expose:\n      - 27017\n    volumes:\n      - post_db:/data/db\n",
        ),
    ),
    Change(
        "the database's version is a number",
        _compose("${MONGO_VERSION}", "7.0"),
        replace(ENV, "MONGO_VERSION=5.0\n", ""),
    ),
    Change(
        "links",
        _needs("post_db"),
        _compose("    build: ../src/post-py\n", "    build: ../src/post-py\n    links:\n      - post_db\n"),
    ),
    Change("a version line", _compose("services:\n", 'version: "3.3"\n\nservices:\n')),
    Change(
        "ui's networks as a mapping",
        _compose("    networks:\n      - front_net\n", "    networks:\n      front_net:\n"),
    ),
    Change("post without its alias", _compose(_POST_NETWORKS, "    networks:\n      - front_net\n      - back_net\n")),
    Change(
        "build as a mapping", _compose("    build: ../src/comment\n", "    build:\n      context: ../src/comment\n")
    ),
    Change("build with a slash", _compose("    build: ../src/post-py\n", "    build: ../src/post-py/\n")),
    Change(
        "the port in the long form",
        _compose(_PORT, "      - target: 9292\n        published: ${UI_PORT}\n        protocol: tcp\n"),
    ),
    Change("the port with a default", _compose("${UI_PORT}", "${UI_PORT:-9292}")),
    Change("the port's variable without braces", _compose("${UI_PORT}:9292/tcp", "$UI_PORT:9292")),
    Change("the port on one address", _compose("${UI_PORT}:9292/tcp", "127.0.0.1:${UI_PORT}:9292/tcp")),
    Change("the port called otherwise", _compose("${UI_PORT}", "${HOST_PORT}"), replace(ENV, "UI_PORT=", "HOST_PORT=")),
    Change(
        "the container's port too",
        _compose("${UI_PORT}:9292/tcp", "${UI_PORT}:${APP_PORT}/tcp"),
        replace(ENV, "UI_PORT=9292\n", "UI_PORT=9292\nAPP_PORT=9292\n"),
    ),
    Change("ports in one line", _compose(f"    ports:\n{_PORT}", '    ports: ["${UI_PORT}:9292"]\n')),
    Change("versions with defaults", _compose("${POST_VERSION}", "${POST_VERSION:-latest}")),
    Change(
        "one version for all",
        _compose("${POST_VERSION}", "${VERSION}"),
        _compose("${COMMENT_VERSION}", "${VERSION}"),
        replace(ENV, "POST_VERSION=1.0\nCOMMENT_VERSION=1.0\n", "VERSION=1.0\n"),
    ),
    Change(
        "a user of another name",
        everywhere(COMPOSE, "${USERNAME}", "${DOCKER_LOGIN}"),
        replace(ENV, "USERNAME=", "DOCKER_LOGIN="),
    ),
    Change("a registry before the user", everywhere(COMPOSE, "${USERNAME}/", "docker.io/${USERNAME}/")),
    Change(
        "an anchor",
        _compose("    restart: unless-stopped\n    ports", "    restart: &restart unless-stopped\n    ports"),
        _compose(
            "    build: ../src/comment\n    restart: unless-stopped", "    build: ../src/comment\n    restart: *restart"
        ),
    ),
    Change(
        "a common part as an extension",
        _compose("services:\n", "x-common: &common\n  restart: unless-stopped\n\nservices:\n"),
        _compose("    build: ../src/ui\n    restart: unless-stopped\n", "    build: ../src/ui\n    <<: *common\n"),
    ),
    Change(
        "depends_on",
        _needs("post", "comment", "post_db"),
        _compose("    build: ../src/ui\n", "    build: ../src/ui\n    depends_on:\n      - post\n      - comment\n"),
        _compose("    build: ../src/post-py\n", "    build: ../src/post-py\n    depends_on: [post_db]\n"),
    ),
    Change(
        "environment as a list",
        _compose(
            "    build: ../src/post-py\n",
            "    build: ../src/post-py\n    environment:\n      - POST_DATABASE_HOST=post_db\n      - POST_DATABASE=posts\n",
        ),
    ),
    Change(
        "environment as a mapping",
        _compose(
            "    build: ../src/comment\n",
            "    build: ../src/comment\n    environment:\n      COMMENT_DATABASE_HOST: comment_db\n",
        ),
    ),
    Change(
        "two databases",
        _compose(
            "          - post_db\n          - comment_db\n",
            "          - post_db\n\n  comment_db:\n    image: mongo:${MONGO_VERSION}\n    volumes:\n      - comment_db:/data/db\n    networks:\n      - back_net\n",
        ),
        _compose("volumes:\n  post_db:\n", "volumes:\n  post_db:\n  comment_db:\n"),
    ),
    Change("the database is called mongo", _called("post_db", "mongo")),
    Change(
        "the database without the alias that is its name",
        _compose("          - post_db\n          - comment_db\n", "          - comment_db\n"),  # not its only one
    ),
    Change(
        "a third network",
        _compose("          - comment_db\n", "          - comment_db\n      backup_net:\n"),
        _compose("  back_net:\n\nvolumes", "  back_net:\n  backup_net:\n\nvolumes"),
    ),
    Change(
        "drivers and subnets",
        _compose(
            _NETWORKS,
            "\nnetworks:\n  front_net:\n    driver: bridge\n    ipam:\n      config:\n        - subnet: 10.0.1.0/24\n  back_net:\n    driver: bridge\n    ipam:\n      config:\n        - subnet: 10.0.2.0/24\n",
        ),
    ),
    Change("an internal network", _compose("  back_net:\n\nvolumes", "  back_net:\n    internal: true\n\nvolumes")),
    Change(
        "container names",
        _compose("  ui:\n    image", "  ui:\n    container_name: reddit-ui\n    image"),
        _compose("  post:\n    image", "  post:\n    container_name: post\n    image"),
    ),
    Change("the project's name in the file", _compose("services:\n", "name: reddit\n\nservices:\n")),
    Change(
        "the database's folder as a variable",
        _compose("post_db:/data/db", "post_db:${DB_PATH}"),
        replace(ENV, "UI_PORT=9292\n", "UI_PORT=9292\nDB_PATH=/data/db\n"),
    ),
    Change(
        "a volume in the long form",
        _compose(
            "      - post_db:/data/db\n", "      - type: volume\n        source: post_db\n        target: /data/db\n"
        ),
    ),
    Change("a volume with a driver", _compose("volumes:\n  post_db:\n", "volumes:\n  post_db:\n    driver: local\n")),
    Change(
        "a health check of the database",
        _compose(
            "    volumes:\n      - post_db:/data/db\n",
            "    volumes:\n      - post_db:/data/db\n    healthcheck:\n      test: [CMD, mongosh, --eval, 'db.runCommand({ping: 1})']\n      interval: 10s\n",
        ),
    ),
    Change(
        "docker-compose.yaml",
        move(COMPOSE, "docker/docker-compose.yaml"),
        move(OVERRIDE, "docker/docker-compose.override.yaml"),
        everywhere(README, "docker-compose.yml", "docker-compose.yaml"),
    ),
    Change("env.example", move(ENV, "docker/env.example"), everywhere(README, ".env.example", "env.example")),
    Change(".env.sample", move(ENV, "docker/.env.sample"), everywhere(README, ".env.example", ".env.sample")),
    Change("quotes in the env file", replace(ENV, "USERNAME=example", 'USERNAME="example"')),
    Change(
        "comments in the env file",
        replace(ENV, "UI_PORT=9292", "# where it is published\nUI_PORT=9292  # any free one"),
    ),
    Change("a spare variable in the env file", replace(ENV, "UI_PORT=9292\n", "UI_PORT=9292\nTZ=UTC\n")),
    Change(
        "the override's command as a list",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            "      - ../src/comment:/app\n    command: [puma, --debug, -w, '2']\n",
        ),
    ),
    Change(
        "the override's command as an entrypoint",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            "      - ../src/comment:/app\n    entrypoint:\n      - puma\n      - --debug\n      - --workers=2\n",
        ),
    ),
    Change(
        "the override's command in a shell",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            '      - ../src/comment:/app\n    command: sh -c "puma --debug -w2"\n',
        ),
    ),
    Change(
        "three workers would be wrong, two in the environment's words",
        replace(
            OVERRIDE,
            "      - ../src/comment:/app\n    command: puma --debug -w 2\n",
            "      - ../src/comment:/app\n    command: puma --workers 2 --debug\n",
        ),
    ),
    Change(
        "the override's mounts in the long form",
        replace(
            OVERRIDE,
            "      - ../src/ui:/app\n",
            "      - type: bind\n        source: ../src/ui\n        target: /app\n",
        ),
    ),
    Change(
        "the override mounts read-only", replace(OVERRIDE, "      - ../src/ui:/app\n", "      - ../src/ui:/app:ro\n")
    ),
    Change(
        "the override with a trailing slash",
        replace(OVERRIDE, "      - ../src/ui:/app\n", "      - ../src/ui/:/app/\n"),
    ),
    Change("the override has a version too", replace(OVERRIDE, "services:\n", "version: '3.3'\nservices:\n")),
]
