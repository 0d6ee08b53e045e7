"""docker-3/aliases."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, README

_RUNS = BASE[README][BASE[README].index("### Other aliases") :]
_ENV_FILE = [
    replace(README, " --env POST_DATABASE_HOST=db1", " --env-file=names.env"),
    replace(README, " --env COMMENT_DATABASE_HOST=db2", " --env-file ./names.env"),
    replace(README, " -e POST_SERVICE_HOST=post2 -e COMMENT_SERVICE_HOST=comment2", " --env-file names.env"),
]
_SERVICES = "POST_SERVICE_HOST=post2\nCOMMENT_SERVICE_HOST=comment2\n"

test_samples = sample_tests(
    "docker-3/aliases",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "no other aliases",
            [replace(README, _RUNS, "")],
            says="give the services other network aliases",
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "a script with variables, joined lines, names for aliases, old spellings and the long form of --network",
            [
                replace(README, _RUNS, ""),
                write(
                    "src/run.sh",
                    "#!/bin/bash\nNET=reddit2\ndocker run -d --network name=$NET,alias=db1 \\\n  --name db2 mongo\n"
                    "sudo docker container run -dit --net=$NET --net-alias post2 -ePOST_DATABASE_HOST=db1 me/post\n"
                    "docker run --rm -d --name comment2 --net $NET "
                    "-e 'COMMENT_DATABASE_HOST=db2' me/comment:1 # it's fine\n"
                    'docker run -dp 9292:9292 --net="$NET" -e POST_SERVICE_HOST=post2 '
                    "--env=COMMENT_SERVICE_HOST=comment2 me/ui\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "in backticks, with prompts and places for the reader's own name; docker network connect",
            [
                replace(
                    README,
                    _RUNS,
                    "- `docker run -d --name=store mongo` and `docker network connect --alias db1 reddit store`\n"
                    "- `> docker run -d --network=reddit -e POST_DATABASE_HOST=db1 <your-login>/post:1.0`\n",
                )
            ],
        ),
        *(
            Sample(
                "fails",
                f"{host} is no other container",
                [replace(README, "--env COMMENT_DATABASE_HOST=db2", f"--env COMMENT_DATABASE_HOST={host}")],
                says="use the name of the service: COMMENT_DATABASE_HOST=database",
                file=README,
                line=f"COMMENT_DATABASE_HOST={host}",
                findings=1,
            )
            for host in ("localhost", "127.0.0.1")
        ),
        Sample(
            "unusual",
            "a name in other letters: the engine's DNS takes no notice of case",
            [replace(README, "-e POST_SERVICE_HOST=post2", "-e POST_SERVICE_HOST=Post2")],
        ),
        Sample(
            "unusual",
            "a word of prose where the reader's own name belongs",
            [replace(README, "-e COMMENT_SERVICE_HOST=comment2", "-e COMMENT_SERVICE_HOST=имя")],
        ),
        Sample(
            "unusual",
            "the values are in a file that is there",
            [
                *_ENV_FILE,
                write(
                    "src/names.env",
                    "POST_DATABASE_HOST=db1\nCOMMENT_DATABASE_HOST=db2\n"
                    "POST_SERVICE_HOST=post2\nCOMMENT_SERVICE_HOST=comment2\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "the values are in a file that nobody sees",
            _ENV_FILE,
            says="a file that is not in the repository",
            verdict="unverified",
        ),
        Sample(
            "unusual",
            "one line as an example: nobody sees what the others are called",
            [write(README, "Own names: `docker run -d --network=reddit -e POST_SERVICE_HOST=post2 me/ui:1.0`\n")],
            says="show only one side",
            verdict="unverified",
        ),
        Sample(
            "unusual",
            "the database alone has another alias: nobody sees who asks for it",
            [write(README, "Own names: `docker run -d --network=reddit --network-alias=store mongo`\n")],
            says="show only one side",
            verdict="unverified",
        ),
        Sample(
            "fails",
            "the file has a name that nobody has",
            [*_ENV_FILE, write("names.env", f"POST_DATABASE_HOST=db3\nCOMMENT_DATABASE_HOST=db2\n{_SERVICES}")],
            says="POST_DATABASE_HOST of me/post:1.0 is a name on its network | db3",
            file=README,
            line="me/post:1.0",
            findings=1,
        ),
        Sample(
            "fails",
            "quotes in the file of --env-file, which docker run takes for a part of the name",
            [*_ENV_FILE, write("names.env", f"POST_DATABASE_HOST='db1'\nCOMMENT_DATABASE_HOST=db2\n{_SERVICES}")],
            says="remove the quotes",
            file=README,
            line="me/post:1.0",
            findings=1,
        ),
        Sample(
            "fails",
            "post is not told",
            [replace(README, " --env POST_DATABASE_HOST=db1", "")],
            says="POST_DATABASE_HOST of me/post:1.0 is a name on its network | post_db",
            file=README,
            line="alias=post2 me/post",
            findings=1,
        ),
        Sample(
            "fails",
            "a name that nobody has",
            [replace(README, "-e POST_SERVICE_HOST=post2", "-e POST_SERVICE_HOST=post3")],
            says="--network-alias=post3",
            file=README,
            line="me/ui:1.0",
            findings=1,
        ),
        Sample(
            "fails",
            "another network",
            [replace(README, "--network=reddit --network-alias=db1", "--network=other --network-alias=db1")],
            says="the same one",
            file=README,
            line="post2 --env",
        ),
        Sample(
            "fails",
            "behind the image it is the container's command",
            [
                replace(
                    README,
                    "--env COMMENT_DATABASE_HOST=db2 me/comment:1.0",
                    "me/comment:1.0 --env COMMENT_DATABASE_HOST=db2",
                )
            ],
            says="COMMENT_DATABASE_HOST of me/comment:1.0",
            file=README,
            line="me/comment:1.0 --env",
        ),
    ],
)
