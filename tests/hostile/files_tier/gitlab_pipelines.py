"""Attacks on what reads ``.gitlab-ci.yml``."""

from __future__ import annotations

from ..attack import Attack, Make, Place, files, text, together
from .gitlab_ci import PIPELINE, Content, attack, written

BAD = "failed|unverified"
ANY = "passed|failed|unverified"


def pipeline(name: str, content: Content, verdicts: str = BAD) -> Attack:
    """The pipeline is this file."""
    return attack(f"pipeline: {name}", written(PIPELINE, content), {"pipeline-file": verdicts})


def _jobs(count: int) -> str:
    return "".join(f"job{number}:\n  script: echo {number}\n" for number in range(count))


def _chain(count: int) -> str:
    links = "".join(f"j{number}:\n  extends: j{number + 1}\n" for number in range(count))
    return f"{links}j{count}:\n  script: echo\n"


def _bomb_of_extends(levels: int) -> str:
    """Each job extends two that extend the same two: as many as 2 to the power of the levels, taken one by one."""
    found = [f".{side}0: {{script: [x], variables: {{{side}0: x}}}}\n" for side in "ab"]
    for at in range(1, levels):
        parents = f"[.a{at - 1}, .b{at - 1}]"
        found += [f".{side}{at}:\n  extends: {parents}\n  variables: {{{side}{at}: x}}\n" for side in "ab"]
    return "".join([*found, f"job:\n  extends: [.a{levels - 1}, .b{levels - 1}]\n"])


def _bomb_of_references(levels: int) -> str:
    found = [".r0:\n  script: [echo]\n"]
    for at in range(1, levels):
        found.append(f".r{at}:\n  script:\n" + f"    - !reference [.r{at - 1}, script]\n" * 10)
    return "".join([*found, f"job:\n  script:\n    - !reference [.r{levels - 1}, script]\n"])


def _bomb_of_aliases(levels: int) -> str:
    found = ["x0: &x0 [a]\n"]
    found += [f"x{at}: &x{at} [{', '.join([f'*x{at - 1}'] * 10)}]\n" for at in range(1, levels)]
    return "".join([*found, f"job:\n  script: *x{levels - 1}\n"])


def _wide(parents: int, variables: int) -> str:
    names = [f".p{at}" for at in range(parents)]
    parts = [
        f"{name}:\n  variables:\n" + "".join(f"    V{at}_{n}: x\n" for n in range(variables))
        for at, name in enumerate(names)
    ]
    return "".join([*parts, *(f"j{at}:\n  extends: [{', '.join(names)}]\n  script: x\n" for at in range(300))])


def _needs(count: int) -> str:
    needed = ", ".join(f"j{at}" for at in range(count))
    return "".join(f"j{at}:\n  script: x\n  needs: [{needed}]\n" for at in range(count))


def _includes(count: int) -> Make:
    """Files that include one another, each all of them."""
    names = [f"ci/{number}.yml" for number in range(count)]
    included = "include:\n" + "".join(f"  - local: /{name}\n" for name in names)
    return files({PIPELINE: f"{included}job:\n  script: echo\n", **dict.fromkeys(names, included)})


def _stars(place: Place) -> None:
    """A pattern of many stars, and many long paths that nearly fit."""
    text(PIPELINE, f"include: '{'*a' * 30}b.yml'\njob:\n  script: echo\n")(place)
    (place.root / "ci").mkdir()
    for number in range(500):
        (place.root / "ci" / f"{'a' * 150}{number}.yml").touch()


def _link_out(place: Place) -> None:
    (place.root / "ci.yml").symlink_to(place.canary)


_JOB = "job:\n  script: echo\n"

