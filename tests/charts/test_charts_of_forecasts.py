"""Pictures of forecasts and of positions: what is drawn and what the alt text says."""

import re
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest

from bot.charts import (
    Calibration,
    CrowdOverTime,
    CrowdPoint,
    Drawing,
    ForecastDistribution,
    PositionGrid,
    calibration,
    crowd_over_time,
    forecast_distribution,
    position_grid,
    render_blocking,
)
from bot.charts.canvas import WIDTH
from bot.charts.over_time import MOST_POINTS

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def forecasts(counts: dict[int, int], crowd: int | None = None) -> Drawing:
    return forecast_distribution(ForecastDistribution("Will it happen?", counts, crowd))


def texts(drawing: Drawing) -> list[str]:
    """The lines of text drawn."""
    return [element.text or "" for element in ET.fromstring(drawing.svg) if "text" in element.tag]


def test_quick_forecasts_stand_on_their_own_value_and_lean_to_no_side() -> None:
    alt = forecasts({50: 1, 250: 2, 500: 3, 750: 4, 950: 5, 0: 6, 1000: 7, 524: 1, 526: 1}).alt
    assert "0%: 6; 5%: 1; 25%: 2; 50%: 4; 55%: 1; 75%: 4; 95%: 5; 100%: 7." in alt


def test_the_crowd_is_marked_only_where_it_is_given() -> None:
    shown, hidden = forecasts({620: 3}, crowd=625), forecasts({620: 3})
    assert "crowd 62.5%" in texts(shown)
    assert "the crowd says 62.5%" in shown.alt
    assert "crowd" not in hidden.svg + hidden.alt


@pytest.mark.parametrize("crowd", [0, 1000])
def test_the_crowds_flag_stays_on_the_sheet(crowd: int) -> None:
    root = ET.fromstring(forecasts({crowd: 3}, crowd=crowd).svg)
    for rect in [element.attrib for element in root if "rect" in element.tag][1:]:
        assert 0 < float(rect["x"]) < float(rect["x"]) + float(rect["width"]) < WIDTH


def test_a_forecast_poll_without_forecasts_says_so() -> None:
    drawing = forecasts({})
    assert "no forecasts yet" in texts(drawing)
    assert drawing.alt == "Will it happen? 0 forecasts."


def test_crowd_over_time_tells_times_in_utc_and_how_many_forecast() -> None:
    seoul = timezone(timedelta(hours=9))
    points = (
        CrowdPoint(START.astimezone(seoul), 400, 3),
        CrowdPoint(START + timedelta(hours=3), 655, 12),
    )
    until = START + timedelta(hours=8)
    drawing = crowd_over_time(CrowdOverTime("Will it?", points, until))
    assert {"10:00", "12:00", "14:00", "16:00", "5 Jan 2026, UTC"} <= set(texts(drawing))
    assert {"65.5%", "12"} <= set(texts(drawing))
    assert "5 Jan 09:30 40% (3); 5 Jan 12:30 65.5% (12)." in drawing.alt


@pytest.mark.parametrize("hours", [0, 0.1, 5, 24, 100, 800, 9000, 90_000])
def test_time_axis_has_few_marks_whatever_the_span(hours: float) -> None:
    points = (CrowdPoint(START, 400, 3),)
    drawing = crowd_over_time(CrowdOverTime("Will it?", points, START + timedelta(hours=hours)))
    marks = [text for text in texts(drawing) if re.fullmatch(r"\d\d:\d\d|\d+ [A-Z][a-z]+", text)]
    assert len(marks) == len(set(marks)) <= 6


def test_a_long_history_is_thinned_but_ends_at_the_last_point() -> None:
    points = tuple(CrowdPoint(START + timedelta(minutes=n), 500, n) for n in range(20_000))
    drawing = crowd_over_time(CrowdOverTime("Will it?", points, points[-1].at))
    assert drawing.svg.count("L") <= MOST_POINTS * 6
    assert "19,999" in texts(drawing)


def test_history_without_points_is_refused() -> None:
    with pytest.raises(ValueError, match="no points"):
        crowd_over_time(CrowdOverTime("Will it?", (), START))


def test_calibration_without_settled_forecasts_is_drawn_empty() -> None:
    drawing = calibration(Calibration("How good am I?", ()))
    assert drawing.alt == "How good am I? No settled forecasts."
    assert render_blocking(drawing).png


def test_grid_explains_its_columns_and_refuses_what_does_not_fit() -> None:
    chart = PositionGrid("Who?", ("Xi Jinping", "Lee"), ("Trade", "핵"), {(0, 1): 3})
    drawing = position_grid(chart)
    assert {"A", "Trade", "B", "핵", "Xi Jinping", "3"} <= set(texts(drawing))
    assert "Statements on Trade, 핵, in this order. Xi Jinping: 0, 3; Lee: 0, 0." in drawing.alt
    with pytest.raises(ValueError, match="15 actors"):
        position_grid(PositionGrid("Who?", ("Xi",) * 15, ("Trade",), {}))
