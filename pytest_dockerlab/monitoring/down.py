"""What to do about a target that is not up, by what Prometheus says of its last scrape."""

from __future__ import annotations

from ..messages import Message, _

__all__ = ["is_about_the_format", "is_about_the_way", "remedy_of"]

_FORMAT = ("Content-Type", "expected", "valid start token", "invalid syntax", "INVALID", "parse error")
# Parts of Go's and Prometheus' own words, the first that fits; whether files show it; and what to do.
_CAUSES: tuple[tuple[tuple[str, ...], bool, Message], ...] = (
    (
        ("no such host", "server misbehaving", "Temporary failure in name resolution"),
        True,
        _("the host of the target has to be a service, or an alias, on a network that Prometheus is on too"),
    ),
    (
        ("connection refused",),
        True,
        _("nothing listens on this port: compare it with the port that the service listens on, and see its log"),
    ),
    (
        ("no route to host", "network is unreachable"),
        True,
        _("Prometheus and the service have to share a network"),
    ),
    (
        ("context deadline exceeded", "i/o timeout"),
        False,
        _("it does not answer within scrape_timeout: see its log, and whether it is overloaded"),
    ),
    (
        ("HTTP response to HTTPS client", "tls:", "x509:"),
        False,
        _("correct scheme in the job: http for a service without TLS"),
    ),
    (
        ("returned HTTP status 404",),
        False,
        _("the path is another one: correct metrics_path in the job, or see in a browser what the service answers"),
    ),
    (
        ("returned HTTP status 400",),
        False,
        _("a parameter is missing: a probe needs target and module, by relabel_configs and params"),
    ),
    (
        ("returned HTTP status",),
        False,
        _("see in a browser what the service answers there, and its log"),
    ),
    (
        ("EOF", "connection reset"),
        False,
        _("it closes the connection before its answer is complete: see its log"),
    ),
    (
        _FORMAT,
        False,
        _(
            "what answers there are no metrics that can be read: correct the port and metrics_path in the job, or the "
            "line that the service writes"
        ),
    ),
)
_OTHER = _("see the log of the service, and Status → Targets in Prometheus")


def remedy_of(last_error: str) -> Message:
    """What to do about a target whose last scrape ended with this error."""
    return next((remedy for words, _files, remedy in _CAUSES if any(each in last_error for each in words)), _OTHER)


def is_about_the_way(last_error: str) -> bool:
    """Whether the error is one of the name, the network or the port, which the files show too."""
    return next((files for words, files, _remedy in _CAUSES if any(each in last_error for each in words)), False)


def is_about_the_format(last_error: str) -> bool:
    """Whether something answers that Prometheus cannot read."""
    return any(each in last_error for each in _FORMAT) and "EOF" not in last_error
