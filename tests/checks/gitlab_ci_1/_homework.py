"""The homework that samples of gitlab-ci-1 start from, done in the plainest way, and the parts that they change."""

from __future__ import annotations

CI = ".gitlab-ci.yml"
TESTS = "reddit/simpletest.rb"
COMPOSE = "gitlab-ci/docker-compose.yml"
REGISTER = "gitlab-ci/register-runner.sh"
CONFIGURATION = "gitlab-ci/config.toml"

PIPELINE = {
    CI: """\
image: ruby:2.4.2

stages:
  - build
  - test
  - deploy

variables:
  DATABASE_URL: mongodb://mongo/user_posts

before_script:
  - cd reddit
  - bundle install

build_job:
  stage: build
  script:
    - echo 'Building'

test_unit_job:
  stage: test
  services:
    - mongo:latest
  script:
    - ruby simpletest.rb

test_integration_job:
  stage: test
  script:
    - echo 'Testing 2'

deploy_job:
  stage: deploy
  script:
    - echo 'Deploy'
""",
}

APP = {
    "reddit/Gemfile": """\
source 'https://rubygems.org'

gem 'sinatra'
gem 'mongo'
gem 'rack-test'
gem 'test-unit'
""",
    "reddit/app.rb": """\
require 'sinatra'
require 'mongo'

configure do
  set :mongo, Mongo::Client.new([ENV['DATABASE_URL'] || '127.0.0.1:27017'], database: 'user_posts')
end

get '/' do
  settings.mongo[:posts].find.count.to_s
end
""",
    TESTS: """\
require_relative './app'
require 'test/unit'
require 'rack/test'

set :environment, :test

class MyAppTest < Test::Unit::TestCase
  include Rack::Test::Methods

  def app
    Sinatra::Application
  end

  def test_get_request
    get '/'
    assert last_response.ok?
  end
end
""",
}

SETUP = {
    COMPOSE: """\
services:
  web:
    image: gitlab/gitlab-ce:18.5.0-ce.0
    restart: always
    hostname: gitlab.somebody.ru
    environment:
      GITLAB_OMNIBUS_CONFIG: |
        external_url 'http://gitlab.somebody.ru'
    ports:
      - 80:80
      - 443:443
      - 2222:22
    volumes:
      - /srv/gitlab/config:/etc/gitlab
      - /srv/gitlab/logs:/var/log/gitlab
      - /srv/gitlab/data:/var/opt/gitlab

  runner:
    image: gitlab/gitlab-runner:v18.5.0
    container_name: gitlab-runner
    restart: always
    environment:
      - GOOGLE_APPLICATION_CREDENTIALS=/etc/gitlab-runner/gce-credentials.json
    volumes:
      - /srv/gitlab-runner/config:/etc/gitlab-runner

  mirror:
    image: registry:2
    restart: always
    environment:
      REGISTRY_PROXY_REMOTEURL: https://registry-1.docker.io
    ports:
      - 6000:5000

  cache:
    image: minio/minio:RELEASE.2024-11-07T00-52-20Z
    restart: always
    command: server /export
    environment:
      MINIO_ROOT_USER: ${CACHE_ACCESS_KEY}
      MINIO_ROOT_PASSWORD: ${CACHE_SECRET_KEY}
    ports:
      - 9005:9000
    volumes:
      - /export:/export
""",
    REGISTER: """\
#!/bin/sh
docker exec gitlab-runner gitlab-runner register \\
  --non-interactive \\
  --url http://gitlab.somebody.ru \\
  --token "$RUNNER_TOKEN" \\
  --executor docker+machine \\
  --docker-image ruby:2.4.2
""",
    "README.md": """\
# Homework

## gitlab-ci-1

GitLab and its runner start with `docker compose -f gitlab-ci/docker-compose.yml up -d`; `gitlab-ci/register-runner.sh`
registers the runner, whose settings are in `gitlab-ci/config.toml`.

The pipelines are told of in Slack: <https://somebody.slack.com/archives/C0000000000>
""",
}

CONFIG = {
    CONFIGURATION: """\
concurrent = 5
check_interval = 5

[[runners]]
  name = "autoscale-runner"
  url = "http://gitlab.somebody.ru"
  token = "$RUNNER_TOKEN"
  executor = "docker+machine"
  limit = 5
  [runners.docker]
    image = "ruby:2.4.2"
    privileged = false
    volumes = ["/cache"]
  [runners.cache]
    Type = "s3"
    Shared = true
    [runners.cache.s3]
      ServerAddress = "10.132.0.2:9005"
      AccessKey = "$CACHE_ACCESS_KEY"
      SecretKey = "$CACHE_SECRET_KEY"
      BucketName = "runner"
      Insecure = true
  [runners.machine]
    IdleCount = 1
    IdleTime = 600
    MaxBuilds = 10
    MachineDriver = "google"
    MachineName = "gitlab-runner-%s"
    MachineOptions = [
      "google-project=docker-000000",
      "google-machine-type=g1-small",
      "google-zone=europe-west1-b",
      "google-use-internal-ip=true",
      "engine-registry-mirror=http://10.132.0.2:6000"
    ]
""",
}

BASE = {**PIPELINE, **APP, **SETUP, **CONFIG}
