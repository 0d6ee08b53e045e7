"""What a probe answers, and what is made of it: anything unknown is the probe's error, never "unreachable"."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from pytest_dockerlab.engine.network_view import (
    own_view,
    parse_fib_trie,
    parse_if_inet6,
    parse_routes,
    parse_view,
    view_script,
)
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.connections import (
    Lookup,
    Outcome,
    Reach,
    listen_script,
    lookup_script,
    parse_lookups,
    parse_reaches,
    reach_script,
)

FIB_TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 172.17.0.0/16 2 0 2
        |-- 172.17.0.0
           /16 link UNICAST
        |-- 172.17.0.2
           /32 host LOCAL
Local:
  |-- 127.0.0.1
     /32 host LOCAL
  |-- 172.17.0.2
     /32 host LOCAL
  |-- 192.0.2.9
     /32 host LOCAL
""".splitlines()

ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
*\t0000000A\t00000000\t0200\t0\t0\t0\t000000FF\t0\t0\t0
""".splitlines()

IF_INET6 = """\
00000000000000000000000000000001 01 80 10 80       lo
fd000000000000000000000000000002 02 40 00 80     eth0
fd000000000000000000000000000003 02 40 00 01     eth0
fe80000000000000004278fffe2fea3e 02 40 20 c0     eth0
""".splitlines()


def view_answer(*extra, end="."):
    lines = ["N net:[4026532336]", "I eth0 0x1003", "I lo 0x9", "I tunl0 0x80"]
    lines += [f"fib_trie {line}" for line in FIB_TRIE] + [f"route {line}" for line in ROUTE]
    lines += [f"if_inet6 {line}" for line in IF_INET6]
    return "\n".join([*lines, *extra, end, ""])


class TestView:
    def test_local_addresses_of_fib_trie(self):
        assert parse_fib_trie(FIB_TRIE) == [ip_address(text) for text in ("127.0.0.1", "172.17.0.2", "192.0.2.9")]

    def test_routes_are_little_endian_and_rejecting_ones_left_out(self):
        default, direct = parse_routes(ROUTE)
        assert (default.destination, default.gateway) == (ip_network("0.0.0.0/0"), ip_address("172.17.0.1"))
        assert (direct.destination, direct.gateway) == (ip_network("172.17.0.0/16"), None)

    def test_temporary_and_tentative_addresses_are_unsettled(self):
        assert [is_settled for _address, _name, is_settled in parse_if_inet6(IF_INET6)] == [True, True, False, False]

    def test_a_whole_answer(self):
        view = parse_view(view_answer())
        assert view.namespace == "net:[4026532336]"
        assert view.names == {"eth0", "lo", "tunl0"}
        eth0 = view.interface("eth0")
        assert eth0.is_up
        assert ip_address("172.17.0.2") in eth0.addresses
        assert not view.interface("tunl0").is_up
        assert view.interface("lo").addresses == (ip_address("127.0.0.1"), ip_address("::1"))
        assert view.unassigned == (ip_address("192.0.2.9"),)
        assert ip_address("192.0.2.9") in view.addresses
        assert len(view.unsettled) == 2
        assert view.interface("wlan0") is None

    def test_another_process_view_has_neither_namespace_nor_states(self):
        view = parse_view("I eth0 -\nI lo -\n.\n")
        assert view.namespace is None
        assert view.interface("eth0").is_up is None
        assert "/proc/17/net/dev" in view_script(17)

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "segmentation fault",
            view_answer(end=""),
            view_answer("?"),
            view_answer("I eth1 up"),
            view_answer("N 4026532336"),
            view_answer("if_inet6 00"),
            view_answer("route eth0 0"),
            ".\n",
        ],
    )
    def test_anything_else_is_the_probes_error(self, answer):
        with pytest.raises(ProbeError):
            parse_view(answer)

    def test_our_own(self):
        view = own_view()
        assert view is None or "lo" in view.names


def lookup_answer(*lines, name="db", code=0):
    return "\n".join([f"Q {name}", *(f"A {line}" for line in lines), f"C {code}", ".", ""])


SERVER = ("Server:\t\t127.0.0.11", "Address:\t127.0.0.11:53", "")


class TestLookup:
    def test_the_servers_own_address_is_no_answer(self):
        answer = lookup_answer(*SERVER, "Non-authoritative answer:", "Name:\tdb", "Address: 10.213.0.2", "")
        assert parse_lookups(answer) == [Lookup("db", (ip_address("10.213.0.2"),), True)]

    def test_the_form_of_another_build(self):
        answer = lookup_answer(
            "Server:    127.0.0.11", "Address 1: 127.0.0.11", "", "Name:      db", "Address 1: 10.213.0.2 x.lab"
        )
        assert parse_lookups(answer)[0].addresses == (ip_address("10.213.0.2"),)

    def test_both_families_and_etc_hosts_each_once(self):
        answer = lookup_answer("Name:\tdb", "Address: 10.0.0.1", "Address: fd00::1")
        answer = answer.replace("Q db\n", "Q db\nF 10.0.0.1\n")
        assert [str(address) for address in parse_lookups(answer)[0].addresses] == ["10.0.0.1", "fd00::1"]

    @pytest.mark.parametrize("said", ["** server can't find db: NXDOMAIN", "*** Can't find db: No answer"])
    @pytest.mark.parametrize("code", [0, 1])
    def test_no_such_name_whatever_the_return_code(self, said, code):
        (found,) = parse_lookups(lookup_answer(*SERVER, said, code=code))
        assert not found
        assert found.has_server

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ("nslookup: can't connect to remote host (10.0.0.1): Network is unreachable", 1),
            (";; connection timed out; no servers could be reached", 1),
            ("Killed", 137),
        ],
    )
    def test_nobody_to_ask(self, said, code):
        (found,) = parse_lookups(lookup_answer(said, code=code))
        assert not found
        assert not found.has_server

    def test_several_in_order(self):
        answer = lookup_answer("Name:\ta", "Address: 10.0.0.1", name="a")[:-2] + lookup_answer("x: NXDOMAIN", name="b")
        assert [(found.name, bool(found)) for found in parse_lookups(answer)] == [("a", True), ("b", False)]

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            lookup_answer("Segmentation fault", code=139),
            lookup_answer("whatever", code=0),
            lookup_answer("Name:\tdb", "Address: here"),
            "Q db\nC x\n.\n",
            "Q db\nF here\nC 0\n.\n",
        ],
    )
    def test_anything_else_is_the_probes_error(self, answer):
        with pytest.raises(ProbeError):
            parse_lookups(answer)

    @pytest.mark.parametrize("name", ["", "a b", "$(reboot)", "-x", "a;b", "a\nb", "a" * 256])
    def test_what_is_no_name_never_gets_into_a_script(self, name):
        with pytest.raises(ValueError):
            lookup_script([name])
        with pytest.raises(ValueError):
            reach_script([(name, 80)])


def reach_answer(code, *, error="", head="", body=""):
    lines = ["Q 0"]
    lines += [f"E {error}"] if error else []
    lines += [f"H {head}", f"B {body}"] if head else []
    return "\n".join([*lines, "", f"C {code}", ".", ""])


class TestReach:
    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            ("nc: can't connect to remote host (10.0.0.1): Connection refused", Outcome.REFUSED),
            ("nc: 10.0.0.1 (10.0.0.1:81): Connection refused", Outcome.REFUSED),  # the other build, with -v
            ("nc: timed out", Outcome.TIMED_OUT),
            ("nc: 10.0.0.1 (10.0.0.1:80): Connection timed out", Outcome.TIMED_OUT),
            ("nc: can't connect to remote host (10.0.0.1): Network is unreachable", Outcome.NO_ROUTE),
            ("nc: can't connect to remote host (10.0.0.1): No route to host", Outcome.NO_ROUTE),
            ("nc: bad address 'db'", Outcome.NO_SUCH_NAME),
            ("nc: read error: Connection reset by peer", Outcome.SILENT),
        ],
    )
    def test_failures_are_told_apart(self, error, outcome):
        assert parse_reaches(reach_answer(1, error=error)) == [Reach(outcome)]

    def test_who_answers(self):
        assert parse_reaches(reach_answer(0, head="HTTP/1.1 200 OK", body="a1b2")) == [Reach(Outcome.ANSWERED, "a1b2")]

    @pytest.mark.parametrize(
        ("head", "body"), [("SSH-2.0-OpenSSH", "x"), ("HTTP/1.1 404 Not Found", "a1b2"), ("HTTP/1.1 200 OK", "<html>")]
    )
    def test_a_stranger_answers(self, head, body):
        (reach,) = parse_reaches(reach_answer(0, head=head, body=body))
        assert reach == Reach(Outcome.ANSWERED, "")
        assert not reach.answered_by("a1b2")
        assert "another server" in str(reach)

    @pytest.mark.parametrize("code", [0, 137])
    def test_a_connection_without_a_word_is_neither_reached_nor_unreachable(self, code):
        (reach,) = parse_reaches(reach_answer(code))
        assert reach.outcome is Outcome.SILENT
        with pytest.raises(ProbeError):
            reach.answered_by("a1b2")

    @pytest.mark.parametrize(
        "answer", ["", reach_answer(139), reach_answer(1), reach_answer(1, error="usage"), "Q 0\nX\n.\n", "Q 0\nC 1"]
    )
    def test_anything_else_is_the_probes_error(self, answer):
        with pytest.raises(ProbeError):
            parse_reaches(answer)

    def test_a_name_gets_the_time_that_its_lookup_takes(self):
        assert " 2 4 0 &" in reach_script([("10.0.0.1", 80)])
        assert " 2 4 0 &" in reach_script([("fd00::1", 80)])
        assert " 2 14 0 &" in reach_script([("db", 80)])

    @pytest.mark.parametrize("token", ["", "a b", "$(x)", "x" * 65])
    def test_what_is_no_token_never_gets_into_a_script(self, token):
        with pytest.raises(ValueError):
            listen_script([80], token)
