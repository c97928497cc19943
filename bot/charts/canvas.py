"""The sheet that charts are drawn on, and the plot between two axes. A sheet becomes SVG.

It is built as a tree, so no text can break out of its place.

Lengths are in pixels of the finished picture, x to the right and y down. The sheet is `WIDTH`
wide and shown at half of that on a phone: text is at least `SMALL`, 12 px there.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from bot.charts.captions import percent
from bot.charts.fonts import family
from bot.charts.text_layout import drawable, width, wrap

WIDTH = 800
MARGIN = 40
INNER = WIDTH - 2 * MARGIN

SCALE = 1000
QUARTERS = (0, 250, 500, 750, 1000)
MOST_STEPS = 4

TITLE = 34
BODY = 28
SMALL = 24
LEADING = 1.3

# Okabe-Ito colours on Discord's dark greys. Nothing is told by colour alone.
BACKGROUND = "#1e1f22"
TRACK = "#313338"
GRID = "#3f4147"
INK = "#f2f3f5"
MUTED = "#b5bac1"
BLUE = "#56b4e9"
ORANGE = "#e69f00"


class Canvas:
    """Shapes in the order in which they are painted. The height is given at the end."""

    def __init__(self) -> None:
        self._root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", width=str(WIDTH))
        self.rect(0, 0, WIDTH, 100_000, fill=BACKGROUND)

    def svg(self, height: float) -> str:
        """The drawing as SVG text, cut at `height`."""
        self._root.set("height", str(round(height)))
        return ET.tostring(self._root, encoding="unicode")

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, radius: float = 0
    ) -> None:
        self._add("rect", x=x, y=y, width=width, height=height, rx=radius, fill=fill)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        stroke: str,
        weight: float = 2,
        dash: str = "none",
    ) -> None:
        """A straight line; `dash` as in SVG, lengths of strokes and gaps."""
        (x1, y1), (x2, y2) = start, end
        brush = {"stroke-width": weight}
        pen = {"stroke": stroke, "stroke-dasharray": dash}
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, **brush, **pen)

    def path(
        self, points: list[tuple[float, float]], *, fill: str = "none", stroke: str = "none"
    ) -> None:
        """Straight strokes from point to point, or the area within them."""
        way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        pen = {"stroke-width": "5", "stroke-linejoin": "round", "stroke-linecap": "round"}
        self._add("path", d=way, fill=fill, stroke=stroke, **pen)

    def circle(self, x: float, y: float, radius: float, *, fill: str, stroke: str = "none") -> None:
        self._add("circle", cx=x, cy=y, r=radius, fill=fill, stroke=stroke, **{"stroke-width": 3})

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = SMALL,
        fill: str = INK,
        bold: bool = False,
        anchor: str = "start",
        halo: bool = False,
    ) -> None:
        """One line of text on the baseline `y`.

        `anchor` says which part of it is at `x` (start, middle, end); `halo` keeps it legible
        where it lies on other shapes.
        """
        shape: dict[str, str | float] = {
            "font-family": family(words),
            "font-size": size,
            "font-weight": "700" if bold else "400",
            "text-anchor": anchor,
        }
        if halo:
            shape |= {"stroke": BACKGROUND, "stroke-width": 6, "paint-order": "stroke"}
        self._add("text", x=x, y=y, fill=fill, **shape).text = words

    def lines(
        self,
        y: float,
        words: str,
        *,
        size: float,
        fill: str = INK,
        bold: bool = False,
        most: int = 2,
    ) -> float:
        """A paragraph of at most `most` lines from the top `y`; returns its bottom."""
        for line in wrap(drawable(words), size, INNER, most, bold=bold):
            self.text(MARGIN, y + size, line, size=size, fill=fill, bold=bold)
            y += size * LEADING
        return y

    def heading(self, title: str, subtitle: str) -> float:
        """The title and what was counted, at the top; the bottom of both."""
        bottom = self.lines(MARGIN - 8, title, size=TITLE, bold=True, most=3)
        return self.lines(bottom + 4, subtitle, size=SMALL, fill=MUTED)

    def footer(self, y: float, note: str) -> float:
        """The note under the picture, if any; the height of the finished picture."""
        if note:
            y = self.lines(y, note, size=SMALL, fill=MUTED)
        return y + MARGIN - 12

    def _add(self, tag: str, **attributes: str | float) -> ET.Element:
        written = {
            name: value if isinstance(value, str) else f"{value:.1f}"
            for name, value in attributes.items()
        }
        return ET.SubElement(self._root, tag, written)


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
