"""The item gitlab-ci-1/mirror-live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._endpoints import answering
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.registry.mirror import MirrorView

_OPTION = "--hw-registry-mirror-url"
_ANSWERS = _("the registry mirror answers")
_PROXY = _("start it as a mirror: REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io in its environment")
_SHOWN = 20
_IN_WORDS = {"another registry": _("another registry"), "silent": _("silent"), "none": _("none")}
"""What is no name, in the reader's language."""


@check(
    "gitlab-ci-1/mirror-live",
    "the registry mirror answers and has cached something",
    level="optional",
    tier="remote",
    needs=[Need.REGISTRY_MIRROR_URL],
)
def mirror_live(hw_settings: Settings) -> None:
    """Asked only what it may be asked by everybody: nothing is pulled through it, and nothing ever pushed."""
    from pytest_dockerlab.registry.mirror import HUB_IMAGES, Upstream

    mirror = _look(hw_settings.endpoints[Need.REGISTRY_MIRROR_URL])
    note("upstream", _IN_WORDS.get(mirror.upstream, str(mirror.upstream)))
    if mirror.upstream_said:
        note("answer", mirror.upstream_said)
    require(
        mirror.upstream in (Upstream.HUB, Upstream.SILENT),
        _("it asks Docker Hub for images that it does not have"),
        found=_("{images}: it has none of them, and gets none from elsewhere", images=list(HUB_IMAGES))
        if mirror.upstream is Upstream.NONE
        else _("it asks a registry that does not have {images}", images=list(HUB_IMAGES)),
        hint=_PROXY,
    )
    if mirror.cached is None:
        raise Unverified(_("the mirror does not list what it has cached: {why}", why=mirror.why_unlisted))
    note("cached", list(mirror.cached[:_SHOWN]))
    expect(
        mirror.cached,
        _("it holds images that were pulled through it"),
        found=_("its catalogue is empty"),
        hint=_(
            "create the machines with engine-registry-mirror=http://IP:PORT and run a pipeline; what nobody pulls for"
            " seven days is removed again"
        ),
    )


def _look(given: str) -> MirrorView:
    from pytest_dockerlab.net.asking import parse_endpoint
    from pytest_dockerlab.registry.errors import LoginRequired, RegistryError, TokenRequired
    from pytest_dockerlab.registry.mirror import look_at_mirror

    base = parse_endpoint(given, _OPTION)
    try:
        with answering(_ANSWERS):
            return look_at_mirror(base, _OPTION)
    except TokenRequired as error:
        raise error.unverified() from error
    except LoginRequired as error:
        hint = _("let everybody pull: Docker sends no login to a mirror")
        raise Mismatch(Finding(_ANSWERS, error.reason, None, hint)) from error
    except RegistryError as error:
        hint = _("check the port in {option} (5000 inside of the container), and its log", option=_OPTION)
        raise Mismatch(Finding(_ANSWERS, error.reason, None, hint)) from error
