"""Queries that read all of a poll, a page of rows at a time.

The generators of pages hold a cursor: wrap them in `contextlib.aclosing` if you may stop early.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls.model import Ballot, Vote
from bot.polls.scoring.scores import Score
from bot.polls.tables import BallotLogRow, BallotRow, PollRow, ScoreRow

PAGE = 1000
"""Rows per page: few enough that turning them into values does not delay a click."""

Value = TypeVar("Value")
Pages = AsyncGenerator[list[tuple[str, Value]], None]
"""Pages of values, each with the key of its voter."""


def ballots(session: AsyncSession, poll_id: int, *, at_once: bool) -> Pages[Ballot]:
    """The standing ballots, first changed first; all in one page if `at_once`."""
    query = (
        select(BallotRow.voter, BallotRow.value, BallotRow.cast_at, BallotRow.changed_at)
        .where(BallotRow.poll_id == poll_id)
        .order_by(BallotRow.changed_at, BallotRow.voter)
    )
    return _pages(session, query, Ballot, at_once=at_once)


def changes(session: AsyncSession, poll_id: int, *, at_once: bool) -> Pages[Vote]:
    """Every change of a ballot, in the log's order; all in one page if `at_once`."""
    query = (
        select(BallotLogRow.voter, BallotLogRow.at, BallotLogRow.value)
        .where(BallotLogRow.poll_id == poll_id)
        .order_by(BallotLogRow.id)
    )
    return _pages(session, query, Vote, at_once=at_once)


def scores(session: AsyncSession, poll_id: int) -> Pages[Score]:
    """The scores of a settled poll, once all of them are stored."""
    query = (
        select(ScoreRow.voter, ScoreRow.brier, ScoreRow.coverage, ScoreRow.peer)
        .join(PollRow, PollRow.id == ScoreRow.poll_id)
        .where(ScoreRow.poll_id == poll_id, PollRow.scored_ruling_id == PollRow.ruling_id)
        .order_by(ScoreRow.voter)
    )
    return _pages(session, query, Score, at_once=False)


async def _pages(
    session: AsyncSession,
    query: Select[*tuple[Any, ...]],
    make: Callable[..., Value],
    *,
    at_once: bool,
) -> Pages[Value]:
    result = await session.stream(query, execution_options={"yield_per": PAGE})
    try:
        everything = []
        async for rows in result.partitions():
            page = [(voter, make(*values)) for voter, *values in rows]
            if at_once:
                everything += page
            else:
                yield page
        if at_once:
            yield everything
    finally:
        await result.close()
