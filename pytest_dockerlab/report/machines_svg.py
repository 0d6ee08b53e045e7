"""A simulated burst as a drawing: how many machines were in which state, over time, in SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import escape

from ..gitlab.autoscaling.simulation import States
from ..messages import Message, _
from ..plans.autoscaling.forecast import Forecast
from .lines import printable

__all__ = ["clock", "drawing"]

_WIDTH, _HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 76, 52
_MOST_STATES = 1500
_BEYOND = 1.05
"""So that what is left at the end is seen."""
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
_LAYERS = (
    ("used", _("at work")),
    ("idle", _("idle")),
    ("creating", _("being created")),
    ("removing", _("being removed")),
)
_STYLE = """\
svg { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --faint: #d5d9e0;
  --used: #2563c9; --idle: #39a98a; --creating: #e0a020; --removing: #9aa1ab; --limit: #b3261e; }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #e6edf3; --faint: #30363d;
  --used: #5a96f5; --idle: #46b899; --creating: #e3b341; --removing: #7d8590; --limit: #ff8a80; } }
text { fill: var(--ink); font: 14px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
.head { font-size: 17px; font-weight: 600; } .end { text-anchor: end; } .middle { text-anchor: middle; }
.ground { fill: var(--ground); } .grid { stroke: var(--faint); fill: none; }
.axis { stroke: var(--ink); fill: none; }
.limit { stroke: var(--limit); stroke-dasharray: 6 4; stroke-width: 1.5; fill: none; } .of-limit { fill: var(--limit); }
.used { fill: var(--used); } .idle { fill: var(--idle); } .creating { fill: var(--creating); }
.removing { fill: var(--removing); }
.layer { stroke: var(--ground); stroke-width: 0.75; }"""


def drawing(forecast: Forecast, name: str, language: str = "en") -> str:
    """The states over time as an SVG image that says in words what it shows, in light and in dark."""

    def say(message: Message) -> str:
        return _safe(message.render(language))

    states, span = _thinned(forecast.states), max(forecast.rest, 1.0) * _BEYOND
    limits = [runner.limit for runner in forecast.settings.runners]
    limit = sum(limits) if all(limits) else 0  # one without a limit lifts them all
    most = max(limit if limit <= 2 * forecast.peak_of_all else 0, forecast.peak_of_all, 1)
    x: Callable[[float], float] = lambda at: _LEFT + at / span * (_WIDTH - _LEFT - _RIGHT)  # noqa: E731
    y: Callable[[float], float] = lambda count: _HEIGHT - _BOTTOM - count / most * (_HEIGHT - _TOP - _BOTTOM)  # noqa: E731
    jobs = len(forecast.simulation.jobs)
    title = _("{name}: machines for {count} jobs at once", name=printable(name), count=jobs)
    summary = _(
        "Machines: {before} before the jobs, {peak} at most, {after} afterwards. Jobs at once: {used}. In all: {rest}.",
        before=forecast.idle_before,
        peak=forecast.peak,
        used=forecast.peak_used,
        after=forecast.idle_after,
        rest=clock(forecast.rest),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'role="img" aria-labelledby="title desc" lang="{_safe(language)}">',
        f'<title id="title">{say(title)}</title>',
        f'<desc id="desc">{say(summary)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>',
        f'<text class="head" x="{_LEFT}" y="28">{say(title)}</text>',
        *_legend(say),
        *_grid(x, y, span, most),
        *_layers(states, span, x, y, say),
        f'<path class="axis" d="M{_LEFT} {_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}"/>',
        f'<text class="end" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 10}">{say(_("time since the jobs came"))}</text>',
    ]
    if 0 < limit <= most:
        parts += [
            f'<path class="limit" d="M{_LEFT} {y(limit):.1f}H{_WIDTH - _RIGHT}"/>',
            f'<text class="of-limit end" x="{_WIDTH - _RIGHT - 4}" y="{y(limit) - 6:.1f}">limit {limit}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _legend(say: Callable[[Message], str]) -> Iterator[str]:
    at = _LEFT
    for name, said in _LAYERS:
        yield f'<rect class="{name}" x="{at}" y="43" width="14" height="14" rx="2"/>'
        yield f'<text x="{at + 20}" y="55">{say(said)}</text>'
        at += 44 + 9 * len(say(said))


def _grid(x: Callable[[float], float], y: Callable[[float], float], span: float, most: int) -> Iterator[str]:
    step = next((each for each in _TICKS if span / each <= 10), _TICKS[-1] * (1 + int(span / _TICKS[-1] / 10)))
    for at in range(0, int(span) + 1, step):
        yield f'<path class="grid" d="M{x(at):.1f} {_TOP}V{_HEIGHT - _BOTTOM}"/>'
        yield f'<text class="middle" x="{x(at):.1f}" y="{_HEIGHT - _BOTTOM + 20}">{clock(at)}</text>'
    for count in range(0, most + 1, max(1, -(-most // 8))):
        yield f'<path class="grid" d="M{_LEFT} {y(count):.1f}H{_WIDTH - _RIGHT}"/>'
        yield f'<text class="end" x="{_LEFT - 8}" y="{y(count) + 5:.1f}">{count}</text>'


def _layers(
    states: Sequence[States],
    span: float,
    x: Callable[[float], float],
    y: Callable[[float], float],
    say: Callable[[Message], str],
) -> Iterator[str]:
    """Areas on top of each other, each as high as there are machines in its state."""
    under = [0] * len(states)
    for name, said in _LAYERS:
        over = [below + getattr(each, name) for below, each in zip(under, states, strict=True)]
        if over != under:
            path = f"{_steps(states, over, span, x, y)}L{_steps(states, under, span, x, y, backwards=True)[1:]}Z"
            yield f'<path class="layer {name}" d="{path}"><title>{say(said)}</title></path>'
        under = over


def _steps(
    states: Sequence[States],
    heights: Sequence[int],
    span: float,
    x: Callable[[float], float],
    y: Callable[[float], float],
    *,
    backwards: bool = False,
) -> str:
    ends = [*(each.at for each in states[1:]), span]
    corners = [
        (x(at), y(height)) for each, end, height in zip(states, ends, heights, strict=True) for at in (each.at, end)
    ]
    if backwards:
        corners.reverse()
    return "M" + "L".join(f"{left:.1f} {top:.1f}" for left, top in corners)


def _thinned(states: Sequence[States]) -> Sequence[States]:
    """Of very many states the fullest of every stretch: the drawing has so many columns only."""
    if len(states) <= _MOST_STATES:
        return states
    size = -(-len(states) // _MOST_STATES)
    chunks = (states[at : at + size] for at in range(0, len(states), size))
    return [max(chunk, key=lambda each: each.all)._replace(at=chunk[0].at) for chunk in chunks]


def clock(seconds: float) -> str:
    """Seconds as ``1:05``, or ``2:01:05`` with hours."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _safe(value: str) -> str:
    return escape(printable(value), {'"': "&quot;"})
