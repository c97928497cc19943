"""Closing, extending, resolving, annulling: proposed, confirmed, told. Who may is decided here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import TELL_JOB as TELL_DISCUSSION_JOB
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import store as modlog
from bot.polls import actions_store as actions
from bot.polls import reminders_store as reminders
from bot.polls import store as polls
from bot.polls.actions import Action, ActionKind, Proposal, check
from bot.polls.jobs import CLOSE_JOB, REMIND_JOB, TELL_JOB
from bot.polls.model import NO_SUCH_POLL, Poll, PollKind, PollState, Verdict
from bot.polls.reading import in_server
from bot.polls.record import done
from bot.polls.scoring.scores import Life, Score, scores

SCORES_AT_ONCE = 5_000
DISCUSSED = frozenset({ActionKind.RESOLVE, ActionKind.ANNUL, ActionKind.UNRESOLVE})
"""What those who discuss a poll's issue are told of."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What awaits its confirmation, and how many forecasters' scores it gives or takes."""

    action: Action
    poll: Poll
    scored: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A confirmed action, the poll as it is since, and the scores that a resolution gave."""

    action: Action
    poll: Poll
    scores: dict[str, Score]

    @property
    def is_undone(self) -> bool:
        """Whether this ruled on the poll and does no more: telling it now would mislead."""
        rules = self.action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL)
        return rules and self.poll.ruling_id != self.action.id


