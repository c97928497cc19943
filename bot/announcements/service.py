"""Writing and reading announcements. Who may do it is decided here."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_moderator
from bot.announcements import finding
from bot.announcements import store as announcements
from bot.announcements.deciding import DecisionService
from bot.announcements.finding import in_server
from bot.announcements.jobs import POST_JOB
from bot.announcements.model import Announcement, AnnouncementState, Content, Plan, Shown
from bot.announcements.pictures import Picture
from bot.announcements.posting import PostingService
from bot.announcements.store import New
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.polls import store as polls
from bot.polls.model import NO_SUCH_POLL
from bot.settings.model import ServerSettings
from bot.times import read_moment

MOST_LISTED = 200
LONGEST_AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form. A `picture` of None leaves the one there is as it is."""

    content: Content
    alt: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What a new draft sets out from: where it is written and its plan; and which posted
    announcement it corrects, or which one that is yet to be posted it is to replace."""

    origin_id: int
    plan: Plan
    corrects_id: int | None = None
    edits_id: int | None = None


class AnnouncementService:
    """Announcements of all servers. One is only ever found in its own server.

    `settings` gives a server's settings; `wake` is called when there is earlier timed work.
    """

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
        self.decisions = DecisionService(database, clock, wake)
        self.posting = PostingService(database, clock, settings, wake)

    def allow(self, caller: Caller) -> None:
        """UserError unless the caller may make announcements."""
        require_moderator(caller, "Making announcements")

    def moment(self, caller: Caller, text: str) -> datetime:
        """The instant that `text` names in the server's zone; UserError if past or unreadable."""
        self.allow(caller)
        now = self._clock.now()
        found = read_moment(text, now=now, zone=self._settings(caller.guild_id).tz)
        if found <= now:
            raise UserError(f"“{text[:80]}” is past. Give a time in the future.")
        if found - now > LONGEST_AHEAD:
            raise UserError(f"“{text[:80]}” is too far off. Give a time within a year.")
        return found

    async def draft(self, caller: Caller, typed: Typed, start: Start) -> Announcement:
        """Store what was typed, whether or not it can be posted; nothing is posted."""
        self.allow(caller)
        async with self._database.write() as session:
            if start.corrects_id is not None:
                finding.posted(await in_server(session, caller, start.corrects_id))
            edited = None
            if start.edits_id is not None:
                edited = finding.unposted(await in_server(session, caller, start.edits_id))
            new = New(
                guild_id=caller.guild_id,
                origin_id=start.origin_id,
                author_id=caller.user_id,
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
            await _illustrate(session, draft_id, typed)
            return await in_server(session, caller, draft_id)

    async def rewrite(self, caller: Caller, draft_id: int, typed: Typed) -> Announcement:
        """Replace what a draft of the caller's says."""
        return await self._change(caller, draft_id, typed=typed)

    async def replan(self, caller: Caller, draft_id: int, **changes: Any) -> Announcement:
        """Change some of the plan of a draft of the caller's, named as in `Plan`."""
        return await self._change(caller, draft_id, changes=changes)

    async def drop_picture(self, caller: Caller, draft_id: int) -> Announcement:
        """Take the picture out of a draft of the caller's."""
        self.allow(caller)
        async with self._database.write() as session:
            draft = finding.draft(await in_server(session, caller, draft_id))
            await announcements.drop_picture(session, draft.id)
            await self._next_version(session, draft)
            return await in_server(session, caller, draft.id)

    async def _change(
        self,
        caller: Caller,
        draft_id: int,
        *,
        typed: Typed | None = None,
        changes: dict[str, Any] | None = None,
    ) -> Announcement:
        self.allow(caller)
        async with self._database.write() as session:
            draft = finding.draft(await in_server(session, caller, draft_id))
            plan = replace(draft.plan, **(changes or {}))
            if changes and plan.poll_id is not None and "poll_id" in changes:
                await self._require_open_poll(session, caller, plan.poll_id)
            values = asdict(plan) | (asdict(typed.content) if typed else {})
            await self._next_version(session, draft, **values)
            if typed:
                await _illustrate(session, draft.id, typed)
            return await in_server(session, caller, draft.id)

    async def _next_version(
        self, session: AsyncSession, draft: Announcement, **values: Any
    ) -> None:
        """Change a draft: what was said of its earlier version, and who changed that, is over."""
        await announcements.change(
            session,
            draft.id,
            revision=draft.revision + 1,
            edited_at=self._clock.now(),
            edited_by=None,
            problem=None,
            **values,
        )

    async def _require_open_poll(self, session: AsyncSession, caller: Caller, poll_id: int) -> None:
        poll = await polls.get(session, poll_id)
        if poll is None or poll.guild_id != caller.guild_id:
            raise UserError(NO_SUCH_POLL)
        if not poll.is_open(self._clock.now()):
            raise UserError("This poll is closed. Attach one that members can still vote in.")

    async def look(self, caller: Caller, announcement_id: int) -> Announcement:
        """An announcement as it is now; UserError if the caller may not see it."""
        self.allow(caller)
        async with self._database.read() as session:
            return await in_server(session, caller, announcement_id, lock=False)

    async def to_edit(self, caller: Caller, announcement_id: int) -> Announcement:
        """A draft of the caller's, or what is yet to be posted; UserError for any other."""
        found = await self.look(caller, announcement_id)
        return found if found.state is AnnouncementState.DRAFT else finding.unposted(found)

    async def to_cancel(self, caller: Caller, announcement_id: int) -> Announcement:
        """A draft of the caller's, or what may be kept from being posted; UserError for others."""
        found = await self.look(caller, announcement_id)
        if found.state is AnnouncementState.DRAFT:
            return found
        async with self._database.read() as session:
            rests = await jobs.is_waiting(session, POST_JOB, str(found.id))
        return finding.cancellable(found, is_resting=rests)

    async def to_correct(self, caller: Caller, announcement_id: int) -> Announcement:
        """A posted announcement; UserError for any other."""
        return finding.posted(await self.look(caller, announcement_id))

    async def listed(self, caller: Caller) -> Sequence[Announcement]:
        """The server's announcements and the caller's own drafts, newest first."""
        self.allow(caller)
        async with self._database.read() as session:
            found = await announcements.listed(
                session, caller.guild_id, author_id=caller.user_id, limit=MOST_LISTED
            )
        return [one for one in found if finding.may_see(caller, one)]

    async def shown(self, announcement: Announcement) -> Shown:
        """What a reader sees of it, except for the attached poll."""
        async with self._database.read() as session:
            picture = await announcements.picture(session, announcement.id)
            announcement = await _as_confirmed(session, announcement)
            corrects = (
                await announcements.get(session, announcement.corrects_id)
                if announcement.corrects_id
                else None
            )
            signed = announcement.signed
            return Shown(
                announcement=announcement,
                signed=self._settings(announcement.guild_id).name_author
                if signed is None
                else signed,
                picture=picture,
                corrects=corrects,
                corrections=await announcements.corrections(session, announcement.id),
            )


async def _as_confirmed(session: AsyncSession, announcement: Announcement) -> Announcement:
    """The draft of an edit as what it replaces will be; any other announcement as it is."""
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


async def _illustrate(session: AsyncSession, announcement_id: int, typed: Typed) -> None:
    """Store the new picture, or the new words for the old one."""
    if typed.picture is not None:
        await announcements.put_picture(session, announcement_id, typed.picture)
    else:
        await announcements.describe_picture(session, announcement_id, typed.alt)
