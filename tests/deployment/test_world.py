"""Whose fault a failure is, by what programs say: the world's, or not.

The texts are those of the programs, with names of our own: apt, busybox, curl, git, npm and bash were asked here; the
others are as their sources and documentation have them.
"""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.deployment.world import moved_on, outgrown

IMAGE, NAME = "the image is not available", "a name on the internet"
SILENT = "something on the internet does not answer"
ARCHIVE, CERTIFICATE, NEWEST = "the package archive", "a server's certificate", "the newest version of a package"
DISK, OLD = "the docker host's disk is full", "old protocol"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        # Docker
        ("toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating",
         "the registry's rate limit"),
        ("pull access denied for nobody/nothing, repository does not exist or may require 'docker login': denied",
         IMAGE),
        ('Get "http://registry.example/v2/me/base/manifests/1": no basic auth credentials', IMAGE),
        ("Get https://registry.example/v2/: unauthorized: authentication required", IMAGE),
        ("error from registry: denied", IMAGE),
        ("denied: access forbidden", IMAGE),
        ("manifest for ruby:0.0 not found: manifest unknown: manifest unknown", IMAGE),
        ("failed to resolve source metadata for docker.io/library/ruby:0.0: docker.io/library/ruby:0.0: not found",
         IMAGE),
        ('failed to resolve reference "docker.io/library/mongo:0": docker.io/library/mongo:0: not found', IMAGE),
        ("No such image: ruby:2.2", IMAGE),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "architecture"),
        ("image with reference x was found but its platform (linux/amd64) does not match the specified platform",
         "architecture"),
        ("[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support",
         "a format that engines no longer read"),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.0.2.1:53: no such host',
         NAME),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: server misbehaving', NAME),
        ('Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', SILENT),
        ('Get "https://registry-1.docker.io/v2/": context deadline exceeded', SILENT),
        ('Head "https://registry-1.docker.io/v2/library/ruby/manifests/3": EOF', SILENT),
        ('Get "https://registry-1.docker.io/v2/": dial tcp 192.0.2.1:443: connect: connection refused', SILENT),
        ('Get "https://r.example/v2/": tls: failed to verify: x509: certificate signed by unknown authority',
         CERTIFICATE),
        ("received unexpected HTTP status: 503 Service Unavailable", SILENT),
        ("error pulling image configuration: download failed after attempts=6: unexpected EOF", SILENT),
        ("failed to register layer: write /usr/lib/x: no space left on device", DISK),
        # apt
        ("W: Failed to fetch http://archive.example/debian/dists/bookworm/InRelease  Temporary failure resolving"
         " 'archive.example'\nE: Unable to locate package ruby-full", NAME),
        ("E: The repository 'http://archive.example/debian stretch Release' does not have a Release file.", ARCHIVE),
        ("E: The repository 'http://archive.ubuntu.com/ubuntu zesty Release' no longer has a Release file.", ARCHIVE),
        ("Err:3 http://security.example jessie/updates/main amd64 Packages\n  404  Not Found [IP: 192.0.2.1 80]",
         ARCHIVE),
        ("E: Release file for http://archive.example/debian/dists/x/InRelease is expired (invalid since 9d)", ARCHIVE),
        ("E: Release file for http://archive.example/x/InRelease is not valid yet (invalid for another 3h)", ARCHIVE),
        ("W: GPG error: http://repo.mongodb.org xenial InRelease: The following signatures were invalid: EXPKEYSIG 0 M",
         ARCHIVE),
        ("Could not connect to archive.example:80 (192.0.2.1). - connect (111: Connection refused)", SILENT),
        ("Cannot initiate the connection to archive.example:80 (2001:db8::1). - connect (101: Network is unreachable)",
         SILENT),
        ("gpg: keyserver receive failed: No data", SILENT),
        ("E: Write error - write (28: No space left on device)", DISK),
        # apk
        ("WARNING: Ignoring https://packages.example/alpine/v3.20/main: temporary error (try again later)",
         SILENT),
        ("WARNING: Ignoring https://packages.example/alpine/v3.20/main: DNS lookup error", NAME),
        ("WARNING: fetching https://packages.example/alpine/v3.20/main: DNS: transient error (try again later)",
         NAME),
        ("WARNING: Ignoring http://packages.example/v3.2/main/x86_64/APKINDEX.tar.gz: No such file or directory"
         "\nERROR: unsatisfiable constraints:", ARCHIVE),
        # pip
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: Failed to establish a"
         " new connection: [Errno -3] Temporary failure in name resolution')': /simple/flask/\nERROR: No matching"
         " distribution found for flask", NAME),
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: Failed to establish a"
         " new connection: [Errno 111] Connection refused')': /simple/flask/", SILENT),
        ("ReadTimeoutError: HTTPSConnectionPool(host='index.example', port=443): Read timed out.", SILENT),
        ("ERROR: Ignored the following versions that require a different python version: 9.0 Requires-Python >=3.12",
         NEWEST),
        # gem and bundler
        ("Could not reach host gems.example. Check your network connection and try again.", NAME),
        ("ERROR:  Could not find a valid gem 'puma' (>= 0), here is why:\n          Unable to download data from"
         " https://gems.example/ - timed out (https://gems.example/specs.4.8.gz)", SILENT),
        ("Could not fetch specs from https://gems.example/ due to underlying error <timed out>", SILENT),
        ("Gem::RemoteFetcher::FetchError: SSL_connect returned=1 errno=0 state=error: certificate verify failed",
         CERTIFICATE),
        ("bundler requires Ruby version >= 3.2.0. The current ruby version is 2.2.10.489.", NEWEST),
        ("nokogiri-9.0.0 requires ruby version >= 3.1, which is incompatible with the current version, ruby 2.2.10p489",
         NEWEST),
        ("bundler requires RubyGems version >= 3.0.1. The current RubyGems version is 2.4.5.5.", NEWEST),
        # npm
        ("npm error code ENOTFOUND\nnpm error network request to https://npm.example/x failed, reason:"
         " getaddrinfo ENOTFOUND npm.example", NAME),
        ("npm ERR! code ETIMEDOUT\nnpm ERR! errno ETIMEDOUT", SILENT),
        # git and curl
        ("fatal: unable to access 'https://github.com/x/y/': Could not resolve host: github.com", NAME),
        ("fatal: remote error: \n  The unauthenticated git protocol on port 9418 is no longer supported.", OLD),
        ("curl: (6) Could not resolve host: github.com", NAME),
        ("curl: (7) Failed to connect to github.com port 443 after 130 ms: Couldn't connect to server", SILENT),
        ("curl: (28) Operation timed out after 300000 milliseconds with 0 bytes received", SILENT),
        ("curl: (60) SSL certificate problem: certificate has expired", CERTIFICATE),
        ("curl: (35) error:1407742E:SSL routines:SSL23_GET_SERVER_HELLO:tlsv1 alert protocol version", OLD),
        ("wget: bad address 'github.com'", NAME),
        ("wget: unable to resolve host address 'github.com'", NAME),
    ],
)  # fmt: skip
def test_the_world_is_recognised(text: str, cause: str) -> None:
    found = moved_on(f"some line before\n{text}\nand one behind\n")
    assert found is not None
    assert cause in str(found[0])
    assert str(found[1])


