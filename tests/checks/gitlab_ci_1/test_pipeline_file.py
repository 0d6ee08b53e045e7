"""gitlab-ci-1/pipeline-file."""

from __future__ import annotations

from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, CI

_UNIT = "test_unit_job:\n  stage: test\n"
_END = "    - echo 'Deploy'\n"


def _fails(title: str, edit: Edit, says: str, line: str, *more: Edit) -> Sample:
    return Sample("fails", title, [edit, *more], says=says, file=CI, line=line, findings=1)


def _add(text: str) -> Edit:
    return replace(CI, _END, _END + text)


def _unit(text: str) -> Edit:
    return replace(CI, _UNIT, _UNIT + text)


test_samples = sample_tests(
    "gitlab-ci-1/pipeline-file",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "a document mark, anchors, extends, references, spaces in names", [write(CI, """\
---
.defaults: &defaults
  image: ruby:2.4.2
  retry: {max: 2, when: runner_system_failure}
.ruby:
  <<: *defaults
  before_script:
    - cd reddit
    - bundle install
stages: [build, test, branch review]
variables:
  DATABASE_URL: {value: mongodb://mongo/user_posts, description: where the posts are}
unit tests:
  extends: .ruby
  services: [{name: mongo:latest, alias: mongo}]
  variables:
  only: [branches, /^\\d+\\.\\d+.\\d+/]
  script:
    - !reference [.steps, script]
branch review:
  stage: branch review
  needs: [unit tests, {job: 'matrix: [2.4]', artifacts: false}]
  script: echo "Deploy to $CI_ENVIRONMENT_SLUG"
  environment: {name: branch/$CI_COMMIT_REF_NAME, url: '${URL}', on_stop: stop review}
stop review:
  stage: branch review
  script: []
  script: echo stop
  when: manual
  environment: {name: branch/$CI_COMMIT_REF_NAME, action: stop}
matrix:
  script: echo $RUBY
  parallel: {matrix: [{RUBY: [2.4, 2.5]}]}
last: {stage: .post, script: [echo, [one, [two]]], rules: [{if: $CI_COMMIT_TAG, when: on_success}, {when: never}]}
.steps: {script: [[ruby simpletest.rb]]}
""")]),
        Sample("unusual", "from another day: types, BOM, CRLF, what is empty", [
            write(CI, "\ufeff" + BASE[CI].replace("stages:", "cache:\ntypes:").replace("stage:", "type:")
                  .replace("\n", "\r\n")),
        ]),
        Sample("unusual", "jobs in files of their own", [
            write(CI, "include:\n  - local: /ci/jobs.yml\nstages: [test]\n"),
            write("ci/jobs.yml", "unit:\n  script: [make]\n"),
        ]),
        Sample("unusual", "something from elsewhere that no job depends on",
               [replace(CI, "image: ruby", "include:\n  - template: Jobs/SAST.gitlab-ci.yml\nimage: ruby")]),
        Sample("fails", "what a job is may come from elsewhere",
               [replace(CI, "image: ruby", "include: https://ci.somebody.ru/base.yml\nimage: ruby"),
                _unit("  extends: .base\n")],
               says="https://ci.somebody.ru/base.yml, which is not in the repository", verdict="unverified"),
        Sample("fails", "a template's job, of which some keys are set anew",
               [replace(CI, "image: ruby", "include:\n  - template: Jobs/SAST.gitlab-ci.yml\nimage: ruby"),
                _add("sast:\n  variables: {A: b}\n")],
               says="sast is not known as a whole", verdict="unverified"),
        Sample("fails", "a key that a newer GitLab may know", [_unit("  brand_new_thing: true\n")],
               says="depends on its version", verdict="unverified"),
        Sample("fails", "no pipeline", [remove(CI)], says="no such file", file=CI),
        Sample("fails", "under another name", [remove(CI), write(".gitlab-ci.yaml", BASE[CI])],
               says="near names: .gitlab-ci.yaml", file=CI),
        _fails("no YAML", _unit("  tags: @x\n"), "@ cannot begin a value", "@x"),
        _fails("variables that are not indented", replace(CI, "  DATABASE_URL", "DATABASE_URL"),
               "it belongs to variables: indent it below that", "DATABASE_URL"),
        _fails("a stage that is not listed", replace(CI, _UNIT, "test_unit_job:\n  stage: tset\n"),
               "write test, or add tset to stages", "tset"),
        _fails("the same in one line, twice",
               _add("another: {stage: tset, script: x}\nmore: {stage: tset, script: x}\n"),
               "another, more: stage tset", "another"),
        _fails("a stage that no name is near", replace(CI, "stage: deploy", "stage: production"),
               "add production to stages", "production"),
        _fails("no stage, and no stage test", replace(CI, "  - test\n", "  - check\n"),
               "test_unit_job: no stage is named, so it is test", "test_unit_job:",
               replace(CI, _UNIT, "test_unit_job:\n"),
               replace(CI, "test_integration_job:\n  stage: test", "test_integration_job:\n  stage: check")),
        _fails("a misspelt key", _unit("  befor_script: []\n"), "write before_script", "befor_script"),
        Sample("unusual", "rules that are partly from elsewhere", [_add(".rules: {rules: [{if: $CI_COMMIT_TAG}]}\n"),
               _unit("  rules: [!reference [.rules, rules], {when: on_success}]\n")]),
        Sample("unusual", "an environment of a branch", [_unit("  environment: review/${CI_COMMIT_REF_NAME}.a-b c\n")]),
        _fails("an environment's name that GitLab does not take", _unit("  environment: {name: 'прод'}\n"),
               "choose another name", "environment"),
        _fails("stages that are no list", replace(CI, "stages:\n  - build\n  - test\n  - deploy\n", "stages: build\n"),
               "write it as a list", "stages: build"),
        _fails("rules without a dash", _unit("  rules:\n    if: $CI_COMMIT_TAG\n"), "write it as a list", "rules:"),
        _fails("variables with dashes", _unit("  variables:\n    - A=b\n"), "without dashes", "variables:"),
        _fails("a word in quotes", _unit("  allow_failure: 'true'\n"), "without quotes", "allow_failure"),
        _fails("a list in the line of its key", replace(CI, "  script:\n    - ruby", "  script: - ruby"),
               "a line of its own", "script: -"),
        _fails("a conflict of git", replace(CI, "deploy_job:", "<<<<<<< HEAD\ndeploy_job:"), "one of the two texts",
               "<<<<<<<"),
        _fails("a key in letters that only look like it", replace(CI, "stage: build", "st\u0430ge: build"),
               "write stage in Latin letters", "ge: build"),
        _fails("a job inside of another", replace(CI, "deploy_job:\n  stage: deploy\n  script:\n", "  deploy_job:\n"
               "    script:\n"), "begin its line without spaces", "deploy_job"),
        _fails("spaces copied from a page", replace(CI, "  stage: build", "\u00a0 stage: build"),
               "indent with the plain one", "stage: build"),
        _fails("a job that waits for itself", _unit("  needs: [test_unit_job]\n"), "test_unit_job does", "needs"),
        _fails("a misspelt script", _add("another:\n  scirpt: [make]\n"), "write script", "scirpt"),
        _fails("a job without a script", _add("another:\n  stage: test\n"), "another has a script", "another"),
        _fails("a job that is empty", _add("another:\n"), "correct the indentation", "another"),
        _fails("a setting that is misspelt", replace(CI, "stages:", "stage:"), "write stages", "stage:",
               replace(CI, "stage: build", "stage: test"), replace(CI, "  stage: deploy\n", "")),
        _fails("a command that YAML makes a mapping of", _add("another:\n  script:\n    - echo ready: go\n"),
               "put the whole command in quotes", "echo ready"),
        _fails("a number as a command", _add("another:\n  script:\n    - 1\n"), "put it in quotes", "- 1"),
        _fails("services that are no list", replace(CI, "services:\n    - mongo:latest", "services: mongo:latest"),
               "write it as a list", "services: mongo"),
        _fails("a word that is none", _unit("  when: manul\n"), "write manual", "when"),
        _fails("a variable's name at the place of a key", _unit("  DATABASE_URL: x\n"),
               "correct the name or the indentation", "DATABASE_URL: x"),
        _fails("a key of environment that is not indented", _unit("  environment:\n  name: dev\n"),
               "name does not belong here", "name: dev"),
        _fails("a script that is not indented", replace(CI, "  script:\n    - ruby", "script:\n    - ruby"),
               "a command below script", "script:"),
        _fails("an image with a space", replace(CI, "mongo:latest", "docker: dind"), "without a space", "docker: dind"),
        _fails("delayed, and not for how long", _unit("  when: delayed\n"), "there is no start_in", "test_unit_job"),
        _fails("too many at once", _unit("  parallel: 500\n"), "at most 200", "parallel"),
        _fails("a key of jobs among the defaults", _add("default:\n  stage: test\n"),
               "stage does not belong here", "stage: test"),
        _fails("needs that are not there", _unit("  needs: [build_jbo]\n"), "write build_job", "needs"),
        _fails("needs of a later stage", _unit("  needs: [deploy_job]\n"), "put test_unit_job into a later stage",
               "needs"),
        _fails("dependencies that are not there", _unit("  dependencies:\n    - nothing\n"), "which is no job",
               "- nothing"),
        _fails("dependencies that are not needed",
               _unit("  needs: [build_job]\n  dependencies:\n    - other\n"), "add it to needs", "- other",
               _add("other: {script: x, stage: build}\n")),
        _fails("jobs that wait for one another", _unit("  needs: [test_integration_job]\n"),
               "wait for one another", "needs: [test",
               replace(CI, "test_integration_job:\n", "test_integration_job:\n  needs: [test_unit_job]\n")),
        _fails("extends of nothing", _unit("  extends: .rubby\n"), "write .ruby", ".rubby", _add(".ruby: {}\n")),
        _fails("a reference to nothing", _add("another:\n  script:\n    - !reference [.steps, script]\n"),
               "no such key", "!reference"),
        _fails("rules and only", _unit("  only: [main]\n  rules: [{when: always}]\n"), "by rules alone", "only"),
        _fails("nobody stops the environment", _unit("  environment: {name: a, on_stop: stop}\n"), "stop is no job",
               "on_stop"),
        _fails("the job for it does not stop", _unit("  environment: {name: a, on_stop: build_job}\n"),
               "add action: stop", "build_job:"),
        _fails("it stops something else", _unit("  environment: {name: a, on_stop: stop}\n"),
               "stop stops b, and not a", "stop:",
               _add("stop:\n  script: x\n  environment: {name: b, action: stop}\n")),
        _fails("a script and a trigger", _add("another:\n  script: x\n  trigger: group/project\n"),
               "make two jobs of it", "trigger"),
        _fails("a job whose name is a setting", _add("cache:\n  stage: test\n  script: [make]\n"),
               "give the job another name", "cache"),
        _fails("a setting in two places", _add("default:\n  image: ruby\n"), "delete one of them", "image: ruby:2"),
        _fails("a second document", _add("---\nanother: {script: x}\n"), "does not read", "another"),
        Sample("fails", "nothing but templates", [write(CI, ".a: {script: x}\n")], says="add a job with a script",
               file=CI, findings=1),
        Sample("fails", "an include of what is outside", [replace(CI, "image: ruby", "include: ../x.yml\nimage: ruby")],
               says="leads out of its folder", file=CI, line="include"),
        _fails("an include of no kind", replace(CI, "image: ruby", "include: [{locl: x.yml}]\nimage: ruby"),
               "write local", "locl"),
    ],
)  # fmt: skip
