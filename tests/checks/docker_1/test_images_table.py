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
            "unusual",
            "docker 29 on a terminal, recorded by script: colours, a title, what was typed and taken back",
            [
                write(
                    LOG,
                    'Script started on 2025-12-01 10:00:00+00:00 [TERM="xterm-256color"]\r\n'
                    "\x1b[?2004h\x1b]0;me@vm: ~\x07\x1b[01;32mme@vm\x1b[00m:~$ docker imagse\b \b\b \bes\r\n"
                    "\x1b[?2004l\r"
                    "                            \x1b[7m i \x1b[0m \x1b[2mInfo →\x1b[0m   \x1b[7m U \x1b[0m In Use\r\n"
                    "\x1b[1mIMAGE\x1b[0m                       \x1b[1mID\x1b[0m             \x1b[1mDISK USAGE\x1b[0m   "
                    "\x1b[1mCONTENT SIZE\x1b[0m   \x1b[1mEXTRA\x1b[0m\r\n"
                    "\x1b[34mme/ubuntu-tmp-file\x1b[0m:latest   \x1b[2m8f1c2a44d0b7\x1b[0m        119MB         31.9MB"
                    "    \x1b[7m U \x1b[0m\r\n"
                    "\x1b[?2004hme@vm:~$ exit\r\n",
                )
            ],
        ),
        Sample(
            "fails",
            "the table of docker ps",
            [
                write(
                    LOG,
                    "$ docker ps\n"
                    "CONTAINER ID   IMAGE          COMMAND   CREATED         STATUS\n5d0c6b1f9a3e   ubuntu   bash\n",
                )
            ],
            file=LOG,
            line="CONTAINER ID",
            says="docker ps",
        ),
        Sample(
            "fails",
            "the rows without their header",
            [write(LOG, "My images:\n\nme/tmp-file   latest   8f1c2a44d0b7   2 minutes ago   188MB\n")],
            file=LOG,
            line="8f1c2a44d0b7",
            says="no such header",
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
