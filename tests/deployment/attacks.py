"""What code that runs tries to reach, and who would notice: listeners of the test on the docker host."""

from __future__ import annotations

import base64
import contextlib
import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.starting import Probes

__all__ = ["METADATA", "Listener", "addresses_of", "attack", "listener"]

METADATA = "169.254.169.254"
# By TCP and UDP, over the routes and past them (SO_BINDTODEVICE), and where it may (a build's step) by frames of its
# own making, to everybody and to whoever leads outside.
_ATTACK = r"""
use Socket; use Fcntl;
my ($port, $token, @addresses) = @ARGV;
opendir my $net, "/sys/class/net"; my @devices = ("", grep { !/^\./ && $_ ne "lo" } readdir $net);
my (@sockets, $wanted);
for my $address (@addresses) { for my $device (@devices) {
  socket my $tcp, PF_INET, SOCK_STREAM, 6;
  setsockopt $tcp, SOL_SOCKET, 25, $device if $device;
  fcntl $tcp, F_SETFL, O_NONBLOCK;
  connect $tcp, sockaddr_in($port, inet_aton($address));
  push @sockets, $tcp; vec($wanted, fileno $tcp, 1) = 1;
  socket my $udp, PF_INET, SOCK_DGRAM, 17;
  setsockopt $udp, SOL_SOCKET, SO_BROADCAST, 1;
  setsockopt $udp, SOL_SOCKET, 25, $device if $device;
  send $udp, "$token udp $address $device", 0, sockaddr_in($port, inet_aton($address));
  push @sockets, $udp;
} }
for (1 .. 3) {
  select undef, my $ready = $wanted, undef, 1;
  for my $socket (@sockets) {
    next unless vec($ready, fileno $socket, 1);
    vec($wanted, fileno $socket, 1) = 0;
    syswrite $socket, "$token tcp\n" if getpeername $socket;
  }
}
for my $device (grep { $_ } @devices) {
  socket my $raw, 17, 3, 0x0300 or next;
  open my $file, "/sys/class/net/$device/ifindex"; chomp(my $index = <$file>);
  open $file, "/sys/class/net/$device/address"; chomp(my $own = <$file>); my $mac = pack "H*", $own =~ s/://gr;
  open $file, "/proc/net/arp"; my @macs = ("ff" x 6, map { (split)[3] =~ s/://gr } grep { !/HW address/ } <$file>);
  for my $address (@addresses) { for my $to (@macs) {
    my $text = "$token frame $address";
    my $udp = pack("nnnn", 999, $port, 8 + length $text, 0) . $text;
    my $from = inet_aton("10.77.0.7"); my $target = inet_aton($address);
    my $head = pack "CCnnnCCna4a4", 0x45, 0, 20 + length $udp, 7, 0, 64, 17, 0, $from, $target;
    my $sum = 0; $sum += $_ for unpack "n*", $head; $sum = ($sum & 0xffff) + ($sum >> 16) for 1, 2;
    substr $head, 10, 2, pack "n", ~$sum & 0xffff;
    my $where = pack "SnlSCCa8", 17, 0x0800, $index, 1, 0, 6, pack "H*", $to;
    send $raw, pack("H*", $to) . $mac . pack("n", 0x0800) . $head . $udp, 0, $where;
  } }
}
print "the attack is over\n";
"""


class Listener:
    """Takes connections and datagrams at every address of this machine, and notes those with its token."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(8)
        self.seen: list[str] = []
        self._tcp = socket.create_server(("0.0.0.0", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("0.0.0.0", self.port))
        for each in (self._take, self._receive):
            threading.Thread(target=each, daemon=True).start()

    def close(self) -> None:
        for each in (self._tcp, self._udp):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, address = self._tcp.accept()
                with connection, contextlib.suppress(OSError):
                    at = connection.getsockname()[0]
                    connection.settimeout(5)
                    self._note(connection.recv(200), f"at {at} from {address[0]}")

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, address = self._udp.recvfrom(200)
                if address is None:  # shut down
                    return
                self._note(data, f"from {address[0]}")

    def _note(self, data: bytes, where: str) -> None:
        text = data.decode("utf-8", "replace")
        if text.startswith(self.token):
            self.seen.append(f"{text.strip()} {where}")


@pytest.fixture
def listener(docker_host: DockerHost) -> Iterator[Listener]:
    """On the docker host, which is this machine. It has the metadata address too, where that may be given to it."""
    if not docker_host.is_local:
        pytest.skip("the docker host is another machine")
    added = _ip("addr", "add", f"{METADATA}/32", "dev", "lo")
    found = Listener()
    yield found
    found.close()
    if added:
        _ip("addr", "del", f"{METADATA}/32", "dev", "lo")


def addresses_of(probes: Probes) -> list[str]:
    """The docker host's addresses, all that it has now, and what is everybody's on a network."""
    view = probes.start(network="host").view()
    own = [str(each) for each in view.addresses if each.version == 4 and not each.is_loopback]
    return [*own, METADATA, "255.255.255.255", "224.0.0.1"]


def attack(listener: Listener, addresses: Sequence[str]) -> str:
    """A shell command that tries them all. It takes three seconds."""
    script = base64.b64encode(_ATTACK.encode()).decode()
    return f"echo {script} | base64 -d | perl - {listener.port} {listener.token} {' '.join(dict.fromkeys(addresses))}"


def _ip(*arguments: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(["ip", *arguments], check=False, capture_output=True).returncode == 0
    return False
