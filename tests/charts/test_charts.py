"""What people see in the pictures, and what those who cannot see them are told."""

import asyncio
import re
import struct
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from bot.charts import (
    Bar,
    Calibration,
    CalibrationBin,
    CrowdOverTime,
    CrowdPoint,
    Drawing,
    DrawingError,
    ForecastDistribution,
    Picture,
    PositionGrid,
    ResultBars,
    calibration,
    crowd_over_time,
    forecast_distribution,
    position_grid,
    render,
    render_blocking,
    result_bars,
)
from bot.charts.canvas import INNER, WIDTH
from bot.charts.captions import ALT_LIMIT, share
from bot.charts.fonts import font_file
from bot.charts.text_layout import drawable, width, wrap

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LONG = "an agreement on the supply of rare earths, battery materials and semiconductors " * 3
HOSTILE = '</text><script>alert("x")</script> & \x00\x1b \ud800 \u202e \ufffe'


def bars(*labels: str, title: str = "What will happen?") -> Drawing:
    options = tuple(Bar(label, count) for count, label in enumerate(labels, start=3))
    return result_bars(ResultBars(title, options, sum(bar.count for bar in options)))


def worst_cases() -> list[Drawing]:
    """Every chart with as much in it as it takes."""
    options = tuple(Bar(f"{n} {LONG}", 1_000_000 + n, highlighted=n < 3) for n in range(20))
    columns = {permille: 10_000 + permille for permille in range(1001)}
    points = [CrowdPoint(START + timedelta(hours=n), n % 1001, n) for n in range(5000)]
    bins = [CalibrationBin(100 * n + 5, n / 10, 99_999, 0.0, 1.0) for n in range(10)]
    counts = {(row, column): row * column for row in range(14) for column in range(10)}
    until = points[-1].at + timedelta(days=3)
    return [
        result_bars(ResultBars(LONG, options, 30_000_000, LONG, several=True)),
        forecast_distribution(ForecastDistribution(LONG, columns, 1000, LONG)),
        crowd_over_time(CrowdOverTime(LONG, tuple(points), until, LONG)),
        calibration(Calibration(LONG, tuple(bins), LONG)),
        position_grid(PositionGrid(LONG, (LONG,) * 14, (LONG,) * 10, counts, LONG)),
    ]


def size(picture: Picture) -> tuple[int, int]:
    """Width and height of a PNG whose pixels were unpacked and counted."""
    assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high, depth, colour = struct.unpack(">IIBB", picture.png[16:26])
    assert (depth, colour) == (8, 6), "eight bits a channel, RGBA"
    packed, at = b"", 8
    while at < len(picture.png):
        length, kind = struct.unpack(">I4s", picture.png[at : at + 8])
        packed += picture.png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    assert len(zlib.decompress(packed)) == high * (1 + 4 * wide)
    return wide, high


def texts(drawing: Drawing) -> list[str]:
    """The lines of text drawn."""
    return [element.text or "" for element in ET.fromstring(drawing.svg) if "text" in element.tag]


def test_every_chart_becomes_a_png_of_its_drawn_size_even_when_full() -> None:
    for drawing in worst_cases():
        high = int(ET.fromstring(drawing.svg).attrib["height"])
        assert size(render_blocking(drawing)) == (WIDTH, high)


def test_picture_keeps_alt_text_and_name_of_its_drawing() -> None:
    drawing = bars("Yes", "No")
    picture = render_blocking(drawing)
    assert (picture.alt, picture.filename) == (drawing.alt, "result.png")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("시진핑", "이재명"),
        ("习近平", "李在明"),
        ("サミット", "カンコク"),
        ("Xi", "Le"),
        ("’", "—"),
    ],
)
def test_words_of_equal_length_look_different_so_none_is_drawn_as_boxes(
    one: str, other: str
) -> None:
    blank = render_blocking(bars("   ", "same")).png
    pictures = {render_blocking(bars(word, "same")).png for word in (one, other)}
    assert len(pictures | {blank}) == 3


def test_hostile_labels_are_drawn_as_text_and_nothing_else() -> None:
    drawing = bars(HOSTILE, "No", title=HOSTILE)
    root = ET.fromstring(drawing.svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "rect", "text"}
    assert '</text><script>alert("x")</script> &' in texts(drawing)
    assert size(render_blocking(drawing))[0] == WIDTH


