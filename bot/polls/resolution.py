"""Closing, extending, resolving and annulling polls, and undoing that.

A moderator proposes an action, reads what it will do, and confirms it. A job then posts it in the
poll's channel. Who may do this, and what can be done to which poll, is decided here.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.modlog import service as modlog
from bot.polls import log_entries
from bot.polls import reminder_store as reminders
from bot.polls import resolution_store as actions
from bot.polls import store as polls
from bot.polls.model import (
    CLOSE_JOB,
    DISCUSS_JOB,
    LONGEST,
    NO_SUCH_POLL,
    REMIND_JOB,
    TELL_JOB,
    Action,
    ActionKind,
    ActionState,
    Poll,
    PollKind,
    PollState,
    Proposal,
    Verdict,
    answers_of,
)
from bot.polls.reports import visible
from bot.polls.scoring import store as scoring
from bot.polls.scoring.scores import Life, Score, scores
from bot.polls.visibility import may_know
from bot.text import is_link, refuse_hidden, same_key

REASON_LIMIT = 1000
SCORES_AT_ONCE = 5_000
DISCUSSED = frozenset({ActionKind.RESOLVE, ActionKind.ANNUL, ActionKind.UNRESOLVE})
"""Actions that are also posted in the discussion of the poll's issue."""
_PICKED = re.compile(r"answer:([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Proposed:
    """An action to confirm, and how many forecasters' scores it creates or removes."""

    action: Action
    poll: Poll
    scored: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmed action, the poll as it is now, and the scores if it is a resolution."""

    action: Action
    poll: Poll
    scores: dict[str, Score]

    @property
    def is_undone(self) -> bool:
        """Whether this resolution or annulment was undone since: posting it would mislead."""
        resolves = self.action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL)
        return resolves and not self.poll.is_resolved_by(self.action.id)


class ResolutionService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow(self, viewer: Viewer) -> None:
        """UserError unless the viewer may close, extend, resolve and annul polls."""
        require_moderator(viewer, "Closing, extending or resolving a poll")

    async def propose(self, viewer: Viewer, proposal: Proposal) -> Proposed:
        """Store a proposal to be confirmed; UserError if it cannot be done."""
        self.allow(viewer)
        now = self._clock.now()
        async with self._database.write() as session:
            poll = await _poll_for(session, proposal.poll_id, viewer)
            check(proposal, poll, now)
            action = await actions.propose(session, proposal, by=viewer.user_id, at=now)
        changes_scores = poll.question.kind is PollKind.FORECAST and (
            proposal.verdict is Verdict.SETTLED or poll.verdict is Verdict.SETTLED
        )
        if not changes_scores:
            return Proposed(action, poll, 0)
        # Counting may take a while, and nobody can vote while a write is open.
        async with self._database.read() as session:
            return Proposed(action, poll, await scoring.forecasters(session, poll.id))

    async def confirm(self, viewer: Viewer, action_id: int) -> Action:
        """Do what was proposed, once. A job of its own posts it."""
        self.allow(viewer)
        now = self._clock.now()
        async with self._database.write() as session:
            action = await _proposed(session, action_id, viewer)
            poll = await _poll_for(session, action.proposal.poll_id, viewer)
            check(action.proposal, poll, now)
            if action.kind is ActionKind.UNRESOLVE and _resolved_since(poll, action):
                raise UserError(
                    "This poll was resolved again since you asked. Run the command again to see "
                    "what you would undo."
                )
            await self._do(session, action, poll)
            await actions.mark(session, action.id, ActionState.CONFIRMED, now)
            await jobs.revive(session, (TELL_JOB,), await actions.unposted(session, poll.id))
            await jobs.add(session, TELL_JOB, str(action.id), now)
            await modlog.record(session, log_entries.confirmed(action, poll, now))
            if poll.question.about is not None and action.kind in DISCUSSED:
                await jobs.add(session, DISCUSS_JOB, str(action.id), now)
        return action

    async def _do(self, session: AsyncSession, action: Action, poll: Poll) -> None:
        proposal, now = action.proposal, self._clock.now()
        if action.kind is ActionKind.EXTEND and proposal.closes_at is not None:
            await polls.move_close(session, poll.id, proposal.closes_at)
            lifecycle = replace(poll.lifecycle, closes_at=proposal.closes_at)
            await jobs.replan(session, CLOSE_JOB, str(poll.id), proposal.closes_at)
            if await reminders.any_for(session, poll.id):
                reminds_at = replace(poll, lifecycle=lifecycle).reminds_at
                await jobs.replan(session, REMIND_JOB, str(poll.id), reminds_at)
        elif action.kind is ActionKind.UNRESOLVE:
            await actions.set_resolution(
                session, poll.id, verdict=None, result=None, action_id=None
            )
        else:
            if poll.lifecycle.state is PollState.OPEN:
                at = min(now, poll.lifecycle.closes_at)
                await polls.mark_closed(session, poll.id, by=action.by, at=at, late=False)
                await jobs.cancel(session, CLOSE_JOB, str(poll.id))
            if action.kind is ActionKind.CLOSE:
                return
            annulled = action.kind is ActionKind.ANNUL
            await actions.set_resolution(
                session,
                poll.id,
                verdict=Verdict.ANNULLED if annulled else proposal.verdict,
                result=proposal.value,
                action_id=action.id,
            )

    async def confirmation(self, system: System, action_id: int) -> Confirmation | None:
        """A confirmed action that is to be posted; computes the scores if it is a resolution.

        None if the action is gone or was posted. May be called again.
        """
        async with self._database.read() as session:
            action = await actions.get(session, action_id)
            poll = await polls.get(session, action.proposal.poll_id) if action else None
            if action is None or poll is None or action.state is not ActionState.CONFIRMED:
                return None
            scored = poll.is_resolved_by(action.id) and _is_scored(poll)
            histories = await scoring.histories(session, poll.id) if scored else {}
        if not scored:
            return Confirmation(action, poll, {})
        life = Life(poll.lifecycle.opened_at, poll.lifecycle.closes_at, action.at)
        # In a thread, since a long log takes a while.
        found = await asyncio.to_thread(scores, histories, life, bool(poll.result))
        if await self._store(action, found):
            return Confirmation(action, poll, found)
        # Somebody had their data deleted meanwhile. No score may bring back who they were.
        return await self.confirmation(system, action_id)

    async def news(self, system: System, action_id: int) -> Confirmation | None:
        """A confirmed action and the poll as it is now, without scores; None if it is gone."""
        async with self._database.read() as session:
            action = await actions.get(session, action_id)
            poll = await polls.get(session, action.proposal.poll_id) if action else None
        return Confirmation(action, poll, {}) if action and poll else None

    async def _store(self, action: Action, found: dict[str, Score]) -> bool:
        """Store scores in parts, so that ballots need not wait for all of them.

        No score counts before the last is stored. Does nothing if the poll is no longer resolved
        by this action. False if a voter's key has changed since the scores were computed.
        """
        poll_id, voters = action.proposal.poll_id, list(found)
        for start in range(0, len(voters) or 1, SCORES_AT_ONCE):
            part = voters[start : start + SCORES_AT_ONCE]
            async with self._database.write() as session:
                now = await polls.get(session, poll_id, lock=True)
                if now is None or not now.is_resolved_by(action.id):
                    return True
                if not await scoring.all_voters_left(session, poll_id, part):
                    return False
                await scoring.put_scores(session, poll_id, {voter: found[voter] for voter in part})
                if start + SCORES_AT_ONCE >= len(voters):
                    await scoring.mark_scored(session, poll_id, action.id)
        return True

    async def changes_since(
        self, viewer: Viewer, since: datetime
    ) -> tuple[list[Poll], list[Action]]:
        """The polls that were opened, closed or acted on after `since`, oldest first.

        With them what was done, in order. Polls that the viewer may not know of are left out.
        """
        async with self._database.read() as session:
            ids = await actions.changed_polls(session, viewer.guild_id, since)
            found = await polls.by_ids(session, ids)
            done = await actions.confirmed_since(session, viewer.guild_id, since)
        seen = [poll for poll in found if may_know(viewer, poll)]
        return sorted(seen, key=lambda poll: poll.id), done

    async def mark_posted(self, system: System, action_id: int) -> None:
        """Record that an action was posted in the poll's channel."""
        async with self._database.write() as session:
            await actions.mark(session, action_id, ActionState.POSTED)

    async def cancel(self, viewer: Viewer, action_id: int) -> None:
        """Delete a proposal that was not confirmed."""
        self.allow(viewer)
        async with self._database.write() as session:
            action = await _proposed(session, action_id, viewer)
            await actions.remove(session, action.id)


async def _proposed(session: AsyncSession, action_id: int, viewer: Viewer) -> Action:
    """The viewer's own proposal, locked until the transaction ends."""
    action = await actions.get(session, action_id, lock=True)
    if action is None:
        raise UserError("This can no longer be confirmed. Run the command again.")
    await _poll_for(session, action.proposal.poll_id, viewer)
    if action.state is not ActionState.PROPOSED:
        raise UserError("This is already confirmed.")
    if action.by != viewer.user_id:
        raise UserError("Only the moderator who proposed this can confirm it.")
    return action


def _resolved_since(poll: Poll, action: Action) -> bool:
    """Whether the poll was resolved or annulled anew after this was proposed."""
    return poll.resolution is not None and (poll.resolution.action_id or 0) > action.id


def _is_scored(poll: Poll) -> bool:
    return poll.question.kind is PollKind.FORECAST and poll.verdict is Verdict.SETTLED


async def _poll_for(session: AsyncSession, poll_id: int, viewer: Viewer) -> Poll:
    poll = await visible(session, poll_id, viewer, lock=True)
    # A poll on hopes opens and closes with its forecast; nobody can act on it alone.
    if poll.hope_for is not None:
        raise UserError(NO_SUCH_POLL)
    return poll


def read_result(poll: Poll, typed: str) -> tuple[Verdict, int | None]:
    """The verdict and value of an answer that a moderator picked (its key) or typed.

    UserError if the poll has no such answer.
    """
    answers = answers_of(poll)
    picked = _PICKED.fullmatch(typed)
    for value, label in answers:
        if typed == answer_key(value) or (not picked and same_key(typed) == same_key(label)):
            return Verdict.SETTLED, value
    if same_key(typed) == Verdict.AMBIGUOUS:
        return Verdict.AMBIGUOUS, None
    known = ", ".join(f"“{label}”" for _, label in answers)
    raise UserError(f"“{typed[:80]}” is not an answer of this poll. Give {known} or “ambiguous”.")


def answer_key(value: int) -> str:
    """What stands for an answer in a menu, whatever its label is."""
    return f"answer:{value}"


def check(proposal: Proposal, poll: Poll, now: datetime) -> None:
    """UserError if this cannot be done to the poll as it is."""
    match proposal.kind:
        case ActionKind.CLOSE:
            if poll.lifecycle.state is not PollState.OPEN:
                raise UserError("This poll is already closed.")
        case ActionKind.EXTEND:
            _check_extension(proposal, poll, now)
        case ActionKind.UNRESOLVE:
            if poll.verdict is None:
                raise UserError("This poll has no resolution to undo.")
            _require_reason(proposal)
        case ActionKind.RESOLVE | ActionKind.ANNUL:
            if poll.verdict is not None:
                raise UserError(
                    "This poll is already resolved or annulled. Use `/poll unresolve` first to "
                    "undo that."
                )
            _require_reason(proposal)
    if proposal.kind is ActionKind.RESOLVE and not is_link(proposal.evidence or ""):
        raise UserError(
            "A resolution needs evidence: one full link to what shows it, such as "
            "https://example.org/readout, without spaces."
        )


def _require_reason(proposal: Proposal) -> None:
    if not proposal.reason.strip():
        raise UserError("Give a reason. Everybody can read it under the poll.")
    refuse_hidden(proposal.reason, "The reason")
    if len(proposal.reason) > REASON_LIMIT:
        raise UserError(f"A reason can have at most {REASON_LIMIT:,} characters. Shorten yours.")


def _check_extension(proposal: Proposal, poll: Poll, now: datetime) -> None:
    if not poll.is_open(now):
        raise UserError("This poll is closed. Only an open poll can be extended.")
    closes_at = proposal.closes_at
    if closes_at is None or closes_at <= poll.lifecycle.closes_at:
        raise UserError("An extension must make the poll close later, for example by `2 days`.")
    if closes_at - poll.lifecycle.opened_at > LONGEST:
        raise UserError("A poll can stay open for at most 365 days. Extend it by less.")