ATTACKS = (
    pipeline("10,000 jobs", lambda: _jobs(10_000), "passed|unverified"),
    pipeline("4,000 jobs", lambda: _jobs(4_000), "passed|unverified"),
    pipeline("a job extends itself", "job:\n  extends: job\n  script: echo\n"),
    pipeline("two jobs extend each other", "a:\n  extends: b\n  script: x\nb:\n  extends: a\n  script: x\n"),
    pipeline("a chain of 2,000", lambda: _chain(2_000)),
    pipeline("a bomb of extends", lambda: _bomb_of_extends(10), ANY),
    pipeline("a deeper bomb of extends", lambda: _bomb_of_extends(200)),
    pipeline("a bomb of references", lambda: _bomb_of_references(10)),
    pipeline("a deeper bomb of references", lambda: _bomb_of_references(200)),
    pipeline("a bomb of aliases", lambda: _bomb_of_aliases(12)),
    pipeline("300 jobs that extend the same 50", lambda: _wide(50, 60), "passed|unverified"),
    pipeline("a reference to itself", "job:\n  script:\n    - !reference [job, script]\n"),
    pipeline(
        "references in a circle", "a:\n  script: [!reference [b, script]]\nb:\n  script: [!reference [a, script]]\n"
    ),
    pipeline("a reference to nothing", "a:\n  script: [!reference []]\n"),
    pipeline("a reference that is no list", "a:\n  script: [!reference {a: b}, !reference x, !reference [[a]]]\n"),
    pipeline("an alias inside itself", "a: &a\n  script: [x]\n  variables: *a\nb: &b [*b]\n"),
    pipeline("merges inside one another", "a: &a {<<: *a, script: x}\n"),
    pipeline("an include of /etc", f"include: /etc/passwd\n{_JOB}"),
    pipeline("an include out of the tree", f"include: ../outside/canary\n{_JOB}"),
    pipeline("an include out of the tree, as YAML", f"include: {{local: '/../outside/canary.yml'}}\n{_JOB}"),
    pipeline("an include of itself", f"include: /{PIPELINE}\n{_JOB}"),
    pipeline(
        "includes of addresses",
        "include:\n  - http://127.0.0.1:1/a.yml\n  - remote: http://169.254.169.254/latest/meta-data\n"
        f"  - remote: file:///etc/passwd\n{_JOB}",
        ANY,
    ),
    pipeline("an include of lists", f"include: {{local: [a, b], remote: {{x: y}}}}\n{_JOB}"),
    pipeline("10,000 includes", lambda: "include:\n" + "  - local: /a.yml\n" * 10_000 + _JOB),
    pipeline("10,000 documents", lambda: "---\njob: {script: x}\n" * 10_000),
    pipeline("a stage of 200 kB", lambda: f"stages: [{'x' * 200_000}]\njob:\n  script: x\n  stage: y\n"),
    pipeline("a script in 39 lists", lambda: f"job:\n  script: {'[' * 39}x{']' * 39}\n"),
    pipeline("a script in 5,000 lists", lambda: f"job:\n  script: {'[' * 5000}x{']' * 5000}\n"),
    pipeline("a script of 200 kB", lambda: f"job:\n  script: '{'a; ' * 66_000}'\n", "passed|unverified"),
    pipeline("a name of 200 kB", lambda: f"{'x' * 200_000}:\n  script: x\n"),
    pipeline("hostile names", '"\\e[31m\\u202e":\n  script: x\n  stage: "::error::a"\n  extends: "\\x9b2J"\n'),
    pipeline("objects of Python", "job: !!python/object/apply:os.system ['touch ../outside/executed']\n"),
    pipeline("tags of nobody", "job:\n  script: !secret x\nother: !include /etc/passwd\n", ANY),
    pipeline("what backtracks", f"job:\n  script: x\n  only: ['/^(a+)+$/', '/{'(x+x+)+y' * 30}/']\n", "passed|failed"),
    pipeline("keys of every kind", "1: {script: x}\n1.5: {script: x}\nnull: {script: x}\n[a]: {script: x}\n", ANY),
    pipeline("numbers without end", f"job:\n  script: x\n  retry: {'9' * 20_000}\n  parallel: 1e999\n"),
    pipeline("jobs that are no mappings", "a: 1\nb: [x]\nc: null\nd: true\nscript: x\n"),
    pipeline("stages that are none", "stages: {a: b}\ndefault: [x]\nvariables: 7\nworkflow: x\njob: {script: x}\n"),
    pipeline("200 jobs that need each other", lambda: _needs(200)),
    pipeline("nothing", ""),
    pipeline("only a comment", "# nothing\n"),
    pipeline("a byte order mark in its midst", "job:\n  \ufeffscript: x\n"),
    pipeline("NUL", "job:\n  script: \0\n"),
    attack("pipeline: 140 files that include one another", _includes(140), {"pipeline-file": BAD}),
    attack("pipeline: 2,000 files that include one another", _includes(2_000), {"pipeline-file": BAD}, slow=True),
    attack("pipeline: a pattern of many stars", _stars),
    attack(
        "pipeline: an include that is a link out",
        together(text(PIPELINE, f"include: /ci.yml\n{_JOB}"), _link_out),
        {"pipeline-file": BAD},
    ),
)
