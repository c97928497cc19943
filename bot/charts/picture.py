"""From a drawing to a picture that can be attached to a message."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.charts.fonts import font_file

RASTER = Path(__file__).with_name("raster.py")
SECONDS_TO_DRAW = 20


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG. `alt` gives the same numbers in words, at most 1,024 characters."""

    svg: str
    alt: str
    filename: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as PNG, 800 px wide, with its alt text and a name for the attachment."""

    png: bytes
    alt: str
    filename: str


class DrawingError(RuntimeError):
    """The picture could not be made; the message says what the renderer said."""


async def render(drawing: Drawing) -> Picture:
    """Make the picture without holding the event loop. `DrawingError` if it cannot be made."""
    return await asyncio.to_thread(render_blocking, drawing)


def render_blocking(drawing: Drawing) -> Picture:
    """Make the picture, for callers without an event loop. `DrawingError` as `render`."""
    command = [sys.executable, "-P", str(RASTER), str(font_file())]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; what members wrote is on stdin
            command,
            input=drawing.svg.encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS_TO_DRAW,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DrawingError(f"{drawing.filename} was not drawn: {said}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DrawingError(f"{drawing.filename} was not drawn: {error}") from error
    return Picture(done.stdout, drawing.alt, drawing.filename)
