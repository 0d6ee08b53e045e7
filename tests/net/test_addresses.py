"""The address rule: only public addresses, and the very ones that were looked at."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from pytest_dockerlab.net.addresses import ANY_ADDRESS, AddressRule, is_public, resolve
from pytest_dockerlab.net.causes import Cause, Failure
from pytest_dockerlab.net.client import Client
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.net.http import Request, Url

PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"]
PUBLIC += ["64:ff9b::808:808"]  # 8.8.8.8, as a network without IPv4 has it


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
        "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
        "2001:20::1", "2001:1::1", "3fff::1", "5f00::1", "100::1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808", "4000::1", "", "localhost", "8.8.8", "08.8.8.8", "0x7f.0.0.1", "2130706433",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)


def rule(*answers: list[str], lifted: tuple[str, int] | None = None) -> tuple[AddressRule, list[str]]:
    """A rule with a resolver that gives these answers one after another, and the questions it was asked."""
    asked: list[str] = []

    def answer(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return AddressRule(lifted, answer), asked


@pytest.mark.parametrize(
    "answer", [["10.0.0.1"], ["169.254.169.254"], ["::1", "127.0.0.1"], ["::ffff:10.0.0.1"], ["nonsense"]]
)
def test_a_name_with_a_private_address(answer: list[str]) -> None:
    checked, _asked = rule(answer)
    with pytest.raises(Failure) as caught:
        checked.addresses("registry.example", 443, Deadline(5))
    assert caught.value.cause is Cause.NOT_PUBLIC
    assert answer[0] in caught.value.detail
    with pytest.raises(Failure) as caught:
        Client(checked).request(Request(Url.parse("http://registry.example/")), Deadline(5), max_body=10)
    assert caught.value.cause is Cause.NOT_PUBLIC


def test_any_address() -> None:
    assert ANY_ADDRESS.addresses("127.0.0.1", 80, Deadline(5)) == ["127.0.0.1"]


def test_of_mixed_answers_only_the_public_ones_are_connected_to() -> None:
    checked, _asked = rule(["10.0.0.1", "8.8.8.8", "fd00::1", "2606:4700:4700::1111"])
    assert checked.addresses("registry.example", 443, Deadline(5)) == ["8.8.8.8", "2606:4700:4700::1111"]


def test_what_the_user_named_is_lifted_for_that_host_and_port_alone() -> None:
    checked, _asked = rule(["127.0.0.1"], lifted=("registry.example", 5000))
    assert checked.addresses("registry.example", 5000, Deadline(5)) == ["127.0.0.1"]
    for host, port in (("registry.example", 5001), ("other.example", 5000), ("127.0.0.1", 5000)):
        with pytest.raises(Failure) as caught:
            checked.addresses(host, port, Deadline(5))
        assert caught.value.cause is Cause.NOT_PUBLIC


def test_the_resolver_is_asked_once_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    # Rebinding: the second answer would be the private one.
    checked, asked = rule(["8.8.8.8"], ["127.0.0.1"])
    connected: list[object] = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(Failure) as caught:
        Client(checked).request(Request(Url.parse("https://registry.example/v2/")), Deadline(5), max_body=10)
    assert caught.value.cause is Cause.REFUSED
    assert (asked, connected) == (["registry.example"], [("8.8.8.8", 443)])


def test_what_was_connected_to_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # A kernel that translates addresses, say: what counts is the other end of the connection.
    checked, _asked = rule(["8.8.8.8"])
    connect: Callable[..., socket.socket] = socket.create_connection
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
        monkeypatch.setattr(socket, "create_connection", lambda address, timeout: connect(place, timeout))
        with pytest.raises(Failure) as caught:
            Client(checked).request(Request(Url.parse("http://registry.example/")), Deadline(5), max_body=10)
        assert caught.value.cause is Cause.NOT_PUBLIC
        server.settimeout(5)
        connection, _address = server.accept()
        with connection:
            connection.settimeout(5)
            assert connection.recv(100) == b""  # closed before anything was sent


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(Failure) as caught:
        AddressRule().addresses("no-such-host.invalid", 443, Deadline(30))
    assert caught.value.cause is Cause.UNKNOWN_NAME


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "\udcff.example", ""])
def test_a_name_that_cannot_be_one(host: str) -> None:
    with pytest.raises(Failure) as caught:
        AddressRule().addresses(host, 443, Deadline(30))
    assert caught.value.cause in (Cause.UNKNOWN_NAME, Cause.NOT_PUBLIC)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1"])
def test_ways_to_write_this_machine(host: str) -> None:
    with pytest.raises(Failure) as caught:
        AddressRule().addresses(host, 443, Deadline(30))
    assert caught.value.cause in (Cause.UNKNOWN_NAME, Cause.NOT_PUBLIC)


def test_a_resolver_that_never_answers() -> None:
    release = threading.Event()

    def wait(host: str, port: int) -> list[str]:
        release.wait(60)
        return ["8.8.8.8"]

    try:
        with pytest.raises(Failure) as caught:
            AddressRule(resolve=wait).addresses("registry.example", 443, Deadline(0.1))
        assert caught.value.cause is Cause.UNKNOWN_NAME
        assert isinstance(caught.value.error, TimeoutError)
    finally:
        release.set()


def test_the_system_resolver_gives_numbers() -> None:
    assert "127.0.0.1" in resolve("localhost", 443)
