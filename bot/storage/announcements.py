"""Queries on announcements."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.model import Announcement, AnnouncementState, Content
from bot.storage.tables import AnnouncementRow

_UNDECIDED = (AnnouncementState.DRAFT.value, AnnouncementState.POSTING.value)


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


async def get(
    session: AsyncSession, announcement_id: int, *, lock: bool = False
) -> Announcement | None:
    """The announcement, or None. `lock` holds it until the transaction ends."""
    row = await session.get(AnnouncementRow, announcement_id, with_for_update=lock or None)
    return _announcement(row) if row else None


async def start_posting(session: AsyncSession, announcement_id: int, *, at: datetime) -> None:
    """Take an announcement for posting, or for another try."""
    await _move(
        session,
        announcement_id,
        AnnouncementRow.state.in_(_UNDECIDED),
        state=AnnouncementState.POSTING.value,
        posting_since=at,
    )


async def back_to_draft(session: AsyncSession, announcement_id: int) -> None:
    """Posting failed and nothing was posted."""
    await _move(
        session,
        announcement_id,
        AnnouncementRow.state == AnnouncementState.POSTING.value,
        state=AnnouncementState.DRAFT.value,
        posting_since=None,
    )


async def mark_posted(
    session: AsyncSession, announcement_id: int, *, message_id: int, at: datetime
) -> None:
    await _move(
        session,
        announcement_id,
        AnnouncementRow.state == AnnouncementState.POSTING.value,
        state=AnnouncementState.POSTED.value,
        message_id=message_id,
        posted_at=at,
    )


async def discard(session: AsyncSession, announcement_id: int) -> None:
    """Drop a draft, or a posting that was cut short."""
    await _move(
        session,
        announcement_id,
        AnnouncementRow.state.in_(_UNDECIDED),
        state=AnnouncementState.DISCARDED.value,
    )


async def _move(
    session: AsyncSession, announcement_id: int, condition: ColumnElement[bool], **values: object
) -> None:
    await session.execute(
        update(AnnouncementRow)
        .where(AnnouncementRow.id == announcement_id, condition)
        .values(**values)
    )


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
