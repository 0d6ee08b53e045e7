"""gitlab-ci-1/cache-live: an S3 server that knows its users, and what is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path

import pytest
from minio import Minio
from moto import settings as moto_settings
from moto.core.responses import ActionAuthenticatorMixin
from moto.server import ThreadedMotoServer

from pytest_dockerlab.homework import Need
from pytest_dockerlab.results import ItemResult
from tests.engine.servers import free_port
from tests.registry.servers import answer, hostile

from ._endpoints import ask_with, texts
from ._homework import BASE, CONFIGURATION

ITEM = "gitlab-ci-1/cache-live"
ACCESS, SECRET = "DOCKERLAB_CACHE_ACCESS_KEY", "DOCKERLAB_CACHE_SECRET_KEY"
XML = {"Content-Type": "application/xml"}
BUCKETS = {
    "runner": ["runner/be2265a1/project/1/default", "runner/be2265a1/project/7/gems-protected", "unrelated"],
    "shared": ["ci/project/3/default/cache.zip"],
    "empty": [],
    "photos": ["summer/1.jpg", "summer/2.jpg", "runner/notes.txt", "project/plan.txt"],
}


@dataclass(frozen=True)
class Cache:
    """The server, a user who may list its buckets, and one who may not."""

    url: str
    owner: tuple[str, str]
    stranger: tuple[str, str]


@pytest.fixture(scope="module")
def cache() -> Iterator[Cache]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    try:
        client = Minio(f"{host}:{port}", "nobody", "knows-me", secure=False, region="us-east-1")
        for bucket, names in BUCKETS.items():
            client.make_bucket(bucket)
            for name in names:
                client.put_object(bucket, name, BytesIO(b"x"), 1)
        owner, stranger = _user(url, "owner", may_list=True), _user(url, "stranger", may_list=False)
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0  # from here on it looks at keys and signatures
        ActionAuthenticatorMixin.request_count = 0
        yield Cache(url, owner, stranger)
    finally:
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        server.stop()


def _user(url: str, name: str, *, may_list: bool) -> tuple[str, str]:
    import boto3

    iam = boto3.client(
        "iam", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    iam.create_user(UserName=name)
    if may_list:
        rule = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.put_user_policy(
            UserName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [rule]})
        )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch):
    """Sets the keys that the cache is asked with."""

    def set_keys(access: str | None, secret: str | None) -> None:
        for name, value in ((ACCESS, access), (SECRET, secret)):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)

    set_keys(None, None)
    return set_keys


def asked(folder: Path, url: str) -> ItemResult:
    result = ask_with("cache-live", Need.CACHE_URL, url, folder)
    assert "be2265a1" not in str(result)
    return result


@pytest.mark.sample(ITEM, "passes")
def test_the_runners_objects(cache: Cache, keys, tmp_path: Path) -> None:
    keys(*cache.owner)
    result = asked(tmp_path, f"{cache.url}/runner")
    assert result.verdict == "passed", texts(result)
    assert (result.evidence["objects"], result.evidence["projects"]) == (2, [1, 7])
    assert not any(key in str(result) for key in cache.owner)


@pytest.mark.sample(ITEM, "unusual")
def test_shared_by_all_runners_below_a_path(cache: Cache, keys, tmp_path: Path) -> None:
    keys(*cache.owner)
    result = asked(tmp_path, f"{cache.url}/shared/ci/")
    assert result.verdict == "passed", texts(result)
    assert result.evidence["projects"] == [3]


@pytest.mark.sample(ITEM, "unusual")
def test_the_bucket_of_the_configuration(cache: Cache, keys, tmp_path: Path) -> None:
    keys(*cache.owner)
    result = asked(tmp_path / "plain", cache.url)
    assert result.verdict == "passed", texts(result)
    assert (result.evidence["bucket"], result.evidence["projects"]) == ("runner", [1, 7])
    text = (
        BASE[CONFIGURATION].replace('"runner"', '"shared"').replace("Shared = true", 'Shared = true\n    Path = "/ci/"')
    )
    result = ask_with("cache-live", Need.CACHE_URL, cache.url, tmp_path / "path", {**BASE, CONFIGURATION: text})
    assert result.verdict == "passed", texts(result)
    assert (result.evidence["bucket"], result.evidence["projects"]) == ("shared", [3])


@pytest.mark.sample(ITEM, "fails")
@pytest.mark.parametrize(
    ("bucket", "says"),
    [
        (
            "empty",
            "objects of a runner: runner/…/project/…/… | the bucket empty is empty | give a job cache: with key:",
        ),
        ("photos", "other ones: project, runner, summer"),
        ("nobucket", "the shared cache answers | the cache at 127.0.0.1:"),
    ],
)
def test_what_is_not_there(cache: Cache, keys, tmp_path: Path, bucket: str, says: str) -> None:
    keys(*cache.owner)
    result = asked(tmp_path, f"{cache.url}/{bucket}")
    assert result.verdict == "failed"
    assert says in texts(result)
    assert ("has no bucket nobucket" in texts(result)) == (bucket == "nobucket")


def test_keys_that_are_not_right(cache: Cache, keys, tmp_path: Path) -> None:
    wrong = "not-the-secret-key"
    for number, (access, secret, says) in enumerate(
        [
            (cache.owner[0], wrong, "does not accept the keys that were given: SignatureDoesNotMatch"),
            ("AKIANOBODY", wrong, "does not accept the keys that were given: InvalidAccessKeyId"),
            (*cache.stranger, "does not let these keys list the bucket runner"),
            (cache.owner[0], None, f"only one of {ACCESS}, {SECRET} is set"),
        ]
    ):
        keys(access, secret)
        result = asked(tmp_path / str(number), f"{cache.url}/runner")
        assert result.verdict == "unverified"
        assert says in texts(result)
        assert not any(key in str(result) for key in (access, secret, wrong) if key)


def error(status: str, code: str, message: str = "words", **headers: str) -> bytes:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    return answer(status, {**XML, **headers}, body)


@pytest.mark.parametrize(
    ("said", "verdict", "says"),
    [
        (error("403 Forbidden", "AccessDenied"), "unverified", "requires keys | set DOCKERLAB_CACHE_ACC"),
        (
            error("400 Bad Request", "AuthorizationHeaderMalformed", "expecting 'eu-west-1'"),
            "unverified",
            "refers to another region or server: AuthorizationHeaderMalformed: expecting 'eu-west-1'",
        ),
        (
            error("301 Moved Permanently", "PermanentRedirect", "use bucket.s3.eu", Location="http://localhost/"),
            "unverified",
            "PermanentRedirect: use bucket.s3.eu",
        ),
        (error("503 Slow", "SlowDown", "disk full"), "failed", "with the error 503: SlowDown: disk full | see its log"),
        (answer("502 Bad Gateway", {"Content-Type": "text/html"}, b"<h1>nginx</h1>"), "failed", "the error 502: <h1>"),
        (answer("200 OK", {"Content-Type": "text/html"}, b"<!DOCTYPE html><p>Console"), "failed", "(text/html): <!"),
        (answer("200 OK", XML, b"<html xmlns='x'><p>Console</p></html>"), "failed", "is not an S3 server: HTTP 200"),
        (answer("302 Found", {"Location": "/users/sign_in"}, b"<html>"), "failed", "is not an S3 server: GitLab"),
        (answer("404 Not Found", {"X-Gitlab-Meta": "{}"}, b"<html>"), "failed", "is not an S3 server: GitLab"),
        (answer("404 Not Found", {"Content-Type": "application/json"}, b'{"a":1}'), "failed", '404 (application/json)'),
        (answer("204 No Content"), "failed", "is not an S3 server: HTTP 204"),
        (answer("200 OK", XML, b"<ListBucketResult><IsTruncated>"), "failed", "is not an S3 server: HTTP 200"),
        (answer("200 OK", XML, b"<ListBucketResult>" + b"<a>" * 300_000), "failed", "is not an S3 server: HTTP 200"),
        (
            answer("200 OK", XML, b'<!DOCTYPE a [<!ENTITY b "c">]><ListBucketResult>&b;</ListBucketResult>'),
            "failed",
            "is not an S3 server: HTTP 200",
        ),
        (answer("200 OK", XML, b"<ListBucketResult>\xff</ListBucketResult>"), "failed", "is not an S3 server"),
        (b"MINIO\r\n\r\n", "failed", "does not speak HTTP"),
    ],
)  # fmt: skip
def test_other_answers(keys, tmp_path: Path, said: bytes, verdict: str, says: str) -> None:
    with hostile(lambda head: iter([said])) as server:
        result = asked(tmp_path, f"{server.url}/runner")
    assert result.verdict == verdict
    assert says in texts(result).replace("\n", " | ")


def test_clocks_that_differ(keys, tmp_path: Path) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=47, seconds=5), usegmt=True)
    said = error("403 Forbidden", "RequestTimeTooSkewed", Date=date)
    with hostile(lambda head: iter([said])) as server:
        result = asked(tmp_path, f"{server.url}/runner")
    assert result.verdict == "unverified"
    assert (
        f"the clocks of this machine and of the cache at {server.url.removeprefix('http://')} differ by 47 min"
        in texts(result)
    )


def test_keys_go_nowhere_else(keys, tmp_path: Path) -> None:
    keys("AKIAMINE", "my-own-secret-key")
    with hostile(lambda head: iter([error("200 OK", "x")])) as other:
        place = {
            "Location": f"{other.url.replace('127.0.0.1', 'localhost')}/runner",
            "x-amz-bucket-region": "eu-west-1",
        }
        for number, status in enumerate(("301 Moved", "302 Found", "307 Temporary", "308 Permanent")):
            with hostile(lambda head, status=status: iter([error(status, "Moved", **place)])) as server:
                result = asked(tmp_path / str(number), f"{server.url}/runner")
            assert result.verdict in ("failed", "unverified")
            assert len(server.requests) == 1
            assert b"my-own-secret-key" not in server.requests[0]
    assert other.requests == []


def test_an_answer_and_a_list_without_end(keys, tmp_path: Path) -> None:
    def endless(head: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<ListBucketResult>"
        while True:
            yield b"<Contents/>" * 10_000

    inside = "<Name>runner</Name><IsTruncated>true</IsTruncated><NextContinuationToken>a</NextContinuationToken>"
    page = f"<ListBucketResult>{inside}</ListBucketResult>".encode()
    with hostile(endless) as server:
        result = asked(tmp_path / "endless", f"{server.url}/runner")
    assert result.verdict == "failed"
    assert "sends more than 4194304 bytes in one answer" in texts(result)
    with hostile(lambda head: iter([answer("200 OK", XML, page)])) as server:
        result = asked(tmp_path / "pages", f"{server.url}/runner")
    assert result.verdict == "failed"
    assert "sends a list without end" in texts(result)
    assert len(server.requests) == 12


def test_what_is_not_answered_at_all(keys, tmp_path: Path) -> None:
    result = asked(tmp_path / "refused", f"http://127.0.0.1:{free_port()}/runner")
    assert result.verdict == "failed"
    assert "nothing listens at 127.0.0.1:" in texts(result)
    files = {path: text for path, text in BASE.items() if path != CONFIGURATION}
    result = ask_with("cache-live", Need.CACHE_URL, "http://127.0.0.1:1", tmp_path / "bucket", files)
    assert result.verdict == "unverified"
    assert "the bucket is not known\nname it behind the address: --hw-cache-url http://HOST:PORT/BUCKET" in texts(
        result
    )
    result = asked(tmp_path / "url", "http://AKIA:hunter2@127.0.0.1:1/runner")
    assert result.verdict == "error"
    assert "hunter2" not in str(result)
