"""Queries on announcements."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer
from bot.announcements.model import (
    Announcement,
    AnnouncementState,
    ApprovalRequest,
    Content,
    NewAnnouncement,
    Picture,
    Plan,
)
from bot.announcements.rules import NO_SUCH_ANNOUNCEMENT, may_see
from bot.announcements.tables import AnnouncementPictureRow, AnnouncementRow
from bot.errors import UserError

_HIDDEN = (AnnouncementState.CANCELLED, AnnouncementState.DISCARDED)


async def add(session: AsyncSession, new: NewAnnouncement) -> int:
    """Store a draft; returns its id."""
    row = AnnouncementRow(
        guild_id=new.guild_id,
        origin_id=new.origin_id,
        author_id=new.author_id,
        corrects_id=new.corrects_id,
        edits_id=new.edits_id,
        edits_revision=new.edits_revision,
        state=AnnouncementState.DRAFT,
        created_at=new.at,
        **asdict(new.content),
        **asdict(new.plan),
    )
    session.add(row)
    await session.flush()
    return row.id


async def get(
    session: AsyncSession, announcement_id: int, *, lock: bool = False
) -> Announcement | None:
    """The announcement, or None. `lock` holds it until the transaction ends."""
    query = _query().where(AnnouncementRow.id == announcement_id)
    if lock:
        query = query.with_for_update(of=AnnouncementRow)
    found = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    return _announcement(*found) if found else None


async def visible(
    session: AsyncSession, viewer: Viewer, announcement_id: int, *, lock: bool = True
) -> Announcement:
    """An announcement that the viewer may see; UserError if there is none with that id.

    `lock` holds it until the transaction ends.
    """
    found = await get(session, announcement_id, lock=lock)
    if found is None or not may_see(viewer, found):
        raise UserError(NO_SUCH_ANNOUNCEMENT)
    return found


async def change(session: AsyncSession, announcement_id: int, **values: Any) -> None:
    """Set columns of an announcement that this transaction has locked."""
    await session.execute(
        update(AnnouncementRow).where(AnnouncementRow.id == announcement_id).values(**values)
    )


async def set_state(
    session: AsyncSession, announcement_id: int, state: AnnouncementState, **values: Any
) -> None:
    await change(session, announcement_id, state=state, **values)


async def newest(
    session: AsyncSession, guild_id: int, *, author_id: int, limit: int
) -> Sequence[Announcement]:
    """A server's announcements, newest first; of drafts only the author's own."""
    rows = await session.execute(
        _query()
        .where(
            AnnouncementRow.guild_id == guild_id,
            AnnouncementRow.state.not_in(_HIDDEN),
            or_(
                AnnouncementRow.state != AnnouncementState.DRAFT,
                AnnouncementRow.author_id == author_id,
            ),
        )
        .order_by(AnnouncementRow.id.desc())
        .limit(limit)
    )
    return [_announcement(*row) for row in rows]


async def corrections(session: AsyncSession, announcement_id: int) -> Sequence[Announcement]:
    """The posted corrections of an announcement, oldest first."""
    rows = await session.execute(
        _query()
        .where(
            AnnouncementRow.corrects_id == announcement_id,
            AnnouncementRow.state == AnnouncementState.POSTED,
        )
        .order_by(AnnouncementRow.id)
    )
    return [_announcement(*row) for row in rows]


async def last_posted(session: AsyncSession, guild_id: int, title: str) -> datetime | None:
    """When a server last posted an announcement whose title starts with `title`."""
    return await session.scalar(
        select(func.max(AnnouncementRow.posted_at)).where(
            AnnouncementRow.guild_id == guild_id,
            AnnouncementRow.title.startswith(title, autoescape=True),
        )
    )


async def replace(session: AsyncSession, announcement_id: int, draft: Announcement) -> None:
    """Make a draft's content and plan the next version of an announcement; remove the draft."""
    await change(
        session,
        announcement_id,
        revision=AnnouncementRow.revision + 1,
        edited_by=draft.author_id,
        approved_by=None,
        posting_since=None,
        signed=None,
        problem=None,
        **asdict(draft.content),
        **asdict(draft.plan),
    )
    await remove_picture(session, announcement_id)
    await copy_picture(session, draft.id, announcement_id)
    await session.execute(delete(AnnouncementRow).where(AnnouncementRow.id == draft.id))


async def picture(session: AsyncSession, announcement_id: int) -> Picture | None:
    row = await session.get(AnnouncementPictureRow, announcement_id)
    return Picture(row.filename, row.data, row.alt) if row else None


async def put_picture(session: AsyncSession, announcement_id: int, found: Picture) -> None:
    """Store an announcement's picture; it replaces an earlier one."""
    await remove_picture(session, announcement_id)
    await session.execute(
        insert(AnnouncementPictureRow).values(
            announcement_id=announcement_id,
            filename=found.filename,
            alt=found.alt,
            data=found.data,
        )
    )


async def describe_picture(session: AsyncSession, announcement_id: int, alt: str) -> None:
    await session.execute(
        update(AnnouncementPictureRow)
        .where(AnnouncementPictureRow.announcement_id == announcement_id)
        .values(alt=alt)
    )


async def copy_picture(session: AsyncSession, source_id: int, target_id: int) -> None:
    """Copy the picture of one announcement, if it has one, to another that has none."""
    row = AnnouncementPictureRow
    await session.execute(
        insert(row).from_select(
            ["announcement_id", "filename", "alt", "data"],
            select(literal(target_id), row.filename, row.alt, row.data).where(
                row.announcement_id == source_id
            ),
        )
    )


async def remove_picture(session: AsyncSession, announcement_id: int) -> None:
    await session.execute(
        delete(AnnouncementPictureRow).where(
            AnnouncementPictureRow.announcement_id == announcement_id
        )
    )


def _query() -> Any:
    has_picture = exists().where(AnnouncementPictureRow.announcement_id == AnnouncementRow.id)
    return select(AnnouncementRow, has_picture.label("has_picture"))


def _announcement(row: AnnouncementRow, has_picture: bool) -> Announcement:
    request = None
    if row.request_channel_id and row.request_message_id and row.request_revision:
        request = ApprovalRequest(
            row.request_channel_id, row.request_message_id, row.request_revision
        )
    return Announcement(
        id=row.id,
        guild_id=row.guild_id,
        origin_id=row.origin_id,
        author_id=row.author_id,
        content=Content(row.title, row.body, row.link),
        plan=Plan(row.channel_id, row.role_id, row.publish, row.poll_id, row.post_at),
        state=row.state,
        revision=row.revision,
        created_at=row.created_at,
        edited_by=row.edited_by,
        decided_at=row.decided_at,
        approved_by=row.approved_by,
        posting_since=row.posting_since,
        posted_at=row.posted_at,
        message_id=row.message_id,
        late=row.late,
        signed=row.signed,
        problem=row.problem,
        corrects_id=row.corrects_id,
        edits_id=row.edits_id,
        edits_revision=row.edits_revision,
        has_picture=has_picture,
        request=request,
    )