def test_twenty_long_options_all_show_label_count_and_percentage() -> None:
    options = tuple(Bar(f"{n} {LONG}", n) for n in range(1, 21))
    drawn = texts(result_bars(ResultBars("Which?", options, 210)))
    for n in range(1, 21):
        assert any(text.startswith(f"{n} an agreement") for text in drawn)
        assert str(n) in drawn
        assert share(n, 210) in drawn
    assert all(width(text, 26) <= INNER for text in drawn)


def test_more_options_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="21 bars"):
        bars(*map(str, range(21)))


def test_a_poll_without_votes_shows_zeros() -> None:
    drawing = result_bars(ResultBars("Will it?", (Bar("Yes", 0), Bar("No", 0)), 0))
    assert texts(drawing) == ["Will it?", "0 votes", "Yes", "0", "0%", "No", "0", "0%"]
    assert drawing.alt == "Will it? 0 votes. Yes: 0 (0%); No: 0 (0%)."
    assert size(render_blocking(drawing))[0] == WIDTH


def test_the_leader_is_told_by_star_and_words_and_not_by_colour_alone() -> None:
    options = (Bar("Yes", 3, highlighted=True), Bar("No", 1))
    drawing = result_bars(ResultBars("Will it?", options, 4, "Closed"))
    assert "★ Yes" in texts(drawing)
    assert "★ most votes · Closed" in texts(drawing)
    assert drawing.alt == "Will it? 4 votes. Yes: 3 (75%, most votes); No: 1 (25%). Closed."


def test_alt_texts_of_full_charts_fit_discord_and_keep_every_number() -> None:
    result, distribution, crowd, calibrated, grid = (drawing.alt for drawing in worst_cases())
    assert all(len(alt) <= ALT_LIMIT for alt in (result, distribution, crowd, calibrated, grid))
    for n in range(20):
        assert f"{1_000_000 + n:,} (3%" in result
    assert len(re.findall(r"\b\d+%: [\d,]+", distribution)) == 21
    assert "crowd 99.5%, 4,999 forecasters; lowest 0%, highest 100%" in crowd
    assert calibrated.count("of 99,999 (0% to 100%)") == 10
    for row in range(14):
        assert ": " + ", ".join(str(row * column) for column in range(10)) in grid


def test_percentages_never_hide_a_vote() -> None:
    assert [share(*of) for of in ((1, 1000), (999, 1000), (1000, 1000), (1, 8), (0, 9))] == [
        "<1%",
        ">99%",
        "100%",
        "13%",
        "0%",
    ]


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("🇰🇷 South Korea", "South Korea"),
        ("✅ Yes", "Yes"),
        ("👍", "thumbs up sign"),
        ("🇰🇷", "K R"),
        ("<:seoul:123456789012345678> Seoul", ":seoul: Seoul"),
        ("Café نعم", "Café ..."),
        ("نعم", "Option 3"),
        ("two\nlines", "two lines"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_what_the_font_lacks_is_dropped_or_spelled_out(written: str, drawn: str) -> None:
    assert drawable(written, instead="Option 3") == drawn


def test_long_titles_wrap_between_words_and_end_in_dots() -> None:
    lines = wrap("Will the joint statement mention supply chains at all?", 30, 300, 2)
    assert lines == ["Will the joint", "statement mention..."]
    assert wrap("稀土出口管制与半导体供应链", 30, 200, 3) == ["稀土出口管制", "与半导体供应", "链"]


async def test_the_event_loop_goes_on_while_a_picture_is_made() -> None:
    drawing = worst_cases()[0]
    making = asyncio.create_task(render(drawing))
    turns = 0
    while not making.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert size(making.result())[0] == WIDTH
    assert turns > 15, "in the bot's own process resvg would stop the loop until it is done"


async def test_a_drawing_that_cannot_be_rendered_says_why() -> None:
    with pytest.raises(DrawingError, match=r"^broken\.png was not drawn: ValueError: .*root node"):
        await render(Drawing("<svg", "", "broken.png"))


def test_the_font_comes_from_its_package() -> None:
    assert font_file().parent.name == "manimgx_fonts_cjk"
    assert font_file().stat().st_size > 1_000_000


def test_importing_the_charts_loads_no_renderer() -> None:
    code = "import sys, bot.charts; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
