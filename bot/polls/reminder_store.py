"""Queries on the reminders that members asked for."""

from collections.abc import Collection
from itertools import islice

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls.tables import ReminderRow

IDS_AT_ONCE = 5_000


async def has(session: AsyncSession, poll_id: int, user_id: int) -> bool:
    """Whether a member asked for a reminder of a poll."""
    return await session.get(ReminderRow, (poll_id, user_id)) is not None


async def any_for(session: AsyncSession, poll_id: int) -> bool:
    found = select(ReminderRow.user_id).where(ReminderRow.poll_id == poll_id).limit(1)
    return await session.scalar(found) is not None


async def add(session: AsyncSession, poll_id: int, user_id: int) -> None:
    await session.execute(insert(ReminderRow).values(poll_id=poll_id, user_id=user_id))


async def waiting(session: AsyncSession, poll_id: int) -> list[int]:
    """The members who asked for a reminder of a poll."""
    rows = await session.scalars(
        select(ReminderRow.user_id)
        .where(ReminderRow.poll_id == poll_id)
        .order_by(ReminderRow.user_id)
    )
    return list(rows)


async def take(session: AsyncSession, poll_id: int, user_ids: Collection[int]) -> None:
    """Delete these members' reminders of a poll."""
    # One statement can take only some ten thousand values.
    left = iter(user_ids)
    while some := list(islice(left, IDS_AT_ONCE)):
        await session.execute(
            delete(ReminderRow).where(ReminderRow.poll_id == poll_id, ReminderRow.user_id.in_(some))
        )


async def drop(session: AsyncSession, poll_id: int) -> None:
    """Delete all reminders of a poll."""
    await session.execute(delete(ReminderRow).where(ReminderRow.poll_id == poll_id))


async def answered(session: AsyncSession, members: Collection[tuple[int, int]]) -> None:
    """Delete the reminders of members who voted, given as (poll id, user id) pairs."""
    by_poll: dict[int, list[int]] = {}
    for poll_id, user_id in members:
        by_poll.setdefault(poll_id, []).append(user_id)
    for poll_id, user_ids in by_poll.items():
        await take(session, poll_id, user_ids)
