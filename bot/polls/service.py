"""What people can do with polls, and who may. Each use case is one transaction."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import SYSTEM, System, Viewer, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import service as modlog
from bot.polls import ballot_store as ballots
from bot.polls import reminder_store as reminders
from bot.polls import store as polls
from bot.polls.ballots import BallotBox, Entry, Receipt
from bot.polls.log_entries import not_reminded, opened, went_wrong
from bot.polls.model import (
    CLOSE_JOB,
    DISCUSS_JOB,
    MOST_VOTES_TOLD,
    NO_SUCH_POLL,
    REMIND_JOB,
    TELL_JOB,
    WARN_JOB,
    Ballot,
    Draft,
    Lifecycle,
    OutcomeRef,
    Poll,
    PollKind,
    PollState,
    Question,
    Terms,
)
from bot.polls.reports import Reports, visible
from bot.polls.rules import check_question, closing_time, require_open, require_role, voter_key
from bot.polls.visibility import Own, Report, may_know

MOST_LISTED = 100
POSTING_TAKES_AT_MOST = timedelta(minutes=10)
RESTARTED_JOBS = (CLOSE_JOB, TELL_JOB, DISCUSS_JOB)
"""Jobs that were given up if Discord or the database failed for too long."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A poll that a moderator wants to open.

    `lacking` are the names of the permissions that they lack to write in the channel.
    """

    channel_id: int
    question: Question
    lasts: timedelta
    terms: Terms = field(default_factory=Terms)
    lacking: Sequence[str] = ()


class PollService:
    """The polls of all servers. A poll is only found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._watchers: list[Callable[[set[int]], None]] = []
        self._reports = Reports()
        self._box = BallotBox(database, clock, self.tell_watchers)
        self.messages = PollMessages(database, clock)

    def watch(self, watcher: Callable[[set[int]], None]) -> None:
        """Call `watcher` with the ids of polls whose messages may need an update: ballots changed,
        or somebody used a message that is out of date."""
        self._watchers.append(watcher)

    def tell_watchers(self, poll_ids: set[int]) -> None:
        """The messages of these polls may need an update."""
        for watcher in self._watchers:
            watcher(poll_ids)

    def allow_opening(self, viewer: Viewer) -> None:
        """UserError unless the viewer may open polls."""
        require_moderator(viewer, "Opening a poll")

    async def open(self, viewer: Viewer, request: OpenRequest) -> Poll:
        """Store a new poll and the job that closes it. The calling code must then post it."""
        self.allow_opening(viewer)
        require_in_channel(request.channel_id, request.lacking, "open a poll")
        opened_at = self._clock.now()
        draft = Draft(
            guild_id=viewer.guild_id,
            channel_id=request.channel_id,
            question=request.question,
            terms=request.terms,
            lifecycle=Lifecycle(
                PollState.OPEN,
                viewer.user_id,
                opened_at,
                closing_time(opened_at, request.lasts),
            ),
        )
        check_question(draft.question, draft.terms)
        try:
            async with self._database.write() as session:
                poll = await store(session, draft)
        except polls.AlreadyOpenError as error:
            # It may be blocked by a poll that was never posted, because the bot died.
            await self.discard_unposted(SYSTEM)
            raise await self._open_already(viewer.guild_id, request.question.about) from error
        return poll

    async def _open_already(self, guild_id: int, about: OutcomeRef | None) -> UserError:
        async with self._database.read() as session:
            running = about and await polls.open_poll_about(session, guild_id, about)
        where = f" here: {running.url}" if running and running.url else ""
        return UserError(
            f"A poll on this outcome is already open{where}. "
            "Close it first if you want to ask again."
        )

    async def posted(
        self,
        viewer: Viewer | System,
        poll_id: int,
        message_id: int,
        audience_id: int | None = None,
    ) -> Poll:
        """Record where a poll was posted.

        Members who may view the channel `audience_id`, by default the poll's, may know of it.
        """
        async with self._database.write() as session:
            before = await visible(session, poll_id, viewer, lock=True)
            await polls.set_message(session, poll_id, message_id, audience_id or before.channel_id)
            poll = await _found(session, poll_id)
            if before.message_id is None:
                await modlog.record(session, opened(poll))
        return poll

    async def discard(self, viewer: Viewer | System, poll_id: int) -> None:
        """Delete a poll that could not be posted. If it has ballots it was posted, and stays."""
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id, lock=True)
            if poll is None or not may_know(viewer, poll):
                return
            if await ballots.ballot_counts(session, [poll_id]):
                return
            await jobs.cancel(session, CLOSE_JOB, str(poll_id))
            await polls.remove(session, poll_id)

    async def discard_unposted(self, system: System) -> None:
        """Delete polls that were never posted, because the bot died."""
        before = self._clock.now() - POSTING_TAKES_AT_MOST
        async with self._database.read() as session:
            lost = await polls.unposted(session, before)
        for poll_id in lost:
            await self.discard(system, poll_id)

    async def cast(
        self,
        viewer: Viewer,
        poll_id: int,
        value: int,
        kinds: tuple[PollKind, ...] = tuple(PollKind),
    ) -> Receipt:
        """Store the viewer's ballot in place of an earlier one; committed when this returns.

        UserError unless the poll is of one of `kinds` and has the answer `value`.
        """
        return await self._box.put(Entry(viewer, poll_id, value, kinds))

    async def withdraw(self, viewer: Viewer, poll_id: int) -> Receipt:
        """Withdraw the viewer's ballot; committed when this returns."""
        receipt = await self._box.put(Entry(viewer, poll_id, None))
        if receipt.before is None:
            raise UserError("You have no ballot in this poll, so there is nothing to withdraw.")
        return receipt

    async def own(self, viewer: Viewer, poll_id: int) -> Own:
        """The poll as the viewer may see it, and the viewer's own ballot."""
        async with self._database.read() as session:
            poll = await visible(session, poll_id, viewer)
            voter = await _voter(session, poll, viewer.user_id)
            ballot = await _ballot(session, poll, voter)
            report = await self._reports.of(
                session, poll, now=self._clock.now(), has_voted=ballot is not None
            )
            hope = None
            if report.hope:
                asked = report.hope.poll
                hope = await _ballot(session, asked, await _voter(session, asked, viewer.user_id))
            return Own(
                report=report,
                ballot=ballot,
                votes=await ballots.votes(session, poll.id, voter, limit=MOST_VOTES_TOLD),
                hope=hope,
                reminder=await reminders.has(session, poll.id, viewer.user_id),
            )

    async def remind(self, viewer: Viewer, poll_id: int, wanted: bool) -> Own:
        """Set or cancel the viewer's reminder of a poll; UserError if it is too late."""
        async with self._database.write() as session:
            # Locked, so that the viewer cannot vote meanwhile.
            poll = await visible(session, poll_id, viewer, lock=True)
            if poll.hope_for is not None:
                raise UserError(NO_SUCH_POLL)
            require_open(poll, now := self._clock.now())
            require_role(poll, viewer.roles)
            asked = await reminders.has(session, poll.id, viewer.user_id)
            if wanted and not asked:
                if await _ballot(session, poll, await _voter(session, poll, viewer.user_id)):
                    raise UserError(
                        "You have voted in this poll, so there is no need for a reminder."
                    )
                if now >= poll.reminds_at:
                    raise UserError("This poll closes too soon for a reminder. Vote now.")
                if not await reminders.any_for(session, poll.id):
                    await jobs.replan(session, REMIND_JOB, str(poll.id), poll.reminds_at)
                await reminders.add(session, poll.id, viewer.user_id)
            elif asked and not wanted:
                await reminders.take(session, poll.id, [viewer.user_id])
        return await self.own(viewer, poll_id)

    async def to_remind(self, system: System, poll_id: int) -> tuple[Poll, Sequence[int]] | None:
        """An open poll and the members who asked for a reminder of it. None of them has voted.

        If the poll is over, its reminders are deleted and this is None.
        """
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id)
            if poll is None or not poll.is_open(self._clock.now()):
                await reminders.drop(session, poll_id)
                return None
            return poll, await reminders.waiting(session, poll_id)

    async def reminded(self, system: System, poll_id: int, user_id: int) -> None:
        """Record that a member was reminded, or cannot be."""
        async with self._database.write() as session:
            await reminders.take(session, poll_id, [user_id])

    async def not_reminded(self, system: System, poll_id: int) -> None:
        """Tell moderators that reminders of a poll failed, while members can still vote."""
        async with self._database.write() as session:
            poll, now = await polls.get(session, poll_id), self._clock.now()
            left = await reminders.waiting(session, poll_id)
            if poll is not None and poll.is_open(now) and left:
                await modlog.record(session, not_reminded(poll, len(left), now))

    async def show(self, viewer: Viewer | System, poll_id: int) -> Report:
        """The poll as everyone may see it; UserError if the viewer may not know of it."""
        async with self._database.read() as session:
            poll = await visible(session, poll_id, viewer)
            found = await self._reports.of(session, poll, now=self._clock.now())
        if poll.is_behind:
            self.tell_watchers({poll.hope_for or poll.id})
        return found

    async def find(self, viewer: Viewer, poll_id: int) -> Poll:
        """The poll without its results; UserError if the viewer may not know of it."""
        async with self._database.read() as session:
            return await visible(session, poll_id, viewer)

    async def public(self, viewer: Viewer | System, poll_id: int) -> Report | None:
        """The poll as its message shows it; None if it is gone or the viewer may not know of it."""
        async with self._database.read() as session:
            poll = await polls.get(session, poll_id)
            if poll is None or not may_know(viewer, poll):
                return None
            return await self._reports.of(session, poll, now=self._clock.now())

    async def listed(self, viewer: Viewer) -> Sequence[tuple[Poll, int]]:
        """The polls that the viewer may know of, with their numbers of ballots.

        Open ones first, then the newest.
        """
        async with self._database.read() as session:
            found = await polls.listed(session, viewer, limit=MOST_LISTED)
            counts = await ballots.ballot_counts(session, [poll.id for poll in found])
        return [(poll, counts.get(poll.id, 0)) for poll in found]

    async def open_ones(self, viewer: Viewer) -> Sequence[Poll]:
        """The open polls that the viewer may know of."""
        async with self._database.read() as session:
            return await polls.open_polls(session, viewer)

    async def close_due(self, system: System, poll_id: int, *, late: bool) -> Poll | None:
        """Close a poll at its closing time; None if it is gone. Closing twice changes nothing.

        A poll that closes later stays open, and the job is scheduled again.
        """
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id, lock=True)
            if poll is None:
                return None
            if poll.is_open(self._clock.now()):
                # The poll was extended, or the clock was set back, after this job started.
                await jobs.replan(session, CLOSE_JOB, str(poll_id), poll.lifecycle.closes_at)
                return poll
            # It took no ballots after `closes_at`, however late this job runs.
            await polls.mark_closed(
                session, poll_id, by=None, at=poll.lifecycle.closes_at, late=late
            )
            return await _found(session, poll_id)


