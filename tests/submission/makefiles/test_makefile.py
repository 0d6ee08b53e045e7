"""Makefiles as text, against what GNU make makes of them; and the ones that are made to be slow."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.makefiles.expansion import MakeError
from pytest_dockerlab.submission.makefiles.makefile import Makefile
from pytest_dockerlab.testing import write_homework

OTHERS = {
    "src/ui/Dockerfile": "FROM debian:bookworm-slim\n",
    "src/comment/Dockerfile": "FROM debian:bookworm-slim\n",
    "docker/.env": "NAME=somebody\n",
    "common.mk": "WORD = common\nbuild: one\n",
}

# Each asks for the target "all", or its own first one.
MAKEFILES = {
    "variables": """\
A = $(B) $(C)
B := b
B += bb
C ?= c
C ?= not this
D := $(A)
C = late
override E = e
export F = f
all: ; echo $(A) $(D) $(E) ${F} $$HOME $(B:b=x) $(A:%b=%y)
""",
    "line continuations": """\
WORDS = one \\
  two \\
\tthree
all:
\tfor i in $(WORDS); \\
\tdo echo $$i; \\
\tdone
""",
    "comments": """\
A = a # not this
B = c\\#d
all: # nothing
\techo $(A) '$(B)' # the shell's
# in between
\techo again
""",
    "conditions": """\
A = yes
ifeq ($(A),yes)
B = 1
else ifeq "$(A)" "no"
B = 2
else
B = 3
endif
ifneq '$(A)' 'yes'
C = 1
  ifdef A
  C = 2
  endif
else ifdef A
C = 3
endif
ifndef C
D = 1
else
D = 2
endif
all:
ifeq ($(B),1)
	echo one $(C) $(D)
else
	echo other
endif
""",
    "define": """\
define both
echo building $(1)
echo pushing $(1)
endef
define image =
somebody/$(notdir $(1))
endef
all:
	$(call both,$(call image,src/ui))
""",
    "prefixes": "all:\n\t@echo a\n\t-echo b\n\t@-echo c\n\t-@ echo d\n",
    "static patterns": """\
IMAGES := ui post comment
all: $(addprefix build-,$(IMAGES))
$(addprefix build-,$(IMAGES)): build-%: prepare-%
	echo build $* as $@ after $<
prepare-%:
	echo prepare $*
""",
    "targets of a variable": """\
APP_IMAGES = ui post
all: $(APP_IMAGES)
$(APP_IMAGES):
	cd src/$@ && echo $(@F) $(@D)
$(APP_IMAGES): FORCE
FORCE:
""",
    "foreach": "I = a/ui a/post\nall:\n\t$(foreach i,$(I),echo $(notdir $(i)) $i;)\n",
    "eval": """\
define RULE
build-$(1):
	echo $(1)
endef
$(foreach i,ui post,$(eval $(call RULE,$(i))))
all: build-ui build-post
""",
    "functions": """\
L = src/ui.o src/post.o lib/c.d
all:
	echo $(subst /,-,$(L)) . $(patsubst %.o,%.c,$(L)) . $(filter %.o,$(L)) . $(filter-out %.o,$(L)) . $(sort b a b)
	echo $(word 2,$(L)) . $(wordlist 2,3,$(L)) . $(words $(L)) . $(firstword $(L)) . $(lastword $(L))
	echo $(dir $(L)) . $(notdir $(L)) . $(suffix $(L)) . $(basename $(L)) . $(addsuffix .x,$(L)) . $(join a b,1 2 3)
	echo $(if $(L),yes,no) . $(if ,yes,no) . $(or ,a,b) . $(and a,,b) . $(strip  a   b ) . $(findstring rc,src)
	echo $(value L) . $(lastword $(subst /, " ", "src/ui")) . $(info nothing)
""",
    "wildcard": "F := $(sort $(wildcard src/*/Dockerfile))\nall: ; echo $(F) $(wildcard no/*) $(dir $(F))\n",
    "include": """\
include docker/.env
-include no.mk
include common.mk
all: ; echo $(NAME) $(WORD)
build one: ; echo $@
""",
    "default goal": ".PHONY: first\n.DEFAULT_GOAL := second\nfirst: ; echo 1\nsecond: first ; echo 2\n",
    "values for a target": """\
