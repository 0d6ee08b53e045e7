"""monitoring-1/mongodb-exporter."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, replace, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, ENV, needs_both

IMAGE = "    image: percona/mongodb_exporter:0.30.0\n"
SETTING = "    environment:\n      MONGODB_URI: mongodb://post_db:27017\n"
SERVICE = f"  mongodb-exporter:\n{IMAGE}{SETTING}    networks:\n      - back_net\n"
JOB = "  - job_name: mongodb\n    static_configs:\n      - targets:\n          - mongodb-exporter:9216\n\n"
OWN = "    image: ${USERNAME}/mongodb_exporter\n"
DOCKERFILE = "monitoring/mongodb_exporter/Dockerfile"


def setting(kind: str, title: str, text: str, **expected: object) -> Sample:
    """Told in another way which MongoDB to ask."""
    return Sample(kind, title, [replace(COMPOSE, SETTING, text)], **expected)  # type: ignore[arg-type]


test_samples = sample_tests(
    "monitoring-1/mongodb-exporter",
    BASE,
    [
        Sample("passes", "the plain homework"),
        setting(
            "unusual", "an option", "    command: ['--mongodb.uri=mongodb://comment_db:27017', --compatible-mode]\n"
        ),
        setting("unusual", "an option in two words, a host alone", "    command: [-mongodb.uri, post_db]\n"),
        setting(
            "unusual",
            "with a user, a database and options",
            "    environment: ['MONGODB_URI=mongodb://user:p%40ss@post_db:27017,post_db/admin?ssl=false']\n",
        ),
        setting("unusual", "outside of the project", "    command: --mongodb.uri=mongodb+srv://cluster.example.org\n"),
        Sample(
            "unusual",
            "a URI of the env file",
            [
                replace(COMPOSE, SETTING, "    environment: ['MONGODB_URI=${MONGODB_URI}']\n"),
                write(ENV, BASE[ENV] + "MONGODB_URI=mongodb://post_db:27017\n"),
            ],
        ),
        Sample(
            "unusual",
            "eses, an old variable, its own port",
            [
                replace(
                    COMPOSE,
                    IMAGE + SETTING,
                    "    image: eses/mongodb_exporter\n    environment: {MONGODB_URL: 'mongodb://post_db'}\n",
                ),
                replace(CONFIGURATION, "exporter:9216", "exporter:9104"),
            ],
        ),
        Sample(
            "unusual",
            "of its own making, dcu's port, told in its Dockerfile",
            [
                replace(COMPOSE, IMAGE + SETTING, OWN),
                write(
                    DOCKERFILE,
                    "FROM alpine\nRUN git clone https://github.com/dcu/mongodb_exporter\n"
                    'EXPOSE 9001\nENV MONGODB_URL mongodb://post_db:27017\nENTRYPOINT ["mongodb_exporter"]\n',
                ),
                replace(CONFIGURATION, "exporter:9216", "exporter:9001"),
            ],
        ),
        Sample(
            "unusual",
            "built by compose, told by the Dockerfile's command",
            [
                replace(COMPOSE, IMAGE + SETTING, "    build: ../monitoring/mongodb_exporter\n"),
                write(DOCKERFILE, 'FROM bitnami/mongodb-exporter:0.11\nCMD ["--mongodb.uri=mongodb://post_db"]\n'),
            ],
        ),
        Sample(
            "unusual",
            "an image that nobody can look into, and no URI: it may be in there",
            [replace(COMPOSE, IMAGE + SETTING, OWN)],
            verdict="unverified",
            says="which MongoDB mongodb-exporter asks is not known",
        ),
        Sample(
            "unusual",
            "not there",
            [replace(COMPOSE, SERVICE, ""), replace(CONFIGURATION, JOB, "")],
            verdict="not attempted",
            says="there is no MongoDB exporter",
        ),
        Sample(
            "unusual",
            "a variable that has no value yet",
            [replace(COMPOSE, SETTING, "    environment: ['MONGODB_URI=${MONGODB_URI}']\n")],
            verdict="unverified",
            says="give the variable a value in the example env file",
        ),
        Sample(
            "fails",
            "a job without a service",
            [replace(COMPOSE, SERVICE, "")],
            file=CONFIGURATION,
            line="job_name: mongodb",
            says="there is a service for the MongoDB exporter",
            findings=1,
        ),
        Sample(
            "fails",
            "a service without a job",
            [replace(CONFIGURATION, JOB, "")],
            file=CONFIGURATION,
            line="scrape_configs:",
            says="add a job to scrape_configs with the target mongodb-exporter:9216",
            findings=1,
        ),
        setting(
            "fails",
            "not told",
            "",
            file=COMPOSE,
            line="  mongodb-exporter:",
            says="MONGODB_URI: mongodb://post_db:27017",
            findings=1,
        ),
        setting(
            "fails",
            "no such host",
            "    command: --mongodb.uri=mongodb://root:secret@mongo:27017\n",
            file=COMPOSE,
            line="command:",
            says="mongo:27017: no service has the name mongo",
            findings=1,
        ),
        setting(
            "fails",
            "itself",
            "    environment: {MONGODB_URI: 'mongodb://localhost:27017'}\n",
            file=COMPOSE,
            line="environment:",
            says="localhost is the container of mongodb-exporter itself | use the name of the service: post_db:27017",
            findings=1,
        ),
        setting(
            "fails",
            "a port that is none",
            "    command: --mongodb.uri=mongodb://post_db:ports\n",
            says="post_db:ports: no port that is a number | write post_db:27017",
            findings=1,
        ),
        setting(
            "fails",
            "a variable that its version reads no more",
            "    environment:\n      - MONGODB_URL=mongodb://post_db:27017\n",
            file=COMPOSE,
            line="- MONGODB_URL=",
            says="reads MONGODB_URI, and no MONGODB_URL: it asks localhost | write under environment",
            findings=1,
        ),
        setting(
            "fails",
            "another port",
            "    command: --mongodb.uri=mongodb://post_db:27018\n",
            says="post_db listens on 27017, not on 27018",
            findings=1,
        ),
        setting(
            "fails",
            "another service",
            "    command: --mongodb.uri=mongodb://post:5000\n",
            says="post:5000 is post | write the name of the database: post_db",
            findings=1,
        ),
        setting(
            "fails",
            "quotes that are part of the value",
            "    environment:\n      - MONGODB_URI='mongodb://post_db:27017'\n",
            file=COMPOSE,
            line="- MONGODB_URI=",
            says="remove the quotes around the URI",
            findings=1,
        ),
        Sample(
            "fails",
            "on another network than the database",
            [
                replace(
                    COMPOSE,
                    f"{SETTING}    networks:\n      - back_net\n",
                    f"{SETTING}    networks:\n      - front_net\n",
                )
            ],
            file=COMPOSE,
            line="MONGODB_URI",
            says="post_db is on back_net, mongodb-exporter on front_net: they share no network",
            findings=1,
        ),
        Sample(
            "fails",
            "another port than its own, which is told by targets-resolve",
            [replace(CONFIGURATION, "exporter:9216", "exporter:9001")],
            verdict="unverified",
            says="job mongodb does not reach mongodb-exporter:9001",
        ),
    ],
    skip=needs_both,
)


@needs_both
def test_a_password_is_never_shown(tmp_path: Path) -> None:
    text = "    command: --mongodb.uri=mongodb://root:s3cr3t@mongo:27017/admin\n"
    write_homework(tmp_path, BASE, [replace(COMPOSE, SETTING, text)])
    result = ask(catalogue.load().items["monitoring-1/mongodb-exporter"], Submission("sample", WorkTree(tmp_path)))
    assert result.findings
    assert "s3cr3t" not in repr((result.findings, result.evidence, result.reason))
