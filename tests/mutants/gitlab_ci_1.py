"""Homework 19, gitlab-ci-1: what goes wrong with a pipeline, GitLab, and a runner that scales."""

from __future__ import annotations

from .homeworks import HERE, Homework, Step, encode, move, not_executable, remove, replace, windows, write
from .kinds import Change, Fault

PIPELINE = ".gitlab-ci.yml"
TESTS = "reddit/simpletest.rb"
SETUP = "gitlab-ci/docker-compose.yml"
REGISTER = "gitlab-ci/register.sh"
CONFIGURATION = "gitlab-ci/config.toml"
TODAYS = "gitlab-ci/autoscaler/config.toml"
TODAYS_SETUP = "gitlab-ci/autoscaler/docker-compose.yml"
README = "README.md"

# Of several runners, one that is right is enough for some items.
_ONE_RUNNER = (remove(TODAYS), remove(TODAYS_SETUP))

# Parts of the example's files.
_MONGO = "  services:\n    - name: mongo:7.0\n      alias: mongo\n"
_VOLUMES = """\
    volumes:
      - /srv/gitlab/config:/etc/gitlab
      - /srv/gitlab/logs:/var/log/gitlab
      - /srv/gitlab/data:/var/opt/gitlab
"""
_PORTS = '    ports:\n      - "80:80"\n      - "443:443"\n      - "2222:22"\n'
_CONFIG_VOLUME = "    volumes:\n      - /srv/gitlab-runner/config:/etc/gitlab-runner\n"
_MIRROR_OPTION = ',\n      "engine-registry-mirror=http://10.132.0.2:6000"'
_MACHINE = "  [runners.machine]\n"
_SLACK = "Slack notifications are configured in GitLab (Settings, Integrations)"
_RUN = "    - cd reddit\n    - ruby simpletest.rb\n"
_REVIEW = "  stage: review\n  environment:\n"
_ADDRESS = '      ServerAddress = "10.132.0.2:9005"\n'
_TOKEN = "glrt-" + "t1_Zk3vQ9pLx7Rw2Ns8Yb4M"
"""Made up, and in two parts so that nobody takes it for a real one."""


def _pipeline(old: str, new: str) -> Step:
    return replace(PIPELINE, old, new)


def _setup(old: str, new: str) -> Step:
    return replace(SETUP, old, new)


def _config(old: str, new: str) -> Step:
    return replace(CONFIGURATION, old, new)


def _here(path: str, text: str) -> Step:
    """The end of the text's first line is where the fault is told."""
    return replace(path, text, text.replace("\n", f"{HERE}\n", 1))