class SettlingService:
    """`wake` is called when there is earlier timed work than before."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    def allow(self, caller: Caller) -> None:
        """UserError unless the caller may close, extend, resolve and annul polls."""
        require_moderator(caller, "Closing, extending or resolving a poll")

    async def propose(self, caller: Caller, proposal: Proposal) -> Proposed:
        """Put a proposal on record, to be confirmed; UserError if it cannot be done."""
        self.allow(caller)
        now = self._clock.now()
        async with self._database.write() as session:
            poll = await _to_rule_on(session, proposal.poll_id, caller)
            check(proposal, poll, now)
            action = await actions.propose(session, proposal, by=caller.user_id, at=now)
        changes_scores = poll.kind is PollKind.FORECAST and (
            proposal.verdict is Verdict.SETTLED or poll.verdict is Verdict.SETTLED
        )
        if not changes_scores:
            return Proposed(action, poll, 0)
        # Counting many takes a while, in which nobody could vote if it was written meanwhile.
        async with self._database.read() as session:
            return Proposed(action, poll, await actions.forecasters(session, poll.id))

    async def confirm(self, caller: Caller, action_id: int) -> Action:
        """Do what was proposed, once. Telling the server is a job of its own."""
        self.allow(caller)
        now = self._clock.now()
        async with self._database.write() as session:
            action = await _proposed(session, action_id, caller)
            poll = await _to_rule_on(session, action.proposal.poll_id, caller)
            check(action.proposal, poll, now)
            if action.kind is ActionKind.UNRESOLVE and (poll.ruling_id or 0) > action.id:
                raise UserError(
                    "This poll was resolved anew since you asked. Run the command again to see "
                    "what you would undo."
                )
            await self._do(session, action, poll)
            await actions.mark(session, action.id, "done", now)
            await jobs.revive(session, (TELL_JOB,), await actions.untold(session, poll.id))
            await jobs.add(session, TELL_JOB, str(action.id), now)
            await modlog.record(session, done(action, poll, now))
            if poll.about is not None and action.kind in DISCUSSED:
                await jobs.add(session, TELL_DISCUSSION_JOB, str(action.id), now)
        self._wake()
        return action

    async def _do(self, session: AsyncSession, action: Action, poll: Poll) -> None:
        proposal, now = action.proposal, self._clock.now()
        if action.kind is ActionKind.EXTEND and proposal.closes_at is not None:
            await polls.move_close(session, poll.id, proposal.closes_at)
            extended = replace(poll, closes_at=proposal.closes_at)
            await jobs.replan(session, CLOSE_JOB, str(poll.id), extended.closes_at)
            if await reminders.any_for(session, poll.id):
                await jobs.replan(session, REMIND_JOB, str(poll.id), extended.reminds_at)
        elif action.kind is ActionKind.UNRESOLVE:
            await actions.rule(session, poll.id, verdict=None, result=None, ruling_id=None)
        else:
            if poll.state is PollState.OPEN:
                at = min(now, poll.closes_at)
                await polls.mark_closed(session, poll.id, by=action.by, at=at, late=False)
                await jobs.cancel(session, CLOSE_JOB, str(poll.id))
            if action.kind is ActionKind.CLOSE:
                return
            annulled = action.kind is ActionKind.ANNUL
            await actions.rule(
                session,
                poll.id,
                verdict=Verdict.ANNULLED if annulled else proposal.verdict,
                result=proposal.value,
                ruling_id=action.id,
            )

    async def effect(self, action_id: int) -> Effect | None:
        """What a confirmed action has changed; scores are computed if it is a resolution.

        None if the action is gone or the server has been told. May be called again.
        """
        async with self._database.read() as session:
            action = await actions.get(session, action_id)
            poll = await polls.get(session, action.proposal.poll_id) if action else None
            if action is None or poll is None or action.state != "done":
                return None
            scored = poll.ruling_id == action.id and _is_scored(poll)
            histories = await actions.histories(session, poll.id) if scored else {}
        if not scored:
            return Effect(action, poll, {})
        life = Life(poll.opened_at, poll.closes_at, action.at)
        # A long log takes a while; other members need not wait for it.
        found = await asyncio.to_thread(scores, histories, life, bool(poll.result))
        if await self._store(action, found):
            return Effect(action, poll, found)
        # Somebody had their data deleted meanwhile: no score may bring back who they were.
        return await self.effect(action_id)

    async def _store(self, action: Action, found: dict[str, Score]) -> bool:
        """Store scores a part at a time, so that ballots elsewhere need not wait for all of them;
        none counts before the last is stored. Needless where the ruling holds no more.

        False where a voter is not known by their key any more.
        """
        poll_id, voters = action.proposal.poll_id, list(found)
        for start in range(0, len(voters) or 1, SCORES_AT_ONCE):
            part = voters[start : start + SCORES_AT_ONCE]
            async with self._database.write() as session:
                now = await polls.get(session, poll_id, lock=True)
                if now is None or now.ruling_id != action.id:
                    return True
                if not await actions.voters_left(session, poll_id, part):
                    return False
                await actions.put_scores(session, poll_id, {voter: found[voter] for voter in part})
                if start + SCORES_AT_ONCE >= len(voters):
                    await actions.mark_scored(session, poll_id, action.id)
        return True

    async def told(self, action_id: int) -> None:
        """The server has been told of an action."""
        async with self._database.write() as session:
            await actions.mark(session, action_id, "told")

    async def drop(self, caller: Caller, action_id: int) -> None:
        """Forget a proposal that was not confirmed."""
        self.allow(caller)
        async with self._database.write() as session:
            action = await _proposed(session, action_id, caller)
            await actions.remove(session, action.id)


async def _proposed(session: AsyncSession, action_id: int, caller: Caller) -> Action:
    """The caller's own proposal, held until the transaction ends."""
    action = await actions.get(session, action_id, lock=True)
    if action is None:
        raise UserError("There is nothing to confirm any more. Run the command again.")
    await _to_rule_on(session, action.proposal.poll_id, caller)
    if action.state != "proposed":
        raise UserError("This was confirmed already.")
    if action.by != caller.user_id:
        raise UserError("Only the moderator who proposed this can confirm it.")
    return action


def _is_scored(poll: Poll) -> bool:
    return poll.kind is PollKind.FORECAST and poll.verdict is Verdict.SETTLED


async def _to_rule_on(session: AsyncSession, poll_id: int, caller: Caller) -> Poll:
    poll = await in_server(session, poll_id, caller.guild_id, lock=True)
    # A poll on hopes lives and ends with its forecast; nothing is done to it alone.
    if poll.hope_for is not None:
        raise UserError(NO_SUCH_POLL)
    return poll
