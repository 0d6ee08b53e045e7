"""Where a submission's images may come from: registries at public addresses.

The docker host asks a registry itself, in its own network, and a name in a Dockerfile may be any: the docker host's
loopback, a cloud's metadata service, a printer. So the name is looked up first. What is behind a redirect, and a name
that the docker host resolves otherwise than this machine, cannot be seen from here; what the course puts in an image's
place is the course's own affair.
"""

from __future__ import annotations

from ...findings import Unverified
from ...messages import _
from ...net.addresses import AddressRule
from ...net.causes import Cause, Failure
from ...net.deadline import Deadline
from ...registry.references import is_docker_hub

__all__ = ["require_public_source"]

_SECONDS = 10.0
"""To look a name up."""


def require_public_source(name: str, place: str, rule: AddressRule | None = None) -> None:
    """Raise ``Unverified`` where an image's registry is at no public address.

    :param place: where the submission names it.

    A name that is not known here raises nothing: the docker host will say so itself, or know it.
    """
    host, slash, _path = name.partition("/")
    # as splitDockerDomain has it in github.com/distribution/reference, in its newer versions
    is_host = slash and ("." in host or ":" in host or host == "localhost" or host != host.lower())
    if not is_host or is_docker_hub(host):
        return
    address = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        (rule or AddressRule()).addresses(address.strip("[]"), 443, Deadline(_SECONDS), only=True)
    except Failure as failure:
        if failure.cause is not Cause.NOT_PUBLIC:
            return
        raise Unverified(
            _("{place} takes the image {image} from an address that is not public, so the docker host is not asked "
              "to fetch it", place=place, image=name),
            _("use the one from Docker Hub; the course file can replace it: [images]"),
        ) from None  # fmt: skip
