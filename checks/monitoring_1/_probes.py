"""What a prober is told to ask: whether it reaches that, on the right port, in the right protocol."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._reach import Address, Trouble, split_address
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.checks.monitoring_1._reach import View

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://(.*)", re.DOTALL)
_PORTS = {"http": 80, "https": 443}


def trouble_of_probe(view: View, prober: str, target: str) -> Trouble | None:
    """Why a probe of this kind (``http``, ``tcp``, ``icmp``, …) does not succeed; ``None`` where it does, or may."""
    url = _URL.fullmatch(target.strip())
    if prober == "http":
        scheme, rest = (url[1].lower(), url[2]) if url else ("http", target.strip())
        place = re.split(r"[/?#]", rest, maxsplit=1)[0]
        return _http(view, scheme, place.rpartition("@")[2], rest[len(place) :], is_url=url is not None)
    if prober in ("tcp", "icmp") and url is not None:
        wanted = "host:port" if prober == "tcp" else "host"
        address = re.split(r"[/?#]", url[2], maxsplit=1)[0]
        return Trouble(
            _("a probe of the kind {prober} takes {wanted} and nothing else", prober=prober, wanted=wanted),
            _("write {address}", address=address if prober == "tcp" else split_address(address).host),
        )
    if prober == "tcp":
        return view.trouble(split_address(target))
    if prober == "icmp":
        address = split_address(target)
        if address.port is not None:
            found = _("a probe of the kind {prober} takes {wanted} and nothing else", prober=prober, wanted="host")
            return Trouble(found, _("write {address}", address=address.host))
        return None if view.services(address.host) else view.trouble(address)
    return None


def _http(view: View, scheme: str, place: str, path: str, *, is_url: bool) -> Trouble | None:
    if scheme not in _PORTS:
        hint = _("write {address}", address=f"http://{place}{path}")
        return Trouble(_("{scheme} is no protocol of an http probe", scheme=scheme), hint)
    address = split_address(place)
    if address.port is None and not re.search(r":[^\]]*$", place):
        address = Address(address.host, _PORTS[scheme])
    trouble = view.trouble(address)
    names = sorted(view.services(address.host))
    is_in_vain = scheme == "https" and names and all(view.is_plain(name) for name in names)
    if trouble is None and not is_in_vain:
        return None
    found = trouble.found if trouble is not None else _("{service} speaks http, and no https", service=names)
    if trouble is not None and (not names or view.is_itself(address.host)):
        return trouble
    start = "http://" if is_url else ""
    path = path if path.strip("/") else view.usual_path(names[0]) or path
    return Trouble(found, _("write {address}", address=f"{start}{address.host}:{view.usual_port(names[0])}{path}"))
