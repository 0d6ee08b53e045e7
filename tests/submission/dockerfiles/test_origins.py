"""What a path of an image was made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.dockerfiles.origins import How, origin_of
from pytest_dockerlab.submission.files.worktree import WorkTree

WANTED = "/etc/prometheus/prometheus.yml"


@pytest.mark.parametrize(
    ("text", "how", "path"),
    [
        ("COPY prometheus.yml /etc/prometheus/", How.FILE, "app/prometheus.yml"),
        ("ADD prometheus.yml /etc/prometheus/prometheus.yml", How.FILE, "app/prometheus.yml"),
        ("COPY other.yml /etc/prometheus/prometheus.yml", How.FILE, "app/other.yml"),
        ("COPY other.yml prometheus.yml /etc/prometheus/", How.FILE, "app/prometheus.yml"),
        ("COPY *.yml /etc/prometheus/", How.FILE, "app/prometheus.yml"),
        ("COPY conf /etc/prometheus", How.FILE, "app/conf/prometheus.yml"),
        ("COPY . /etc", None, ""),
        ("COPY etc /etc", How.FILE, "app/etc/prometheus/prometheus.yml"),
        ("WORKDIR /etc\nWORKDIR prometheus\nCOPY prometheus.yml .", How.FILE, "app/prometheus.yml"),
        ("ENV D=/etc/prometheus\nCOPY prometheus.yml ${D}/", How.FILE, "app/prometheus.yml"),
        ('COPY ["prometheus.yml", "/etc/prometheus/"]', How.FILE, "app/prometheus.yml"),
        ("COPY prometheus.yml /etc/prometheus/\nCOPY other.yml /etc/prometheus/prometheus.yml", How.FILE,
         "app/other.yml"),
        ("COPY prometheus.yml /etc/prometheus/\nRUN chmod 644 /etc/prometheus/prometheus.yml", How.FILE,
         "app/prometheus.yml"),
        ("COPY other.yml /etc/prometheus/", None, ""),
        ("COPY prometheus.yml /etc/prom/", None, ""),
        ("COPY gone.yml /etc/prometheus/prometheus.yml", How.MISSING, "app/gone.yml"),
        ("COPY gone/prometheus.yml /etc/prometheus/", How.MISSING, "app/gone/prometheus.yml"),
        ("COPY ../x.yml /etc/prometheus/prometheus.yml", How.MISSING, "app/x.yml"),
        ("COPY ../../../etc/passwd /etc/prometheus/prometheus.yml", How.MISSING, "app/etc/passwd"),
        ("ADD https://example.org/prometheus.yml /etc/prometheus/", How.COMMAND, ""),
        ("RUN envsubst < /t > /etc/prometheus/prometheus.yml", How.COMMAND, ""),
        ("WORKDIR /etc/prometheus\nRUN sed s/a/b/ x > prometheus.yml", How.COMMAND, ""),
        ("COPY --from=prom/prometheus:v2 /etc/prometheus/prometheus.yml /etc/prometheus/", How.IMAGE, ""),
        ("COPY <<EOF /etc/prometheus/prometheus.yml\na: b\nEOF", How.INLINE, ""),
    ],
)  # fmt: skip
def test_where_a_file_comes_from(tmp_path: Path, text: str, how: How | None, path: str) -> None:
    for each in ("prometheus.yml", "other.yml", "conf/prometheus.yml", "etc/prometheus/prometheus.yml"):
        (tmp_path / "app" / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "app" / each).write_text("a: b\n")
    (tmp_path / "x.yml").write_text("a: b\n")
    read = Dockerfile("app/Dockerfile", f"FROM prom/prometheus:v2.1.0\n{text}\n")
    found = origin_of(WorkTree(tmp_path), read, "app", WANTED, folders=["/etc/prometheus"])
    assert (found.how if found else None, found.path if found else "") == (how, path)


def test_stages(tmp_path: Path) -> None:
    (tmp_path / "p.yml").write_text("a: b\n")
    first = "FROM a AS one\nCOPY p.yml /c/prometheus.yml\nFROM one AS two\n"
    text = f"{first}FROM prom/prometheus\nCOPY --from=two /c /etc/prometheus\n"
    found = origin_of(WorkTree(tmp_path), Dockerfile("Dockerfile", text), "", WANTED)
    assert found is not None
    assert (found.how, found.path, found.instruction.line) == (How.FILE, "p.yml", 2)
