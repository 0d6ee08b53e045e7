"""monitoring-1/prometheus-image."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, DOCKERFILE, needs_compose

_IMAGE = "    image: ${USERNAME}/prometheus\n"
_FROM = "FROM prom/prometheus:v2.1.0\n"
_COPY = "COPY prometheus.yml /etc/prometheus/\n"


def _dockerfile(kind: str, title: str, text: str, **expected: str) -> Sample:
    return Sample(kind, title, [write(DOCKERFILE, text)], file=DOCKERFILE if kind == "fails" else None, **expected)


def _service(kind: str, title: str, text: str, *edits: object, **expected: str) -> Sample:
    return Sample(kind, title, [replace(COMPOSE, _IMAGE, text), *edits], **expected)  # type: ignore[list-item]


test_samples = sample_tests(
    "monitoring-1/prometheus-image",
    BASE,
    [
        Sample("passes", "the plain homework"),
        _dockerfile("unusual", "ADD", f"{_FROM}ADD prometheus.yml /etc/prometheus/\n"),
        _dockerfile("unusual", "to the file", f"{_FROM}COPY prometheus.yml /etc/prometheus/prometheus.yml\n"),
        _dockerfile("unusual", "a folder without a slash", f"{_FROM}COPY prometheus.yml /etc/prometheus\n"),
        _dockerfile("unusual", "BOM, CRLF, small letters", f"\ufefffrom prom/prometheus:v2.1.0\r\n{_COPY.lower()}\r\n"),
        _dockerfile("unusual", "WORKDIR", f"{_FROM}WORKDIR /etc/prometheus\nCOPY *.yml ./\n"),
        _dockerfile("unusual", "the whole folder", f"{_FROM}COPY . /etc/prometheus\n"),
        _dockerfile("unusual", "a digest", f"FROM prom/prometheus@sha256:{'1' * 64}\n{_COPY}"),
        _dockerfile("unusual", "another registry", f"FROM quay.io/prometheus/prometheus:v3.5.0\n{_COPY}"),
        _dockerfile("unusual", "ARG before FROM", f"ARG V=v2.1.0\nFROM prom/prometheus:${{V}}\n{_COPY}"),
        _dockerfile(
            "unusual", "bitnami's place",
            "FROM bitnami/prometheus:2.40.0\nCOPY prometheus.yml /opt/bitnami/prometheus/conf/\n",
        ),
        _dockerfile(
            "unusual", "stages",
            f"FROM debian:12 AS conf\nCOPY prometheus.yml /c/\n{_FROM}COPY --from=conf /c /etc/prometheus\n",
        ),
        _dockerfile(
            "unusual", "its own command",
            f'{_FROM}COPY prometheus.yml /conf/\nCMD ["--config.file=/conf/prometheus.yml"]\n',
        ),
        _dockerfile("unusual", "inline", f"{_FROM}COPY <<EOF /etc/prometheus/prometheus.yml\nglobal: {{}}\nEOF\n"),
        _dockerfile(
            "unusual", "filled in by a command",
            f"{_FROM}COPY p.tmpl /\nRUN sed s/@UI@/ui/ /p.tmpl > /etc/prometheus/prometheus.yml\n",
        ),
        _service("unusual", "filled in by the command", _IMAGE,
                 replace(COMPOSE, "    command:\n      - --config.file=/etc/prometheus/prometheus.yml\n"
                         "      - --storage.tsdb.path=/prometheus\n      - --storage.tsdb.retention=1d\n",
                         "    entrypoint: sh -c 'sed s/a/b/ /p.tmpl > /etc/prometheus/prometheus.yml && prometheus "
                         "--config.file=/etc/prometheus/prometheus.yml'\n"),
                 write(DOCKERFILE, f"{_FROM}COPY p.tmpl /\n"), write("monitoring/prometheus/p.tmpl", "global: {}\n")),
        Sample("unusual", "filled in by a script", [
            write(DOCKERFILE, f'{_FROM}COPY p.tmpl start.sh /\nENTRYPOINT ["/start.sh"]\n'),
            write("monitoring/prometheus/start.sh", "#!/bin/sh\nenvsubst < /p.tmpl > /etc/prometheus/prometheus.yml\n"),
            write("monitoring/prometheus/p.tmpl", "global: {}\n"),
        ]),
        _dockerfile(
            "unusual", "a release that is downloaded",
            "FROM debian:12\nRUN wget -qO- https://github.com/prometheus/prometheus/releases/download/v2.1.0/"
            f"prometheus-2.1.0.linux-amd64.tar.gz | tar xz\n{_COPY}",
        ),
        _service("unusual", "compose names the Dockerfile",
                 "    build: {context: .., dockerfile: monitoring/prometheus/Prom.Dockerfile}\n",
                 remove(DOCKERFILE),
                 write("monitoring/prometheus/Prom.Dockerfile",
                       f"{_FROM}COPY monitoring/prometheus/prometheus.yml /etc/prometheus/\n")),
        _service("unusual", "compose gives the version",
                 "    build: {context: ../monitoring/prometheus, args: {V: v2.5.0}}\n",
                 write(DOCKERFILE, f"ARG V=latest\nFROM prom/prometheus:$V\n{_COPY}")),
        _service("unusual", "a stock image and a mounted file",
                 "    image: prom/prometheus:v2.1.0\n", remove(DOCKERFILE),
                 replace(COMPOSE, "      - prometheus_data:/prometheus\n", "      - prometheus_data:/prometheus\n"
                         "      - ../monitoring/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml\n")),
        Sample("unusual", "in the root of the repository", [
            write(DOCKERFILE, f"{_FROM}COPY monitoring/prometheus/prometheus.yml /etc/prometheus/\n"),
        ]),
        _service("unusual", "a Dockerfile that compose does not use", "    image: prom/prometheus:v2.1.0\n"),
        Sample("unusual", "built here, its configuration mounted", [
            write(DOCKERFILE, _FROM),
            replace(COMPOSE, "      - prometheus_data:/prometheus\n",
                    "      - prometheus_data:/prometheus\n      - ../monitoring/prometheus:/etc/prometheus:ro\n"),
        ]),
        _dockerfile("fails", "no tag", f"FROM prom/prometheus\n{_COPY}", says="fixed by a tag", line="FROM"),
        _dockerfile("fails", "latest", f"FROM prom/prometheus:latest\n{_COPY}", says="fixed by a tag", line="FROM"),
        _dockerfile("fails", "latest by ARG", f"ARG V=latest\nFROM prom/prometheus:$V\n{_COPY}",
                    says="prom/prometheus:latest", line="FROM"),
        _dockerfile("fails", "another program", f"FROM prom/node-exporter:v1.5.0\n{_COPY}",
                    says="made of Prometheus' own", line="FROM"),
        _dockerfile("fails", "no configuration", _FROM, says="nothing is copied there", line="FROM"),
        _dockerfile("fails", "copied elsewhere", f"{_FROM}COPY prometheus.yml /etc/prom/\n",
                    says="/etc/prom/", line="COPY"),
        _dockerfile("fails", "under another name", f"{_FROM}COPY prometheus.yml /etc/prometheus/prom.yml\n",
                    says="where Prometheus reads it", line="COPY"),
        _dockerfile("fails", "a file that is not there", f"{_FROM}COPY prometeus.yml /etc/prometheus/prometheus.yml\n",
                    says="there is no monitoring/prometheus/prometeus.yml", line="COPY"),
        _dockerfile("fails", "does not parse", f"{_FROM}COPPY a b\n", says="the Dockerfile can be parsed"),
        Sample("fails", "not where the service reads it", [
            write(DOCKERFILE, f"{_FROM}COPY prometheus.yml /conf/\n"),
            replace(COMPOSE, "file=/etc/prometheus/", "file=/config/"),
        ], says="COPY prometheus.yml /config/prometheus.yml", file=DOCKERFILE, line="COPY"),
        Sample("fails", "kept out of the build", [write("monitoring/prometheus/.dockerignore", "*.yml\n")],
               says=".dockerignore keeps it out", file="monitoring/prometheus/.dockerignore", line="*.yml"),
        Sample("fails", "no Dockerfile", [remove(DOCKERFILE)], says="add monitoring/prometheus/Dockerfile", findings=1),
        _service("fails", "a stock image without a version", "    image: prom/prometheus\n", remove(DOCKERFILE),
                 says="fixed by a tag", file=COMPOSE, line="image: prom/prometheus"),
    ],
    skip=needs_compose,
)  # fmt: skip
