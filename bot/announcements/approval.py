"""Confirming, approving, declining and cancelling announcements, and who may do it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer, require_moderator
from bot.announcements import store as announcements
from bot.announcements.model import (
    APPROVAL_EXPIRY_JOB,
    POST_JOB,
    REPORT_PROBLEM_JOB,
    REQUEST_APPROVAL_JOB,
    Announcement,
    AnnouncementState,
    PostingConditions,
)
from bot.announcements.rules import (
    posting_problems,
    require_cancellable,
    require_current,
    require_draft,
    require_editable,
    require_unchanged,
    require_waiting,
)
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.settings import service as settings
from bot.text import DELETED_MEMBER, mention, refuse_hidden

YOUR_OWN = "You wrote this announcement, so another moderator has to approve it."
AUTHOR_DELETED = (
    "The author of this had their data deleted, so I cannot check that somebody else approves it. "
    "Use `/announce edit` to make it yours. Another moderator can then approve it."
)
YOUR_DRAFT = "It is your draft again: `/announce edit` changes it."


class ApprovalService:
    """Decides what becomes of an announcement. Each use case is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def confirm(
        self, viewer: Viewer, draft_id: int, revision: int, conditions: PostingConditions
    ) -> Announcement:
        """Schedule a draft, or ask for approval where the server requires a second moderator.

        UserError if `conditions` forbid it, or if `revision`, which the viewer has seen, is not
        the current one. The draft of an edit replaces the announcement that it edits, which keeps
        its id.
        """
        _require_moderator(viewer)
        async with self._database.write() as session:
            draft = require_draft(await announcements.visible(session, viewer, draft_id))
            require_current(draft, revision)
            for problem in posting_problems(draft, conditions, self._clock.now()):
                raise UserError(problem)
            target = draft
            if draft.edits_id is not None:
                target = require_editable(
                    await announcements.visible(session, viewer, draft.edits_id)
                )
                require_unchanged(draft, target)
                await announcements.replace(session, target.id, draft)
            if (await settings.read(session, viewer.guild_id)).second_approval:
                await self._request_approval(session, viewer, target.id)
            else:
                await self._schedule(session, viewer, target.id, is_edit=target is not draft)
            return await announcements.visible(session, viewer, target.id)

    async def _request_approval(
        self, session: AsyncSession, viewer: Viewer, announcement_id: int
    ) -> None:
        now = self._clock.now()
        await announcements.set_state(
            session, announcement_id, AnnouncementState.WAITING, decided_at=now, problem=None
        )
        await jobs.cancel(session, POST_JOB, str(announcement_id))
        await jobs.replan(session, REQUEST_APPROVAL_JOB, str(announcement_id), now)
        found = await announcements.visible(session, viewer, announcement_id)
        await jobs.cancel(session, APPROVAL_EXPIRY_JOB, str(found.id))
        if found.plan.post_at is not None:
            await jobs.add(session, APPROVAL_EXPIRY_JOB, str(found.id), found.plan.post_at)
        await self._record(session, viewer, found, "asked for approval of an announcement")

    async def _schedule(
        self, session: AsyncSession, viewer: Viewer, announcement_id: int, *, is_edit: bool
    ) -> None:
        now = self._clock.now()
        await announcements.set_state(
            session, announcement_id, AnnouncementState.SCHEDULED, decided_at=now, problem=None
        )
        found = await announcements.visible(session, viewer, announcement_id)
        await jobs.replan(session, POST_JOB, str(found.id), found.due_at)
        await self._refresh_request(session, found)
        if is_edit or found.plan.post_at is not None:
            act = "changed an announcement" if is_edit else "scheduled an announcement"
            await self._record(session, viewer, found, act)

    async def approve(self, viewer: Viewer, announcement_id: int, revision: int) -> Announcement:
        """Schedule exactly `revision`; UserError if the viewer wrote or changed it."""
        _require_moderator(viewer)
        async with self._database.write() as session:
            found = require_waiting(await announcements.visible(session, viewer, announcement_id))
            require_current(found, revision)
            if not found.may_approve(viewer.user_id):
                raise UserError(
                    YOUR_OWN
                    if viewer.user_id in (found.author_id, found.edited_by)
                    else AUTHOR_DELETED
                )
            now = self._clock.now()
            if found.plan.post_at is not None and found.plan.post_at <= now:
                raise UserError("The posting time is past. Use `/announce edit` to give another.")
            await announcements.set_state(
                session,
                found.id,
                AnnouncementState.SCHEDULED,
                approved_by=viewer.user_id,
                decided_at=now,
                problem=None,
            )
            await jobs.cancel(session, REPORT_PROBLEM_JOB, str(found.id))
            approved = await announcements.visible(session, viewer, found.id)
            await jobs.replan(session, POST_JOB, str(found.id), approved.due_at)
            await self._refresh_request(session, approved)
            await self._record(session, viewer, approved, "approved an announcement")
        return approved

    async def decline(
        self, viewer: Viewer, announcement_id: int, revision: int, reason: str
    ) -> Announcement:
        """Return exactly `revision` to its author as a draft and report the reason to them.

        A deleted member's announcement is discarded instead.
        """
        _require_moderator(viewer)
        refuse_hidden(reason, "The reason")
        async with self._database.write() as session:
            found = require_waiting(await announcements.visible(session, viewer, announcement_id))
            require_current(found, revision)
            said = f": {reason.strip()}" if reason.strip() else "."
            declined = f"{mention(viewer.user_id)} declined it{said}"
            if found.author_id == DELETED_MEMBER:
                await self._remove(session, found, AnnouncementState.DISCARDED, problem=declined)
            else:
                await announcements.set_state(
                    session, found.id, AnnouncementState.DRAFT, problem=f"{declined} {YOUR_DRAFT}"
                )
                await announcements.change(session, found.id, decided_at=self._clock.now())
                await jobs.replan(session, REPORT_PROBLEM_JOB, str(found.id), self._clock.now())
            await self._refresh_request(session, found)
            await self._record(
                session, viewer, found, "declined an announcement", detail=reason.strip()
            )
        return found

    async def discard(self, viewer: Viewer, draft_id: int) -> None:
        """Remove a draft; UserError if it is no longer one."""
        _require_moderator(viewer)
        async with self._database.write() as session:
            found = require_draft(await announcements.visible(session, viewer, draft_id))
            await self._remove(session, found, AnnouncementState.DISCARDED)

    async def cancel(self, viewer: Viewer, announcement_id: int) -> Announcement:
        """Stop an announcement before it is posted; UserError if that is too late.

        If an attempt to post it has failed, Discord may have the message nevertheless.
        """
        _require_moderator(viewer)
        async with self._database.write() as session:
            found = await announcements.visible(session, viewer, announcement_id)
            is_idle = await jobs.is_waiting(session, POST_JOB, str(found.id), lock=True)
            require_cancellable(found, is_idle=is_idle)
            await self._remove(session, found, AnnouncementState.CANCELLED)
            await jobs.cancel(session, POST_JOB, str(found.id))
            await self._refresh_request(session, found)
            await self._record(session, viewer, found, "cancelled an announcement")
        return found

    async def _remove(
        self, session: AsyncSession, found: Announcement, state: AnnouncementState, **values: Any
    ) -> None:
        await announcements.set_state(session, found.id, state, **values)
        await announcements.remove_picture(session, found.id)

    async def _refresh_request(self, session: AsyncSession, found: Announcement) -> None:
        """Have the message that asked for approval updated: approval is no longer awaited."""
        await jobs.cancel(session, APPROVAL_EXPIRY_JOB, str(found.id))
        await jobs.cancel(session, REQUEST_APPROVAL_JOB, str(found.id))
        if found.request is not None:
            await jobs.add(session, REQUEST_APPROVAL_JOB, str(found.id), self._clock.now())

    async def _record(
        self, session: AsyncSession, viewer: Viewer, found: Announcement, act: str, detail: str = ""
    ) -> None:
        when = found.plan.post_at
        if not detail and when is not None and found.state is AnnouncementState.SCHEDULED:
            detail = f"To be posted <t:{int(when.timestamp())}:F>."
        entry = Entry(
            guild_id=viewer.guild_id,
            by=viewer.user_id,
            at=self._clock.now(),
            act=act,
            subject=found.content.title,
            detail=detail,
        )
        await modlog.record(session, entry)


def _require_moderator(viewer: Viewer) -> None:
    require_moderator(viewer, "Making announcements")
