"""Compose files: bombs of YAML and of compose, and paths that lead out."""

from __future__ import annotations

from collections.abc import Iterator

from ..attack import COMPOSE, ENV, OVERRIDE, Attack, Make, files, more, swap, text, together

MOVES = ("docker-4/*", "docker-3/*")
NOT_PASSED = {"docker-4/compose-file": "unverified|failed"}
UNVERIFIED = {"docker-4/compose-file": "unverified"}


def laughs(width: int, depth: int) -> str:
    """The billion laughs."""
    lines = ["x-a0: &a0 [" + ", ".join(["lol"] * width) + "]"]
    lines += [f"x-a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * width) + "]" for n in range(1, depth)]
    return "\n".join(lines) + "\n"


def services(count: int, each: str = "image: a") -> str:
    """That many of them."""
    return "services:\n" + "".join(f"  s{number}: {{{each}}}\n" for number in range(count))


def nested_defaults(depth: int) -> str:
    """``${A:-${A:-…}}``."""
    return "${A:-" * depth + "a" + "}" * depth


def extends(length: int) -> str:
    """A chain of services, each of the one before."""
    lines = ["services:", "  s0: {image: a}"]
    lines += [f"  s{n}: {{extends: {{service: s{n - 1}}}}}" for n in range(1, length)]
    return "\n".join(lines) + "\n"


def extends_bomb(depth: int) -> str:
    """Each service with twice the environment of the one before."""
    return "services:\n" + "".join(
        f"  s{n}:\n    extends: {{service: s{n - 1}}}\n    labels: {{l{n}: '${{A}}'}}\n" if n else "  s0: {image: a}\n"
        for n in range(depth)
    )


def includes(count: int) -> Make:
    """A chain of files that include one another."""
    chain = {f"docker/c{n}.yml": f"include: [c{n + 1}.yml]\nservices: {{s{n}: {{image: a}}}}\n" for n in range(count)}
    return together(files(chain), text(f"docker/c{count}.yml", services(1)), more(COMPOSE, "include: [c0.yml]\n"))


def include_tree(depth: int) -> Make:
    """Each file includes the next one twice."""
    tree = {f"docker/c{n}.yml": f"include: [c{n + 1}.yml, c{n + 1}.yml]\n" for n in range(depth)}
    return together(files(tree), text(f"docker/c{depth}.yml", services(1)), more(COMPOSE, "include: [c0.yml]\n"))


BOMBS: dict[str, str] = {
    "billion laughs, 9 × 9": laughs(9, 9),
    "billion laughs, 100 × 4": laughs(100, 4),
    "aliases, 30,000 of one list": "x: &x [" + "a, " * 300 + "a]\ny: [" + "*x, " * 30_000 + "*x]\n",
    "an alias of itself": "x: &x [*x]\nservices: {a: {image: b}}\n",
    "a merge of itself": "x: &x\n  <<: *x\n  a: b\n",
    "merges, 12 deep": "x0: &x0 {a: b}\n"
    + "".join(f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}]}}\n" for n in range(1, 12)),
    "10,000 open brackets": "a: " + "[" * 10_000,
    "10,000 open braces": "a: " + "{" * 10_000,
    "10,000 closed brackets": "a: " + "[" * 10_000 + "]" * 10_000,
    "3,000 levels of indentation": "".join(" " * n + "a:\n" for n in range(1, 1500)),
    "5,000 dashes": "- " * 5000 + "a\n",
    "5,000 question marks": "? " * 5000 + "a\n",
    "20,000 keys": "".join(f"k{n}: v\n" for n in range(20_000)),
    "20,000 times one key": "k: v\n" * 20_000,
    "20,000 documents": "---\na: b\n" * 20_000,
    "3,000 services": services(3000),
    "30,000 services": services(30_000),
    "600 services of 600 ports": services(200, f"image: a, ports: [{', '.join(str(1000 + n) for n in range(600))}]"),
    "one port range of all": services(1, 'image: a, ports: ["1-65535:1-65535"]'),
    "200 port ranges": services(200, 'image: a, ports: ["1-65535"]'),
    "2,000 networks each": services(50, f"image: a, networks: [{', '.join(f'n{n}' for n in range(2000))}]"),
    "an integer of 100,000 digits": "services: {a: {image: b, cpus: " + "9" * 100_000 + "}}\n",
    "an exponent": "services: {a: {image: b, cpus: 1e999999999}}\n",
    "a base-60 integer": "services: {a: {image: b, cpus: 1" + ":59" * 20_000 + "}}\n",
    "a date": "services: {a: {image: b, labels: {x: 2026-99-99}}}\n",
    "a tag of Python": 'services: {a: {image: !!python/object/apply:os.system ["touch executed"]}}\n',
    "a tag of Ruby": "services: {a: {image: !ruby/object:Gem::Installer {}}}\n",
    "binary": "services: {a: {image: !!binary " + "QUFB" * 50_000 + "}}\n",
    "100,000 resets": services(1, "image: a, ports: !reset [" + "1, " * 100_000 + "1]"),
    "10,000 comments": "#" * 1_000_000 + "\n" + "# a\n" * 10_000 + services(1),
    "a key of 1 MB": "? " + "k" * 1_000_000 + "\n: v\n",
    "an anchor of 1 MB": "a: &" + "k" * 1_000_000 + " v\n",
    "an open quote of 1 MB": "a: '" + "k\n" * 500_000,
    "a folded text of 1 MB": "a: >\n" + "  k\n\n" * 200_000,
    "${ 8,000 times": services(1, f"image: '{'${' * 8000}'"),
    "${A 8,000 times": services(1, f"image: '{'${A' * 8000}'"),
    "nested defaults, 300": services(1, f"image: '{nested_defaults(300)}'"),
    "nested defaults, 3,000": services(1, f"image: '{nested_defaults(3000)}'"),
    "nested defaults, 100,000": services(1, f"image: '{nested_defaults(100_000)}'"),
    "closing braces, 100,000": services(1, f"image: '${{A:-{'}' * 100_000}'"),
    "$$, 500,000": services(1, f"image: '{'$$' * 500_000}'"),
    "50,000 variables": services(500, "image: a, command: '" + "".join(f"${{V{n}}}" for n in range(100)) + "'"),
    "extends, a chain of 400": extends(400),
    "extends, a chain of 3,000": extends(3000),
    "extends, 2,000 deep with labels": extends_bomb(2000),
    "extends of itself": "services: {a: {extends: {service: a}}}\n",
    "depends on itself": services(1, "image: a, depends_on: [s0]"),
    "a circle of 300": services(300, "image: a, depends_on: [s0, s1, s2, s3]"),
    "profiles, 5,000": services(50, f"image: a, profiles: [{', '.join(f'p{n}' for n in range(5000))}]"),
    "a NUL": "services: {a: {image: 'b\\0c'}}\n",
    "a NUL as it is": "services: {a: {image: b\0c}}\n",
    "an escape": 'services: {a: {image: "\\e[31mred\\e]0;owned\\a"}}\n',
    "a workflow command": 'services: {a: {image: "a\\n::error::wrong\\n::set-output name=a::b"}}\n',
    "a name of a workflow command": 'name: "a\\n::error::wrong"\n' + services(1),
}

