"""gitlab-ci-1/registry-mirror."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, CONFIGURATION
from ._runner_samples import GROUP

OPTION = '"engine-registry-mirror=http://10.132.0.2:6000"'
UNWIRED = replace(CONFIGURATION, f",\n      {OPTION}", "")
VARIABLE = "    environment:\n      REGISTRY_PROXY_REMOTEURL: https://registry-1.docker.io\n"
SERVICE = f"""\
  mirror:
    image: registry:2
    restart: always
{VARIABLE}    ports:
      - 6000:5000

"""
MOUNTED = "    volumes:\n      - ./registry.yml:/etc/docker/registry/config.yml\n"
REGISTRY = "version: 0.1\nproxy:\n  remoteurl: https://registry-1.docker.io\nhttp:\n  addr: :5000\n"
DAEMON = '{\n  "debug": false,\n  "registry-mirrors": [\n    "http://10.132.0.2:6000"\n  ]\n}\n'
SCRIPT = """\
#!/bin/sh
cat > /etc/docker/daemon.json <<EOF
{"registry-mirrors": ["http://MIRROR_IP:6000/"]}
EOF
systemctl restart docker
"""
README = (
    "The mirror: `docker run -d -p 6000:5000 -e REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io registry:2`\n"
)
TERRAFORM = """\
resource "google_compute_instance_template" "runner" {
  metadata_startup_script = <<-EOT
    echo '{"registry-mirrors": ["http://${var.mirror}:6000"]}' > /etc/docker/daemon.json
  EOT
}
"""
ROLE = "docker_options:\n  registry-mirrors:\n    - http://{{ ip }}:6000\n"
REGISTER = """\
#!/bin/sh
gitlab-runner register -n \\
  --machine-machine-options="engine-registry-mirror=http://10.0.0.1:6000"
"""
GCR = '"engine-registry-mirror=https://mirror.gcr.io"'


def wired(title: str, option: str, says: str, kind: str = "fails") -> Sample:
    """With another address of the mirror."""
    edit = replace(CONFIGURATION, OPTION, f'"engine-registry-mirror={option}"')
    if kind != "fails":
        return Sample(kind, title, [edit])
    return Sample(kind, title, [edit], says=says, file=CONFIGURATION, line="engine-registry-mirror", findings=1)


test_samples = sample_tests(
    "gitlab-ci-1/registry-mirror",
    BASE,
    [
        Sample(
            "fails",
            "a mirror of a site",
            [replace(COMPOSE, "https://registry-1.docker.io", "https://hub.docker.com")],
            says="a site for people",
            file=COMPOSE,
            line="REMOTEURL",
            findings=1,
        ),
        wired("with TLS, which it has not", "https://10.132.0.2:6000", "without TLS"),
        Sample(
            "unusual",
            "with TLS, which it has",
            [
                replace(CONFIGURATION, "http://10.132.0.2:6000", "https://mirror.somebody.ru:6000"),
                replace(COMPOSE, VARIABLE, f"{VARIABLE}      REGISTRY_HTTP_TLS_CERTIFICATE: /certs/mirror.crt\n"),
            ],
        ),
        Sample(
            "fails",
            "an option that nobody knows",
            [replace(CONFIGURATION, "registry-mirror=", "registry-mirrors=")],
            says="no Docker daemon is told of it",
            file=COMPOSE,
            line="mirror:",
            findings=1,
        ),
        Sample(
            "fails",
            "a registry told of that is no mirror",
            [replace(COMPOSE, VARIABLE, "")],
            says="has only what is pushed to it",
            file=COMPOSE,
            line="mirror:",
            findings=1,
        ),
        Sample(
            "unusual",
            "a registry of one's own beside a mirror of others",
            [
                replace(COMPOSE, VARIABLE, ""),
                replace(CONFIGURATION, OPTION, GCR),
            ],
        ),
        Sample(
            "fails",
            "a mirror for machines of an image",
            [write(CONFIGURATION, GROUP)],
            says="in the image of the instances",
            file=COMPOSE,
            line="mirror:",
            findings=1,
        ),
        Sample("passes", "the plain homework"),
        Sample("unusual", "daemon.json", [UNWIRED, write("gitlab-ci/daemon.json", DAEMON)]),
        Sample("unusual", "a script that writes it", [UNWIRED, write("gitlab-ci/start.sh", SCRIPT)]),
        Sample("unusual", "Terraform's start script", [UNWIRED, write("terraform/main.tf", TERRAFORM)]),
        Sample("unusual", "Ansible's variables", [UNWIRED, write("ansible/vars/main.yml", ROLE)]),
        Sample("unusual", "the register command", [UNWIRED, write("register.sh", REGISTER)]),
        Sample(
            "unusual",
            "a configuration of its own",
            [replace(COMPOSE, VARIABLE, MOUNTED), write("gitlab-ci/registry.yml", REGISTRY)],
        ),
        Sample("unusual", "one that others run", [replace(COMPOSE, SERVICE, ""), replace(CONFIGURATION, OPTION, GCR)]),
        wired("a name", "http://mirror.somebody.ru:6000", "", "unusual"),
        wired("a variable", "http://{{ mirror_address }}:6000", "", "unusual"),
        wired("TLS in front of it", "https://mirror.somebody.ru", "", "unusual"),
        Sample(
            "unusual",
            "none",
            [replace(COMPOSE, SERVICE, ""), UNWIRED],
            verdict="not attempted",
            says="no registry mirror is started",
        ),
        Sample(
            "unusual",
            "a registry that is no mirror",
            [replace(COMPOSE, VARIABLE, ""), UNWIRED],
            verdict="not attempted",
        ),
        Sample(
            "fails",
            "not wired",
            [UNWIRED],
            says='is told of it | add to MachineOptions: "engine-registry-mirror=http://ADDRESS:6000"',
            file=COMPOSE,
            line="  mirror:",
            findings=1,
        ),
        Sample(
            "fails",
            "not wired, in a README",
            [remove(COMPOSE), UNWIRED, write("README.md", README)],
            says="no Docker daemon is told of it",
            file="README.md",
            line="docker run",
        ),
        Sample(
            "fails",
            "only in a sentence and a comment",
            [
                replace(CONFIGURATION, f",\n      {OPTION}", f"\n      # {OPTION}"),
                write("README.md", "With engine-registry-mirror or registry-mirrors: one could use the mirror.\n"),
            ],
            says="no Docker daemon is told of it",
            findings=1,
        ),
        wired("the machine itself", "http://localhost:6000", "localhost, which is each machine itself"),
        wired("the machine itself, by number", "http://127.0.0.1:6000", "127.0.0.1, which is each machine itself"),
        wired("a name of compose", "http://mirror:6000", "mirror, a name that only containers beside it know"),
        wired("no scheme", "10.132.0.2:6000", "10.132.0.2:6000, without http://"),
        wired("a path", "http://10.132.0.2:6000/v2", "a path: /v2"),
        wired("the container's port", "http://10.132.0.2:5000", "port 5000 | write the port that the mirror is"),
        wired("no port", "http://10.132.0.2", "port 80"),
        Sample(
            "fails",
            "another one is used",
            [replace(CONFIGURATION, OPTION, GCR)],
            says="they take them from https://mirror.gcr.io",
            file=COMPOSE,
            findings=1,
        ),
    ],
)
