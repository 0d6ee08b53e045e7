"""docker-4/compose-file."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, remove, replace, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, ENV, OVERRIDE, POST, UI, UI_IMAGE, UI_PORT, needs_compose

DB = BASE[COMPOSE][BASE[COMPOSE].index("  post_db:\n") : BASE[COMPOSE].index("  ui:\n")]
COMMENT_SERVICE = BASE[COMPOSE][BASE[COMPOSE].index("  comment:\n") : BASE[COMPOSE].index("\nvolumes:")]

test_samples = sample_tests(
    "docker-4/compose-file",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a name of its own, given by -f",
            [
                remove(COMPOSE),
                remove(OVERRIDE),
                write("src/Docker-Compose.yml", BASE[COMPOSE]),
                write("README.md", "    docker-compose -f src/Docker-Compose.yml up -d\n"),
            ],
        ),
        Sample(
            "unusual",
            "capital letters where an image's name may have them, and in values",
            [
                replace(
                    COMPOSE, "${USERNAME}/ui:${UI_VERSION}", "Registry.example:5000/${USERNAME}/ui:${UI_VERSION}-RC"
                ),
                replace(COMPOSE, "mongo:${MONGO_VERSION}", "mongo:${MONGO_VERSION:-Jammy}"),
                replace(ENV, "USERNAME=somebody", "USERNAME=YOUR_NAME"),
            ],
        ),
        *(
            Sample(
                "fails",
                f"an image's name in capital letters: {image}",
                [replace(COMPOSE, UI_IMAGE, f"image: {image}")],
                says=f"the image of ui has a name that an engine takes | {image} | write the name in lower case",
                file=COMPOSE,
                line=image,
                findings=1,
            )
            for image in ("${USERNAME}/UI:${UI_VERSION}", "${USERNAME}/reddit/Ui", "registry.example/${USERNAME}/uI:1")
        ),
        Sample(
            "fails",
            "a name that only a file system without case finds",
            [remove(COMPOSE), remove(OVERRIDE), write("src/Docker-Compose.yml", BASE[COMPOSE])],
            says="git mv Docker-Compose.yml docker-compose.yml",
            file="src/Docker-Compose.yml",
            findings=1,
        ),
        Sample(
            "unusual",
            "compose.yaml in the root, the parts in folders of other names, a third-party decoy beside it",
            [
                remove(COMPOSE),
                remove(OVERRIDE),
                write(
                    "compose.yaml",
                    BASE[COMPOSE].replace("build: ./", "build: src/").replace("post_db:\n    image", "db:\n    image"),
                ),
                write("docker-compose.yml", "web:\n  image: gitlab/gitlab-ce\n  ports: ['80:80']\n"),
                write("ansible/roles/x/docker-compose.yml", BASE[COMPOSE]),
            ],
        ),
        Sample(
            "unusual",
            "the services come by include and extends, with anchors and an old version key",
            [
                write(
                    COMPOSE,
                    "version: '3.3'\n"
                    "x-nets: &nets {networks: [back_net, front_net]}\n"
                    "include:\n  - path: [db/db.yml]\n"
                    "services:\n"
                    "  ui:\n    extends: {file: db/common.yml, service: base}\n"
                    "    image: ${USERNAME}/ui:${UI_VERSION}\n"
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
            "unusual",
            "the database is told by its image alone",
            [
                replace(
                    COMPOSE, "  post_db:\n    image: mongo:${MONGO_VERSION}", "  store:\n    image: bitnami/mongodb:6"
                ),
            ],
        ),
        Sample(
            "unusual",
            "the root file includes the services, and some of them are called like compose files",
            [
                write(COMPOSE, "include: [docker-compose.app.yml, {path: [db.yml]}]\n"),
                write("src/docker-compose.app.yml", BASE[COMPOSE].replace(DB, "")),
                write("src/db.yml", f"services:\n{DB}networks: {{back_net: }}\nvolumes: {{post_db: }}\n"),
            ],
        ),
        Sample(
            "unusual",
            "COMPOSE_FILE of the example names the files, from the root",
            [
                remove(COMPOSE),
                remove(ENV),
                write(".env.example", f"COMPOSE_FILE=src/app.yml:src/db.yml\n{BASE[ENV]}"),
                write("src/app.yml", BASE[COMPOSE].replace(DB, "")),
                write("src/db.yml", f"services:\n{DB}"),
            ],
        ),
        Sample(
            "fails",
            "COMPOSE_FILE names a file that is not there",
            [replace(ENV, "UI_PORT", "COMPOSE_FILE=docker-compose.yml:prod.yml\nUI_PORT")],
            file=ENV,
            line="COMPOSE_FILE",
            says="prod.yml",
            findings=1,
        ),
        Sample(
            "fails",
            "a copy that compose does not take is whole, the file that it takes is not",
            [replace(COMPOSE, COMMENT_SERVICE, ""), write("src/docker-compose.backup.yml", BASE[COMPOSE])],
            file=COMPOSE,
            line="services:",
            says="was taken (compose takes it by its name), and src/docker-compose.backup.yml not",
            findings=1,
        ),
        Sample(
            "fails",
            "the compose file was moved to the root",
            [remove(COMPOSE), write("docker-compose.yml", BASE[COMPOSE])],
            file="docker-compose.yml",
            line="build: ./post-py",
            says="there is no folder post-py | it is in src/post-py: write build: ./src/post-py",
        ),
        *(
            Sample("fails", title, [replace(COMPOSE, old, new)], file=COMPOSE, line=line, says=says, findings=1)
            for title, old, new, line, says in (
                ("a default without its hyphen", "- ${UI_PORT}", "- ${UI_PORT:80}", "${UI_PORT:80}", "interpolation"),
                (
                    "a key without its colon",
                    f"    {UI_IMAGE}",
                    f"    {UI_IMAGE.replace(':', '', 1)}",
                    "image $",
                    "a key without",
                ),
                ("the first of its keys without", "build: ./ui", "build ./ui", "build ./ui", "a key without"),
                ("a quote that is not closed", "- ${UI_PORT}", '- "${UI_PORT}', '"${UI_PORT}', "that is not closed"),
                ("a misspelt key of a network", "aliases:", "alias:", "alias:", "write aliases: instead of alias:"),
            )
        ),
        Sample(
            "fails",
            "a network with aliases that is not declared",
            [write(COMPOSE, BASE[COMPOSE].replace("      - back_net\n", "").replace("\n  back_net:\n", "\n"))],
            file=COMPOSE,
            line="      back_net:",
            says="undefined network back_net",
            findings=1,
        ),
        Sample(
            "fails",
            "a folder that nobody has",
            [replace(COMPOSE, "build: ./ui", "build: ./frontend")],
            file=COMPOSE,
            line="build: ./frontend",
            says="there is no folder src/frontend",
            findings=1,
        ),
        Sample(
            "fails",
            "the Dockerfile lies one folder deeper",
            [remove("src/ui/Dockerfile"), write("src/ui/docker/Dockerfile", BASE["src/ui/Dockerfile"])],
            file=COMPOSE,
            line="build: ./ui",
            says="it is in src/ui/docker: move it to src/ui, or write build: ./ui/docker",
            findings=1,
        ),
        Sample(
            "fails",
            "the Dockerfile has another name",
            [remove("src/ui/Dockerfile"), write("src/ui/Dockerfile.1", BASE["src/ui/Dockerfile"])],
            file=COMPOSE,
            line="build: ./ui",
            says="write dockerfile: Dockerfile.1",
            findings=1,
        ),
        Sample(
            "fails",
            "target: names a stage that is not there",
            [replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      target: production\n")],
            file=COMPOSE,
            line="target: production",
            says="there is no stage production | remove target:, or name a stage so: FROM … AS production",
            findings=1,
        ),
        Sample(
            "fails",
            "target: a misspelt stage",
            [
                replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      target: prd\n"),
                write("src/ui/Dockerfile", "FROM debian:bookworm-slim AS prod\n"),
            ],
            file=COMPOSE,
            line="target: prd",
            says="write one of these: prod",
        ),
        Sample(
            "unusual",
            "target: a stage by another case, or by its number",
            [
                replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      target: Prod\n"),
                replace(COMPOSE, "build: ./post-py\n", 'build:\n      context: ./post-py\n      target: "0"\n'),
                write("src/ui/Dockerfile", "FROM debian:bookworm-slim AS prod\n"),
            ],
        ),
        Sample(
            "fails",
            "dockerfile: names another one than there is",
            [replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      dockerfile: Dockerfile.dev\n")],
            file=COMPOSE,
            line="dockerfile: Dockerfile.dev",
            says="there is no file src/ui/Dockerfile.dev",
            findings=1,
        ),
        Sample(
            "fails",
            "dockerfile: repeats the folder",
            [replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      dockerfile: ui/Dockerfile\n")],
            file=COMPOSE,
            line="dockerfile: ui/Dockerfile",
            says="there is no file src/ui/ui/Dockerfile | the path begins in src/ui: write dockerfile: Dockerfile",
            findings=1,
        ),
        Sample(
            "fails",
            "dockerfile: repeats the folder in the example",
            [
                replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      dockerfile: ${UI_FILE}\n"),
                replace(ENV, "UI_PORT", "UI_FILE=./ui/Dockerfile\nUI_PORT"),
            ],
            file=COMPOSE,
            line="dockerfile: ${UI_FILE}",
            says="the path begins in src/ui: write UI_FILE=Dockerfile in src/.env.example",
            findings=1,
        ),
        Sample(
            "unusual",
            "Dockerfiles in other places, in small letters, inline, and one that a variable chooses",
            [
                replace(COMPOSE, "build: ./ui\n", "build:\n      context: ./ui\n      dockerfile: ../ui.dockerfile\n"),
                replace(COMPOSE, "build: ./comment\n", "build: ${WHERE}\n"),
                remove("src/ui/Dockerfile"),
                write("src/ui.dockerfile", BASE["src/ui/Dockerfile"]),
                remove("src/post-py/Dockerfile"),
                write("src/post-py/dockerfile", BASE["src/post-py/Dockerfile"]),
                replace(
                    COMPOSE,
                    "\nvolumes:",
                    "  extra:\n    image: x\n    build: {context: ., dockerfile_inline: FROM x}\n\nvolumes:",
                ),
            ],
        ),
        Sample(
            "unusual",
            "the example has other forms: YAML's, quotes, comments",
            [
                write(
                    ENV,
                    "USERNAME: somebody\nUI_PORT: '9292' # mine\nUI_VERSION=\"1.0\"\nexport POST_VERSION=1.0\n"
                    "COMMENT_VERSION = 1.0\nMONGO_VERSION=3.2 # old\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "the example says in comments what to fill in: nothing yet, as <PORT> would be",
            [write(ENV, BASE[ENV].replace("UI_PORT=9292\n", "UI_PORT= # where ui answers (host:container)\n"))],
        ),
        *(
            Sample(
                "fails",
                f"an example that compose does not read as meant: {title}",
                [write(ENV, BASE[ENV].replace("UI_PORT=9292\n", line))],
                file=file,
                line=found,
                says=says,
                findings=1,
            )
            for title, line, file, found, says in (
                ("a tab before #", "UI_PORT=9292\t# mine\n", COMPOSE, "${UI_PORT}", "# mine"),
                ("words", "the port of ui\n", ENV, "the port of ui", "key cannot contain a space"),
                ("an open quote", "UI_PORT='9292\n", ENV, "UI_PORT='9292", "unterminated quoted value"),
            )
        ),
        Sample(
            "unusual",
            "a line of the example is missing, wherever the variable stands",
            [
                replace(COMPOSE, "post_db:/data/db", "post_db:${DB_PATH}"),
                replace(COMPOSE, UI_PORT, '      - "${HOST_IP}:${PUBLISHED}:9292"\n'),
                replace(COMPOSE, UI, UI + "    scale: ${SCALE}\n    container_name: ${UI_NAME}\n"),
            ],
        ),
        Sample(
            "fails",
            "network: instead of networks:",
            [
                replace(
                    COMPOSE,
                    f"{UI_PORT}    networks:\n      - front_net\n",
                    f"{UI_PORT}    network:\n      - front_net\n",
                )
            ],
            file=COMPOSE,
            line="network:",
            says="write networks: instead of network:",
            findings=1,
        ),
        Sample(
            "fails",
            "there is no compose file",
            [remove(COMPOSE), remove(OVERRIDE)],
            says="docker-compose.yml",
        ),
        Sample(
            "fails",
            "version 1 of the format",
            [
                write(
                    COMPOSE,
                    "ui:\n  image: me/ui\npost:\n  image: me/post\n"
                    "comment:\n  image: me/comment\ndb:\n  image: mongo\n",
                )
            ],
            file=COMPOSE,
            line="ui:",
            says="version 1",
        ),
        Sample(
            "fails",
            "no comment service",
            [replace(COMPOSE, COMMENT_SERVICE, "")],
            file=COMPOSE,
            line="services:",
            says="comment",
        ),
        Sample(
            "fails",
            "a network that nobody defined",
            [replace(COMPOSE, "networks:\n      - front_net\n  post:", "networks:\n      - fron_net\n  post:")],
            file=COMPOSE,
            line="fron_net",
            says="fron_net",
        ),
        Sample(
            "fails",
            "invalid YAML",
            [replace(COMPOSE, "  ui:\n    build: ./ui\n", "  ui:\n    build: ./ui\n   bad\n")],
            file=COMPOSE,
            line="bad",
            says="invalid YAML",
        ),
        Sample(
            "fails",
            "a key that stands twice",
            [replace(COMPOSE, UI, UI + "    image: again\n")],
            file=COMPOSE,
            line="again",
            says="image (lines",
        ),
        Sample(
            "fails",
            "a misspelt key",
            [replace(COMPOSE, "    ports:\n", "    port:\n")],
            file=COMPOSE,
            line="port:",
            says="services.ui.port",
        ),
        Sample(
            "fails",
            "ui is only in a profile",
            [replace(COMPOSE, UI, UI + "    profiles: [extra]\n")],
            file=COMPOSE,
            line="profiles:",
            says="profile that is not enabled",
        ),
        Sample(
            "unusual",
            "ui is in a profile that the example turns on",
            [
                replace(COMPOSE, UI, UI + "    profiles: [extra]\n"),
                replace(ENV, "UI_PORT", "COMPOSE_PROFILES=extra\nUI_PORT"),
            ],
        ),
        Sample(
            "fails",
            "post is scaled to nothing",
            [replace(COMPOSE, POST, POST + "    scale: 0\n")],
            file=COMPOSE,
            line="scale: 0",
            says="0 replicas",
        ),
        Sample(
            "fails",
            "env_file of this computer only",
            [replace(COMPOSE, UI, UI + "    env_file: /etc/reddit.env\n")],
            file=COMPOSE,
            line="env_file",
            says="/etc/reddit.env",
        ),
        Sample(
            "unusual",
            "a .env that is rightly not there is an env_file",
            [replace(COMPOSE, UI, UI + "    env_file: .env\n")],
        ),
    ],
    skip=needs_compose,
)


@needs_compose
def test_what_is_not_there_to_be_built_is_told_from_top_to_bottom(tmp_path: Path) -> None:
    """compose gives the services by their names: comment, post, ui."""
    write_homework(tmp_path, {**BASE, COMPOSE: BASE[COMPOSE].replace("build: ./", "build: ./code/")})
    result = ask(catalogue.load().items["docker-4/compose-file"], Submission("s", WorkTree(tmp_path)))
    lines = BASE[COMPOSE].splitlines()
    places = [finding.at.line for finding in result.findings if finding.at is not None]
    assert places == [at for at, line in enumerate(lines, start=1) if "build: ./" in line]
    assert len(places) == 3
