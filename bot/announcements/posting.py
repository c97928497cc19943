"""What the record says while an announcement is posted, so that it is posted once.

An attempt is put on record before Discord hears of it. Whatever happens then, `posting_since`
tells the next attempt that Discord may have the message already, until it is known that it has not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements import store as announcements
from bot.announcements.jobs import ASK_JOB, MARK_JOB, POST_JOB, PUBLISH_JOB, TELL_JOB
from bot.announcements.model import (
    CORRECTION,
    TOO_LATE_AFTER,
    UNDER_WAY,
    Announcement,
    AnnouncementState,
    Request,
)
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import LATE_AFTER
from bot.modlog import store as modlog
from bot.modlog.model import Entry
from bot.privacy.model import named
from bot.settings.model import ServerSettings

TRIED = (AnnouncementState.POSTING, AnnouncementState.FAILED)
# The moderator who pressed the button learns of a failure there; failing that, a little later.
ANSWER_TAKES_AT_MOST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An announcement to be posted now.

    `earlier` is when an attempt began that Discord may have accepted. `is_too_late`: only see
    whether that is so, post nothing.
    """

    announcement: Announcement
    earlier: datetime | None
    is_too_late: bool


class PostingService:
    """Carries announcements through posting. It is called by jobs, not by people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Callable[[int], ServerSettings],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._wake = wake

    async def get(self, announcement_id: int) -> Announcement | None:
        async with self._database.read() as session:
            return await announcements.get(session, announcement_id)

    async def begin(self, announcement_id: int) -> Attempt | None:
        """Put an attempt on record; None where nothing is to be posted (any more, or yet)."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or found.state not in UNDER_WAY:
                return None
            if found.due_at > now:
                # The clock was set back since the job was claimed.
                await jobs.replan(session, POST_JOB, str(found.id), found.due_at)
                return None
            behind = now - found.due_at
            signed = found.signed
            if found.posting_since is None:
                signed = self._settings(found.guild_id).name_author
            await announcements.move(
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

    async def refused(self, attempt: Attempt) -> None:
        """Discord has certainly not taken this attempt; it will be tried again."""
        async with self._database.write() as session:
            found = await self._under_way(session, attempt.announcement)
            if found is not None and found.state in UNDER_WAY and attempt.earlier is None:
                await announcements.move(
                    session, found.id, AnnouncementState.SCHEDULED, posting_since=None, signed=None
                )

    async def posted(
        self, announcement: Announcement, message_id: int, problem: str | None = None
    ) -> None:
        """Record the message that an announcement became; a second time changes nothing.

        `problem` says what is amiss with it all the same, and what to do; moderators are told.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await self._under_way(session, announcement)
            if found is None:
                return
            await announcements.move(
                session,
                found.id,
                AnnouncementState.POSTED,
                message_id=message_id,
                posted_at=now,
                posting_since=None,
                problem=problem,
            )
            await jobs.cancel(session, TELL_JOB, str(found.id))
            if problem is not None:
                await jobs.add(session, TELL_JOB, str(found.id), now)
            if found.plan.publish:
                await jobs.replan(session, PUBLISH_JOB, str(found.id), now)
            if found.corrects_id is not None:
                await jobs.replan(session, MARK_JOB, str(found.corrects_id), now)
            done = await announcements.get(session, found.id)
            assert done is not None
            await modlog.record(session, _entry(done, now))
        self._wake()

    async def failed(self, announcement_id: int, problem: str) -> None:
        """Give up on an announcement that is under way, and have the moderators told.

        `problem` says in words what went wrong and what to do.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or found.state not in UNDER_WAY:
                return
            await announcements.move(session, found.id, AnnouncementState.FAILED)
            pressed = found.plan.post_at is None
            due = now + ANSWER_TAKES_AT_MOST if pressed else now
            await self._complain(session, found, problem, due)
            await self._note(session, found, "could not post an announcement", problem)
        self._wake()

    async def told(self, announcement_id: int) -> None:
        """Somebody has been told of what went wrong, so nobody needs to be."""
        async with self._database.write() as session:
            await jobs.cancel(session, TELL_JOB, str(announcement_id))

    async def left_undone(self, announcement_id: int, act: str, problem: str) -> None:
        """What was still to be done with a posted announcement could not be; moderators are told.

        `act` words that for the log, `problem` says what went wrong and what to do.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None:
                return
            await self._complain(session, found, problem, now)
            await self._note(session, found, act, problem)
        self._wake()

    async def asked(self, announcement: Announcement, request: Request | None) -> None:
        """Record the message that asks for approval of this version; None: it is of no use now."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement.id, lock=True)
            is_stale = request is not None and not _waits(found, request.revision)
            if is_stale:
                # Decided on while it was being posted: its buttons must go.
                await jobs.replan(session, ASK_JOB, str(announcement.id), now)
            await announcements.change(
                session,
                announcement.id,
                request_channel_id=request.channel_id if request else None,
                request_message_id=request.message_id if request else None,
                request_revision=request.revision if request else None,
            )
        if is_stale:
            self._wake()

    async def nobody_asked(self, announcement: Announcement, problem: str) -> None:
        """No channel took the request for approval; the author is told what to do."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement.id, lock=True)
            if not _waits(found, announcement.revision):
                return
            await self._complain(session, announcement, problem, now)
        self._wake()

    async def lapsed(self, announcement_id: int, problem: str) -> None:
        """The time of one that waits for approval goes by; moderators are told what to do."""
        now = self._clock.now()
        async with self._database.write() as session:
            found = await announcements.get(session, announcement_id, lock=True)
            if found is None or not _waits(found, found.revision):
                return
            await self._complain(session, found, problem, now)
            await self._note(session, found, "waited in vain for approval", problem)
        self._wake()

    async def _under_way(
        self, session: AsyncSession, announcement: Announcement
    ) -> Announcement | None:
        """The announcement if an attempt on this version still counts, held: also one that was
        given up, since Discord may have had it all the same."""
        found = await announcements.get(session, announcement.id, lock=True)
        if found is None or found.state not in TRIED:
            return None
        return found if found.revision == announcement.revision else None

    async def _complain(
        self, session: AsyncSession, found: Announcement, problem: str, due_at: datetime
    ) -> None:
        """Record what is amiss, and have whoever it concerns told."""
        await announcements.change(session, found.id, problem=problem)
        await jobs.replan(session, TELL_JOB, str(found.id), due_at)

    async def _note(
        self, session: AsyncSession, found: Announcement, act: str, detail: str
    ) -> None:
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
    """Who stands behind what was posted, and how it came about."""
    details = [f"Changed by {named(posted.edited_by)}."] if posted.edited_by is not None else []
    if posted.approved_by is not None:
        details.append(f"Approved by {named(posted.approved_by)}.")
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
    """Whether an announcement still waits for approval of this version."""
    return (
        found is not None
        and found.state is AnnouncementState.WAITING
        and found.revision == revision
    )
