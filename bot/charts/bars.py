"""The result of a choice or approval poll: a bar an option."""

from dataclasses import dataclass

from bot.charts.canvas import (
    BLUE,
    BODY,
    INK,
    INNER,
    LEADING,
    MARGIN,
    MUTED,
    ORANGE,
    TRACK,
    WIDTH,
    Canvas,
)
from bot.charts.captions import alt_text, share
from bot.charts.picture import Drawing
from bot.charts.text_layout import drawable, width, wrap
from bot.text import counted

MOST_BARS = 20
ROOMY_UP_TO = 8
PERCENT_ROOM = 84
GAP = 24
STAR = "★"


@dataclass(frozen=True, slots=True)
class Bar:
    """One option. `highlighted` marks it with a star: the leader, or what came to pass."""

    label: str
    count: int
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class ResultBars:
    """A choice poll, or with `several` an approval poll, as it stands.

    1 to 20 bars, drawn in their order. `total` is the number of voters, which percentages are
    of; `highlight` says what the star means.
    """

    title: str
    bars: tuple[Bar, ...]
    total: int
    note: str = ""
    several: bool = False
    highlight: str = "most votes"


@dataclass(frozen=True, slots=True)
class _Row:
    """Sizes of a row: text, lines of it, the bar's thickness, the space below."""

    size: float
    lines: int
    thick: float
    below: float


_ROOMY = _Row(size=BODY, lines=2, thick=18, below=24)
_TIGHT = _Row(size=26, lines=1, thick=12, below=14)


def result_bars(chart: ResultBars) -> Drawing:
    """Bars on a track that stands for all voters. ValueError outside 1 to 20 bars."""
    if not 1 <= len(chart.bars) <= MOST_BARS:
        raise ValueError(f"{len(chart.bars)} bars: 1 to {MOST_BARS} can be drawn")
    canvas = Canvas()
    y = canvas.heading(chart.title, _subtitle(chart)) + 22
    row = _ROOMY if len(chart.bars) <= ROOMY_UP_TO else _TIGHT
    counts_room = max(width(f"{bar.count:,}", row.size) for bar in chart.bars)
    for number, bar in enumerate(chart.bars, start=1):
        label = drawable(bar.label, instead=f"Option {number}")
        y = _draw_bar(canvas, y, row, bar, label, chart.total, counts_room)
    height = canvas.footer(y, _footnote(chart))
    return Drawing(canvas.svg(height), _alt(chart), "result.png")


def _draw_bar(
    canvas: Canvas, y: float, row: _Row, bar: Bar, label: str, total: int, counts_room: float
) -> float:
    """One option from the top `y`; the top of the next."""
    right = WIDTH - MARGIN
    numbers_left = right - PERCENT_ROOM - GAP - counts_room
    if bar.highlighted:
        label = f"{STAR} {label}"
    room = numbers_left - GAP - MARGIN
    lines = wrap(label, row.size, room, row.lines, bold=bar.highlighted)
    last = y + row.size + (len(lines) - 1) * row.size * LEADING
    for place, line in enumerate(lines):
        baseline = y + row.size + place * row.size * LEADING
        canvas.text(MARGIN, baseline, line, size=row.size, bold=bar.highlighted)
    canvas.text(
        right - PERCENT_ROOM - GAP, last, f"{bar.count:,}", size=row.size, fill=MUTED, anchor="end"
    )
    percent = share(bar.count, total)
    canvas.text(right, last, percent, size=row.size, fill=INK, bold=True, anchor="end")
    top = last + row.size * 0.45
    canvas.rect(MARGIN, top, INNER, row.thick, fill=TRACK, radius=row.thick / 2)
    if bar.count and total:
        length = max(INNER * min(bar.count / total, 1), row.thick)
        colour = ORANGE if bar.highlighted else BLUE
        canvas.rect(MARGIN, top, length, row.thick, fill=colour, radius=row.thick / 2)
    return top + row.thick + row.below


def _subtitle(chart: ResultBars) -> str:
    if chart.several:
        return f"{counted(chart.total, 'voter')}, several answers each"
    return counted(chart.total, "vote")


def _footnote(chart: ResultBars) -> str:
    starred = any(bar.highlighted for bar in chart.bars)
    legend = f"{STAR} {chart.highlight}" if starred else ""
    return " · ".join(filter(None, (legend, chart.note)))


def _alt(chart: ResultBars) -> str:
    rows = []
    for bar in chart.bars:
        mark = f", {chart.highlight}" if bar.highlighted else ""
        rows.append((bar.label, f"{bar.count:,} ({share(bar.count, chart.total)}{mark})"))
    return alt_text(chart.title, _subtitle(chart), rows, chart.note)
