"""The part of a chart between two axes."""

from dataclasses import dataclass

from bot.charts.canvas import GRID, MUTED, SMALL, WIDTH, Canvas
from bot.charts.captions import percent
from bot.charts.text_layout import width

SCALE = 1000
QUARTERS = (0, 250, 500, 750, 1000)
MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Plot:
    """A rectangle of the sheet in which 0..1 runs to the right and 0..1 upwards."""

    left: float
    top: float
    right: float
    bottom: float

    def x(self, fraction: float) -> float:
        return self.left + fraction * (self.right - self.left)

    def y(self, fraction: float) -> float:
        return self.bottom - fraction * (self.bottom - self.top)

    def rule(self, canvas: Canvas, fraction: float, label: str, outset: float = 0) -> None:
        """A line across at a height of 0..1, `outset` longer on both sides, named at its left."""
        y = self.y(fraction)
        canvas.line((self.left - outset, y), (self.right + outset, y), stroke=GRID)
        canvas.text(self.left - outset - 12, y + SMALL * 0.35, label, fill=MUTED, anchor="end")

    def mark(self, canvas: Canvas, fraction: float, label: str) -> None:
        """A tick with its label under the axis, kept on the sheet."""
        x = self.x(fraction)
        canvas.line((x, self.bottom), (x, self.bottom + 8), stroke=MUTED)
        half = width(label, SMALL) / 2
        x = min(max(x, half + 12), WIDTH - half - 12)
        canvas.text(x, self.bottom + 36, label, fill=MUTED, anchor="middle")

    def percent_rules(self, canvas: Canvas) -> None:
        """Lines across at 0, 25, 50, 75 and 100 %."""
        for permille in QUARTERS:
            self.rule(canvas, permille / SCALE, percent(permille))

    def percent_marks(self, canvas: Canvas) -> None:
        """Ticks at 0, 25, 50, 75 and 100 % under the axis."""
        for permille in QUARTERS:
            self.mark(canvas, permille / SCALE, percent(permille))


def whole_steps(most: int) -> range:
    """Round numbers from 0 up to at least `most`, four steps at the most."""
    size = 1
    while size * MOST_STEPS < most:
        size = size * 5 // 2 if str(size)[0] == "2" else size * 2
    return range(0, max(-(-most // size), 1) * size + 1, size)
