"""The runner's cache on an S3 server, asked through minio's client. Nothing is written, and no object is read.

The client is given a transport of ours: its own follows redirects to anywhere, with the session's token, waits five
minutes for the next byte, and reads whatever comes. Imported where it is used.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3 import HTTPHeaderDict, HTTPResponse, PoolManager

from ..messages import excerpt
from ..net.asking import EndpointUrlInvalid, explained
from ..net.causes import Cause, Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from . import cache_errors as errors

__all__ = ["CacheKeys", "CacheServer"]

_SECONDS = 30.0
_MAX_BODY = 4 * 1024 * 1024
"""Bytes: a page of a thousand objects with the longest names."""
_MAX_REQUESTS = 12
_AMAZON = ".amazonaws.com"
_WANTED = (b"<ListBucketResult", b"<LocationConstraint", b"<Error")
_KEYS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidTokenId", "ExpiredToken"})
_ELSEWHERE = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "PermanentRedirect",
        "TemporaryRedirect",
        "Redirect",
        "IllegalLocationConstraintException",
    }
)


@dataclass(frozen=True, slots=True)
class CacheKeys:
    """An access key and its secret key. Neither stands in a text that is made of them."""

    access: str = field(repr=False)
    secret: str = field(repr=False)


class CacheServer:
    """An S3 server at ``url``, named by ``option``; without ``keys`` it is asked as everybody may."""

    def __init__(self, url: Url, option: str, keys: CacheKeys | None = None, *, region: str | None = None) -> None:
        self.url = url
        self._option = option
        self._keys = keys
        self._transport = _Transport(url)
        if region is None and not url.host.endswith(_AMAZON):
            region = "us-east-1"  # every server but Amazon's own takes it for its region
        try:
            self._client = Minio(
                url.authority,
                keys.access if keys else None,  # no local has a key: pytest may show them
                keys.secret if keys else None,
                secure=url.scheme == "https",
                region=region,
                http_client=self._transport,
            )
        except ValueError:  # the client knows fewer names of hosts than there are
            raise EndpointUrlInvalid(option) from None

    def keys_of(self, bucket: str, prefix: str, limit: int) -> list[str]:
        """The names of at most ``limit`` objects that begin with ``prefix``.

        Raises :class:`~..net.asking.EndpointError` without an answer, :class:`~.cache_errors.CacheError` for another
        one than a list.
        """
        host = self.url.authority
        failure: Failure | None = None
        try:
            found = itertools.islice(self._client.list_objects(bucket, prefix, recursive=True), limit)
            return [each.object_name for each in found if each.object_name is not None]
        except Failure as problem:
            failure = problem
        except S3Error as problem:
            raise self._refused(problem, bucket) from None
        except InvalidResponseError:
            raise self._no_s3() from None
        except ServerError as problem:
            raise errors.CacheBroken(host, str(problem), status=problem.status_code) from None
        except (ParseError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            raise self._no_s3() from None  # what the client says of an answer that is another one than it expects
        raise explained(failure, self.url, self._option, seconds=_SECONDS, max_body=_MAX_BODY)

    def _refused(self, problem: S3Error, bucket: str) -> errors.CacheError:
        host, code = self.url.authority, str(problem.code)
        answer = self._transport.answer
        if code == "NoSuchBucket":
            return errors.CacheNoBucket(host, bucket=bucket)
        if code == "RequestTimeTooSkewed":
            return errors.CacheClock(host, minutes=_minutes_apart(answer))
        if code in _KEYS:
            return errors.CacheKeysRefused(host, code)
        if code in _ELSEWHERE:
            return errors.CacheElsewhere(host, f"{code}: {problem.message}")
        if code in ("AccessDenied", "AllAccessDisabled"):
            return errors.CacheLogin(host) if self._keys is None else errors.CacheDenied(host, bucket=bucket)
        status = answer.status if answer is not None else 0
        return errors.CacheBroken(host, f"{code}: {problem.message}", status=status)

    def _no_s3(self) -> errors.CacheError:
        """What answered, in few words. GitLab, which students name instead, sends everybody to its login."""
        host, answer = self.url.authority, self._transport.answer
        if answer is None:
            return errors.NotS3(host)
        if (
            answer.header("X-Gitlab-Meta")
            or b"/users/sign_in" in answer.body[:4096] + answer.header("Location").encode()
        ):
            return errors.NotS3(host, "GitLab")
        if answer.status >= 500:
            return errors.CacheBroken(host, excerpt(answer.body) or "HTTP", status=answer.status)
        kind = f" ({answer.media_type})" if answer.media_type else ""
        return errors.NotS3(host, f"HTTP {answer.status}{kind}: {excerpt(answer.body)}")


class _Transport(PoolManager):
    """Sends what minio's client wants to send, to the named server and nowhere else, within one deadline for all."""

    def __init__(self, url: Url) -> None:
        super().__init__()
        self._url = url
        self._http = Client()
        self._deadline = Deadline(_SECONDS)
        self._left = _MAX_REQUESTS
        self.answer: Answer | None = None

    def urlopen(self, method: str, url: str, *_given: Any, **given: Any) -> Any:
        """Ask once. Raises :class:`~..net.causes.Failure`, and ``ValueError`` for an answer that S3 does not give."""
        target = Url.parse(url)
        if not self._is_same_server(target):
            raise Failure(Cause.ELSEWHERE, target.authority)
        if not self._left:
            raise errors.CacheEndless(self._url.authority)
        self._left -= 1
        # A traceback shows no signature; Connection and the like are ours.
        headers = {name: Secret(str(value)) for name, value in dict(given.get("headers") or {}).items()}
        self.answer = answer = self._http.request(
            Request(target, method, headers, given.get("body")), self._deadline, max_body=_MAX_BODY
        )
        # Without a document type it has no entities that grow.
        if b"<!DOCTYPE" in answer.body or not any(word in answer.body[:1024] for word in _WANTED):
            raise ValueError("no XML of S3")
        # The client compares the content type with this one word.
        kind = "application/xml" if answer.body.lstrip().startswith(b"<") else answer.media_type
        said = HTTPHeaderDict({**dict(answer.headers.items()), "Content-Type": kind})
        return HTTPResponse(io.BytesIO(answer.body), said, answer.status, preload_content=False)

    def _is_same_server(self, target: Url) -> bool:
        # Amazon's own client names the bucket in the host.
        are_amazons = target.host.endswith(_AMAZON) and self._url.host.endswith(_AMAZON) and target.scheme == "https"
        return target.origin == self._url.origin or are_amazons


def _minutes_apart(answer: Answer | None) -> int:
    try:
        said = parsedate_to_datetime(answer.header("Date") if answer is not None else "")
        return round(abs((datetime.now(UTC) - said).total_seconds()) / 60)
    except (ValueError, TypeError):
        return 0
