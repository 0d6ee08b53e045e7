"""Fills in a form as a person does: by what its fields are called, by their type, else in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .pages import Field, Form

__all__ = ["COMMENT", "POST", "SIGN_UP", "Filling", "choose", "filled"]

_TEXTS = ("text", "search", "url", "email", "tel", "password", "number", "textarea")
_SUBMITS = ("submit", "image")


@dataclass(frozen=True, slots=True)
class Filling:
    """Something to be written into a form: the key of the value, and how its field is known."""

    key: str
    words: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    is_needed: bool = True


# Field names of the course's application in its versions, then others that mean the same.
POST = (
    Filling("link", ("link", "url", "href", "uri", "address"), ("url",)),
    Filling("title", ("title", "subject", "headline", "caption", "topic", "name", "заголовок", "название")),
)
COMMENT = (
    Filling("email", ("email", "mail"), ("email",), is_needed=False),
    Filling("body", ("body", "text", "comment", "message", "content", "комментарий", "текст"), ("textarea",)),
    Filling("name", ("name", "author", "user", "username", "nick", "nickname", "имя"), is_needed=False),
)
SIGN_UP = (
    Filling("email", ("email", "mail"), ("email",), is_needed=False),
    Filling("password", ("password", "pass", "пароль"), ("password",)),
    Filling("username", ("username", "user", "login", "name", "nick", "логин", "имя")),
)


def choose(forms: Iterable[Form], fillings: Sequence[Filling]) -> Form | None:
    """The form that is for these fillings: every needed one has its field, and most are known by more than order.

    A form with a password is never one for a post or a comment, and one that sends by GET only where its fields say so.
    """
    is_secret = any(filling.key == "password" for filling in fillings)
    best: Form | None = None
    best_score = -1
    for form in forms:
        if not is_secret and any(field.kind == "password" for field in form.fields):
            continue
        places, score = _assigned(form, fillings)
        is_whole = all(filling.key in places for filling in fillings if filling.is_needed)
        if is_whole and (score or form.method == "POST") and score > best_score:
            best, best_score = form, score
    return best


def filled(form: Form, fillings: Sequence[Filling], values: dict[str, str]) -> list[tuple[str, str]]:
    """What a browser would send: every field in its order, hidden ones too, with ``values`` where they belong.

    No other field stays empty that a person would see: the course's pages break on a comment without an address.
    """
    places, _score = _assigned(form, fillings)
    mine = {place: values[key] for key, place in places.items()}
    sent: list[tuple[str, str]] = []
    has_submit = False
    for place, control in enumerate(form.fields):
        if not control.name or control.is_disabled:
            continue
        if place in mine:
            sent.append((control.name, mine[place]))
        elif control.kind in _SUBMITS:
            if not has_submit:
                sent.append((control.name, control.value))
            has_submit = True
        elif control.kind in ("checkbox", "radio"):
            if control.is_checked or control.is_required:
                sent.append((control.name, control.value))
        elif control.kind in _TEXTS:
            sent.append((control.name, control.value or _filler(control, values)))
        elif control.kind in ("button", "reset", "file"):
            continue
        else:
            sent.append((control.name, control.value))
    return sent


def _assigned(form: Form, fillings: Sequence[Filling]) -> tuple[dict[str, int], int]:
    free = {
        place: control
        for place, control in enumerate(form.fields)
        if control.kind in _TEXTS and control.name and not control.is_disabled
    }
    found: dict[str, int] = {}
    for is_fit in (_by_name, _by_kind, _by_hint):
        for filling in fillings:
            if filling.key in found:
                continue
            place = next((place for place, control in free.items() if is_fit(control, filling)), None)
            if place is not None:
                found[filling.key] = place
                del free[place]
    score = len(found)
    plain = [place for place, control in free.items() if control.kind in ("text", "textarea")]
    # What is left goes by order, as the course's forms have it: a title before its link, a name before its comment.
    missing = [filling for filling in reversed(fillings) if filling.key not in found and filling.key != "email"]
    if len(plain) < len(missing):
        missing = [filling for filling in missing if filling.is_needed]
    found |= {filling.key: place for filling, place in zip(missing, plain, strict=False)}
    return found, score


def _by_name(control: Field, filling: Filling) -> bool:
    # The last word says it: post[title], comment_author
    words = _words(control.name)
    return bool(words) and words[-1] in filling.words


def _by_kind(control: Field, filling: Filling) -> bool:
    return control.kind in filling.kinds


def _by_hint(control: Field, filling: Filling) -> bool:
    return any(word in filling.words for word in _words(f"{control.name} {control.hints}"))


def _words(name: str) -> list[str]:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:600])
    return re.findall(r"[^\W\d_]+", parts.lower())


def _filler(control: Field, values: dict[str, str]) -> str:
    if control.kind == "password":
        return values.get("password", "dockerlab")
    return {"email": "dockerlab@example.org", "url": "http://example.org/", "number": "1", "tel": "1"}.get(
        control.kind, "dockerlab"
    )
