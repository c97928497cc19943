"""Queries on what taking ballots needs to know of polls, and on what open anonymous ones show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls import store as polls
from bot.polls.model import Poll
from bot.polls.publishing import Held, Step
from bot.polls.tables import BallotLogRow, PollRow, ReminderRow


@dataclass(frozen=True, slots=True)
class Voting:
    """A poll that takes ballots. If it is anonymous: the `secret` of its voters' hashes, and what
    it shows next, None before its first ballot. `reminds`: somebody asked to be reminded of it.
    """

    poll: Poll
    secret: bytes | None
    held: Held | None
    reminds: bool


async def for_voting(session: AsyncSession, poll_ids: Collection[int]) -> dict[int, Voting]:
    """These polls, held against other writers until the transaction ends."""
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
    """Keep what an open anonymous poll shows next."""
    stored = {"tallies": _pairs(held.step.tallies), "upto": held.step.upto, "before": held.before}
    await session.execute(update(PollRow).where(PollRow.id == poll_id).values(held=stored))


async def forget(session: AsyncSession, poll_id: int, voter: str) -> None:
    """Forget that a voter's ballot differs from what is to be shown next.

    Under another key one person could count as two; not counting them at all only makes the next
    results wait longer.
    """
    held = _held(await session.scalar(select(PollRow.held).where(PollRow.id == poll_id)))
    if held is not None and held.before.pop(voter, held) is not held:
        await hold(session, poll_id, held)


async def step(session: AsyncSession, poll_id: int) -> Step:
    """A poll's results as they are now."""
    # The log's last row may be another poll's: none of this one's comes after it.
    upto = await session.scalar(select(func.max(BallotLogRow.id)))
    return Step(await polls.tallies(session, poll_id), upto or 0)


def _pairs(tallies: Mapping[int, int]) -> list[list[int]]:
    return [list(pair) for pair in tallies.items()]


def _held(stored: Mapping[str, Any] | None) -> Held | None:
    if stored is None:
        return None
    return Held(Step(dict(stored["tallies"]), stored["upto"]), dict(stored["before"]))
