"""Why a docker host cannot be used: one class per cause, each with a reason and a remedy for people.

It is never the student's fault: a check that meets one of these is *unverified* (:meth:`HostUnavailable.unverified`).
"""

from __future__ import annotations

from ...errors import ConfigurationError, ExplainedError
from ...messages import _

__all__ = [
    "EndpointInvalid",
    "HostDied",
    "HostError",
    "HostForbidden",
    "HostHangs",
    "HostPermissionDenied",
    "HostRefused",
    "HostSocketMissing",
    "HostSsh",
    "HostTimeout",
    "HostTls",
    "HostTooOld",
    "HostUnavailable",
    "HostUnknownName",
    "HostUnreachable",
    "LeftBehind",
    "NotDocker",
    "SshAuthFailed",
    "SshHangs",
    "SshHostKeyRefused",
    "SshMissing",
    "SshNoDocker",
    "SshNoEngine",
    "SshRefused",
    "SshSaysTooMuch",
    "TlsClientRefused",
    "TlsExpired",
    "TlsMaterialInvalid",
    "TlsNotSpoken",
    "TlsRequired",
    "TlsUntrusted",
    "TlsWrongName",
    "VmInvalid",
]


class HostUnavailable(ExplainedError):
    """The docker host cannot be used."""

    template = _("{host} cannot be used: {detail}")


class EndpointInvalid(HostUnavailable, ConfigurationError):
    """What names the docker host names none: a mistake in an option, a variable or a context."""

    template = _("the docker host {host} cannot be used: {detail}")
    advice = _("name it by ssh://user@host, tcp://host:2376, unix:///path, a docker context or a docker-machine folder")


class HostSocketMissing(HostUnavailable):
    """The socket's file does not exist."""

    template = _("no Docker Engine here: there is no socket {path}")
    advice = _("install Docker Engine and start it (sudo systemctl start docker), or start Docker Desktop")


class HostPermissionDenied(HostUnavailable):
    """The socket is there, and this user may not use it."""

    template = _("this user may not use the socket {path}")
    advice = _(
        "join the group docker (sudo usermod -aG docker $USER), then log out and in again; or use rootless Docker"
    )


class HostRefused(HostUnavailable):
    """Nobody listens."""

    template = _("{host} refuses the connection: no Docker Engine listens there")
    advice = _("start Docker Engine there, or correct the port (2376 with TLS)")


class HostTimeout(HostUnavailable):
    """No answer to the attempt to connect."""

    template = _("{host} does not answer within {seconds} s")
    advice = _("check that the machine is up, that the address is right, and that a firewall lets the port through")


class HostUnreachable(HostUnavailable):
    """The network cannot carry a packet there."""

    template = _("{host} cannot be reached: {detail}")
    advice = HostTimeout.advice


class HostUnknownName(HostUnavailable):
    """The name has no address."""

    template = _("the name {name} has no address: {detail}")
    advice = _("correct the host's name, or give its IP address")


class HostForbidden(HostUnavailable):
    """The engine, or what stands before it, wants somebody else: 401 or 403."""

    template = _("{host} answers {status}: access is refused ({detail})")
    advice = _("ask whoever runs this docker host for access")


class NotDocker(HostUnavailable):
    """Something answers, and it is no Docker Engine."""

    template = _("{host} is not a Docker Engine; it answers: {detail}")
    advice = _("correct the address and the port: something else answers there")


class HostHangs(HostUnavailable):
    """The connection is accepted, and no whole answer comes."""

    template = _("{host} accepts the connection but does not complete its answer within {seconds} s")
    advice = _("restart Docker Engine there, and look at its log (journalctl -u docker)")


class HostDied(HostUnavailable):
    """The connection was closed before the answer was whole."""

    template = _("{host} closes the connection before its answer is complete: {detail}")
    advice = HostHangs.advice


class HostError(HostUnavailable):
    """The engine answers, with an error of its own."""

    template = _("the engine of {host} answers with the error {status}: {detail}")
    advice = HostHangs.advice


class LeftBehind(HostUnavailable):
    """The docker host went away while we cleaned up on it. What was found out before is still true."""

    template = _("{host} could not be cleaned up: {detail}")
    advice = _("what is left there is removed at the next start")


