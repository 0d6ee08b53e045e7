"""What a registry's answers say: manifests, their digests and platforms, tags, tokens, errors. All of it is hostile."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from ..messages import _, excerpt
from ..net.http import Answer
from .errors import NotARegistry

__all__ = [
    "MEDIA_TYPES",
    "Manifest",
    "codes",
    "digest_of_headers",
    "errors_of",
    "first_tag",
    "object_of",
    "platforms_of_config",
    "problem",
    "read",
    "token",
]

_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
MEDIA_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    *_INDEXES,
    _SIGNED,
    "application/vnd.docker.distribution.manifest.v1+json",
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,16384}")  # RFC 6750's b64token
_PLATFORM = re.compile(r"[A-Za-z0-9_.-]{1,30}")
_CODE = re.compile(r"[A-Z_]{3,40}")
_MAX_PLATFORMS = 30
_MAX_CODES = 10


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest, or an index of several. ``config`` is the digest of an image's configuration, where it has one."""

    digest: str
    platforms: tuple[str, ...]
    config: str | None = None


def digest_of_headers(answer: Answer) -> str | None:
    """The digest an answer to HEAD states. Raises :class:`~.errors.NotARegistry` where it speaks of no manifest."""
    if answer.media_type not in MEDIA_TYPES:
        raise NotARegistry(
            answer.url.authority,
            answer.media_type or _("it does not declare the content type of its answer"),
            status=200,
        )
    digest = answer.header("Docker-Content-Digest").strip()
    return digest if _DIGEST.fullmatch(digest) else None


def read(answer: Answer) -> Manifest:
    """A manifest. Raises :class:`~.errors.NotARegistry` for what is none, or is not what its digest says."""
    host = answer.url.authority
    stated = digest_of_headers(answer)
    data = object_of(answer)
    if data is None or not isinstance(data.get("schemaVersion"), int):
        raise NotARegistry(host, answer.body, status=200)
    # The digest of a signed manifest is that of the text without its signatures.
    kind = stated.partition(":")[0] if stated is not None else "sha256"
    counted = f"{kind}:{hashlib.new(kind, answer.body).hexdigest()}"
    if stated is not None and stated != counted and answer.media_type != _SIGNED:
        raise NotARegistry(host, _("the manifest does not match its digest"), status=200)
    entries = data.get("manifests")
    if answer.media_type in _INDEXES and isinstance(entries, list):
        platforms = (_platform(each.get("platform")) for each in entries if isinstance(each, dict))
        return Manifest(stated or counted, tuple(dict.fromkeys(each for each in platforms if each))[:_MAX_PLATFORMS])
    config = data.get("config")
    digest = config.get("digest") if isinstance(config, dict) else None
    is_digest = isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None
    return Manifest(stated or counted, (), digest if is_digest else None)


def platforms_of_config(answer: Answer, digest: str) -> tuple[str, ...]:
    """The platform that an image's configuration names; none where it is not the one the manifest speaks of."""
    kind, _colon, expected = digest.partition(":")
    if answer.status != 200 or hashlib.new(kind, answer.body).hexdigest() != expected:
        return ()
    platform = _platform(object_of(answer))
    return (platform,) if platform else ()


def first_tag(answer: Answer) -> str | None:
    """The first tag of a list of tags; ``None`` where it has none."""
    data = object_of(answer)
    tags = data.get("tags") if data is not None else None
    if data is None or not (tags is None or isinstance(tags, list)):
        raise NotARegistry(answer.url.authority, answer.body, status=answer.status)
    return next((tag for tag in tags or [] if isinstance(tag, str) and _TAG.fullmatch(tag)), None)


def token(answer: Answer) -> str | None:
    """The token that a token server gives: as ``token``, or as OAuth calls it."""
    data = object_of(answer) or {}
    for name in ("token", "access_token"):
        value = data.get(name)
        if isinstance(value, str) and _TOKEN.fullmatch(value):
            return value
    return None


def object_of(answer: Answer) -> dict[str, Any] | None:
    """The JSON object that an answer is; ``None`` where it is none."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def errors_of(answer: Answer) -> list[dict[str, Any]]:
    """The errors that an answer tells of, as the specification has them, at most ten."""
    data = object_of(answer)
    found = data.get("errors") if data is not None else None
    return [each for each in found[:_MAX_CODES] if isinstance(each, dict)] if isinstance(found, list) else []


def codes(answer: Answer) -> frozenset[str]:
    """The error codes of an answer, as the specification names them; none where it does not speak the API."""
    return frozenset(
        code for each in errors_of(answer) if isinstance(code := each.get("code"), str) and _CODE.fullmatch(code)
    )


def problem(answer: Answer) -> str:
    """What an answer that is no success says, for people: the registry's own words, else the beginning of its text."""
    for each in errors_of(answer):
        words = [part for part in (each.get("code"), each.get("message")) if isinstance(part, str)]
        if words:
            return excerpt(": ".join(words))
    return excerpt(answer.body) or f"HTTP {answer.status}"


def _platform(data: object) -> str | None:
    if not isinstance(data, dict):
        return None
    parts = [data.get(name) for name in ("os", "architecture", "variant")]
    words = [part for part in parts if isinstance(part, str) and _PLATFORM.fullmatch(part)]
    # An attestation's place in an index is called unknown/unknown.
    return "/".join(words) if len(words) > 1 and "unknown" not in words else None
