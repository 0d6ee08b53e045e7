"""``dockerlab comment``: tell the results of a gate in one comment on its pull request.

It runs in a workflow by ``workflow_run``, which may write where that of a fork's pull request may not. Which pull
request it is, is asked of GitHub, by the commit that was pushed and the repository it was pushed to; the artifact has
no say in that. ``GET /repos/{repo}/commits/{sha}/pulls`` is no help: it does not know the commits of a fork.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..messages import Message, _, text
from ..report.lines import printable
from . import comment_text
from .artifact import NoArtifact, downloaded, results_in
from .github import API, GithubError, asked, client
from .workflow_run import WorkflowRun, read_event

if TYPE_CHECKING:
    from github.PullRequest import PullRequest
    from github.Repository import Repository

__all__ = ["run"]

_NOTHING_TO_SAY = ("action_required", "cancelled", "skipped", "stale", "neutral")
"""Conclusions of a run that has looked at nothing, and is no news."""


def run(given: argparse.Namespace) -> int:
    """Comment. Returns 0, also where there is nothing to say; 3 where GitHub cannot be asked."""
    run = read_event(os.environ)

    def tell(message: Message) -> int:
        print(printable(text(message, given.lang)))
        return 0

    if run.event != "pull_request":
        return tell(
            _(
                "The workflow was started by {event}, and not by pull_request: there is nothing to tell.",
                event=run.event,
            )
        )
    github = client()
    host = urlsplit(os.environ.get("GITHUB_API_URL") or API).netloc
    try:
        with asked(host):
            repository = github.get_repo(run.repository)
            pulls = _pulls(repository, run)
            if not pulls:
                return tell(_("No open pull request ends at {commit}: there is a later push.", commit=run.head_sha))
            body = _body(repository, run, given)
            if body is None:
                return tell(_("The run ended as “{conclusion}”: nothing was checked.", conclusion=run.conclusion))
            for pull in pulls:
                tell(_("{did}: {url}", did=_write(pull, body, given.login), url=pull.html_url))
    except GithubError as error:
        print(f"dockerlab: {printable(error.render(given.lang))}", file=sys.stderr)
        return 3
    return 0


def _pulls(repository: Repository, run: WorkflowRun) -> list[PullRequest]:
    """The open pull requests whose last commit is the one that was checked."""
    if run.head_repository_id is None:
        return []
    there = repository.get_pulls(state="open", head=f"{run.head_owner}:{run.head_branch}")
    return [
        pull
        for pull in there
        if pull.head.sha == run.head_sha
        and pull.head.repo is not None
        and pull.head.repo.id == run.head_repository_id
        and pull.base.repo.id == run.repository_id
    ]


def _body(repository: Repository, run: WorkflowRun, given: argparse.Namespace) -> str | None:
    """The comment; ``None`` where there is nothing to say."""
    there = [each for each in repository.get_workflow_run(run.id).get_artifacts() if each.name == given.artifact]
    if not there:
        if run.conclusion in _NOTHING_TO_SAY:
            return None
        return comment_text.without_results(run, _("it left none"), given.lang)
    newest = max(there, key=lambda each: each.id)  # a run that is repeated leaves another one
    try:
        result, rest = results_in(downloaded(newest.archive_download_url, os.environ["GITHUB_TOKEN"]))
        commits = {each["commit"] for each in result.revisions.values()}
        if commits != {run.head_sha}:
            raise NoArtifact(
                _("they are of another commit; see what `ref:` says where the workflow checks out the repository")
            )
        return comment_text.of_results(run, result, rest, given.lang)
    except NoArtifact as error:
        return comment_text.without_results(run, error.text, given.lang)
    except GithubError:
        raise
    except Exception as error:  # noqa: BLE001 - the data came from elsewhere, and spoils its own comment at most
        return comment_text.without_results(run, type(error).__name__, given.lang)


def _write(pull: PullRequest, body: str, login: str) -> Message:
    """Put it in the place of our comment, or there as a new one; says which."""
    for comment in pull.get_issue_comments():
        # anybody may write a comment that begins like ours, and whoever wrote one may be gone
        is_ours = comment.user is not None and comment.user.login == login
        if is_ours and (comment.body or "").startswith(comment_text.MARK):
            if comment.body == body:
                return _("the comment says so already")
            comment.edit(body)
            return _("the comment was written anew")
    pull.create_issue_comment(body)
    return _("a comment was written")