FAULTS = [
    # pipeline-file
    Fault("pipeline-file", "there is none", remove(PIPELINE), at=PIPELINE),
    Fault("pipeline-file", "a tab", _pipeline("  image: debian", "\timage: debian")),
    Fault("pipeline-file", "a stage that is not in stages", _pipeline("  stage: deploy\n", "  stage: production\n")),
    Fault(
        "pipeline-file",
        "a stage misspelt in stages",
        _pipeline("  - review\n", "  - reveiw\n"),
        # of both jobs in it the first has the finding
        _pipeline(
            "\nbranch review:\n  extends: .deploy\n  stage: review\n",
            f"\nbranch review:\n  extends: .deploy\n  stage: review{HERE}\n",
        ),
    ),
    Fault(
        "pipeline-file",
        "a job without a script",
        _pipeline("  script:\n    - tar --create --gzip --file reddit.tar.gz reddit\n", ""),
        _here(PIPELINE, "build_job:\n"),
    ),
    Fault("pipeline-file", "scripts for script", _pipeline("  script:\n    - tar", "  scripts:\n    - tar")),
    Fault(
        "pipeline-file",
        "it extends what is not there",
        _pipeline(f"  extends: .deploy\n{_REVIEW}", f"  extends: .deply\n{_REVIEW}"),
    ),
    Fault(
        "pipeline-file", "it extends itself", _pipeline(".deploy:\n  extends: .apt\n", ".deploy:\n  extends: .deploy\n")
    ),
    Fault("pipeline-file", "a reference to what is not there", _pipeline("[.deploy, script]", "[.deploy, scripts]")),
    Fault(
        "pipeline-file",
        "an include that is not there",
        _pipeline("stages:\n", f"include: /ci/common.yml{HERE}\n\nstages:\n"),
    ),
    Fault("pipeline-file", "when: manualy", _pipeline("when: manual\n", "when: manualy\n")),
    Fault("pipeline-file", "on_stop names no job", _pipeline("on_stop: stop branch review", "on_stop: stop review")),
    # tests-in-repo
    Fault("tests-in-repo", "no database", _pipeline(_MONGO, ""), _here(PIPELINE, "test_unit_job:\n")),
    Fault("tests-in-repo", "the tests are not there", remove(TESTS), _here(PIPELINE, "    - ruby simpletest.rb\n")),
    Fault("tests-in-repo", "the tests are called otherwise", _pipeline("ruby simpletest.rb", "ruby simple_test.rb")),
    Fault("tests-in-repo", "another folder", _pipeline(_RUN, f"    - ruby simpletest.rb{HERE}\n")),
    Fault("tests-in-repo", "it only says that it tests", _pipeline("ruby simpletest.rb", "echo 'ruby simpletest.rb'")),
    Fault("tests-in-repo", "whatever comes of them", _pipeline("ruby simpletest.rb", "ruby simpletest.rb || true")),
    # server
    Fault("server", "no port for ssh", _here(SETUP, _PORTS), _setup('      - "2222:22"\n', "")),
    Fault("server", "no ports", _setup(_PORTS, ""), _here(SETUP, "  gitlab:\n")),
    Fault(
        "server",
        "no external_url",
        _setup("        external_url 'http://${GITLAB_HOST}'\n", ""),
        _here(SETUP, "      GITLAB_OMNIBUS_CONFIG: |\n"),
    ),
    Fault(
        "server",
        "the data is in no volume",
        _here(SETUP, _VOLUMES),
        _setup("      - /srv/gitlab/data:/var/opt/gitlab\n", ""),
    ),
    Fault(
        "server", "the data is in another place", _here(SETUP, _VOLUMES), _setup(":/var/opt/gitlab\n", ":/opt/gitlab\n")
    ),
    # runner
    Fault("runner", "no volume", *_ONE_RUNNER, _setup(_CONFIG_VOLUME, ""), _here(SETUP, "  runner:\n")),
    Fault(
        "runner",
        "no restart policy",
        *_ONE_RUNNER,
        _setup("v17.4.0\n    restart: always\n", "v17.4.0\n"),
        _here(SETUP, "  runner:\n"),
    ),
    # runner-registration
    Fault("runner-registration", "the token is in it", replace(REGISTER, '"$RUNNER_TOKEN" \\', f"{_TOKEN} \\")),
    # runner-config
    Fault("runner-config", "a quote is missing", _config('url = "http://10.132.0.2/"', 'url = "http://10.132.0.2/')),
    Fault("runner-config", "a number as a text", _config("IdleTime = 600", 'IdleTime = "600"')),
    Fault(
        "runner-config", "the executor misspelt", _config('executor = "docker+machine"', 'executor = "docker-machine"')
    ),
    Fault("runner-config", "no jobs at all", _config("concurrent = 5", "concurrent = 0")),
    Fault("runner-config", "the policy's time is a number", replace(TODAYS, 'idle_time = "10m0s"', 'idle_time = "10"')),
    # autoscaling
    Fault("autoscaling", "no driver", _config('    MachineDriver = "google"\n', ""), _here(CONFIGURATION, _MACHINE)),
    Fault("autoscaling", "one name for all machines", _config('"reddit-%s"', '"reddit"')),
    Fault("autoscaling", "a name that is too long", _config('"reddit-%s"', f'"{"reddit-" * 6}%s"')),
    # autoscaling-model
    Fault("autoscaling-model", "one machine at the most", _config("  limit = 6\n", "  limit = 1\n")),
    Fault("autoscaling-model", "one job at a time", _config("concurrent = 5\n", "concurrent = 1\n")),
    # registry-mirror
    Fault("registry-mirror", "nobody uses it", _config(_MIRROR_OPTION, ""), _here(SETUP, "  registry-mirror:\n")),
    Fault("registry-mirror", "each machine asks itself", _config("http://10.132.0.2:6000", "http://localhost:6000")),
    Fault(
        "registry-mirror", "the port inside its container", _config("http://10.132.0.2:6000", "http://10.132.0.2:5000")
    ),
    # cache
    Fault(
        "cache",
        "the form before 11.3",
        *_ONE_RUNNER,
        _config("    [runners.cache.s3]\n", ""),
        _here(CONFIGURATION, _ADDRESS),
    ),
    Fault("cache", "no Type", _config('    Type = "s3"\n', ""), _here(CONFIGURATION, "  [runners.cache]\n")),
    Fault(
        "cache",
        "no bucket",
        _config('      BucketName = "runner"\n', ""),
        _here(CONFIGURATION, "    [runners.cache.s3]\n"),
    ),
    Fault("cache", "an address with its scheme", _config('"10.132.0.2:9005"', '"http://10.132.0.2:9005"')),
    Fault("cache", "each machine asks itself", _config('"10.132.0.2:9005"', '"127.0.0.1:9005"')),
    Fault("cache", "asked with TLS", _here(CONFIGURATION, _ADDRESS), _config("      Insecure = true\n", "")),
    # credentials
    Fault(
        "credentials",
        "in no volume",
        *_ONE_RUNNER,
        _setup("/etc/gitlab-runner/gce-credentials.json", "/root/gce-credentials.json"),
    ),
    Fault("credentials", "a token is committed", write("gitlab-ci/notes.txt", f"RUNNER_TOKEN={_TOKEN}{HERE}\n")),
    Fault(
        "credentials",
        "the cache's key is in the configuration",
        _config("${CACHE_SECRET_KEY}", "q8Zr2Lw7" + "Xn4Tb9Vc3Md6Kp1Hs5Jg0Fy2Ra8We4U"),
    ),
    # slack
    Fault("slack", "only a mention", replace(README, _SLACK, "Slack is the next thing"), _here(README, "### Slack\n")),
]


