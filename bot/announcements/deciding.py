"""Letting announcements go, and stopping them. Who may do it is decided here."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_moderator
from bot.announcements import finding
from bot.announcements import store as announcements
from bot.announcements.finding import in_server
from bot.announcements.jobs import ASK_JOB, LAPSE_JOB, POST_JOB, TELL_JOB
from bot.announcements.model import Announcement, AnnouncementState, require_current
from bot.announcements.outlook import Outlook, problems
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import store as modlog
from bot.modlog.model import Entry
from bot.privacy.model import DELETED_MEMBER, mention, named
from bot.settings import store as servers

YOURS = "You wrote this announcement, so another moderator has to approve it."
NOBODY_KNOWS = (
    "Whoever wrote this had their data deleted, so nobody can tell any more who may approve it. "
    "Use `/announce edit` to make it yours; another moderator can then approve it."
)
YOUR_DRAFT = "It is your draft again: `/announce edit` changes it."


class DecisionService:
    """What a button under a preview or a request does. Each is one transaction."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    async def let_go(
        self, caller: Caller, draft_id: int, revision: int, outlook: Outlook
    ) -> Announcement:
        """Have a draft posted when its time comes; where the server wants that, ask for approval.

        `outlook` is how things are for the caller now. UserError if that forbids it, or if
        `revision`, which the caller has seen, is not the current one. The draft of an edit takes
        the place of what it edits, whose id goes on.
        """
        _require_moderator(caller)
        async with self._database.write() as session:
            draft = finding.draft(await in_server(session, caller, draft_id))
            require_current(draft, revision)
            for problem in problems(draft, outlook, self._clock.now()):
                raise UserError(problem)
            target = draft
            if draft.edits_id is not None:
                target = finding.unposted(await in_server(session, caller, draft.edits_id))
                _require_unchanged(draft, target)
                await announcements.replace(session, target.id, draft)
            if (await servers.get(session, caller.guild_id)).second_approval:
                await self._ask(session, caller, target.id)
            else:
                await self._schedule(session, caller, target.id, is_edit=target is not draft)
            decided = await in_server(session, caller, target.id)
        self._wake()
        return decided

    async def _ask(self, session: AsyncSession, caller: Caller, announcement_id: int) -> None:
        now = self._clock.now()
        await announcements.move(
            session, announcement_id, AnnouncementState.WAITING, decided_at=now, problem=None
        )
        await jobs.cancel(session, POST_JOB, str(announcement_id))
        await jobs.replan(session, ASK_JOB, str(announcement_id), now)
        found = await in_server(session, caller, announcement_id)
        await jobs.cancel(session, LAPSE_JOB, str(found.id))
        if found.plan.post_at is not None:
            await jobs.add(session, LAPSE_JOB, str(found.id), found.plan.post_at)
        await self._record(session, caller, found, "asked for approval of an announcement")

    async def _schedule(
        self, session: AsyncSession, caller: Caller, announcement_id: int, *, is_edit: bool
    ) -> None:
        now = self._clock.now()
        await announcements.move(
            session, announcement_id, AnnouncementState.SCHEDULED, decided_at=now, problem=None
        )
        found = await in_server(session, caller, announcement_id)
        await jobs.replan(session, POST_JOB, str(found.id), found.due_at)
        await self._refresh_request(session, found)
        if is_edit or found.plan.post_at is not None:
            act = "changed an announcement" if is_edit else "scheduled an announcement"
            await self._record(session, caller, found, act)

    async def approve(self, caller: Caller, announcement_id: int, revision: int) -> Announcement:
        """Let exactly `revision` go, as somebody who had no hand in it; UserError otherwise."""
        _require_moderator(caller)
        async with self._database.write() as session:
            found = finding.waiting(await in_server(session, caller, announcement_id))
            require_current(found, revision)
            if not found.may_approve(caller.user_id):
                raise UserError(
                    YOURS if caller.user_id in (found.author_id, found.edited_by) else NOBODY_KNOWS
                )
            now = self._clock.now()
            if found.plan.post_at is not None and found.plan.post_at <= now:
                raise UserError(
                    "The time it was to be posted at is past. Use `/announce edit` to give another."
                )
            await announcements.move(
                session,
                found.id,
                AnnouncementState.SCHEDULED,
                approved_by=caller.user_id,
                decided_at=now,
                problem=None,
            )
            await jobs.cancel(session, TELL_JOB, str(found.id))
            approved = await in_server(session, caller, found.id)
            await jobs.replan(session, POST_JOB, str(found.id), approved.due_at)
            await self._refresh_request(session, approved)
            await self._record(session, caller, approved, "approved an announcement")
        self._wake()
        return approved

    async def decline(
        self, caller: Caller, announcement_id: int, revision: int, reason: str
    ) -> Announcement:
        """Give exactly `revision` back to its author as a draft, who is told why; a deleted
        member's is discarded."""
        _require_moderator(caller)
        async with self._database.write() as session:
            found = finding.waiting(await in_server(session, caller, announcement_id))
            require_current(found, revision)
            said = f": {reason.strip()}" if reason.strip() else "."
            declined = f"{mention(caller.user_id)} declined it{said}"
            if found.author_id == DELETED_MEMBER:
                await self._drop(session, found, AnnouncementState.DISCARDED, problem=declined)
            else:
                await announcements.move(
                    session, found.id, AnnouncementState.DRAFT, problem=f"{declined} {YOUR_DRAFT}"
                )
                await announcements.change(session, found.id, decided_at=self._clock.now())
                await jobs.replan(session, TELL_JOB, str(found.id), self._clock.now())
            await self._refresh_request(session, found)
            await self._record(
                session, caller, found, "declined an announcement", detail=reason.strip()
            )
        self._wake()
        return found

    async def discard(self, caller: Caller, draft_id: int) -> None:
        """Drop a draft; UserError if it is none any more."""
        _require_moderator(caller)
        async with self._database.write() as session:
            found = finding.draft(await in_server(session, caller, draft_id))
            await self._drop(session, found, AnnouncementState.DISCARDED)

    async def cancel(self, caller: Caller, announcement_id: int) -> Announcement:
        """Have what is yet to be posted never posted; UserError if that is too late.

        Where attempts at posting it have failed, Discord may have it all the same.
        """
        _require_moderator(caller)
        async with self._database.write() as session:
            found = await in_server(session, caller, announcement_id)
            rests = await jobs.is_waiting(session, POST_JOB, str(found.id), lock=True)
            finding.cancellable(found, is_resting=rests)
            await self._drop(session, found, AnnouncementState.CANCELLED)
            await jobs.cancel(session, POST_JOB, str(found.id))
            await self._refresh_request(session, found)
            await self._record(session, caller, found, "cancelled an announcement")
        self._wake()
        return found

    async def _drop(
        self, session: AsyncSession, found: Announcement, state: AnnouncementState, **values: Any
    ) -> None:
        await announcements.move(session, found.id, state, **values)
        await announcements.drop_picture(session, found.id)

    async def _refresh_request(self, session: AsyncSession, found: Announcement) -> None:
        """It waits no more: have the message that asks for approval say how things are."""
        await jobs.cancel(session, LAPSE_JOB, str(found.id))
        await jobs.cancel(session, ASK_JOB, str(found.id))
        if found.request is not None:
            await jobs.add(session, ASK_JOB, str(found.id), self._clock.now())

    async def _record(
        self, session: AsyncSession, caller: Caller, found: Announcement, act: str, detail: str = ""
    ) -> None:
        when = found.plan.post_at
        if not detail and when is not None and found.state is AnnouncementState.SCHEDULED:
            detail = f"To be posted <t:{int(when.timestamp())}:F>."
        entry = Entry(
            guild_id=caller.guild_id,
            by=caller.user_id,
            at=self._clock.now(),
            act=act,
            subject=found.content.title,
            detail=detail,
        )
        await modlog.record(session, entry)


def _require_unchanged(edit: Announcement, target: Announcement) -> None:
    """UserError if somebody else's change came between an edit and its confirmation."""
    if edit.edits_revision not in (None, target.revision):
        who = named(target.author_id if target.edited_by is None else target.edited_by)
        raise UserError(
            f"{who[0].upper()}{who[1:]} has changed this announcement since you began, so your "
            "change is not made. Use `/announce edit` to set out from how it is now; what you "
            "wrote stays in `/announce list`."
        )


def _require_moderator(caller: Caller) -> None:
    require_moderator(caller, "Making announcements")