OUTSIDE: dict[str, str] = {
    "env_file": "services: {a: {image: b, env_file: [../../outside/canary]}}\n",
    "env_file of everything": "services: {a: {image: b, env_file: [/proc/self/environ]}}\n",
    "env_file without an end": "services: {a: {image: b, env_file: [/dev/zero]}}\n",
    "label_file": "services: {a: {image: b, label_file: [../../outside/canary]}}\n",
    "include": "include: [../../outside/canary]\n",
    "include of its env_file": "include: [{path: a.yml, env_file: ../../outside/canary}]\n",
    "include of a folder": "include: [{path: a.yml, project_directory: ../../outside}]\n",
    "include of a URL": "include: [https://127.0.0.1:9/a.yml]\n",
    "include of git": "include: ['git@127.0.0.1:a/b.git']\n",
    "include of an OCI artifact": "include: ['oci://127.0.0.1:9/a:latest']\n",
    "extends": "services: {a: {extends: {file: ../../outside/canary, service: a}}}\n",
    "extends of a URL": "services: {a: {extends: {file: 'https://127.0.0.1:9/a.yml', service: a}}}\n",
    "configs": "configs: {c: {file: ../../outside/canary}}\nservices: {a: {image: b, configs: [c]}}\n",
    "secrets": "secrets: {c: {file: ../../outside/canary}}\nservices: {a: {image: b, secrets: [c]}}\n",
    "secrets of the environment": "secrets: {c: {environment: HOME}}\nservices: {a: {image: b, secrets: [c]}}\n",
    "build": "services: {ui: {build: ../../outside}}\n",
    "a Dockerfile": "services: {ui: {build: {context: ., dockerfile: ../../outside/canary}}}\n",
    "additional contexts": "services: {ui: {build: {context: ui, additional_contexts: {a: ../../outside}}}}\n",
    "build of a URL": "services: {ui: {build: 'https://127.0.0.1:9/a.git'}}\n",
    "volumes": "services: {a: {image: b, volumes: ['../../outside:/a']}}\n",
    "credential_spec": "services: {a: {image: b, credential_spec: {file: ../../outside/canary}}}\n",
    "a provider": "services: {a: {provider: {type: ../../outside/program}}}\n",
    "models": "models: {m: {model: ../../outside/canary}}\nservices: {a: {image: b, models: [m]}}\n",
    "develop": "services: {a: {build: ui, develop: {watch: [{path: ../../outside, action: sync, target: /a}]}}}\n",
}


def _attacks() -> Iterator[Attack]:
    slow = ("30,000 services", "nested defaults, 100,000", "600 services of 600 ports", "2,000 networks each")
    for title, content in BOMBS.items():
        hit = UNVERIFIED if title in BUDGET else NOT_PASSED
        yield Attack(f"compose: {title}", text(COMPOSE, content), hit, MOVES, slow=title in slow)
    for title, content in OUTSIDE.items():
        yield Attack(f"compose, a path that leads out: {title}", text(COMPOSE, content), NOT_PASSED, MOVES)
    for title in ("billion laughs, 9 × 9", "10,000 open brackets", "3,000 services", "${ 8,000 times", "20,000 keys"):
        yield Attack(
            f"override: {title}", text(OVERRIDE, BOMBS[title]), {"docker-4/override": "unverified|failed"}, MOVES
        )
    for length in (20, 500):
        yield Attack(f"compose: {length} files that include one another", includes(length), moves=MOVES)
    for depth in (8, 18):
        yield Attack(f"compose: includes, a tree {depth} deep", include_tree(depth), moves=MOVES)
    yield Attack("compose: includes itself", more(COMPOSE, "include: [docker-compose.yml]\n"), NOT_PASSED, MOVES)
    yield Attack(
        "compose: a long value, used 5,000 times",
        together(
            swap(ENV, "UI_PORT=", f"LONG={'x' * 100_000}\nUI_PORT="),
            more(COMPOSE, "x-long:\n" + "  - ${LONG}\n" * 5000),
        ),
        moves=MOVES,
    )


BUDGET = frozenset(
    {"3,000 services", "30,000 services", "20,000 keys", "nested defaults, 100,000", "billion laughs, 9 × 9"}
)
"""What is right by its form, and too much."""
ATTACKS = tuple(_attacks())
