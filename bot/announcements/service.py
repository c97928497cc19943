"""Writing and reading announcements, and who may do it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer, require_moderator
from bot.announcements import store as announcements
from bot.announcements.approval import ApprovalService
from bot.announcements.delivery import DeliveryService
from bot.announcements.model import (
    POST_JOB,
    Announcement,
    AnnouncementDetails,
    AnnouncementState,
    Content,
    NewAnnouncement,
    Picture,
    Plan,
)
from bot.announcements.rules import (
    NO_SUCH_ANNOUNCEMENT,
    may_see,
    require_cancellable,
    require_draft,
    require_editable,
    require_posted,
)
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.polls.reports import visible
from bot.settings.model import ServerSettings
from bot.times import read_moment

MOST_LISTED = 200
LONGEST_AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class AnnouncementInput:
    """What was typed into the form. A `picture` of None keeps the present one."""

    content: Content
    alt: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class DraftOrigin:
    """How a new draft begins: where it is written, its plan, which posted announcement it
    corrects, or which unposted one it will replace."""

    origin_id: int
    plan: Plan
    corrects_id: int | None = None
    edits_id: int | None = None


class AnnouncementService:
    """Announcements of all servers. One is only ever found in its own server.

    `settings` gives a server's settings.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Callable[[int], ServerSettings],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self.approval = ApprovalService(database, clock)
        self.delivery = DeliveryService(database, clock, settings)

    def require_allowed(self, viewer: Viewer) -> None:
        """UserError unless the viewer may make announcements."""
        require_moderator(viewer, "Making announcements")

    def read_post_time(self, viewer: Viewer, text: str) -> datetime:
        """The time that `text` names in the server's zone; UserError if past or unreadable."""
        self.require_allowed(viewer)
        now = self._clock.now()
        found = read_moment(text, now=now, zone=self._settings(viewer.guild_id).tz)
        if found <= now:
            raise UserError(f"“{text[:80]}” is in the past. Give a time in the future.")
        if found - now > LONGEST_AHEAD:
            raise UserError(f"“{text[:80]}” is too far ahead. Give a time within a year.")
        return found

    async def draft(
        self, viewer: Viewer, typed: AnnouncementInput, start: DraftOrigin
    ) -> Announcement:
        """Store a draft, even if it cannot be posted as it is."""
        self.require_allowed(viewer)
        async with self._database.write() as session:
            if start.corrects_id is not None:
                require_posted(await announcements.visible(session, viewer, start.corrects_id))
            edited = None
            if start.edits_id is not None:
                edited = require_editable(
                    await announcements.visible(session, viewer, start.edits_id)
                )
            new = NewAnnouncement(
                guild_id=viewer.guild_id,
                origin_id=start.origin_id,
                author_id=viewer.user_id,
                content=typed.content,
                plan=start.plan,
                at=self._clock.now(),
                corrects_id=start.corrects_id,
                edits_id=start.edits_id,
                edits_revision=edited.revision if edited else None,
            )
            draft_id = await announcements.add(session, new)
            if start.edits_id is not None:
                await announcements.copy_picture(session, start.edits_id, draft_id)
            await _store_picture(session, draft_id, typed)
            return await announcements.visible(session, viewer, draft_id)

    async def change_content(
        self, viewer: Viewer, draft_id: int, typed: AnnouncementInput
    ) -> Announcement:
        """Replace the text and picture of the viewer's draft."""
        return await self._change(viewer, draft_id, typed=typed)

    async def change_plan(self, viewer: Viewer, draft_id: int, **changes: Any) -> Announcement:
        """Change fields of the plan, named as in `Plan`, of the viewer's draft."""
        return await self._change(viewer, draft_id, changes=changes)

    async def remove_picture(self, viewer: Viewer, draft_id: int) -> Announcement:
        """Remove the picture of the viewer's draft."""
        self.require_allowed(viewer)
        async with self._database.write() as session:
            draft = require_draft(await announcements.visible(session, viewer, draft_id))
            await announcements.remove_picture(session, draft.id)
            await self._next_version(session, draft)
            return await announcements.visible(session, viewer, draft.id)

    async def _change(
        self,
        viewer: Viewer,
        draft_id: int,
        *,
        typed: AnnouncementInput | None = None,
        changes: dict[str, Any] | None = None,
    ) -> Announcement:
        self.require_allowed(viewer)
        async with self._database.write() as session:
            draft = require_draft(await announcements.visible(session, viewer, draft_id))
            plan = replace(draft.plan, **(changes or {}))
            if changes and plan.poll_id is not None and "poll_id" in changes:
                await self._require_open_poll(session, viewer, plan.poll_id)
            values = asdict(plan) | (asdict(typed.content) if typed else {})
            await self._next_version(session, draft, **values)
            if typed:
                await _store_picture(session, draft.id, typed)
            return await announcements.visible(session, viewer, draft.id)

    async def _next_version(
        self, session: AsyncSession, draft: Announcement, **values: Any
    ) -> None:
        """Change a draft. What was stored about its earlier version no longer counts."""
        await announcements.change(
            session,
            draft.id,
            revision=draft.revision + 1,
            edited_at=self._clock.now(),
            edited_by=None,
            problem=None,
            **values,
        )

    async def _require_open_poll(self, session: AsyncSession, viewer: Viewer, poll_id: int) -> None:
        poll = await visible(session, poll_id, viewer)
        if not poll.is_open(self._clock.now()):
            raise UserError("This poll is closed. Attach one that is still open.")

    async def get(self, viewer: Viewer, announcement_id: int) -> Announcement:
        """An announcement as stored now; UserError if the viewer may not see it."""
        self.require_allowed(viewer)
        async with self._database.read() as session:
            return await announcements.visible(session, viewer, announcement_id, lock=False)

    async def editable(self, viewer: Viewer, announcement_id: int) -> Announcement:
        """The viewer's draft or an unposted announcement; UserError for any other."""
        found = await self.get(viewer, announcement_id)
        return found if found.state is AnnouncementState.DRAFT else require_editable(found)

    async def cancellable(self, viewer: Viewer, announcement_id: int) -> Announcement:
        """The viewer's draft or an announcement that can be stopped; UserError for any other."""
        found = await self.get(viewer, announcement_id)
        if found.state is AnnouncementState.DRAFT:
            return found
        async with self._database.read() as session:
            is_idle = await jobs.is_waiting(session, POST_JOB, str(found.id))
        return require_cancellable(found, is_idle=is_idle)

    async def correctable(self, viewer: Viewer, announcement_id: int) -> Announcement:
        """A posted announcement; UserError for any other."""
        return require_posted(await self.get(viewer, announcement_id))

    async def listed(self, viewer: Viewer) -> Sequence[Announcement]:
        """The server's announcements and the viewer's own drafts, newest first."""
        self.require_allowed(viewer)
        async with self._database.read() as session:
            found = await announcements.newest(
                session, viewer.guild_id, author_id=viewer.user_id, limit=MOST_LISTED
            )
        return [one for one in found if may_see(viewer, one)]

    async def details(
        self, viewer: Viewer | System, announcement: Announcement
    ) -> AnnouncementDetails:
        """What a reader sees of an announcement, without the attached poll.

        UserError if the viewer may not see it.
        """
        if not may_see(viewer, announcement):
            raise UserError(NO_SUCH_ANNOUNCEMENT)
        async with self._database.read() as session:
            picture = await announcements.picture(session, announcement.id)
            announcement = await _as_confirmed(session, announcement)
            corrects = (
                await announcements.get(session, announcement.corrects_id)
                if announcement.corrects_id
                else None
            )
            signed = announcement.signed
            return AnnouncementDetails(
                announcement=announcement,
                signed=self._settings(announcement.guild_id).name_author
                if signed is None
                else signed,
                picture=picture,
                corrects=corrects,
                corrections=await announcements.corrections(session, announcement.id),
            )


async def _as_confirmed(session: AsyncSession, announcement: Announcement) -> Announcement:
    """The draft of an edit as the announcement that it becomes; any other unchanged."""
    edited = (
        await announcements.get(session, announcement.edits_id) if announcement.edits_id else None
    )
    if edited is None:
        return announcement
    return replace(
        announcement,
        author_id=edited.author_id,
        edited_by=announcement.author_id,
        corrects_id=edited.corrects_id,
    )


async def _store_picture(
    session: AsyncSession, announcement_id: int, typed: AnnouncementInput
) -> None:
    """Store the new picture, or the new description of the present one."""
    if typed.picture is not None:
        await announcements.put_picture(session, announcement_id, typed.picture)
    else:
        await announcements.describe_picture(session, announcement_id, typed.alt)
