"""Queries on ballots, made for many at a time."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.upsert import upsert
from bot.polls.history import LogRow
from bot.polls.model import Ballot
from bot.polls.tables import BallotLogRow, BallotRow, TallyRow

Key = tuple[int, str]
"""A poll's id and what stands for a voter in it."""

ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one ballot, as it goes into the log; a `value` of None withdraws it."""

    poll_id: int
    voter: str
    value: int | None
    at: datetime


async def standing(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, Ballot]:
    """The standing ballots among `keys`."""
    found = {}
    for poll_id, voters in _by_poll(keys).items():
        rows = await session.execute(
            select(BallotRow.voter, BallotRow.value, BallotRow.cast_at, BallotRow.changed_at).where(
                BallotRow.poll_id == poll_id, BallotRow.voter.in_(voters)
            )
        )
        for voter, value, cast_at, changed_at in rows:
            found[poll_id, voter] = Ballot(value, cast_at, changed_at)
    return found


async def put(session: AsyncSession, ballots: Mapping[Key, Ballot]) -> None:
    """Insert or replace these ballots."""
    rows = [
        {
            "poll_id": poll_id,
            "voter": voter,
            "value": ballot.value,
            "cast_at": ballot.cast_at,
            "changed_at": ballot.changed_at,
        }
        for (poll_id, voter), ballot in sorted(ballots.items(), key=lambda item: item[0])
    ]
    statement = upsert(session, BallotRow)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["poll_id", "voter"],
            set_={
                "value": statement.excluded.value,
                "cast_at": statement.excluded.cast_at,
                "changed_at": statement.excluded.changed_at,
            },
        ),
        rows,
    )


async def take(session: AsyncSession, keys: Iterable[Key]) -> None:
    """Delete these standing ballots."""
    for poll_id, voters in _by_poll(keys).items():
        await session.execute(
            delete(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.voter.in_(voters))
        )


async def log(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Append `changes` to the log, in their order."""
    await session.execute(
        upsert(session, BallotLogRow),
        [{"poll_id": c.poll_id, "voter": c.voter, "value": c.value, "at": c.at} for c in changes],
    )


async def logged(
    session: AsyncSession, poll_id: int, *, upto: int | None = None
) -> AsyncGenerator[Sequence[LogRow], None]:
    """A poll's changes in order, up to the log's row `upto` if given, a part at a time.

    Between two parts others get their turn, however long the log is.
    """
    query = (
        select(BallotLogRow.at, BallotLogRow.voter, BallotLogRow.value)
        .where(BallotLogRow.poll_id == poll_id)
        .order_by(BallotLogRow.id)
    )
    if upto is not None:
        query = query.where(BallotLogRow.id <= upto)
    rows = await session.stream(query, execution_options={"yield_per": ROWS_AT_ONCE})
    try:
        async for part in rows.partitions():
            yield [(at, voter, value) for at, voter, value in part]
    finally:
        await rows.close()


async def shift(session: AsyncSession, differences: Mapping[tuple[int, int], int]) -> None:
    """Add to the tallies: (poll id, value) -> how many more or fewer ballots."""
    rows = [
        {"poll_id": poll_id, "value": value, "count": difference}
        for (poll_id, value), difference in sorted(differences.items())
        if difference
    ]
    if not rows:
        return
    statement = upsert(session, TallyRow)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["poll_id", "value"],
            set_={"count": TallyRow.count + statement.excluded["count"]},
        ),
        rows,
    )


def _by_poll(keys: Iterable[Key]) -> dict[int, list[str]]:
    polls: dict[int, list[str]] = {}
    for poll_id, voter in keys:
        polls.setdefault(poll_id, []).append(voter)
    return polls
