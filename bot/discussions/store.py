"""Queries for discussions."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.model import Discussion, DiscussionState, IssueRef
from bot.discussions.tables import DiscussionRow

LIVE = (DiscussionState.OPENING, DiscussionState.OPEN)
_OPENING = DiscussionRow.state == DiscussionState.OPENING


class AlreadyOpenError(Exception):
    """The issue has an open discussion in the server. The transaction cannot go on."""


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    about: IssueRef,
    channel_id: int,
    by: int,
    at: datetime,
) -> Discussion:
    """Store a discussion that is being opened; AlreadyOpenError if the issue has one here."""
    row = DiscussionRow(
        guild_id=guild_id,
        summit_id=about.summit,
        issue_id=about.issue,
        channel_id=channel_id,
        state=DiscussionState.OPENING,
        opened_by=by,
        opened_at=at,
        opening_since=at,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyOpenError from error
    return _discussion(row)


async def get(session: AsyncSession, discussion_id: int) -> Discussion | None:
    """The discussion, or None, held until the transaction ends."""
    row = await session.get(DiscussionRow, discussion_id, with_for_update=True)
    return _discussion(row) if row else None


async def newest(
    session: AsyncSession,
    guild_id: int,
    about: IssueRef,
    states: Collection[DiscussionState],
    *,
    lock: bool = False,
) -> Discussion | None:
    """A server's newest discussion of an issue in one of these states."""
    query = (
        select(DiscussionRow)
        .where(
            DiscussionRow.guild_id == guild_id,
            DiscussionRow.summit_id == about.summit,
            DiscussionRow.issue_id == about.issue,
            DiscussionRow.state.in_(states),
        )
        .order_by(DiscussionRow.id.desc())
        .limit(1)
    )
    row = await session.scalar(query.with_for_update() if lock else query)
    return _discussion(row) if row else None


async def of_thread(session: AsyncSession, thread_id: int) -> Discussion | None:
    row = await session.scalar(select(DiscussionRow).where(DiscussionRow.thread_id == thread_id))
    return _discussion(row) if row else None


async def opened_since(session: AsyncSession, guild_id: int, since: datetime) -> list[Discussion]:
    """A server's discussions that were opened after an instant and are open, oldest first."""
    rows = await session.scalars(
        select(DiscussionRow)
        .where(
            DiscussionRow.guild_id == guild_id,
            DiscussionRow.opened_at > since,
            DiscussionRow.state == DiscussionState.OPEN,
        )
        .order_by(DiscussionRow.id)
    )
    return [_discussion(row) for row in rows]


async def take_over(session: AsyncSession, discussion_id: int, *, by: int, at: datetime) -> None:
    """Continue the opening of a discussion that somebody else began."""
    await _change(session, discussion_id, opened_by=by, opening_since=at)


async def set_thread(
    session: AsyncSession, discussion_id: int, *, thread_id: int | None, channel_id: int
) -> None:
    await _change(session, discussion_id, thread_id=thread_id, channel_id=channel_id)


async def mark_open(session: AsyncSession, discussion_id: int) -> bool:
    """Mark a discussion as open. False if the thread was closed meanwhile."""
    done = await session.scalar(
        update(DiscussionRow)
        .where(DiscussionRow.id == discussion_id, _OPENING)
        .values(state=DiscussionState.OPEN, opening_since=None)
        .returning(DiscussionRow.id)
    )
    return done is not None


async def forget(session: AsyncSession, discussion_id: int) -> None:
    """Delete a discussion whose opening failed before a thread was created."""
    await session.execute(
        delete(DiscussionRow).where(
            DiscussionRow.id == discussion_id, _OPENING, DiscussionRow.thread_id.is_(None)
        )
    )


async def let_go(session: AsyncSession, discussion_id: int) -> None:
    """Opening failed: let anybody try again at once."""
    await _change(session, discussion_id, _OPENING, opening_since=None)


async def set_state(session: AsyncSession, discussion_id: int, state: DiscussionState) -> None:
    """Set the state; AlreadyOpenError if another discussion of the issue is open."""
    try:
        await _change(session, discussion_id, state=state)
    except IntegrityError as error:
        raise AlreadyOpenError from error


async def end_in_channel(session: AsyncSession, guild_id: int, channel_id: int) -> None:
    """End all discussions whose threads were deleted with their channel."""
    await session.execute(
        update(DiscussionRow)
        .where(
            DiscussionRow.guild_id == guild_id,
            DiscussionRow.channel_id == channel_id,
            DiscussionRow.thread_id.is_not(None),
        )
        .values(state=DiscussionState.ENDED)
    )


async def _change(
    session: AsyncSession, discussion_id: int, *conditions: ColumnElement[bool], **values: object
) -> None:
    await session.execute(
        update(DiscussionRow).where(DiscussionRow.id == discussion_id, *conditions).values(**values)
    )


def _discussion(row: DiscussionRow) -> Discussion:
    return Discussion(
        id=row.id,
        guild_id=row.guild_id,
        about=IssueRef(row.summit_id, row.issue_id),
        channel_id=row.channel_id,
        thread_id=row.thread_id,
        state=row.state,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        opening_since=row.opening_since,
    )
