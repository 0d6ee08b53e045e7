"""The files that items read, and the items that a bad one may move."""

from __future__ import annotations

from ..attack import COMPOSE, ENV, LOG, MONOLITH, OVERRIDE, README, START, UI

READ_BY = {
    COMPOSE: ("docker-4/*", "docker-3/*"),
    OVERRIDE: ("docker-4/*", "docker-3/*"),
    ENV: ("docker-4/*", "docker-3/*"),
    UI: ("docker-3/*", "docker-4/*"),
    MONOLITH: ("docker-2/*",),
    START: ("docker-2/*",),
    LOG: ("docker-1/*",),
    README: ("docker-1/*", "docker-2/pid-answer", "docker-3/*", "docker-4/*"),
}
"""By path of the example."""
DECIDED_BY = {
    COMPOSE: "docker-4/compose-file",
    OVERRIDE: "docker-4/override",
    ENV: "docker-4/env-example",
    UI: "docker-3/services",
    MONOLITH: "docker-2/dockerfile",
    START: "docker-2/files",
    LOG: "docker-1/log-file",
    README: "docker-2/pid-answer",
}
"""The item that cannot pass where the file cannot be read."""