@pytest.mark.parametrize(
    "text",
    [
        # a network that works
        "E: Unable to locate package rubby-full",
        "E: Package 'python-pip' has no installation candidate",
        "ERROR: unable to select packages:\n  rubby (no such package):\n    required by: world[rubby]",
        "ERROR: Could not find a version that satisfies the requirement flaskk (from versions: none)\n"
        "ERROR: No matching distribution found for flaskk",
        "ERROR:  Could not find a valid gem 'pumaa' (>= 0) in any repository\nERROR:  Possible alternatives: puma",
        "Could not find gem 'sinatraa' in rubygems repository https://gems.example/ or installed locally.",
        "Could not locate Gemfile",
        "npm error code E404\nnpm error 404 Not Found - GET https://npm.example/leftpadd - Not found",
        "curl: (22) The requested URL returned error: 404",
        # files
        "COPY failed: file not found in build context or excluded by .dockerignore: stat start.sh: file does not exist",
        'failed to compute cache key: "/start.sh": not found',
        "chmod: cannot access '/start.sh': No such file or directory",
        "/bin/sh: 1: ./start.sh: Permission denied",
        "exec /start.sh: exec format error",
        "sh: ruby: not found",
        "/bin/sh: 1: bundel: not found",
        # code
        "app.rb:3: syntax error, unexpected end-of-input, expecting `end'",
        '  File "post_app.py", line 1\n    print(\nSyntaxError: unexpected EOF while parsing',
        "bash: -c: line 1: unexpected EOF while looking for matching `\"'",
        "/bin/sh: 1: Syntax error: Unterminated quoted string",
        "ModuleNotFoundError: No module named 'flask'",
        "1 example, 1 failure\nrspec ./spec/app_spec.rb:3",
        "The command '/bin/sh -c false' returned a non-zero code: 1",
        # a build that asks for the application's other services, which are not there then
        "curl: (6) Could not resolve host: post",
        "curl: (7) Failed to connect to localhost port 9292 after 0 ms: Couldn't connect to server",
        "curl: (7) Failed to connect to 127.0.0.1 port 9292 after 0 ms: Couldn't connect to server",
        "wget: bad address 'post:5000'",
        "ping: post_db: Temporary failure in name resolution",
        "ssh: Could not resolve hostname post: Name or service not known",
        "Failed to open TCP connection to post:5000 (getaddrinfo: Temporary failure in name resolution)",
        "dial tcp: lookup post on 127.0.0.11:53: no such host",
        "",
    ],
)
def test_what_is_the_students(text: str) -> None:
    assert moved_on(f"some line before\n{text}\n") is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Unsupported OP_QUERY command: isMaster. The client driver may require an upgrade.", "driver"),
        ("Server at db:27017 reports wire version 0, but this version of PyMongo requires at least 2 (MongoDB 2.6).",
         "driver"),
        ("Server at db:27017 requires wire version 9, but this version of PyMongo only supports up to 6.", "driver"),
        ("Server at db:27017 reports maximum wire version 6, but this version of PyMongo requires at least 7",
         "driver"),
        ("Server at (db:27017) requires wire version (6), but this version of the Ruby driver only supports up to (3).",
         "driver"),
        ("WARNING: MongoDB 5.0+ requires a CPU with AVX support, and your current system does not appear to have that!",
         "CPU"),
        ("std::exception::what(): /data/db/journal/x: No space left on device", "disk"),
    ],
)  # fmt: skip
def test_what_an_application_has_outgrown(text: str, cause: str) -> None:
    found = outgrown(f"some line before\n{text}\n")
    assert found is not None
    assert cause in str(found[0])


