"""The last guard of secrets: a check may quote a submission, and what it quotes may be a token."""

from __future__ import annotations

from dataclasses import replace

from ..messages import Message
from ..results import ItemResult
from ..submission.text.secrets import masked

__all__ = ["mask_secrets"]


def mask_secrets(result: ItemResult) -> None:
    """Take secrets out of all texts of a result: reports and files are made of it."""
    result.findings = [
        replace(each, expected=_message(each.expected), found=_masked(each.found), hint=_message(each.hint))
        for each in result.findings
    ]
    result.evidence = {name: _masked(value) for name, value in result.evidence.items()}
    result.figures = [{name: _masked(value) for name, value in figure.items()} for figure in result.figures]
    result.reason, result.remedy = _message(result.reason), _message(result.remedy)
    result.details = masked(result.details) if result.details is not None else None


def _message(message: Message | None) -> Message | None:
    return Message(message.id, {name: _masked(arg) for name, arg in message.args.items()}) if message else None


def _masked(value: object) -> object:
    match value:
        case str():
            return masked(value)
        case Message():
            return _message(value)
        case dict():
            return {name: _masked(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return type(value)(_masked(each) for each in value)
    return value