def _as_playbook(homework: Homework) -> None:
    """GitLab is started by Ansible."""
    setup = homework.text(SETUP)
    start, end = setup.index("  gitlab:\n"), setup.index("  runner:\n")
    homework.files[SETUP] = setup[:start] + setup[end:]
    homework.files["gitlab-ci/ansible/gitlab.yml"] = _PLAYBOOK


_PLAYBOOK = """\
- name: GitLab
  hosts: gitlab
  become: true
  tasks:
    - name: Run GitLab
      community.docker.docker_container:
        name: gitlab
        image: gitlab/gitlab-ce:17.4.0-ce.0
        restart_policy: always
        env:
          GITLAB_OMNIBUS_CONFIG: "external_url 'http://{{ ansible_host }}'"
        ports:
          - "80:80"
          - "443:443"
          - "2222:22"
        volumes:
          - /srv/gitlab/config:/etc/gitlab
          - /srv/gitlab/logs:/var/log/gitlab
          - /srv/gitlab/data:/var/opt/gitlab
"""


def _in_readme(homework: Homework) -> None:
    """The configuration is a block of the README."""
    block = f"\n```toml\n{homework.text(CONFIGURATION)}```\n"
    readme = homework.text(README)
    homework.files[README] = readme.replace("\n### Slack\n", f"{block}\n### Slack\n", 1)
    del homework.files[CONFIGURATION]