class HostTooOld(HostUnavailable):
    """The engine speaks an API that is older than what we can speak."""

    template = _("the engine of {host} is too old: it has API {version}, and at least {needed} is required")
    advice = _("update Docker Engine there")


class HostTls(HostUnavailable):
    """The two sides cannot agree on TLS."""

    template = _("no TLS connection to {host}: {detail}")
    advice = _("check ca.pem, cert.pem and key.pem in the folder of DOCKER_CERT_PATH")


class TlsRequired(HostTls):
    """The server speaks TLS, and we were told not to."""

    template = _("{host} requires TLS")
    advice = _("set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem")


class TlsNotSpoken(HostTls):
    """We speak TLS, and the server does not."""

    template = _("{host} does not use TLS: {detail}")
    advice = _("correct the port (2376 with TLS), or start the engine there with --tlsverify")


class TlsClientRefused(HostTls):
    """The server does not accept our certificate, or wants one and got none."""

    template = _("{host} refuses the client certificate: {detail}")
    advice = _("use a certificate that this server's CA issued and that has not expired (cert.pem and key.pem)")


class TlsUntrusted(HostTls):
    """The server's certificate was not issued by the CA we were given."""

    template = _("the certificate of {host} cannot be verified: {detail}")
    advice = _("put the CA of this docker host into ca.pem")


class TlsWrongName(HostTls):
    """The server's certificate is for another name."""

    template = _("the certificate of {host} is for another name: {detail}")
    advice = _("use the name or address that is in the certificate, or issue one for this name")


class TlsExpired(HostTls):
    """The server's certificate is not valid now."""

    template = _("the certificate of {host} is not valid at this time: {detail}")
    advice = _("renew it (docker-machine regenerate-certs), and check the clocks of both machines")


class TlsMaterialInvalid(HostTls):
    """Our own certificate files are missing or are no certificates."""

    template = _("the TLS files for {host} cannot be used: {detail}")


class HostSsh(HostUnavailable):
    """The ssh client could not connect; ``detail`` is what it says."""

    template = _("no ssh connection to {host}: {detail}")
    advice = _("check that ssh to this host asks no questions: ssh -o BatchMode=yes HOST docker version")


class SshMissing(HostSsh):
    """There is no OpenSSH client on this machine."""

    template = _("no ssh connection to {host}: there is no ssh program on this machine")
    advice = _("install the OpenSSH client (openssh-client)")


class SshRefused(HostRefused, HostSsh):
    """Nobody listens on the port of sshd."""

    template = _("{host} refuses the connection: no ssh server listens there")
    advice = _("start sshd there, or correct the address and the port")


class SshHangs(HostHangs, HostSsh):
    """The connection is accepted, and then too little or nothing comes."""

    template = HostHangs.template
    advice = _("see whether it is sshd that listens there, and whether the machine is overloaded")


class SshSaysTooMuch(HostSsh):
    """A command there writes more than any of ours does."""

    template = _("a command on {host} writes more than {limit} bytes")
    advice = _("see what the login shell of this user prints: ssh HOST true")


class SshAuthFailed(HostSsh):
    """sshd accepts none of our keys."""

    template = _("{host} accepts none of this user's ssh keys: {detail}")
    advice = _("add your public key there (ssh-copy-id), and load a key with a passphrase into the agent (ssh-add)")


class SshHostKeyRefused(HostSsh):
    """The host's key is unknown, or is not the known one."""

    template = _("the ssh host key of {host} is not known or has changed: {detail}")
    advice = _("connect once by hand (ssh HOST) and compare the key; after a reinstallation: ssh-keygen -R HOST")


class SshNoDocker(HostSsh):
    """Ssh works, and the docker client there is missing or too old."""

    template = _("ssh to {host} works, but there is no docker command 18.09 or newer: {detail}")
    advice = _("install the docker client there, on the PATH of a shell that is not a login shell")


class SshNoEngine(HostSsh):
    """Ssh works, and docker there does not reach its engine."""

    template = _("ssh to {host} works, but docker there does not reach its engine: {detail}")
    advice = _("start Docker Engine there, and put the ssh user into the group docker")


class VmInvalid(EndpointInvalid):
    """What names the VM names none."""

    template = _("--hw-vm: {host} is not [USER@]HOST[:PORT]: {detail}")
    advice = _("name the VM as for ssh: me@203.0.113.10, or an alias of your ssh configuration")
