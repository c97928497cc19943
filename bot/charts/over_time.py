"""How the crowd's forecast moved while a poll was open, and how many forecasters it rests on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.charts.canvas import (
    BLUE,
    INK,
    MARGIN,
    MUTED,
    ORANGE,
    SCALE,
    SMALL,
    TRACK,
    WIDTH,
    Canvas,
    Plot,
    whole_steps,
)
from bot.charts.captions import alt_text, percent
from bot.charts.picture import Drawing
from bot.charts.text_layout import width
from bot.text import counted

MOST_POINTS = 400
MOST_TOLD = 12
CROWD_HEIGHT = 300
COUNT_HEIGHT = 84
MOST_MARKS = 5
_MARK_EVERY = [timedelta(minutes=m) for m in (5, 15, 30, 60, 120, 180, 360, 720)]
_MARK_EVERY += [timedelta(days=d) for d in (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)]


@dataclass(frozen=True, slots=True)
class CrowdPoint:
    """The crowd from `at` (an aware time) on: its permille, and how many forecasts it rests on."""

    at: datetime
    permille: int
    forecasters: int


@dataclass(frozen=True, slots=True)
class CrowdOverTime:
    """At least one point, oldest first. `until` is when the last one ends: the close, or now."""

    title: str
    points: tuple[CrowdPoint, ...]
    until: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Time as 0..1 between two moments."""

    start: datetime
    end: datetime

    def of(self, at: datetime) -> float:
        span = (self.end - self.start).total_seconds()
        return (at - self.start).total_seconds() / span if span > 0 else 0.0

    def marks(self) -> list[tuple[float, str]]:
        """Round times in UTC, at most `MOST_MARKS`, and how they are written."""
        span = self.end - self.start
        fits = (every for every in _MARK_EVERY if span / every <= MOST_MARKS)
        every = next(fits, span / MOST_MARKS)
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        at = epoch + -(-(self.start - epoch) // every) * every
        marks = []
        while at <= self.end:
            text = f"{at:%H:%M}" if every < timedelta(days=1) else f"{at.day} {at:%b}"
            marks.append((self.of(at), text))
            at += every
        return marks


def crowd_over_time(chart: CrowdOverTime) -> Drawing:
    """The crowd as a line of steps above, forecasters below. ValueError without points."""
    if not chart.points:
        raise ValueError("no points: there is nothing to draw")
    points = _thinned(chart.points, MOST_POINTS)
    axis = _Axis(points[0].at.astimezone(UTC), max(chart.until, points[-1].at).astimezone(UTC))
    last = points[-1]
    canvas = Canvas()
    top = canvas.heading(chart.title, _opening(chart)) + 30
    left = MARGIN + width("100%", SMALL) + 12
    right = WIDTH - MARGIN - width("100%", SMALL, bold=True) - 12
    above = Plot(left, top, right, top + CROWD_HEIGHT)
    above.percent_rules(canvas)
    crowd = [(axis.of(p.at), p.permille / SCALE) for p in points]
    canvas.path(_steps(above, crowd), stroke=BLUE)
    end = (above.right, above.y(last.permille / SCALE))
    canvas.circle(*end, 8, fill=BLUE)
    canvas.text(end[0] + 14, end[1] + SMALL * 0.36, percent(last.permille), bold=True, halo=True)
    below = Plot(left, above.bottom + 64, right, above.bottom + 64 + COUNT_HEIGHT)
    _draw_forecasters(canvas, below, axis, points)
    for fraction, text in axis.marks():
        below.mark(canvas, fraction, text)
    caption = below.bottom + 36 + SMALL * 1.4
    canvas.text(left, caption, _span(axis), fill=MUTED)
    height = canvas.footer(caption + 22, chart.note)
    return Drawing(canvas.svg(height), _alt(chart), "crowd.png")


def _draw_forecasters(
    canvas: Canvas, plot: Plot, axis: _Axis, points: tuple[CrowdPoint, ...]
) -> None:
    most = whole_steps(max(p.forecasters for p in points))[-1]
    counts = [(axis.of(p.at), p.forecasters / most) for p in points]
    outline = _steps(plot, counts)
    canvas.path([(plot.left, plot.bottom), *outline, (plot.right, plot.bottom)], fill=TRACK)
    plot.rule(canvas, 0, "0")
    plot.rule(canvas, 1, f"{most:,}")
    canvas.path(outline, stroke=ORANGE)
    canvas.text(plot.left, plot.top - 14, "forecasters", fill=MUTED)
    last = points[-1].forecasters
    y = plot.y(last / most) + SMALL * 0.36
    canvas.text(plot.right + 14, y, f"{last:,}", fill=INK, bold=True, halo=True)


def _steps(plot: Plot, values: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of a line that holds each value until the next, and the last to the right end."""
    corners: list[tuple[float, float]] = []
    for at, value in values:
        if corners:
            corners.append((plot.x(at), corners[-1][1]))
        corners.append((plot.x(at), plot.y(value)))
    return [*corners, (plot.right, corners[-1][1])]


def _thinned(points: tuple[CrowdPoint, ...], most: int) -> tuple[CrowdPoint, ...]:
    """At most `most` of the points, evenly, with the first and the last."""
    if len(points) <= most:
        return points
    return tuple(points[i * (len(points) - 1) // (most - 1)] for i in range(most))


def _span(axis: _Axis) -> str:
    first, last = (f"{at.day} {at:%b %Y}" for at in (axis.start, axis.end))
    return f"{first}, UTC" if first == last else f"{first} to {last}, UTC"


def _opening(chart: CrowdOverTime) -> str:
    last = chart.points[-1]
    return f"crowd {percent(last.permille)}, {counted(last.forecasters, 'forecaster')}"


def _alt(chart: CrowdOverTime) -> str:
    values = [p.permille for p in chart.points]
    opening = (
        f"At the end {_opening(chart)}; lowest {percent(min(values))}, "
        f"highest {percent(max(values))}. Crowd (forecasters), times in UTC"
    )
    rows = []
    for point in _thinned(chart.points, MOST_TOLD):
        at = point.at.astimezone(UTC)
        told = f"{at.day} {at:%b %H:%M} {percent(point.permille)} ({point.forecasters:,})"
        rows.append(("", told))
    return alt_text(chart.title, opening, rows, chart.note)
