"""gitlab-ci-1/slack."""

from __future__ import annotations

from typing import Any

from pytest_dockerlab.testing import Edit, Sample, replace, sample_tests, write

from ._homework import BASE, CI

LINE = "The pipelines are told of in Slack: <https://somebody.slack.com/archives/C0000000000>\n"
NOTHING = replace("README.md", LINE, "")


def told(kind: str, title: str, text: str, *more: Edit, **expected: Any) -> Sample:
    """The README says this and no more."""
    return Sample(kind, title, [replace("README.md", LINE, text), *more], **expected)


POST = """\
notify:
  stage: deploy
  script:
    - |
      curl -X POST -H 'Content-type: application/json' \\
        --data '{"text":"deployed"}' $SLACK_WEBHOOK_URL
"""
PROVIDER = (
    'resource "gitlab_integration_slack" "this" {\n  project = 1\n  webhook = var.webhook\n  push_events = true\n}\n'
)
API = '#!/bin/sh\ncurl --request PUT --data "webhook=$HOOK" "$URL/api/v4/projects/1/integrations/slack"\n'
PICTURE = "![messages](images/slack-messages.png)\n"

test_samples = sample_tests(
    "gitlab-ci-1/slack",
    BASE,
    [
        Sample("passes", "the plain homework"),
        told("unusual", "a sentence", "Настроил интеграцию GitLab со Slack, канал #somebody\n"),
        told(
            "unusual",
            "a sentence with a webhook",
            "### Slack\nДобавил Incoming WebHook и вписал его в Slack notifications\n",
        ),
        told("unusual", "English", "- GitLab was integrated with Slack\n"),
        told("unusual", "slack in Russian", "Интеграция со слаком настроена.\n"),
        told(
            "unusual",
            "a sentence below the task's words",
            "Настройте интеграцию вашего Pipeline со Slack-чатом.\n\nОповещения настроены в канал #somebody\n",
        ),
        told(
            "unusual",
            "a sentence below a heading of its own",
            "2. Интеграция с чатом Slack\n\nДобавлены нотификации об изменениях в CI Pipeline в канал #somebody.\n",
        ),
        told("unusual", "a list of what was done", "### Что сделано\n\n* Раннеры\n* Интеграция GitLab CI со Slack\n"),
        told("unusual", "set up", "- Slack notifications have been set up for the GitLab project\n"),
        told("unusual", "a denial of something else", "GitLab пишет в Slack, но пока не обо всех ветках\n"),
        told("unusual", "the way through GitLab's menus", "### Slack\n\n`Settings -> Integrations`, add the webhook\n"),
        told(
            "unusual",
            "a command that posts",
            'Slack:\n```\ncurl -d \'{"text":"hi"}\' https://hooks.slack.com/services/<key>\n```\n',
        ),
        told("unusual", "the new client", "Канал: https://app.slack.com/client/T00000000/C00000000\n"),
        told("unusual", "a link of the program's own", "[channel](slack://channel?id=C00000000&team=T00000000)\n"),
        told("unusual", "the webhook", "GitLab -> https://hooks.slack.com/services/T00000000/B00000000/XXXX\n"),
        told(
            "unusual",
            "of Alertmanager, of another homework",
            "\n## monitoring-2\n\nAlertmanager sends to slack\n",
            verdict="not attempted",
        ),
        told("unusual", "a screenshot", PICTURE, write("images/slack-messages.png", "PNG")),
        told("unusual", "a step of the pipeline", "", write(CI, BASE[CI] + POST)),
        told("unusual", "Terraform", "", write("gitlab/slack.tf", PROVIDER)),
        told("unusual", "the API", "", write("gitlab-ci/slack.sh", API)),
        told(
            "unusual",
            "GitLab beside Travis",
            "Travis CI и GitLab CI пишут в [канал](https://somebody.slack.com/messages/C0000000)\n",
        ),
        told(
            "unusual", "nothing", "", verdict="not attempted", says="neither a README nor the pipeline speaks of Slack"
        ),
        told(
            "unusual",
            "only of Travis, of another homework",
            "\n## docker-1\n\nНастроил уведомления Travis CI в Slack: https://somebody.slack.com/messages/C0000000\n",
            verdict="not attempted",
        ),
        told(
            "unusual",
            "alerts, of another homework",
            "",
            write("monitoring/alertmanager/config.yml", "slack_api_url: https://hooks.slack.com/services/A/B/C\n"),
            verdict="not attempted",
        ),
        told("unusual", "a comment", "", write("a.sh", "#!/bin/sh\n# curl $SLACK_URL\n"), verdict="not attempted"),
        told(
            "fails",
            "the words of the task",
            "Настройте интеграцию вашего Pipeline с тестовым Slack-чатом.\n",
            says="Slack is only mentioned | write what you set up",
            file="README.md",
            line="Настройте",
            findings=1,
        ),
        told(
            "fails", "a wish", "Интеграция со Slack не сделана\n", says="only mentioned", file="README.md", line="Slack"
        ),
        told(
            "fails",
            "all words of the task",
            "Настройте интеграцию Pipeline со Slack-чатом. Для этого перейдите в Project Settings > Integrations > "
            "Slack notifications. Нужно выбрать события.\nДобавьте ссылку на канал, где видна работа оповещений.\n",
            says="only mentioned",
        ),
        told("fails", "a plan", "Позже будет добавлена интеграция со Slack\n", says="only mentioned"),
        told("fails", "a heading", "#### Настройка интеграции Pipeline со Slack-чатом\n", says="only mentioned"),
        told("fails", "a question", "Как настроена интеграция GitLab со Slack?\n", says="only mentioned"),
        told(
            "fails", "a task below what was done", "## Сделано\n\nНужно: интеграция со Slack\n", says="only mentioned"
        ),
        told("fails", "to be done", "TODO: настроена интеграция со Slack\n", says="only mentioned"),
        told(
            "unusual",
            "a box without a tick",
            "- [x] Основное задание\n- [ ] Настроена интеграция со Slack\n\n### Оповещения в Slack\n\nНет доступа\n",
            verdict="not attempted",
            says=": not ticked",
        ),
        told("unusual", "a box with a tick", "- [x] Настроена интеграция со Slack\n"),
        told("fails", "all but this", "Сделал всё, кроме интеграции GitLab со Slack\n", says="only mentioned"),
        told("fails", "what can be", "GitLab can be integrated with Slack\n", says="only mentioned"),
        told("fails", "documentation", "See https://api.slack.com/messaging/webhooks\n", says="only mentioned"),
        told(
            "fails",
            "GitLab's own pages",
            "<https://docs.gitlab.com/ee/user/project/integrations/slack.html>\n",
            says="only mentioned",
        ),
        told("fails", "a screenshot that is not there", PICTURE, says="only mentioned", file="README.md", line="slack"),
    ],
)