class PollMessages:
    """Used by the code that keeps the messages up to date, not by people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def to_refresh(self, system: System) -> set[int]:
        """Polls of all servers whose messages may be out of date: open ones, since they take votes
        until the last moment, and those that changed without their message showing it."""
        async with self._database.read() as session:
            return set(await polls.to_refresh(session))

    async def restart_jobs(self, system: System) -> None:
        """Start the jobs again that were given up."""
        async with self._database.write() as session:
            await jobs.revive(session, RESTARTED_JOBS)

    async def shown(self, system: System, poll: Poll) -> None:
        """Record that the message shows the poll as it was read, or that the message is gone."""
        if poll.is_behind:
            async with self._database.write() as session:
                await polls.mark_shown(session, poll.id, poll.revision)

    async def failed(self, system: System, poll_id: int, act: str, problem: str) -> None:
        """Warn moderators of a failure, and say what they can do.

        `act` completes "The bot ...".
        """
        now = self._clock.now()
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id, lock=True)
            if poll is None:
                return
            await polls.set_problem(session, poll_id, problem)
            await jobs.replan(session, WARN_JOB, str(poll_id), now)
            await modlog.record(session, went_wrong(poll, act, problem, now))


async def store(session: AsyncSession, draft: Draft) -> Poll:
    """Store a new poll, the poll on hopes beside it if any, and the job that closes them."""
    poll_id = await polls.add(session, draft, _secret(draft))
    if draft.terms.asks_hope:
        hope = draft.hope(poll_id)
        await polls.add(session, hope, _secret(hope))
    await jobs.add(session, CLOSE_JOB, str(poll_id), draft.lifecycle.closes_at)
    return await _found(session, poll_id)


async def _voter(session: AsyncSession, poll: Poll, user_id: int) -> str:
    return voter_key(poll.id, await polls.secret(session, poll.id), user_id)


async def _ballot(session: AsyncSession, poll: Poll, voter: str) -> Ballot | None:
    return (await ballots.standing(session, [(poll.id, voter)])).get((poll.id, voter))


def _secret(draft: Draft) -> bytes | None:
    return secrets.token_bytes(32) if draft.terms.anonymous else None


async def _found(session: AsyncSession, poll_id: int) -> Poll:
    poll = await polls.get(session, poll_id)
    if poll is None:
        raise UserError(NO_SUCH_POLL)
    return poll
