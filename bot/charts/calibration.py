"""A chart that shows whether things forecast at 70 % happened in 70 % of the cases."""

from dataclasses import dataclass

from bot.charts.canvas import (
    BACKGROUND,
    BLUE,
    LEADING,
    MARGIN,
    MUTED,
    ORANGE,
    SCALE,
    SMALL,
    WIDTH,
    Canvas,
    Plot,
)
from bot.charts.captions import alt_text, percent
from bot.charts.picture import Drawing
from bot.charts.text_layout import width
from bot.text import counted

PLOT_HEIGHT = 560
DOT = 11
CAP = 9


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Forecasts of about the same probability.

    `permille` is their mean (0..1000); `happened` the share of cases that came to pass, between
    the ends `low` and `high` of its interval (all 0..1); `count` how many forecasts.
    """

    permille: int
    happened: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`interval` says which interval the bins' ends are, such as "95% interval"."""

    title: str
    bins: tuple[CalibrationBin, ...]
    note: str = ""
    interval: str = "95% interval"


def calibration(chart: Calibration) -> Drawing:
    """A dot a bin with its interval, against the diagonal that perfect forecasts lie on."""
    canvas = Canvas()
    total = sum(b.count for b in chart.bins)
    top = canvas.heading(chart.title, counted(total, "settled forecast")) + 20
    canvas.text(MARGIN, top + SMALL, "how often it happened", fill=MUTED)
    top += SMALL + 34
    left = MARGIN + width("100%", SMALL) + 12
    plot = Plot(left, top, WIDTH - MARGIN - DOT, top + PLOT_HEIGHT)
    plot.percent_rules(canvas)
    corners = (plot.left, plot.bottom), (plot.right, plot.top)
    canvas.line(*corners, stroke=MUTED, weight=3, dash="4 9")
    _draw_sides(canvas, plot)
    for bin_ in sorted(chart.bins, key=lambda b: b.permille):
        _draw_bin(canvas, plot, bin_)
    plot.percent_marks(canvas)
    caption = plot.bottom + 36 + SMALL * 1.5
    canvas.text(plot.right + DOT, caption, "forecast →", fill=MUTED, anchor="end")
    legend = f"number: forecasts · bar: {chart.interval} · dotted: perfect"
    bottom = canvas.lines(caption + 26, legend, size=SMALL, fill=MUTED)
    height = canvas.footer(bottom, chart.note)
    return Drawing(canvas.svg(height), _alt(chart, total), "calibration.png")


def _draw_sides(canvas: Canvas, plot: Plot) -> None:
    """What a point above or below the diagonal means."""
    for fraction, y, words, anchor in (
        (0.03, plot.y(0.93), "happened more often", "start"),
        (0.98, plot.y(0.11), "happened less often", "end"),
    ):
        x = plot.x(fraction)
        canvas.text(x, y, words, fill=MUTED, anchor=anchor)
        canvas.text(x, y + SMALL * LEADING, "than forecast", fill=MUTED, anchor=anchor)


def _draw_bin(canvas: Canvas, plot: Plot, bin_: CalibrationBin) -> None:
    x, y = plot.x(bin_.permille / SCALE), plot.y(bin_.happened)
    low, high = plot.y(bin_.low), plot.y(bin_.high)
    canvas.line((x, low), (x, high), stroke=BLUE, weight=4)
    for end in (low, high):
        canvas.line((x - CAP, end), (x + CAP, end), stroke=BLUE, weight=4)
    canvas.circle(x, y, DOT, fill=ORANGE, stroke=BACKGROUND)
    label = f"{bin_.count:,}"
    beyond = x + DOT + 8 + width(label, SMALL, bold=True) > WIDTH - 8
    side, anchor = (-DOT - 7, "end") if beyond else (DOT + 7, "start")
    canvas.text(x + side, y + SMALL * 0.36, label, bold=True, anchor=anchor, halo=True)


def _alt(chart: Calibration, total: int) -> str:
    rows = [
        (
            f"{percent(b.permille)}",
            f"{b.happened:.0%} of {b.count:,} ({b.low:.0%} to {b.high:.0%})",
        )
        for b in sorted(chart.bins, key=lambda b: b.permille)
    ]
    opening = f"{counted(total, 'settled forecast')}. Forecast: happened ({chart.interval})"
    return alt_text(chart.title, opening if rows else "No settled forecasts", rows, chart.note)
