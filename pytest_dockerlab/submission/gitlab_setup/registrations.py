"""How a runner is registered: by a command, by Ansible's module or role, by Terraform, through the API.

The text of a token goes no further than this module: a registration only says in which form it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...findings import Location
from ..text.secrets import is_random
from ..text.shell import words
from ..text.yamldoc import Node
from .definitions import ContainerDefinition, Registration, TokenForm
from .resolving import Resolver

__all__ = [
    "API",
    "REGISTER",
    "of_command",
    "of_container",
    "of_request",
    "registered_by_key",
    "token_form",
    "tokens_given_to",
]

REGISTER = re.compile(r"gitlab-runner(?::[\w.-]{1,80})?[\"']?\s{1,20}(?:[\w/]{0,40}gitlab-runner\s{1,20})?register\b")
"""The command that registers, in a container or outside of one."""
API = re.compile(r"/api/v4/(?:user/)?runners(?![\w/-])")
"""Where GitLab's API makes runners."""
_POSTS = re.compile(r"\bPOST\b|\s(?:--data|--form|-d|-F)\b")
_IN_REQUEST = re.compile(r"(?:PRIVATE-TOKEN:\s{0,9}|\btoken=)([^\s\"'&]{1,300})")
_TOKENS = ("--registration-token", "-r", "--token", "-t")
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\*+|x{2,}|\.{3,}|…|(?:your|my|the)\b.*|.*(?:token|here|secret|changeme|example|placeholder|токен).*",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\$\{?[\w(]|\{\{|%\w+%|`")
_MODULE = re.compile(r"(?:^|\.)gitlab_runner$")
_KEYS = frozenset({"gitlab_runner_registration_token", "gitlab_runner_token", "registration-token"})
_RUNNERS = "gitlab_runner_runners"
"""Variables of the roles that people take from Ansible Galaxy."""
_SAID = re.compile(r"(?<![\w$])(REGISTER_NON_INTERACTIVE|REGISTRATION_TOKEN|CI_SERVER_TOKEN)=[\"']?([^\s\"']{1,300})")
"""What ``gitlab-runner register`` takes from its environment instead of an option."""
_FROM_ENVIRONMENT = {
    "REGISTER_NON_INTERACTIVE": "--non-interactive",
    "REGISTRATION_TOKEN": "--registration-token",
    "CI_SERVER_TOKEN": "--token",
}
_YES = ("true", "1", "yes")
_SAID_ABOVE = 10
"""Lines: so far above the command the variable is still meant for it."""


def token_form(text: str) -> TokenForm:
    """Whether a token is written out, comes from a variable, or is a place for the reader's own."""
    text = text.strip().strip("\"'")
    if not text:
        return TokenForm.NONE
    if _VARIABLE.search(text):
        return TokenForm.VARIABLE
    if _PLACEHOLDER.fullmatch(text[:200]) or not is_random(text):
        return TokenForm.PLACEHOLDER
    return TokenForm.LITERAL


def of_command(text: str, at: Location, resolver: Resolver, how: str) -> Registration | None:
    """The registration that a command line makes; ``None`` where it makes none."""
    match = REGISTER.search(text)
    if match is None:
        return None
    following = text[match.end() :]
    if text.count("`", 0, match.start()) % 2:  # a README has the command in backquotes
        following = following.partition("`")[0]
    said = dict(_SAID.findall(text[: match.start()]))
    for name in _FROM_ENVIRONMENT:
        setting = resolver.settings.get(name)
        if setting is not None and 0 <= (at.line or 0) - (setting.at.line or 0) <= _SAID_ABOVE:
            said.setdefault(name, f"${name}")
    return _of_words(words(following), at, resolver, how, said)


def of_container(container: ContainerDefinition, resolver: Resolver) -> Registration | None:
    """The registration that a container makes when it starts: by its command, or by variables that say so."""
    if "register" in container.command:
        at = container.command.index("register")
        return _of_words(container.command[at + 1 :], container.place("command"), resolver, container.kind.value)
    variables = container.environment
    flag = variables.get("REGISTER_NON_INTERACTIVE")
    token = variables.get("REGISTRATION_TOKEN") or variables.get("CI_SERVER_TOKEN")
    if flag is None or flag.value.lower() not in _YES or token is None:
        return None
    value, token_at = resolver.value(token.value)
    return Registration(
        container.kind.value,
        flag.at,
        is_interactive=False,
        token=token_form(value),
        token_at=token_at or token.at,
        executor=variables["RUNNER_EXECUTOR"].value if "RUNNER_EXECUTOR" in variables else None,
    )


def of_request(text: str, at: Location, resolver: Resolver, how: str) -> Registration | None:
    """The runner that a request to GitLab's API makes; ``None`` where it makes none."""
    if API.search(text) is None or _POSTS.search(text) is None:
        return None
    token = _IN_REQUEST.search(text)
    value, token_at = resolver.value(token[1]) if token is not None else ("", None)
    place = token_at or (resolver.place(token[1], at) if token is not None else at)
    return Registration(how, at, is_interactive=False, token=token_form(value), token_at=place)


def tokens_given_to(key: Node, value: Node, *, is_prose: bool) -> Iterator[Node]:
    """The tokens that a pair of YAML registers runners with: of Ansible's module or a role, or a request of its own."""
    url, method, headers = value.get("url"), value.get("method"), value.get("headers")
    tokens: list[Node | None] = []
    if _MODULE.search(key.text):
        tokens = [value.get("registration_token") or value.get("api_token")]
    elif key.text in _KEYS and not is_prose:
        tokens = [value]
    elif key.text == _RUNNERS and not is_prose:
        tokens = [each.get("token") for each in value.children]
    elif (
        url is not None
        and API.search(url.text)
        and method is not None
        and method.text == "POST"
        and headers is not None
    ):
        tokens = [headers.get("PRIVATE-TOKEN")]
    yield from (each for each in tokens if each is not None and each.kind == "scalar")


def registered_by_key(text: str, at: Location, resolver: Resolver, how: str) -> Registration:
    """The registration by a module or a role that is given a token."""
    value, token_at = resolver.value(text)
    return Registration(how, at, is_interactive=False, token=token_form(value), token_at=token_at or at)


def _of_words(
    given: Sequence[str], at: Location, resolver: Resolver, how: str, said: Mapping[str, str] | None = None
) -> Registration:
    """The registration by the words behind ``register``; what is ``said`` by variables stands in for its options."""
    options: dict[str, str] = {}
    for place, word in enumerate(given):
        name, equals, value = word.partition("=")
        if name.startswith("-"):
            following = given[place + 1] if place + 1 < len(given) else ""
            options.setdefault(name, value if equals else following)
    for variable, name in _FROM_ENVIRONMENT.items():
        given_value = (said or {}).get(variable)
        if given_value is not None and (name in _TOKENS or resolver.value(given_value)[0].lower() in _YES):
            options.setdefault(name, given_value)
    is_interactive = "-n" not in options and "--non-interactive" not in options
    token, token_at = next((resolver.value(options[name]) for name in _TOKENS if name in options), ("", None))
    return Registration(
        how,
        at,
        is_interactive=is_interactive,
        token=token_form(token),
        token_at=token_at or resolver.place(token, at),
        executor=options.get("--executor"),
    )
