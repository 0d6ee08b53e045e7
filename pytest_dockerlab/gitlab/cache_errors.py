"""Why the runner's S3 cache shows nothing: one class per cause, each with a reason and a remedy for people."""

from __future__ import annotations

from typing import ClassVar

from ..errors import ExplainedError
from ..messages import _

__all__ = [
    "CacheBroken",
    "CacheClock",
    "CacheDenied",
    "CacheElsewhere",
    "CacheEndless",
    "CacheError",
    "CacheKeysRefused",
    "CacheLogin",
    "CacheNoBucket",
    "NotS3",
]


class CacheError(ExplainedError):
    """The cache shows nothing. No message holds a key."""

    template = _("the cache at {host} cannot be asked: {detail}")
    is_server: ClassVar[bool] = False
    """Whether it is the server that does not do what an S3 server does; else the way to it is at fault, or its keys."""


class CacheNoBucket(CacheError):
    """The server is there, and the bucket is not."""

    template = _("the cache at {host} has no bucket {bucket}")
    advice = _("create it (mc mb, or a folder of that name below the exported one), or correct BucketName")
    is_server = True


class CacheLogin(CacheError):
    """It shows nothing to everybody, as it should, and it was asked without keys."""

    template = _("the cache at {host} requires keys")
    advice = _(
        "set DOCKERLAB_CACHE_ACCESS_KEY and DOCKERLAB_CACHE_SECRET_KEY in the environment, to keys that may list it"
    )


class CacheKeysRefused(CacheError):
    """It does not know the access key, or the secret key is another one."""

    template = _("the cache at {host} does not accept the keys that were given: {detail}")
    advice = _("correct DOCKERLAB_CACHE_ACCESS_KEY and DOCKERLAB_CACHE_SECRET_KEY")


class CacheDenied(CacheError):
    """The keys are right, and may not list the bucket."""

    template = _("the cache at {host} does not let these keys list the bucket {bucket}")
    advice = _("give them the right to list it (s3:ListBucket), or set other keys")


class CacheClock(CacheError):
    """The two clocks are too far apart for a signature."""

    template = _("the clocks of this machine and of the cache at {host} differ by {minutes} min")
    advice = _(
        "set both clocks (timedatectl set-ntp true): S3 accepts a difference of 15 min, of the runner's clock too"
    )


class CacheElsewhere(CacheError):
    """The bucket is in another region, or on another server."""

    template = _("the cache at {host} refers to another region or server: {detail}")
    advice = _("name that server in --hw-cache-url; for a bucket of Amazon's also BucketLocation in config.toml")


class NotS3(CacheError):
    """Something answers, and it is no S3 server."""

    template = _("what answers at {host} is not an S3 server: {detail}")
    advice = _("check the port: MinIO's is 9000 inside of the container, and its console has another one")
    is_server = True


class CacheEndless(CacheError):
    """Behind every page of its list it names another one, and there is nothing on them."""

    template = _("the cache at {host} sends a list without end")
    advice = _("see its log, and whether it is an S3 server that others can list")
    is_server = True


class CacheBroken(CacheError):
    """The server answers with an error of its own."""

    template = _("the cache at {host} answers with the error {status}: {detail}")
    advice = _("see its log: docker logs, and whether its disk is full")
    is_server = True
