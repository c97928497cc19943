"""What can be done with polls. Each use case is one transaction; who may do it is decided here."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import store as modlog
from bot.polls import ballot_store as ballots
from bot.polls import reminder_store as reminders
from bot.polls import store as polls
from bot.polls.ballots import BallotBox, Entry, Receipt
from bot.polls.log_entries import not_reminded, opened
from bot.polls.messages import PollMessages
from bot.polls.model import (
    CLOSE_JOB,
    MOST_VOTES_TOLD,
    NO_SUCH_POLL,
    REMIND_JOB,
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
from bot.polls.reports import Reports, in_server
from bot.polls.rules import check_question, closing_time, require_open, require_role, voter_key
from bot.polls.visibility import EVERYTHING, Own, Report, Sight

MOST_LISTED = 100
POSTING_TAKES_AT_MOST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What a moderator asks for: a question put to a channel, on what terms, for how long.

    `lacking` are the permissions that they lack to write in the channel, as Discord names them.
    """

    channel_id: int
    question: Question
    lasts: timedelta
    terms: Terms = field(default_factory=Terms)
    lacking: Sequence[str] = ()


class PollService:
    """Polls of all servers. A poll is only ever found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._watchers: list[Callable[[set[int]], None]] = []
        self._reports = Reports()
        self._box = BallotBox(database, clock, self.tell_watchers)
        self.messages = PollMessages(database, clock)

    def watch(self, watcher: Callable[[set[int]], None]) -> None:
        """Have `watcher` called with the ids of polls whose messages are to be looked at: their
        standing ballots changed, or somebody came upon a message that lags behind."""
        self._watchers.append(watcher)

    def tell_watchers(self, poll_ids: set[int]) -> None:
        """The messages of these polls are to be looked at."""
        for watcher in self._watchers:
            watcher(poll_ids)

    def allow_opening(self, caller: Caller) -> None:
        """UserError unless the caller may open polls."""
        require_moderator(caller, "Opening a poll")

    async def open(self, caller: Caller, request: OpenRequest) -> Poll:
        """Store a new poll and the job that closes it. Posting it is up to the caller."""
        self.allow_opening(caller)
        require_in_channel(request.channel_id, request.lacking, "open a poll")
        opened_at = self._clock.now()
        draft = Draft(
            guild_id=caller.guild_id,
            channel_id=request.channel_id,
            question=request.question,
            terms=request.terms,
            lifecycle=Lifecycle(
                PollState.OPEN,
                caller.user_id,
                opened_at,
                closing_time(opened_at, request.lasts),
            ),
        )
        check_question(draft.question, draft.terms)
        try:
            async with self._database.write() as session:
                poll = await store(session, draft)
        except polls.AlreadyOpenError as error:
            # What blocks it may be a poll that the bot died over before it was posted.
            await self.discard_unposted()
            raise await self._open_already(caller.guild_id, request.question.about) from error
        return poll

    async def _open_already(self, guild_id: int, about: OutcomeRef | None) -> UserError:
        async with self._database.read() as session:
            running = about and await polls.open_poll_about(session, guild_id, about)
        where = f" here: {running.url}" if running and running.url else ""
        return UserError(
            f"A poll on this outcome is open already{where}. "
            "Close it first if you want to ask again."
        )

    async def posted(self, poll_id: int, message_id: int, audience_id: int | None = None) -> Poll:
        """Record where a poll was posted. Who may view `audience_id` may know of it; if that is
        left out, its channel."""
        async with self._database.write() as session:
            before = await polls.get(session, poll_id, lock=True)
            if before is None:
                raise UserError(NO_SUCH_POLL)
            await polls.set_message(session, poll_id, message_id, audience_id or before.channel_id)
            poll = await _found(session, poll_id)
            if before.message_id is None:
                await modlog.record(session, opened(poll))
        return poll

    async def discard(self, poll_id: int) -> None:
        """Forget a poll that could not be posted; one that somebody voted in was, and stays."""
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id, lock=True)
            if poll is None or await ballots.ballot_counts(session, [poll_id]):
                return
            await jobs.cancel(session, CLOSE_JOB, str(poll_id))
            await polls.remove(session, poll_id)

    async def discard_unposted(self) -> None:
        """Forget polls that the bot died over before their messages were posted."""
        before = self._clock.now() - POSTING_TAKES_AT_MOST
        async with self._database.read() as session:
            lost = await polls.unposted(session, before)
        for poll_id in lost:
            await self.discard(poll_id)

    async def cast(
        self,
        caller: Caller,
        poll_id: int,
        value: int,
        kinds: tuple[PollKind, ...] = tuple(PollKind),
    ) -> Receipt:
        """Store the caller's ballot, replacing an earlier one; committed when this returns.

        UserError unless the poll is of one of `kinds`, in which `value` means an answer.
        """
        return await self._box.put(
            Entry(caller.guild_id, poll_id, caller.user_id, value, caller.roles, kinds)
        )

    async def withdraw(self, caller: Caller, poll_id: int) -> Receipt:
        """Take the caller's ballot back; committed when this returns."""
        receipt = await self._box.put(Entry(caller.guild_id, poll_id, caller.user_id, None))
        if receipt.before is None:
            raise UserError("You have no ballot in this poll, so there is nothing to withdraw.")
        return receipt

    async def own(self, caller: Caller, poll_id: int) -> Own:
        """The poll as the caller may see it, and the caller's own ballot."""
        async with self._database.read() as session:
            poll = await in_server(session, poll_id, caller.guild_id)
            voter = await _voter(session, poll, caller.user_id)
            ballot = await _ballot(session, poll, voter)
            report = await self._reports.of(
                session, poll, now=self._clock.now(), has_voted=ballot is not None
            )
            hope = None
            if report.hope:
                asked = report.hope.poll
                hope = await _ballot(session, asked, await _voter(session, asked, caller.user_id))
            return Own(
                report=report,
                ballot=ballot,
                votes=await ballots.votes(session, poll.id, voter, limit=MOST_VOTES_TOLD),
                hope=hope,
                reminder=await reminders.has(session, poll.id, caller.user_id),
            )

    async def remind(self, caller: Caller, poll_id: int, wanted: bool) -> Own:
        """Have the caller reminded before the poll closes, or no more; UserError if it is late."""
        async with self._database.write() as session:
            # Held, so that the caller cannot vote meanwhile.
            poll = await in_server(session, poll_id, caller.guild_id, lock=True)
            if poll.hope_for is not None:
                raise UserError(NO_SUCH_POLL)
            require_open(poll, now := self._clock.now())
            require_role(poll, caller.roles)
            asked = await reminders.has(session, poll.id, caller.user_id)
            if wanted and not asked:
                if await _ballot(session, poll, await _voter(session, poll, caller.user_id)):
                    raise UserError(
                        "You have voted in this poll, so there is no need for a reminder."
                    )
                if now >= poll.reminds_at:
                    raise UserError("This poll closes too soon for a reminder. Vote now.")
                if not await reminders.any_for(session, poll.id):
                    await jobs.replan(session, REMIND_JOB, str(poll.id), poll.reminds_at)
                await reminders.add(session, poll.id, caller.user_id)
            elif asked and not wanted:
                await reminders.take(session, poll.id, [caller.user_id])
        return await self.own(caller, poll_id)

    async def to_remind(self, poll_id: int) -> tuple[Poll, Sequence[int]] | None:
        """An open poll and the members who asked to be reminded of it: none of them has voted.

        None, and nobody waits any more, where the poll is over.
        """
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id)
            if poll is None or not poll.is_open(self._clock.now()):
                await reminders.drop(session, poll_id)
                return None
            return poll, await reminders.waiting(session, poll_id)

    async def reminded(self, poll_id: int, user_id: int) -> None:
        """A member has been reminded, or cannot be."""
        async with self._database.write() as session:
            await reminders.take(session, poll_id, [user_id])

    async def not_reminded(self, poll_id: int) -> None:
        """Reminding of a poll is given up: have moderators told while there is time to vote."""
        async with self._database.write() as session:
            poll, now = await polls.get(session, poll_id), self._clock.now()
            left = await reminders.waiting(session, poll_id)
            if poll is not None and poll.is_open(now) and left:
                await modlog.record(session, not_reminded(poll, len(left), now))

    async def show(self, guild_id: int, poll_id: int, sight: Sight = EVERYTHING) -> Report:
        """The poll as everyone may see it; UserError for one that may not be known of."""
        async with self._database.read() as session:
            poll = await in_server(session, poll_id, guild_id, sight=sight)
            found = await self._reports.of(session, poll, now=self._clock.now())
        if poll.is_behind:
            self.tell_watchers({poll.hope_for or poll.id})
        return found

    async def find(self, guild_id: int, poll_id: int, sight: Sight = EVERYTHING) -> Poll:
        """The poll without its results; UserError for one that may not be known of."""
        async with self._database.read() as session:
            return await in_server(session, poll_id, guild_id, sight=sight)

    async def public(self, poll_id: int) -> Report | None:
        """The poll as its message shows it; None if it is gone."""
        async with self._database.read() as session:
            poll = await polls.get(session, poll_id)
            return await self._reports.of(session, poll, now=self._clock.now()) if poll else None

    async def listed(self, guild_id: int, sight: Sight = EVERYTHING) -> Sequence[tuple[Poll, int]]:
        """The server's polls with their counts of ballots: open ones first, then the newest."""
        async with self._database.read() as session:
            found = await polls.in_server(session, guild_id, sight, limit=MOST_LISTED)
            counts = await ballots.ballot_counts(session, [poll.id for poll in found])
        return [(poll, counts.get(poll.id, 0)) for poll in found]

    async def open_ones(self, guild_id: int, sight: Sight = EVERYTHING) -> Sequence[Poll]:
        """The open polls of a server."""
        async with self._database.read() as session:
            return await polls.open_polls(session, guild_id, sight)

    async def close_due(self, poll_id: int, *, late: bool) -> Poll | None:
        """Close a poll whose time has come; None if it is gone. Closing twice changes nothing.

        A poll whose time has not come stays open, to be closed then.
        """
        async with self._database.write() as session:
            poll = await polls.get(session, poll_id, lock=True)
            if poll is None:
                return None
            if poll.is_open(self._clock.now()):
                # It was extended, or the clock was set back, after this job was taken up.
                await jobs.replan(session, CLOSE_JOB, str(poll_id), poll.lifecycle.closes_at)
                return poll
            # It took no ballots after `closes_at`, however late this runs.
            await polls.mark_closed(
                session, poll_id, by=None, at=poll.lifecycle.closes_at, late=late
            )
            return await _found(session, poll_id)


async def store(session: AsyncSession, draft: Draft) -> Poll:
    """Store a new poll, the one on hopes beside it, and the job that closes them."""
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
