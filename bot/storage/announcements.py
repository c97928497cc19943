"""Queries on announcements."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.model import Announcement, AnnouncementState, Content
from bot.storage.tables import AnnouncementRow


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    channel_id: int,
    author_id: int,
    content: Content,
    at: datetime,
) -> Announcement:
    """Store a draft."""
    row = AnnouncementRow(
        guild_id=guild_id,
        channel_id=channel_id,
        author_id=author_id,
        title=content.title,
        body=content.body,
        link=content.link,
        state=AnnouncementState.DRAFT.value,
        created_at=at,
    )
    session.add(row)
    await session.flush()
    return _announcement(row)


async def get(session: AsyncSession, announcement_id: int) -> Announcement | None:
    row = await session.get(AnnouncementRow, announcement_id)
    return _announcement(row) if row else None


async def start_posting(
    session: AsyncSession, announcement_id: int, *, at: datetime, given_up_before: datetime
) -> bool:
    """Take a draft for posting. False if it is not one: posted, discarded or being posted.

    A posting that began before `given_up_before` was cut short and may be taken up again.
    """
    cut_short = (AnnouncementRow.state == AnnouncementState.POSTING.value) & (
        AnnouncementRow.posting_since < given_up_before
    )
    return await _move(
        session,
        announcement_id,
        or_(AnnouncementRow.state == AnnouncementState.DRAFT.value, cut_short),
        state=AnnouncementState.POSTING.value,
        posting_since=at,
    )


async def back_to_draft(session: AsyncSession, announcement_id: int) -> bool:
    """Posting failed and nothing was posted."""
    return await _move(
        session,
        announcement_id,
        AnnouncementRow.state == AnnouncementState.POSTING.value,
        state=AnnouncementState.DRAFT.value,
        posting_since=None,
    )


async def mark_posted(
    session: AsyncSession, announcement_id: int, *, message_id: int, at: datetime
) -> bool:
    return await _move(
        session,
        announcement_id,
        AnnouncementRow.state == AnnouncementState.POSTING.value,
        state=AnnouncementState.POSTED.value,
        message_id=message_id,
        posted_at=at,
    )


async def discard(session: AsyncSession, announcement_id: int) -> bool:
    """Drop a draft. False if it is none any more."""
    return await _move(
        session,
        announcement_id,
        AnnouncementRow.state == AnnouncementState.DRAFT.value,
        state=AnnouncementState.DISCARDED.value,
    )


async def _move(
    session: AsyncSession, announcement_id: int, condition: object, **values: object
) -> bool:
    moved = await session.execute(
        update(AnnouncementRow)
        .where(AnnouncementRow.id == announcement_id, condition)  # type: ignore[arg-type]
        .values(**values)
        .returning(AnnouncementRow.id)
    )
    return moved.scalar_one_or_none() is not None


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        content=Content(row.title, row.body, row.link),
        state=AnnouncementState(row.state),
        created_at=row.created_at,
        posting_since=row.posting_since,
        posted_at=row.posted_at,
        message_id=row.message_id,
    )
