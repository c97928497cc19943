"""Which actor has a position on which issue: a grid of actors by issues."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.charts.canvas import (
    BACKGROUND,
    BLUE,
    GRID,
    INNER,
    LEADING,
    MARGIN,
    SMALL,
    TRACK,
    WIDTH,
    Canvas,
)
from bot.charts.captions import alt_text, compact
from bot.charts.picture import Drawing
from bot.charts.text_layout import clip, drawable, shorten
from bot.text import counted

MOST_ACTORS = 14
MOST_ISSUES = 10
LETTERS = "ABCDEFGHIJ"
LETTER_ROOM = 36
LEAST_NAME_ROOM = 270
MOST_CELL_WIDTH = 84
CELL_HEIGHT = 48
CELL_GAP = 8
ISSUE_IN_ALT = 30


@dataclass(frozen=True, slots=True)
class PositionGrid:
    """How many statements are recorded of each actor (row) on each issue (column).

    `counts` is keyed by the places of the actor and of the issue; what it lacks is 0. 1 to 14
    actors and 1 to 10 issues.
    """

    title: str
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    counts: Mapping[tuple[int, int], int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where the cells lie."""

    left: float
    top: float
    wide: float

    def middle(self, row: int, column: int) -> tuple[float, float]:
        return self.left + (column + 0.5) * self.wide, self.top + (row + 0.5) * CELL_HEIGHT


def position_grid(chart: PositionGrid) -> Drawing:
    """A filled cell with its count, a small dot for none. ValueError outside the sizes above.

    Columns are lettered and the letters explained above the grid: names set aslant over the
    columns cannot be read on a phone.
    """
    if not (1 <= len(chart.actors) <= MOST_ACTORS and 1 <= len(chart.issues) <= MOST_ISSUES):
        raise ValueError(f"{len(chart.actors)} actors by {len(chart.issues)} issues do not fit")
    canvas = Canvas()
    y = canvas.heading(chart.title, f"{_opening(chart)}; a number counts statements") + 18
    for place, issue in enumerate(chart.issues):
        baseline = y + SMALL
        name = shorten(drawable(issue, "..."), SMALL, INNER - LETTER_ROOM)
        canvas.text(MARGIN, baseline, LETTERS[place], fill=BLUE, bold=True)
        canvas.text(MARGIN + LETTER_ROOM, baseline, name)
        y += SMALL * LEADING
    wide = min((INNER - LEAST_NAME_ROOM) / len(chart.issues), MOST_CELL_WIDTH)
    cells = _Cells(WIDTH - MARGIN - wide * len(chart.issues), y + 18 + SMALL + 14, wide)
    for place in range(len(chart.issues)):
        x, _ = cells.middle(0, place)
        letter = LETTERS[place]
        canvas.text(x, cells.top - 12, letter, fill=BLUE, bold=True, anchor="middle")
    for row in range(len(chart.actors)):
        _draw_actor(canvas, cells, chart, row)
    bottom = cells.top + len(chart.actors) * CELL_HEIGHT
    return Drawing(canvas.svg(canvas.footer(bottom + 18, chart.note)), _alt(chart), "positions.png")


def _draw_actor(canvas: Canvas, cells: _Cells, chart: PositionGrid, row: int) -> None:
    top = cells.top + row * CELL_HEIGHT
    canvas.line((MARGIN, top), (WIDTH - MARGIN, top), stroke=TRACK)
    name = shorten(drawable(chart.actors[row]), SMALL, cells.left - MARGIN - 12)
    baseline = top + CELL_HEIGHT / 2 + SMALL * 0.36
    canvas.text(MARGIN, baseline, name)
    for column in range(len(chart.issues)):
        x, y = cells.middle(row, column)
        count = chart.counts.get((row, column), 0)
        if not count:
            canvas.circle(x, y, 5, fill=GRID)
            continue
        wide, high = cells.wide - CELL_GAP, CELL_HEIGHT - CELL_GAP
        canvas.rect(x - wide / 2, y - high / 2, wide, high, fill=BLUE, radius=8)
        label = compact(count)
        canvas.text(x, baseline, label, fill=BACKGROUND, bold=True, anchor="middle")


def _opening(chart: PositionGrid) -> str:
    recorded = sum(1 for count in chart.counts.values() if count)
    return f"{counted(recorded, 'position')} recorded"


def _alt(chart: PositionGrid) -> str:
    columns = range(len(chart.issues))
    rows = [
        (name, ", ".join(compact(chart.counts.get((row, column), 0)) for column in columns))
        for row, name in enumerate(chart.actors)
    ]
    issues = ", ".join(clip(drawable(name), ISSUE_IN_ALT) for name in chart.issues)
    return alt_text(chart.title, f"Statements on {issues}, in this order", rows, chart.note)
