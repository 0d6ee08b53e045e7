"""The line of a log that says why: of the usual programs, as they write it."""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.deployment.causes import cause_first, cause_in, worth_showing

BUNDLER = """\
Fetching gem metadata from https://rubygems.org/.........
Could not find gem 'sinatraa' in rubygems repository https://rubygems.org/ or installed locally.
"""
RUBY = """\
/usr/lib/ruby/vendor_ruby/rubygems/core_ext/kernel_require.rb:85:in `require': cannot load such file -- bson (LoadError)
\tfrom /usr/lib/ruby/vendor_ruby/rubygems/core_ext/kernel_require.rb:85:in `require'
\tfrom /app/helpers.rb:1:in `<top (required)>'
"""
PUMA = """\
Puma starting in single mode...
* Puma version: 5.6.5 (ruby 3.1.2-p20) ("Birdie's Version")
! Unable to load application: LoadError: cannot load such file -- nokogiri
/usr/lib/ruby/vendor_ruby/bundler/rubygems_integration.rb:1:in `require': cannot load such file -- nokogiri (LoadError)
"""
NAME_ERROR = """\
/app/ui.rb:9:in `<class:UI>': uninitialized constant UI::Servise (NameError)
Did you mean?  Service
\tfrom /app/ui.rb:8:in `<top (required)>'
"""
WAITRESS = """\
There was an exception (ModuleNotFoundError) importing your module.

It had these arguments:
1. No module named 'post'
"""
TRACEBACK = """\
Traceback (most recent call last):
  File "/app/post_app.py", line 4, in <module>
    raise KeyError("DATABASE")
KeyError: 'DATABASE'
"""
PIP = """\
ERROR: Could not find a version that satisfies the requirement flaskk==1.0 (from versions: none)
ERROR: No matching distribution found for flaskk==1.0
WARNING: You are using pip version 20.0.2
"""
APK = """\
ERROR: unable to select packages:
  rubyy (no such package):
    required by: world[rubyy]
"""
GCC = """\
ext.c:3:10: fatal error: ruby.h: No such file
    3 | #include <ruby.h>
compilation terminated.
make: *** [Makefile:245: ext.o] Error 1
"""
GEM = "ERROR:  Could not find a valid gem 'bundlr' (>= 0) in any repository\n"
APT = "Reading package lists...\nE: Unable to locate package rubby\nW: see apt-secure(8)\n"


@pytest.mark.parametrize(
    ("said", "line", "hint"),
    [
        (BUNDLER, "Could not find gem 'sinatraa' in rubygems", "Gemfile"),
        (RUBY, "/usr/lib/ruby/vendor_ruby/rubygems/core_ext/kernel_require.rb:85:in", "Gemfile"),
        (PUMA, "! Unable to load application: LoadError: cannot load such file -- nokogiri", "Gemfile"),
        (NAME_ERROR, "/app/ui.rb:9:in `<class:UI>': uninitialized constant UI::Servise", None),
        (WAITRESS, "1. No module named 'post'", "module's name"),
        (TRACEBACK, "KeyError: 'DATABASE'", None),
        (PIP, "ERROR: Could not find a version that satisfies the requirement flaskk==1.0", "package's name"),
        (APK, "rubyy (no such package):", "package's name"),
        (APT, "E: Unable to locate package rubby", "package's name"),
        (GEM, "ERROR:  Could not find a valid gem 'bundlr'", "package's name"),
        (GCC, "ext.c:3:10: fatal error: ruby.h", None),
        ("/start.sh: 3: mongodd: not found\n", "/start.sh: 3: mongodd: not found", "earlier RUN"),
        ("sh: bundle: command not found\n", "sh: bundle: command not found", "earlier RUN"),
        ("cp: cannot stat 'x.conf': No such file or directory\ndone\n", "cp: cannot stat 'x.conf'", "COPY"),
        ("/app/start.sh: line 2: ./run: Permission denied\n", "/app/start.sh: line 2: ./run: Permission", "chmod"),
        ("Address already in use - bind(2) for 0.0.0.0:9292\n", "Address already in use", "one server"),
        ("/app/a.rb:3: syntax error, unexpected end\n", "/app/a.rb:3: syntax error", "syntax"),
        ("warming up\nthe cache could not be opened\nbye\n", "the cache could not be opened", None),
    ],
)
def test_the_cause(said: str, line: str, hint: str | None) -> None:
    found = cause_in(said)
    assert found is not None
    assert found.line.startswith(line)
    assert (hint is None) == (found.hint is None)
    assert hint is None or hint in str(found.hint)


def test_what_is_worth_showing() -> None:
    assert worth_showing(RUBY.splitlines()) == [RUBY.splitlines()[0]]
    assert worth_showing(["Error: x", "    at main (a.js:1:2)", "\tindented"]) == ["Error: x", "    indented"]
    assert worth_showing(TRACEBACK.splitlines()) == TRACEBACK.splitlines()


@pytest.mark.parametrize("said", ["", "\n", "listening on 0.0.0.0:9292\nbye\n", "0 errors"])
def test_nothing_that_tells(said: str) -> None:
    assert cause_in(said) is None


@pytest.mark.parametrize(
    "line", ["a:1:in " * 60, "A.b" * 130, "x" * 400, "(" * 400, "a::b" * 100, "\t" * 400, ": " * 200]
)
def test_hostile_lines_take_no_time(line: str) -> None:
    begun = time.process_time()
    cause_in("\n".join([line] * 400))
    assert time.process_time() - begun < 2


def test_nothing_but_frames_is_no_trouble_of_ours() -> None:
    found, hint = cause_first("x\n  from a:1:in b", "it ended", "")
    assert str(found).startswith("  from a:1:in b\nit ended")
    assert hint is None