C = c
all: A = here
all: B := $(C)$$
all: D = $(C)
C = later
all: ; echo $(A) '$(B)' $(D) $@
""",
    "one shell": ".ONESHELL:\nall:\n\tcd src\n\techo here\n",
    "a recipe prefix": ".RECIPEPREFIX = >\nall:\n> echo prefix\n",
    "double colons": "all:: ; echo 1\nall:: ; echo 2\n",
    "a rule twice": "all: one\nall: two\nall: ; echo all\none two: ; echo $@\n",
    "a nested reference": "ui_IMAGE = somebody/ui\nS = ui\nall: ; echo $($(S)_IMAGE) $(${S}_IMAGE)\n",
    "folders to search": "VPATH = docs:src common.mk\nall: ui comment common.mk\n\techo $^ $< $(word 2,$+)\n",
    "folders to search for some names": "vpath u% docs src\nvpath %t docs\nvpath c%t src\nall: ui comment\n\techo $^\n",
    "folders to search no more": "vpath u% docs\nvpath u%\nVPATH = src\nall: ui\n\techo $^\n",
    "dollars": "all: ; echo $$$$ $$(pwd) $${HOME}\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_homework(tmp_path, OTHERS)
    return tmp_path


def asked(makefile: Makefile, name: str | None) -> list[str]:
    """The lines that make would run for a target, in its order."""
    seen, lines = set[str](), list[str]()

    def visit(each: str) -> None:
        target = makefile.target(each)
        if each in seen or target is None:
            return
        seen.add(each)
        for needed in target.prerequisites:
            visit(needed)
        lines.extend(line.text for line in makefile.shell_lines(target))

    visit(name or "")
    return lines


@pytest.mark.skipif(tools.find("make") is None, reason="no make here")
@pytest.mark.parametrize("text", MAKEFILES.values(), ids=MAKEFILES)
def test_as_make_reads_it(folder: Path, text: str) -> None:
    (folder / "Makefile").write_text(text)
    command = ["make", "-n", "--no-print-directory", *(["all"] if "\nall:" in f"\n{text}" else [])]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    makefile = Makefile(WorkTree(folder), "Makefile")
    assert makefile.problems == []
    name = "all" if "\nall:" in f"\n{text}" else makefile.default
    ours = [line for line in asked(makefile, name) if line.strip()]
    assert words("\n".join(ours)) == words(done.stdout.replace("nothing\n", "", 1) if "info" in text else done.stdout)


def words(text: str) -> list[str]:
    """Spaces are left out of the comparison: make keeps some that the shell drops."""
    return re.sub(r"\\\n", " ", text).split()


def read(folder: Path, text: str, path: str = "Makefile") -> Makefile:
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text)
    return Makefile(WorkTree(folder), path)


def line_of(makefile: Makefile, name: str) -> str:
    target = makefile.target(name)
    assert target is not None
    [line] = makefile.shell_lines(target)
    return line.text


def test_what_only_the_machine_knows_stays_open(folder: Path) -> None:
    makefile = read(folder, "V != date\nall: ; docker build -t $(LOGIN)/ui:$(shell git rev-parse HEAD)$(V) .\n")
    text = line_of(makefile, "all")
    assert "LOGIN" in text
    assert "rev-parse" in text
    assert "\ue000V\ue001" in text


def test_a_condition_that_the_machine_decides_is_taken_both_ways(folder: Path) -> None:
    makefile = read(folder, "push:\nifdef PASSWORD\n\tdocker push a/ui\nelse\n\techo no password\nendif\n")
    target = makefile.target("push")
    assert target is not None
    assert [line.text for line in makefile.shell_lines(target)] == ["docker push a/ui", "echo no password"]


def test_what_is_there_to_stop_make_where_a_variable_is_not_set_is_no_fault(folder: Path) -> None:
    makefile = read(folder, "ifeq ($(LOGIN),)\n\texit 1\nendif\nA = 1\nifeq ($(A),1)\nnothing\nendif\n")
    assert [problem.at.line for problem in makefile.problems] == [6]


def test_an_example_is_read_where_the_file_itself_is_not_handed_in(folder: Path) -> None:
    (folder / ".env.example").write_text("NAME=somebody\nLOGIN=<your login>\n")
    makefile = read(folder, "include .env\nall: ; echo $(NAME) $(LOGIN)\n")
    assert makefile.missing == [".env"]
    assert line_of(makefile, "all") == "echo somebody \ue000LOGIN\ue001"


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.mk", "$(HOME)/x.mk"])
def test_nothing_outside_is_included(folder: Path, path: str) -> None:
    (folder.parent / "secret.mk").write_text("all: ; echo secret\n")
    makefile = read(folder, f"include {path}\n")
    assert makefile.targets == {}
    assert len(makefile.missing) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("build:\n    docker build -t a/ui .\n", 2, "begins with a tab"),
        ("build:\n    docker build -t a/ui:1.0 .\n", 2, "begins with a tab"),
        ("A = 1\nnothing at all\n", 2, "a line is a rule"),
        ("\tdocker build .\n", 1, "begins with a tab"),
        ("A = $(A)\nB := $(A)\n", 2, "refers to itself"),
        ("A := $(B\n", 1, "not closed"),
    ],
)
def test_where_make_gives_up(folder: Path, text: str, line: int, says: str) -> None:
    problem = read(folder, text).problems[0]
    assert problem.at.line == line
    assert says in str(problem.reason)


def test_a_recipe_with_a_variable_that_refers_to_itself(folder: Path) -> None:
    makefile = read(folder, "A = $(B)\nB = $(A)\nall: ; echo $(A)\n")
    target = makefile.target("all")
    assert target is not None
    with pytest.raises(MakeError, match="refers to itself"):
        list(makefile.shell_lines(target))


DOUBLING = "".join(f"V{n} = $(V{n - 1})$(V{n - 1})\n" for n in range(1, 39))
HOSTILE = {
    "50 MB": "#" * (50 * 2**20),
    "300 KiB": "# comment\n" * 30_000,
    "doubling variables": f"V0 = x\n{DOUBLING}all := $(V38)\n",
    "doubling simple variables": "V = xxxxxxxx\n" + "V := $(V)$(V)\n" * 40,
    "a recipe of doubling variables": f"V0 = x\n{DOUBLING}all: ; echo $(V38)\n",
    "brackets in brackets": "A := " + "$(" * 5_000 + ")" * 5_000 + "\n",
    "functions in functions": "A := " + "$(strip " * 100 + ")" * 100 + "\n",
    "call for ever": "F = $(call F,$(1)x)\nA := $(call F,a)\n",
    "eval for ever": "define F\n$(eval $(value F))\nendef\n$(eval $(value F))\n",
    "subst that grows": "A := " + "a" * 60_000 + "\nB := $(subst a,$(A),$(A))\n",
    "foreach that grows": "A := " + "a " * 30_000 + "\nB := $(foreach i,$(A)," + "b" * 60_000 + ")\n",
    "prefixes that grow": "A := " + "a " * 30_000 + "\nB := $(addprefix " + "b" * 60_000 + ",$(A))\n",
    "many variables": "".join(f"A{n} = 1\n" for n in range(5_000)),
    "many targets": "".join(f"a{n}:\n" for n in range(5_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_be_slow_is_stopped(folder: Path, text: str) -> None:
    with pytest.raises(LimitExceeded):
        everything(folder, text)


def everything(folder: Path, text: str) -> None:
    makefile = read(folder, text)
    for target in makefile.targets.values():
        list(makefile.shell_lines(target))


LONG = {
    "continuation lines": "A = \\\n" * 40_000,
    "spaces": " " * 200_000 + "\\\n" + " " * 20_000,
    "open brackets": "A = " + "$(" * 60_000,
    "open brackets, expanded": "A := " + "$(" * 60_000,
    "colons": ":" * 100_000,
    "exports": "export " * 20_000,
    "a target's exports": "a: " + "export " * 20_000,
    "conditions": "ifeq (a,b)\n" * 10_000,
    "else": "ifdef A\n" + "else ifeq (a,b)\n" * 10_000,
    "defines": "define A\n" * 10_000,
    "it includes itself": "include Makefile\n" * 100,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_what_is_long_is_read(folder: Path, text: str) -> None:
    """By the budget's own clock: each ends within a reader's time."""
    makefile = read(folder, text)
    assert len(makefile.targets) <= 1
