"""The homework that samples of docker-1 start from, done in the plainest way."""

from __future__ import annotations

LOG = "docker-1.log"
HEADER = "REPOSITORY                TAG       IMAGE ID       CREATED          SIZE\n"
OWN = "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago   113MB\n"
STOCK = (
    "ubuntu                    16.04     4a7c90e15d2f   4 weeks ago      113MB\n"
    "hello-world               latest    c3d5e8b07a16   3 months ago     1.85kB\n"
)
PROSE = (
    "\nAn image has Architecture and RootFS.Layers. A container has State.Pid and NetworkSettings,\n"
    "and they are empty while it is stopped.\n"
)
BASE = {
    "README.md": "# Homework\n\n## docker-1\n\nFirst steps.\n",
    LOG: HEADER + OWN + STOCK + PROSE,
}
