"""What kind of token stands in a configuration, told by its form, and where else there may be secrets.

The token itself goes no further than here.
"""

from __future__ import annotations

import re

from .sections import TokenKind
from .template import is_hole, is_open

__all__ = ["holds_secret", "is_literal", "kind_of"]

_FORMS = (
    (TokenKind.AUTHENTICATION, re.compile(r"(?:glrtr?-|t\d_|glcbt-)[\w.-]{8,200}")),
    (TokenKind.REGISTRATION, re.compile(r"GR1348941[\w-]{4,200}")),
    (TokenKind.ACCESS, re.compile(r"gl(?:pat|dt|ptt|soat|ft)-[\w.-]{4,200}")),
)
_PLAIN = re.compile(r"[A-Za-z0-9_-]{20}|[0-9a-f]{30,32}")
_REGISTRATION = re.compile(r"regis|\bREG_?TOKEN\b", re.IGNORECASE)
_OWN = re.compile(
    r"\$\w|[<\[({*#…]|\.{3}|x{4}|\btoken\b|token_|_token|secret|changeme|example|your|replace|private", re.IGNORECASE
)

_SECRET = re.compile(r"token|key|secret|password|credential|dsn|^environment$", re.IGNORECASE)


def holds_secret(key: str) -> bool:
    """Whether what stands under a key of this name may be nobody else's to read."""
    return _SECRET.search(key) is not None


def kind_of(value: object) -> TokenKind:
    """What kind of token it is, or what it holds the place of."""
    if is_hole(value):
        return TokenKind.PLACEHOLDER
    if not isinstance(value, str) or not value.strip():
        return TokenKind.ABSENT
    value = value.strip()
    for kind, form in _FORMS:
        if form.fullmatch(value):
            return kind
    is_variable = value.startswith("$") or is_open(value)
    if _REGISTRATION.search(value) and (is_variable or " " in value or value.isupper() or "_" in value or "-" in value):
        return TokenKind.REGISTRATION
    if is_variable or _OWN.search(value) or (value.isascii() and value.replace("_", "").isupper()):
        return TokenKind.PLACEHOLDER
    return TokenKind.AUTHENTICATION


def is_literal(value: object) -> bool:
    """Whether it is a token itself: by a form that only GitLab gives, or twenty letters and digits of no meaning."""
    if not isinstance(value, str):
        return False
    value = value.strip()
    has_form = any(form.fullmatch(value) for _kind, form in _FORMS) and not re.search(r"x{4}|\.{3}|\*{3}", value, re.I)
    return has_form or (_PLAIN.fullmatch(value) is not None and any(map(str.isdigit, value)) and not _OWN.search(value))
