"""Records each attempt to post an announcement, so that it is posted once.

An attempt is stored before anything is sent to Discord. If the bot stops or the connection breaks
after that, `posting_since` tells the next attempt that Discord may have the message already.
`cogs.announcements.delivery` does the sending.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer
from bot.announcements import store as announcements
from bot.announcements.model import (
    CORRECTION,
    MARK_CORRECTED_JOB,
    POST_JOB,
    PUBLISH_JOB,
    REPORT_PROBLEM_JOB,
    REQUEST_APPROVAL_JOB,
    TO_BE_POSTED,
    TOO_LATE_AFTER,
    Announcement,
    AnnouncementState,
    ApprovalRequest,
)
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import LATE_AFTER
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.settings.model import ServerSettings
from bot.text import member

ATTEMPTED = (AnnouncementState.POSTING, AnnouncementState.FAILED)
# The moderator who pressed the button usually reads of a failure in the reply to that.
REPLY_TAKES_AT_MOST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An announcement to be posted now.

    `earlier`: when an attempt began that Discord may have accepted. `is_too_late`: only look for
    that message, post nothing.
    """

    announcement: Announcement
    earlier: datetime | None
    is_too_late: bool


class DeliveryService:
    """Keeps the state of announcements while they are posted. Jobs call it, not people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Callable[[int], ServerSettings],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    async def get(self, system: System, announcement_id: int) -> Announcement | None:
        async with self._database.read() as session:
            return await announcements.get(session, announcement_id)

    async def begin(self, system: System, announcement_id: int) -> Attempt | None:
        """Store that an attempt begins; None if there is nothing to post now."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or found.state not in TO_BE_POSTED:
                return None
            if found.due_at > now:
                # The clock was set back after the job was claimed.
                await jobs.replan(session, POST_JOB, str(found.id), found.due_at)
                return None
            behind = now - found.due_at
            signed = found.signed
            if found.posting_since is None:
                signed = self._settings(found.guild_id).name_author
            await announcements.set_state(
                session,
                found.id,
                AnnouncementState.POSTING,
                posting_since=found.posting_since or now,
                late=behind > LATE_AFTER,
                signed=signed,
            )
            begun = await announcements.get(session, found.id)
        assert begun is not None
        return Attempt(begun, found.posting_since, behind > TOO_LATE_AFTER)

    async def attempt_refused(self, system: System, attempt: Attempt) -> None:
        """Store that Discord did not accept this attempt. The job will try again."""
        async with self._database.write() as session:
            found = await self._attempted(session, attempt.announcement)
            if found is not None and found.state in TO_BE_POSTED and attempt.earlier is None:
                await announcements.set_state(
                    session, found.id, AnnouncementState.SCHEDULED, posting_since=None, signed=None
                )

    async def posted(
        self,
        system: System,
        announcement: Announcement,
        message_id: int,
        problem: str | None = None,
    ) -> None:
        """Store the message that was posted; storing it again changes nothing.

        `problem`: what is wrong with the posted message and what to do. It is reported to the
        moderators.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await self._attempted(session, announcement)
            if found is None:
                return
            await announcements.set_state(
                session,
                found.id,
                AnnouncementState.POSTED,
                message_id=message_id,
                posted_at=now,
                posting_since=None,
                problem=problem,
            )
            await jobs.cancel(session, REPORT_PROBLEM_JOB, str(found.id))
            if problem is not None:
                await jobs.add(session, REPORT_PROBLEM_JOB, str(found.id), now)
            if found.plan.publish:
                await jobs.replan(session, PUBLISH_JOB, str(found.id), now)
            if found.corrects_id is not None:
                await jobs.replan(session, MARK_CORRECTED_JOB, str(found.corrects_id), now)
            done = await announcements.get(session, found.id)
            assert done is not None
            await modlog.record(session, _entry(done, now))

    async def failed(self, system: System, announcement_id: int, problem: str) -> None:
        """Stop trying to post an announcement, and report it to the moderators.

        `problem`: what went wrong and what to do.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or found.state not in TO_BE_POSTED:
                return
            await announcements.set_state(session, found.id, AnnouncementState.FAILED)
            is_awaited = found.plan.post_at is None
            due = now + REPLY_TAKES_AT_MOST if is_awaited else now
            await self._report_problem(session, found, problem, due)
            await self._log(session, found, "could not post an announcement", problem)

    async def problem_seen(self, viewer: Viewer, announcement_id: int) -> None:
        """A moderator has read what went wrong, so it is not reported again."""
        async with self._database.write() as session:
            await jobs.cancel(session, REPORT_PROBLEM_JOB, str(announcement_id))

    async def follow_up_failed(
        self, system: System, announcement_id: int, act: str, problem: str
    ) -> None:
        """Report that a posted announcement could not be published or marked as corrected.

        `act`: the wording for the log. `problem`: what went wrong and what to do.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None:
                return
            await self._report_problem(session, found, problem, now)
            await self._log(session, found, act, problem)

    async def request_posted(
        self, system: System, announcement: Announcement, request: ApprovalRequest | None
    ) -> None:
        """Store the message that asks for approval of this version; None if there is none now."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement.id, lock=True)
            is_stale = request is not None and not _waits(found, request.revision)
            if is_stale:
                # Somebody decided while the request was being posted: its buttons must go.
                await jobs.replan(session, REQUEST_APPROVAL_JOB, str(announcement.id), now)
            await announcements.change(
                session,
                announcement.id,
                request_channel_id=request.channel_id if request else None,
                request_message_id=request.message_id if request else None,
                request_revision=request.revision if request else None,
            )

    async def request_failed(
        self, system: System, announcement: Announcement, problem: str
    ) -> None:
        """Report to the author that the request for approval could not be posted anywhere."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement.id, lock=True)
            if not _waits(found, announcement.revision):
                return
            await self._report_problem(session, announcement, problem, now)

    async def approval_expired(self, system: System, announcement_id: int, problem: str) -> None:
        """Report that the posting time passed before anybody approved."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or not _waits(found, found.revision):
                return
            await self._report_problem(session, found, problem, now)
            await self._log(session, found, "waited in vain for approval", problem)

    async def _attempted(
        self, session: AsyncSession, announcement: Announcement
    ) -> Announcement | None:
        """The announcement, locked, if an attempt to post this version can still succeed.

        That includes one that was given up, since Discord may have accepted it nevertheless.
        """
        found = await announcements.get(session, announcement.id, lock=True)
        if found is None or found.state not in ATTEMPTED:
            return None
        return found if found.revision == announcement.revision else None

    async def _report_problem(
        self, session: AsyncSession, found: Announcement, problem: str, due_at: datetime
    ) -> None:
        """Store what is wrong and add the job that reports it."""
        await announcements.change(session, found.id, problem=problem)
        await jobs.replan(session, REPORT_PROBLEM_JOB, str(found.id), due_at)

    async def _log(self, session: AsyncSession, found: Announcement, act: str, detail: str) -> None:
        entry = Entry(
            guild_id=found.guild_id,
            by=None,
            at=self._clock.now(),
            act=act,
            subject=found.content.title,
            url=found.url,
            detail=detail,
        )
        await modlog.record(session, entry)


def _entry(posted: Announcement, now: datetime) -> Entry:
    """The log entry of a posted announcement: who wrote, changed and approved it."""
    details = [f"Changed by {member(posted.edited_by)}."] if posted.edited_by is not None else []
    if posted.approved_by is not None:
        details.append(f"Approved by {member(posted.approved_by)}.")
    if posted.late:
        details.append(f"Late: it was due <t:{int(posted.due_at.timestamp())}:F>.")
    if posted.problem is not None:
        details.append(posted.problem)
    act = "posted a correction" if posted.corrects_id else "posted an announcement"
    return Entry(
        guild_id=posted.guild_id,
        by=posted.author_id,
        at=now,
        act=act,
        subject=posted.content.title.removeprefix(CORRECTION),
        url=posted.url,
        detail=" ".join(details),
    )


def _waits(found: Announcement | None, revision: int) -> bool:
    """Whether this version still waits for approval."""
    return (
        found is not None
        and found.state is AnnouncementState.WAITING
        and found.revision == revision
    )
