"""docker-1/images-table."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, sample_tests, write

from ._homework import BASE, HEADER, LOG, OWN, STOCK

test_samples = sample_tests(
    "docker-1/images-table",
    BASE,
    [
        Sample("passes", "the table on line 1"),
        Sample(
            "unusual",
            "under prompts and other tables, in a block of Markdown",
            [
                write(
                    LOG,
                    "me@vm:~$ docker ps -a\nCONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n"
                    f"me@vm:~$ docker images\n```\n{HEADER}{OWN}{STOCK}```\nme@vm:~$ exit",
                )
            ],
        ),
        Sample(
            "unusual",
            "the layout of docker 1.9",
            [
                write(
                    LOG,
                    "REPOSITORY          TAG                 IMAGE ID            CREATED             VIRTUAL SIZE\n"
                    "me/nginx-tmp-file   latest              8f1c2a44d0b7        2 minutes ago       188.3 MB\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "the layout of docker 29",
            [
                write(
                    LOG,
                    "                                                     i Info →   U  In Use\n"
                    "IMAGE                            ID             DISK USAGE   CONTENT SIZE   EXTRA\n"
                    "me/ubuntu-tmp-file:latest        8f1c2a44d0b7        119MB         31.9MB    U\n"
                    "ubuntu:16.04                     4a7c90e15d2f        119MB         31.9MB\n",
                )
            ],
        ),
        Sample(
            "fails",
            "the table of docker ps",
            [
                write(
                    LOG,
                    "CONTAINER ID   IMAGE          COMMAND   CREATED         STATUS\n5d0c6b1f9a3e   ubuntu   bash\n",
                )
            ],
            file=LOG,
            says="docker ps",
        ),
        Sample("fails", "nothing in it", [write(LOG, "")], file=LOG, says="header"),
        Sample(
            "fails",
            "a header alone",
            [write(LOG, f"$ docker images\n{HEADER}\n$\n")],
            file=LOG,
            line="REPOSITORY",
            says="nothing under the header",
        ),
        Sample(
            "fails",
            "rows without a size",
            [write(LOG, f"{HEADER}ubuntu                    16.04     4a7c90e15d2f   4 weeks ago\n")],
            file=LOG,
            line="ubuntu",
            says="4a7c90e15d2f",
        ),
    ],
)
