"""How the forecasts of a yes/no poll spread from 0 to 100 %."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.charts.canvas import (
    BACKGROUND,
    BLUE,
    MARGIN,
    MUTED,
    ORANGE,
    SCALE,
    SMALL,
    WIDTH,
    Canvas,
    Plot,
    whole_steps,
)
from bot.charts.captions import alt_text, compact, percent
from bot.charts.picture import Drawing
from bot.charts.text_layout import width
from bot.text import counted

STEP = 50
COLUMNS = SCALE // STEP + 1
COLUMN_FILL = 0.78
PLOT_HEIGHT = 300
PILL = 44
COUNT_ROOM = 38


@dataclass(frozen=True, slots=True)
class ForecastDistribution:
    """The standing forecasts of a poll.

    `counts` is how many forecast each permille (0..1000), `crowd` the crowd's permille or None
    where it is not shown.
    """

    title: str
    counts: Mapping[int, int]
    crowd: int | None
    note: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def forecast_distribution(chart: ForecastDistribution) -> Drawing:
    """A column for every 5 %, centred on it, so that 5, 25, 50, 75 and 95 % lean to no side."""
    columns = binned(chart.counts)
    canvas = Canvas()
    top = canvas.heading(chart.title, counted(chart.total, "forecast")) + 16
    top += COUNT_ROOM if chart.crowd is None else PILL + 14 + COUNT_ROOM
    steps = whole_steps(max(columns))
    left = MARGIN + width(f"{steps[-1]:,}", SMALL) + 12
    half = (WIDTH - MARGIN - left) / COLUMNS / 2
    plot = Plot(left + half, top, WIDTH - MARGIN - half, top + PLOT_HEIGHT)
    for step in steps:
        plot.rule(canvas, step / steps[-1], f"{step:,}", outset=half)
    if chart.crowd is not None:
        _draw_crowd(canvas, plot, chart.crowd)
    _draw_columns(canvas, plot, columns, steps[-1])
    _draw_counts(canvas, plot, columns, steps[-1])
    if not chart.total:
        canvas.text(plot.x(0.5), plot.y(0.47), "no forecasts yet", fill=MUTED, anchor="middle")
    plot.percent_marks(canvas)
    caption = plot.bottom + 36 + SMALL * 1.4
    canvas.text(plot.left - half, caption, "← will not happen", fill=MUTED)
    canvas.text(plot.right + half, caption, "will happen →", fill=MUTED, anchor="end")
    height = canvas.footer(caption + 26, chart.note)
    return Drawing(canvas.svg(height), _alt(chart, columns), "forecasts.png")


def binned(counts: Mapping[int, int]) -> list[int]:
    """How many forecasts are nearest to 0, 5, 10 ... 100 %; those halfway count as the upper."""
    columns = [0] * COLUMNS
    for permille, count in counts.items():
        columns[(permille + STEP // 2) // STEP] += count
    return columns


def _draw_columns(canvas: Canvas, plot: Plot, columns: list[int], highest: int) -> None:
    wide = (plot.x(STEP / SCALE) - plot.left) * COLUMN_FILL
    for place, count in enumerate(columns):
        if count:
            x = plot.x(place * STEP / SCALE) - wide / 2
            y = plot.y(count / highest)
            canvas.rect(x, y, wide, plot.bottom - y, fill=BLUE, radius=4)


def _draw_counts(canvas: Canvas, plot: Plot, columns: list[int], highest: int) -> None:
    """Each column's count above it, unless a neighbour's column or count is in the way."""
    step = plot.x(STEP / SCALE) - plot.left
    tops: dict[int, float] = {}
    for place in sorted(range(COLUMNS), key=lambda place: -columns[place]):
        label = compact(columns[place])
        y = plot.y(columns[place] / highest) - 10
        beside = [n for n in (place - 1, place + 1) if 0 <= n < COLUMNS]
        spills = width(label, SMALL, bold=True) > step * 1.1
        blocked = any(
            plot.y(columns[n] / highest) < y or abs(tops.get(n, -99) - y) < SMALL * 1.3
            for n in beside
        )
        if columns[place] and not (spills and blocked):
            x = plot.x(place * STEP / SCALE)
            canvas.text(x, y, label, bold=True, anchor="middle", halo=True)
            tops[place] = y


def _draw_crowd(canvas: Canvas, plot: Plot, crowd: int) -> None:
    """A dashed line at the crowd's forecast, behind the columns, with a flag that says so."""
    x = plot.x(crowd / SCALE)
    label = f"crowd {percent(crowd)}"
    wide = width(label, SMALL, bold=True) + 32
    bottom = plot.top - COUNT_ROOM - 14
    left = min(max(x - wide / 2, MARGIN), WIDTH - MARGIN - wide)
    canvas.line((x, bottom), (x, plot.bottom), stroke=ORANGE, weight=4, dash="10 7")
    canvas.path([(x - 9, bottom - 1), (x + 9, bottom - 1), (x, bottom + 12)], fill=ORANGE)
    canvas.rect(left, bottom - PILL, wide, PILL, fill=ORANGE, radius=10)
    baseline = bottom - PILL / 2 + SMALL * 0.36
    canvas.text(left + wide / 2, baseline, label, fill=BACKGROUND, bold=True, anchor="middle")


def _alt(chart: ForecastDistribution, columns: list[int]) -> str:
    crowd = "" if chart.crowd is None else f", the crowd says {percent(chart.crowd)}"
    opening = f"{counted(chart.total, 'forecast')}{crowd}"
    if not chart.total:
        return alt_text(chart.title, opening, [], chart.note)
    rows = [(f"{percent(n * STEP)}", f"{c:,}") for n, c in enumerate(columns) if c]
    opening += ". Forecasts to the nearest 5%"
    return alt_text(chart.title, opening, rows, chart.note)
