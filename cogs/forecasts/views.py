"""The forecast cards. Pure: a value in, a card out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.utils import format_dt

from bot.charts import Calibration, CalibrationBin, Drawing
from bot.charts import calibration as calibration_chart
from bot.text import counted
from bot.ui.cards import Block, Card
from cogs.forecasts import strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.polls.scoring.calibration import Bin
    from bot.polls.scoring.service import CrowdCalibration, ForecastRecord, Leaderboard, Surprises

ROWS_A_PAGE = 10
FEWEST_DRAWN = 5
"""There is no picture below this many settled forecasts: it would suggest more than it shows."""


def mine(record: ForecastRecord, now: datetime) -> Card:
    """A member's own record: their place, their calibration, then poll by poll."""
    blocks = list(_polls(record, now))
    if not blocks:
        return Card("Your forecasts", (Block(strings.NO_FORECASTS),), footer=strings.SCORES_PRINT)
    place = strings.NO_PLACE
    if record.place:
        place = f"{strings.place(record.place, record.ranked)}\n-# {strings.POINTS}"
    return Card(
        "Your forecasts",
        (
            Block(place, heading="Your place"),
            Block(_calibration(record.bins), heading="Your calibration"),
            *blocks,
        ),
        footer=strings.SCORES_PRINT,
    )


def leaderboard(board: Leaderboard, page: int, *, private: bool) -> Card:
    """One page of ten rows, and the reader's own place if they have one.

    If they have none, only a `private` card says so.
    """
    if not board.rows:
        return Card("Leaderboard", (Block(strings.NOBODY_RANKED),), footer=strings.BOARD_PRINT)
    rows = board.rows[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE]
    blocks = [Block("\n".join(map(strings.ranked, rows)))]
    own = "You" if private else "Who asked"
    if board.own:
        place = strings.place(board.own, len(board.rows))
        blocks.append(Block(f"<@{board.own.voter}>: {place}", heading=own))
    elif private:
        blocks.append(Block(strings.NO_PLACE, heading=own))
    many = len(board.rows)
    return Card(
        "Leaderboard",
        tuple(blocks),
        subtitle=counted(many, "forecaster") + (", best first" if many > 1 else ""),
        footer=strings.BOARD_PRINT,
    )


def page_numbers(board: Leaderboard, page: int) -> tuple[int, int]:
    """The number of the existing page nearest to `page`, from 0, and how many there are."""
    total = max(-(-len(board.rows) // ROWS_A_PAGE), 1)
    return max(0, min(page, total - 1)), total


def calibration(record: CrowdCalibration) -> Card:
    """How the crowd's forecasts held."""
    blocks = []
    if record.bins:
        blocks.append(Block(_calibration(record.bins)))
    elif not record.withheld:
        blocks.append(Block(strings.NO_FORECAST_SETTLED))
    blocks += _withheld(record.withheld)
    return Card("How the crowd's forecasts held", tuple(blocks), footer=strings.CROWD_PRINT)


def calibration_drawing(title: str, bins: Sequence[Bin]) -> Drawing | None:
    """The bins against the diagonal; None where they hold too few forecasts."""
    if sum(one.count for one in bins) < FEWEST_DRAWN:
        return None
    drawn = tuple(
        CalibrationBin(round(one.mean), one.share, one.count, one.low, one.high) for one in bins
    )
    return calibration_chart(Calibration(title, drawn))


def surprises(upsets: Surprises) -> Card:
    """What happened that the crowd expected least, biggest surprise first."""
    blocks = [Block(strings.surprising(found, report)) for found, report in upsets.found]
    if not blocks and not upsets.withheld:
        blocks.append(Block(strings.NOTHING_SETTLED))
    blocks += _withheld(upsets.withheld)
    return Card("What this server did not expect", tuple(blocks), footer=strings.BITS_PRINT)


def _withheld(count: int) -> list[Block]:
    return [Block(f"-# {strings.withheld(count)}")] if count else []


def _calibration(bins: Sequence[Bin]) -> str:
    count = sum(one.count for one in bins)
    lines = strings.bins(bins)
    if count < FEWEST_DRAWN:
        lines.append(strings.too_few_to_draw(count, FEWEST_DRAWN))
    return "\n".join(lines)


def _polls(record: ForecastRecord, now: datetime) -> Iterator[Block]:
    """Open polls, closed ones, settled ones, and those that will never be scored."""
    for poll, ballot in record.waiting:
        if poll.is_open(now):
            closes = format_dt(poll.lifecycle.closes_at, "R")
            yield Block(f"{strings.forecast(poll, ballot)} · closes {closes}", heading="Open")
    for poll, ballot in record.waiting:
        if not poll.is_open(now) and poll.verdict is None:
            yield Block(strings.forecast(poll, ballot), heading="Closed, not settled yet")
    for poll, score in record.settled:
        yield Block(strings.scored(poll, score), heading="Settled")
    for poll, ballot in record.waiting:
        if poll.verdict is not None:
            said = f"{strings.forecast(poll, ballot)} · **{strings.result(poll)}**"
            yield Block(said, heading="Not scored")
