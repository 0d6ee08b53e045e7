"""docker-4/compose-file."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, ENV, OVERRIDE, POST, UI, needs_compose

test_samples = sample_tests(
    "docker-4/compose-file",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "compose.yaml in the root, the parts in folders of other names, a third-party decoy beside it",
            [
                remove(COMPOSE),
                remove(OVERRIDE),
                write(
                    "compose.yaml",
                    BASE[COMPOSE].replace("./ui", "src/ui").replace("post_db:\n    image", "db:\n    image"),
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
            [
                replace(
                    COMPOSE,
                    BASE[COMPOSE][BASE[COMPOSE].index("  comment:\n") : BASE[COMPOSE].index("\nvolumes:")],
                    "",
                )
            ],
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