CHANGES = [
    Change("the pipeline with Windows' line ends", windows(PIPELINE)),
    Change("the pipeline with a byte order mark", encode(PIPELINE, "utf-8-sig")),
    Change("the configuration with Windows' line ends", windows(CONFIGURATION)),
    Change("the compose file with Windows' line ends", windows(SETUP)),
    Change("the script with Windows' line ends", windows(REGISTER)),
    Change("the script without its mode bit", not_executable(REGISTER)),
    Change("the script called otherwise", move(REGISTER, "gitlab-ci/add_runner.sh")),
    Change("the configuration in a folder", move(CONFIGURATION, "gitlab-ci/runner/config.toml")),
    Change("the configuration called otherwise", move(CONFIGURATION, "gitlab-ci/runner.toml")),
    Change("the configuration in the README", _in_readme),
    Change("no runner of today", *_ONE_RUNNER),
    Change("everything of GitLab in another folder", move("gitlab-ci", "infra/gitlab")),
    Change("compose.yml", move(SETUP, "gitlab-ci/compose.yml")),
    Change("GitLab by Ansible", _as_playbook),
    Change("a newer GitLab", _setup("17.4.0-ce.0", "18.5.0-ce.0")),
    Change("GitLab of the enterprise", _setup("gitlab-ce:17.4.0-ce.0", "gitlab-ee:17.4.0-ee.0")),
    Change("the runner of Alpine", _setup("gitlab-runner:v17.4.0", "gitlab-runner:alpine-v17.4.0")),
    Change("unless-stopped", _setup("v17.4.0\n    restart: always", "v17.4.0\n    restart: unless-stopped")),
    Change(
        "named volumes",
        _setup("/srv/gitlab/data:", "gitlab_data:"),
        _setup("      - /srv/cache:/export\n", "      - /srv/cache:/export\n\nvolumes:\n  gitlab_data:\n"),
    ),
    Change("services of compose v1", _setup("services:\n", "version: '2'\n\nservices:\n")),
    Change(
        "the image for all", _pipeline("default:\n  image: debian:bookworm-slim\n", "image: debian:bookworm-slim\n")
    ),
    Change("an image of Ruby's", _pipeline("default:\n  image: debian:bookworm-slim", "default:\n  image: ruby:3.1")),
    Change("the service in one line", _pipeline("    - name: mongo:7.0\n      alias: mongo\n", "    - mongo:7.0\n")),
    Change("the script in one line", _pipeline(_RUN, "    - cd reddit && ruby simpletest.rb\n")),
    Change("the tests from above", _pipeline(_RUN, "    - ruby reddit/simpletest.rb\n")),
    Change(
        "an anchor",
        _pipeline(".test:\n  extends: .apt\n", ".test: &test\n  extends: .apt\n"),
        _pipeline("test_unit_job:\n  extends: .test\n", "test_unit_job:\n  <<: *test\n"),
    ),
    Change("jobs of other names", _pipeline("test_unit_job:", "unit tests:"), _pipeline("build_job:", "package:")),
    Change(
        "a part of the pipeline in a file",
        _pipeline("deployed.\nstages:\n", "deployed.\ninclude: /ci/lint.yml\n\nstages:\n"),
        write("ci/lint.yml", "lint:\n  stage: build\n  script:\n    - echo lint\n"),
    ),
    Change(
        "only, not rules",
        _pipeline("  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n", "  only:\n    - main\n"),
    ),
    Change(
        "chat is told",
        _pipeline(
            "deploy_dev_job:\n",
            'notify:\n  stage: deploy\n  script:\n    - curl --data text=done "$SLACK_WEBHOOK"\n\ndeploy_dev_job:\n',
        ),
    ),
    Change(
        "tests in their own folder",
        move(TESTS, "reddit/test/simpletest.rb"),
        _pipeline("ruby simpletest.rb", "ruby test/simpletest.rb"),
        replace(TESTS, "require_relative 'app'", "require_relative '../app'"),
    ),
    Change("more machines", _config("concurrent = 5", "concurrent = 10"), _config("limit = 6", "limit = 12")),
    Change("no machine is kept", _config("IdleCount = 1", "IdleCount = 0")),
    Change("a key of newer runners", _config("    IdleTime = 600\n", "    IdleTime = 600\n    MaxGrowthRate = 2\n")),
    Change("the cache by a name", _config('"10.132.0.2:9005"', '"cache.internal:9005"')),
    Change("the mirror by a name", _config("http://10.132.0.2:6000", "http://mirror.internal:6000")),
    Change("comments", _config("concurrent = 5\n", "concurrent = 5 # five\n")),
    Change(
        "a badge",
        replace(
            README,
            "# reddit: a finished homework\n",
            "# reddit: a finished homework\n\n[![pipeline](https://gitlab.com/a/b/badges/main/pipeline.svg)](https://gitlab.com/a/b)\n",
        ),
    ),
]
