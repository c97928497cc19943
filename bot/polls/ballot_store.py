"""Queries on ballots and their tallies, and queries used when a ballot is cast."""

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.upsert import upsert
from bot.polls import store as polls
from bot.polls.model import VOTERS, Ballot, LogRow, Poll, Vote
from bot.polls.tables import BallotLogRow, BallotRow, PollRow, ReminderRow, TallyRow
from bot.polls.visibility import Held, Step

Key = tuple[int, str]
"""A poll's id and the key of a voter in it."""

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
    """A poll's changes in order, one part at a time, up to the log's row `upto` if given.

    Other work gets its turn between two parts, however long the log is.
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


async def tallies(session: AsyncSession, poll_id: int) -> dict[int, int]:
    """The number of standing ballots for each answer; `VOTERS` maps to the number of all."""
    rows = await session.execute(
        select(TallyRow.value, TallyRow.count)
        .where(TallyRow.poll_id == poll_id, TallyRow.count > 0)
        .order_by(TallyRow.value)
    )
    return {value: count for value, count in rows}  # noqa: C416 - typed rows


async def published(session: AsyncSession, poll_id: int) -> dict[int, int]:
    """The tallies of an anonymous poll when they were last published."""
    pairs = await session.scalar(select(PollRow.published).where(PollRow.id == poll_id))
    return {int(value): int(count) for value, count in pairs or ()}


async def published_upto(session: AsyncSession, poll_id: int) -> int:
    """The last row of the log that an anonymous poll's published tallies hold; 0 for none."""
    upto = await session.scalar(select(PollRow.published_upto).where(PollRow.id == poll_id))
    return upto or 0


async def ballot_counts(session: AsyncSession, poll_ids: Sequence[int]) -> dict[int, int]:
    """The number of standing ballots in each of these polls; polls without ballots are left out."""
    rows = await session.execute(
        select(TallyRow.poll_id, TallyRow.count).where(
            TallyRow.poll_id.in_(poll_ids), TallyRow.value == VOTERS
        )
    )
    return {poll_id: count for poll_id, count in rows}  # noqa: C416 - typed rows


async def newest_values(session: AsyncSession, poll_id: int, limit: int) -> list[int]:
    """The values of the `limit` ballots changed last, oldest first."""
    rows = await session.scalars(
        select(BallotRow.value)
        .where(BallotRow.poll_id == poll_id)
        .order_by(BallotRow.changed_at.desc(), BallotRow.voter.desc())
        .limit(limit)
    )
    return list(rows)[::-1]


async def newest_change(session: AsyncSession, poll_id: int) -> datetime | None:
    """When a standing ballot changed last; None if the poll has no ballots."""
    return await session.scalar(
        select(BallotRow.changed_at)
        .where(BallotRow.poll_id == poll_id)
        .order_by(BallotRow.changed_at.desc())
        .limit(1)
    )


async def votes(session: AsyncSession, poll_id: int, voter: str, *, limit: int) -> list[Vote]:
    """A voter's last changes in a poll, oldest first."""
    rows = await session.execute(
        select(BallotLogRow.at, BallotLogRow.value)
        .where(BallotLogRow.poll_id == poll_id, BallotLogRow.voter == voter)
        .order_by(BallotLogRow.id.desc())
        .limit(limit)
    )
    return [Vote(at, value) for at, value in rows][::-1]


def _by_poll(keys: Iterable[Key]) -> dict[int, list[str]]:
    polls: dict[int, list[str]] = {}
    for poll_id, voter in keys:
        polls.setdefault(poll_id, []).append(voter)
    return polls


@dataclass(frozen=True, slots=True)
class Voting:
    """What casting a ballot needs to know of a poll.

    An anonymous poll has a `secret` that keys its voters' hashes, and after its first ballot a step
    to show next, `held`. `reminds` says whether anybody asked for a reminder of the poll.
    """

    poll: Poll
    secret: bytes | None
    held: Held | None
    reminds: bool


async def for_voting(session: AsyncSession, poll_ids: Collection[int]) -> dict[int, Voting]:
    """These polls, locked until the transaction ends."""
    found = await polls.by_ids(session, poll_ids, lock=True)
    rows = await session.execute(
        select(
            PollRow.id,
            PollRow.secret,
            PollRow.held,
            exists().where(ReminderRow.poll_id == PollRow.id),
        ).where(PollRow.id.in_(poll_ids))
    )
    more = {poll_id: (secret, _held(held), reminds) for poll_id, secret, held, reminds in rows}
    return {poll.id: Voting(poll, *more[poll.id]) for poll in found}


async def publish(session: AsyncSession, poll_id: int, step: Step) -> None:
    """Show these results of an open anonymous poll."""
    await session.execute(
        update(PollRow)
        .where(PollRow.id == poll_id)
        .values(published=_pairs(step.tallies), published_upto=step.upto)
    )


async def hold(session: AsyncSession, poll_id: int, held: Held) -> None:
    """Store what an open anonymous poll shows next."""
    stored = {"tallies": _pairs(held.step.tallies), "upto": held.step.upto, "before": held.before}
    await session.execute(update(PollRow).where(PollRow.id == poll_id).values(held=stored))


async def forget(session: AsyncSession, poll_id: int, voter: str) -> None:
    """Forget that a voter's ballot differs from the step that is shown next.

    Under a new key one person could count as two. Not counting them only delays the next step.
    """
    held = _held(await session.scalar(select(PollRow.held).where(PollRow.id == poll_id)))
    if held is not None and held.before.pop(voter, held) is not held:
        await hold(session, poll_id, held)


async def step(session: AsyncSession, poll_id: int) -> Step:
    """A poll's results as they are now."""
    # The log's last row may belong to another poll; no row of this poll comes after it.
    upto = await session.scalar(select(func.max(BallotLogRow.id)))
    return Step(await tallies(session, poll_id), upto or 0)


def _pairs(tallies: Mapping[int, int]) -> list[list[int]]:
    return [list(pair) for pair in tallies.items()]


def _held(stored: Mapping[str, Any] | None) -> Held | None:
    if stored is None:
        return None
    return Held(Step(dict(stored["tallies"]), stored["upto"]), dict(stored["before"]))