@pytest.mark.parametrize(
    "text",
    [
        "pymongo.errors.ServerSelectionTimeoutError: post_db:27017: [Errno -3] Temporary failure in name resolution",
        "getaddrinfo: Name or service not known (SocketError)",
        "No server is available matching preference: Connection timed out",
        "Errno::ECONNRESET: Connection reset by peer",
        "connect to 192.0.2.1:27017: Network is unreachable",
        "502 Bad Gateway",
        "SyntaxError: unexpected EOF while parsing",
    ],
)
def test_what_within_an_application_is_its_own(text: str) -> None:
    assert outgrown(text) is None


def test_only_the_end_of_a_long_text_counts() -> None:
    sign = "toomanyrequests"
    assert moved_on(sign + "x" * 30_000) is None
    assert moved_on("x" * 30_000 + sign) is not None


@pytest.mark.parametrize(
    "text",
    ["Failed to fetch x " * 20_000, "Failed to fetch " + "x" * 20_000, "manifest for " * 20_000, "media type " * 9_000,
     "failed to resolve reference " * 9_000, "Get https://" + "/v2/" * 9_000, "Ignoring " + "APKINDEX" * 9_000,
     "Could not connect to " + "1:" * 9_000, "ping: " * 9_000, "Release file for " * 9_000, "lookup " + "a" * 20_000],
)  # fmt: skip
def test_texts_made_to_keep_us_busy(text: str) -> None:
    started = time.monotonic()
    moved_on(text)
    outgrown(text)
    assert time.monotonic() - started < 30
