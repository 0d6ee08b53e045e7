"""gitlab-ci-1/tests-in-repo."""

from __future__ import annotations

from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, CI, TESTS

_SERVICES = "  services:\n    - mongo:latest\n"
_SCRIPT = "  script:\n    - ruby simpletest.rb\n"
_BEFORE = "before_script:\n  - cd reddit\n  - bundle install\n"
_URL = "  DATABASE_URL: mongodb://mongo/user_posts\n"
_NO_TESTS = [remove(TESTS)]


def _fails(title: str, says: str, line: str, *edits: Edit, file: str = CI) -> Sample:
    return Sample("fails", title, list(edits), says=says, file=file, line=line, findings=1)


def _unusual(title: str, *edits: Edit) -> Sample:
    return Sample("unusual", title, list(edits))


def _unknown(title: str, says: str, *edits: Edit) -> Sample:
    return Sample("fails", title, list(edits), says=says, verdict="unverified")


def _script(text: str) -> Edit:
    return replace(CI, _SCRIPT, text)


def _before(text: str) -> Edit:
    return replace(CI, _BEFORE, text)


test_samples = sample_tests(
    "gitlab-ci-1/tests-in-repo",
    BASE,
    [
        Sample("passes", "the plain homework"),
        _unusual("folder and command in one line", _before(""),
                 _script("  script: 'cd reddit && bundle install && bundle exec ruby -I. simpletest.rb'\n")),
        _unusual("everything in default, and the job's own image",
                 replace(CI, _BEFORE, "default:\n  before_script:\n    - cd $CI_PROJECT_DIR/reddit/\n    - bundle\n"
                                      "  services: [mongo:latest]\n"),
                 replace(CI, _SERVICES, "  image: ruby:2.7\n")),
        _unusual("a template, and a reference", _before(""), replace(CI, "test_unit_job:\n", """\
.ruby:
  before_script:
    - |
      cd reddit
      bundle install
.run: {script: [ruby simpletest.rb]}
test_unit_job:
  extends: .ruby
"""), _script("  script:\n    - !reference [.run, script]\n")),
        _unusual("an alias, the address of its own",
                 replace(CI, _SERVICES, "  variables: {HOST: db, DATABASE_URL: '$HOST:27017'}\n"
                                        "  services: [{name: 'registry.local:5000/mirror/mongo:3', alias: db}]\n")),
        _unusual("the name of an image with slashes", replace(CI, "- mongo:latest", "- bitnami/mongodb:4"),
                 replace(CI, "mongodb://mongo/", "mongodb://user:pass@bitnami-mongodb:27017/")),
        _unusual("the address is exported by the script", replace(CI, _URL, "  A: b\n"),
                 _script("  script:\n    - export DATABASE_URL=mongo:27017\n    - ruby simpletest.rb\n")),
        _unusual("the address before the command", replace(CI, _URL, "  A: b\n"),
                 _script("  script:\n    - DATABASE_URL=mongo ruby simpletest.rb\n")),
        _unusual("a stage of another name, brackets, and cd again",
                 replace(CI, "  - test\n", "  - unit-tests\n  - test\n"),
                 replace(CI, "test_unit_job:\n  stage: test", "test_unit_job:\n  stage: unit-tests"),
                 _before("before_script:\n  - (cd reddit && bundle install)\n"),
                 _script("  script:\n    - cd reddit; ruby ./simpletest.rb\n")),
        _unusual("rspec", _script("  script: [bundle exec rspec]\n"), *_NO_TESTS, write("reddit/spec/app_spec.rb", """\
require_relative '../app'
describe 'the posts' do
  it('are there') { expect(1).to eq(1) }
end
""")),
        _unusual("rake, of a Rakefile one folder above", _script("  script: [rake test]\n"), write("Rakefile", "")),
        _unusual("minitest by a loop over files", *_NO_TESTS,
                 _script("  script: [\"ruby -Itest -e 'Dir.glob(%q(./test/*_test.rb)).each { |f| require f }'\"]\n"),
                 write("reddit/test/app_test.rb", "require 'minitest/autorun'\nclass A < Minitest::Test\n"
                                                  "  def test_it\n  end\nend\n")),
        _unusual("a script of the repository", _before(""),
                 _script("  script:\n    - chmod +x ci/run.sh\n    - ./ci/run.sh\n"),
                 write("ci/run.sh", "#!/bin/sh -e\nset -x\ncd reddit\nbundle install\n# now\nruby simpletest.rb\n")),
        _unusual("make", _before("before_script: [gem install bundler]\n"), _script("  script: [make test]\n"),
                 write("Makefile", "APP = reddit\nall:\n\ttrue\ntest: gems\n\tcd $(APP) && ruby simpletest.rb\n"
                                   "gems:\n\tcd $(APP) && bundle install\n")),
        _unusual("pytest", replace(CI, "ruby:2.4.2", "python:3.6"), _before("before_script: [pip install -r r.txt]\n"),
                 _script("  script: [python3 -m pytest -v reddit/tests]\n"),
                 write("reddit/tests/test_app.py", "import os\nfrom app import app\n\ndef test_it():\n"
                                                   "    os.environ['DATABASE_URL']\n")),
        _unusual("a pipeline that another one starts", write(CI, "app:\n  trigger: {include: reddit/ci.yml}\n"),
                 write("reddit/ci.yml", BASE[CI])),
        _unusual("a database that the script starts itself", replace(CI, _SERVICES, ""),
                 replace(CI, "mongodb://mongo/user_posts", "127.0.0.1"),
                 _script("  script:\n    - apt-get install -y mongodb && service mongodb start\n"
                         "    - ruby simpletest.rb\n")),
        _unusual("the host stands in the code", replace(CI, _URL, "  A: b\n"),
                 write("reddit/app.rb", "require 'mongo'\nDB = Mongo::Client.new(['mongo:27017'])\n")),
        _unusual("gems that a cache keeps", replace(CI, "  - bundle install\n", ""),
                 replace(CI, _SERVICES, _SERVICES + "  cache: {paths: [vendor]}\n")),
        _unusual("an image of one's own, with gems", replace(CI, "  - bundle install\n", ""),
                 replace(CI, "image: ruby:2.4.2", "image: somebody/reddit-test:1.0")),
        _unusual("spaces, tabs and Windows' line ends", write(TESTS, "require_relative  './app'\r\nclass A < B\r\n"
                                                                     "\tdef  test_it\r\n\tend\r\nend\r\n")),
        _unusual("another job does not",
                 _script(_SCRIPT + "only_a_word:\n  stage: test\n  script: [ruby nothing_test.rb]\n")),
        _unusual("rules that let it run",
                 replace(CI, _SERVICES, _SERVICES + "  rules: [{if: $A, when: never}, {when: always}]\n")),
        _unusual("with set +e, and the result is looked at",
                 _script("  script: [set +e, ruby simpletest.rb, 'RESULT=$?', echo done, 'exit $RESULT']\n")),
        _unusual("with set +e, and an exit where it fails",
                 _script("  script: [set +e, ruby simpletest.rb || exit 1, echo done]\n")),
        _unusual("with an application in the background",
                 _script("  script: [ruby app.rb &, ruby simpletest.rb]\n")),
        _unusual("behind an exit that only a guard does",
                 _script("  script:\n    - test -f app.rb || exit 1\n    - |\n      if [ -z \"$DATABASE_URL\" ]; then\n"
                         "        exit 1\n      fi\n    - ruby simpletest.rb\n")),
        _unusual("Ruby installed into an image without it", replace(CI, "ruby:2.4.2", "docker:27"),
                 _before("before_script:\n  - apk add ruby ruby-dev build-base\n  - cd reddit\n  - bundle install\n")),
        _unusual("rspec finds its files", _script("  script: [bundle exec rspec]\n"),
                 write("reddit/spec/app_spec.rb", "require_relative '../app'\ndescribe 1 do\n  it('is') { }\nend\n")),
        _fails("only said", "test_unit_job: echo 'Testing 1'", "Testing 1",
               _script("  script:\n    - echo 'Testing 1'\n")),
        _fails("said and commented", "run them: cd reddit, bundle install, ruby simpletest.rb", "- |",
               _script("  script:\n    - |\n      # ruby simpletest.rb\n      echo ruby simpletest.rb\n")),
        _fails("the second of two jobs of one name", "test_unit_job stands there twice", "Testing 1",
               _script(_SCRIPT + "test_unit_job:\n  stage: test\n  script: [echo 'Testing 1']\n")),
        _fails("commented out", "cd reddit, bundle install, ruby simpletest.rb", "stages:",
               write(CI, "stages: [build, test]\nbuild_job:\n  stage: build\n  script: echo\n"
                         "# test_unit_job:\n#   stage: test\n#   script: ruby simpletest.rb\n"),
               write("infra/test.py", "def test_it():\n    pass\n")),
        _fails("only afterwards", "echo", "echo", _script("  script: [echo]\n  after_script: [ruby simpletest.rb]\n")),
        _fails("nothing but syntax", "ruby -c simpletest.rb", "-c", _script("  script: [ruby -c simpletest.rb]\n")),
        _fails("in the wrong folder", "enter the folder of the tests first: cd reddit", "ruby", _before("")),
        _fails("a folder that is not there", "cd redit: there is no such folder", "redit",
               replace(CI, "- cd reddit", "- cd redit")),
        _fails("into the folder twice", "no such folder in reddit", "cd reddit && ruby",
               _script("  script:\n    - cd reddit && ruby simpletest.rb\n")),
        _fails("a file that is not there", "there is no simple_test.rb in reddit", "ruby simple_test",
               _script("  script:\n    - ruby simple_test.rb\n")),
        Sample("fails", "no tests at all", _NO_TESTS, says="add the tests of the application", file=CI,
               line="ruby simpletest.rb", findings=1),
        _fails("no tests in the file", "write a test", "puts", write(TESTS, "puts 'ok'\n"), file=TESTS),
        _fails("no application", "reddit/app.rb: no such file", "require_relative",
               remove("reddit/app.rb"), file=TESTS),
        _fails("from above, where the application does not find its files", "enter reddit first",
               "require './helpers'",
               _before("before_script:\n  - (cd reddit && bundle install)\n"),
               _script("  script: [ruby reddit/simpletest.rb]\n"), write("reddit/helpers.rb", ""),
               replace("reddit/app.rb", "require 'mongo'\n", "require 'mongo'\nrequire './helpers'\n"),
               file="reddit/app.rb"),
        _unusual("from above, and all are found",
                 _before("before_script: ['bundle install --gemfile=reddit/Gemfile']\n"),
                 _script("  script: [ruby reddit/simpletest.rb]\n")),
        Sample("fails", "no application and no tests",
               [*(remove(path) for path in BASE if path.startswith("reddit/")), _script("  script: [echo]\n")],
               says="no file with a test of it", file=CI),
        _fails("no database", "add it to the job: services", "test_unit_job", replace(CI, _SERVICES, "")),
        _fails("the defaults' database, replaced by another service", "docker:dind", "services",
               replace(CI, _SERVICES, "  services: [docker:dind]\n"),
               replace(CI, "image:", "default:\n  services: [mongo]\nimage:")),
        _fails("a database in another job", "add it to the job: services", "test_unit_job", replace(CI, _SERVICES, ""),
               replace(CI, "test_integration_job:\n", f"test_integration_job:\n{_SERVICES}")),
        _fails("another host", "write mongo, or give the service the alias database", "DATABASE_URL",
               replace(CI, "mongodb://mongo/", "mongodb://database/")),
        _fails("a service of an image whose name only GitLab knows", "give the service the alias mongo", "DATABASE_URL",
               replace(CI, "mongo:latest", "$CI_REGISTRY_IMAGE/mongo:4")),
        _fails("the job's own container", "a service is another container", "DATABASE_URL",
               replace(CI, "mongodb://mongo/user_posts", "localhost:27017")),
        _fails("no address", "add it to variables: DATABASE_URL", "test_unit_job", replace(CI, _URL, "  A: b\n")),
        _fails("no variables inherited", "add it to variables: DATABASE_URL", "test_unit_job",
               replace(CI, _SERVICES, _SERVICES + "  inherit: {variables: false}\n")),
        _fails("in a stage of another kind", "test_unit_job is in the stage build", "stage: build",
               replace(CI, "test_unit_job:\n  stage: test", "test_unit_job:\n  stage: build")),
        _fails("a template that nobody uses", "never runs", ".test_unit_job", replace(CI, "test_unit", ".test_unit")),
        _fails("by hand", "so that every push is tested", "when: manual",
               replace(CI, _SERVICES, _SERVICES + "  when: manual\n")),
        _fails("never", "when: never", "rules", replace(CI, _SERVICES, _SERVICES + "  rules: [{when: never}]\n")),
        _fails("whatever the tests say", "|| true, and so it never does", "|| true",
               _script("  script:\n    - ruby simpletest.rb || true\n")),
        _fails("behind the script's back", "&, and so it never does", "ruby",
               _script("  script:\n    - ruby simpletest.rb &\n")),
        _fails("with set +e, and nobody looks at the result", "set +e, and so it never does", "ruby",
               _script("  script: [set +e, ruby simpletest.rb, echo done]\n")),
        _fails("after the end", "exit 0 ends the job", "exit",
               _script("  script:\n    - exit 0\n    - ruby simpletest.rb\n")),
        _fails("in an image without Ruby", "docker:27 has no bundle", "bundle", replace(CI, "ruby:2.4.2", "docker:27")),
        _fails("rspec, which looks for other files", "run it by its name: ruby simpletest.rb", "rspec",
               _script("  script: [bundle exec rspec]\n")),
        _fails("no gems", "add bundle install to before_script", "ruby simpletest",
               replace(CI, "  - bundle install\n", "")),
        _fails("bundle install in the wrong folder", "enter its folder first: cd reddit", "- bundle install",
               _before("before_script:\n  - bundle install\n  - cd reddit\n")),
        Sample("fails", "a gem that only the tests need", [replace("reddit/Gemfile", "gem 'rack-test'\n", "")],
               says="gem 'rack-test'", file="reddit/Gemfile", findings=1),
        _unknown("a folder that a variable names", "only known when it runs",
                 replace(CI, "cd reddit", "cd $FOLDER")),
        _unknown("a folder that is fetched", "only known when it runs",
                 replace(CI, "cd reddit", "git clone $URL app && cd app")),
        _unknown("in a container", "inside a container",
                 _script("  script:\n    - docker run --network ci app:$CI_COMMIT_SHA ruby simpletest.rb\n")),
        _unknown("a host that a variable of the project names", "takes its host from a variable",
                 replace(CI, "mongodb://mongo/", "mongodb://$DB_HOST/")),
        _unknown("elsewhere", "may come from elsewhere: .gitlab-ci.yml:1",
                 replace(CI, "image:", "include: {template: X.yml}\nimage:"),
                 _script("  script: [echo]\n")),
        Sample("fails", "tests of something else", [remove(TESTS), _script("  script: [echo]\n"),
               write("play-travis/test.py", "import unittest\n\nclass A(unittest.TestCase):\n    def test_it(self):\n"
                                            "        pass\n")],
               says="no file with a test of it", file=CI, findings=1),
        Sample("fails", "the file is wrong already, which another item tells", [replace(CI, _URL, _URL.lstrip())],
               says="no variable DATABASE_URL", file=CI),
    ],
)  # fmt: skip
