"""gitlab-ci-1/address: what GitLab calls itself, and where it is reached."""

from __future__ import annotations

import pytest

from pytest_dockerlab.net import addresses
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.testing import replace

from ._gitlab import Site, words
from ._homework import COMPOSE

ID = "gitlab-ci-1/address"
NAMES = {"gitlab.somebody.ru": "192.0.2.7", "192.0.2.7": "192.0.2.7", "192.0.2.8": "192.0.2.8"}


class Known:
    """An instance that is asked at an address that the test chooses."""

    def __init__(self, url: str, own: str | None) -> None:
        self.url = url
        self._own = own

    def calls_itself(self) -> str | None:
        return self._own


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name server is asked."""
    rule = addresses.AddressRule(is_open=True, resolve=lambda host, port: [NAMES[host]] if host in NAMES else [])
    monkeypatch.setattr(addresses, "ANY_ADDRESS", rule)


def judge(site: Site, url: str, own: str | None):
    return site.judge(ID, gitlab_instance=Known(url, own))


@pytest.mark.sample(ID, "passes")
def test_it_is_the_same(site: Site):
    result = site.judge(ID)
    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["GitLab calls itself"] == site.url
    assert list(result.evidence["external_url"].values()) == ["http://gitlab.somebody.ru"]


@pytest.mark.sample(ID, "unusual")
@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://192.0.2.7", "http://gitlab.somebody.ru"),
        ("http://192.0.2.7", None),  # then it is the file's
        ("http://gitlab.somebody.ru/", "http://gitlab.somebody.ru"),
        ("http://192.0.2.8", "http://192.0.2.8"),  # the file has that of yesterday
    ],
)
def test_a_name_and_its_address(site: Site, url, own):
    result = judge(site, url, own)
    assert result.verdict is Verdict.PASSED, words(result)


@pytest.mark.sample(ID, "fails")
@pytest.mark.parametrize(
    ("url", "own", "says"),
    [
        ("http://192.0.2.7", "http://localhost", "http://localhost/ is every machine's own"),
        ("http://192.0.2.7", "http://gitlab.example.com", "http://gitlab.example.com/ is the name of an example"),
        ("http://192.0.2.8", "http://gitlab.somebody.ru", "and it is reached at http://192.0.2.8/"),
        ("http://192.0.2.8", None, "http://gitlab.somebody.ru/, and it is reached at http://192.0.2.8/"),
        ("http://192.0.2.7:8080", "http://192.0.2.7", "links and clones lead elsewhere"),
        ("https://192.0.2.7", "http://192.0.2.7", "links and clones lead elsewhere"),
        ("http://192.0.2.8", "http://gone.somebody.ru", "and it is reached at http://192.0.2.8/"),
    ],
)
def test_it_leads_elsewhere(site: Site, url, own, says):
    result = judge(site, url, own)
    assert result.verdict is Verdict.ADVISED
    [finding] = result.findings
    assert says in words(result)
    assert f"external_url '{url}' in GITLAB_OMNIBUS_CONFIG" in words(result)
    assert finding.at is not None
    line = (site.folder / COMPOSE).read_text().splitlines()[(finding.at.line or 1) - 1]
    assert "external_url" in line or "GITLAB_OMNIBUS_CONFIG" in line


def test_through_a_tunnel_it_cannot_be_told(site: Site):
    result = judge(site, "http://127.0.0.1:8080", "http://gitlab.somebody.ru")
    assert result.verdict is Verdict.UNVERIFIED
    assert "as through a tunnel" in words(result)


def test_a_variable_says_nothing(site: Site):
    site.edit(replace(COMPOSE, "external_url 'http://gitlab.somebody.ru'", "external_url 'http://${ADDRESS}'"))
    assert judge(site, "http://192.0.2.7", None).verdict is Verdict.UNVERIFIED
    assert judge(site, "http://192.0.2.7", "http://192.0.2.7").verdict is Verdict.PASSED
