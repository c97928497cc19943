"""Reads a poll inside a transaction: only if the viewer may know of it, only what may be shown."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer
from bot.errors import UserError
from bot.polls import ballot_store as ballots
from bot.polls import resolution_store as actions
from bot.polls import store as polls
from bot.polls.crowd import Crowds
from bot.polls.model import NO_SUCH_POLL, VOTERS, Poll, PollKind, Results
from bot.polls.visibility import Report, may_know, report


async def visible(
    session: AsyncSession,
    poll_id: int,
    viewer: Viewer | System,
    *,
    lock: bool = False,
) -> Poll:
    """The poll, with `lock` locked until the transaction ends.

    UserError unless it is in the viewer's server and in a channel that they may view.
    """
    poll = await polls.get(session, poll_id, lock=lock)
    if poll is None or not may_know(viewer, poll):
        raise UserError(NO_SUCH_POLL)
    return poll


class Reports:
    """Reads polls as they may be shown, and keeps their crowds for the next time."""

    def __init__(self) -> None:
        self._crowds = Crowds()

    async def results_of(
        self, session: AsyncSession, poll: Poll, *, now: datetime
    ) -> tuple[int, Results]:
        """The number of ballots and the results, which not everybody may see."""
        tallies = await ballots.tallies(session, poll.id)
        total = tallies.get(VOTERS, 0)
        if poll.terms.anonymous and poll.is_open(now):
            # The difference between two results must not reveal one person's ballot.
            tallies = await ballots.published(session, poll.id)
        results = Results.of(tallies)
        if poll.question.kind is PollKind.FORECAST and results.ballots:
            results = replace(results, crowd=await self._crowds.of(session, poll, results, now))
        return total, results

    async def of(
        self, session: AsyncSession, poll: Poll, *, now: datetime, has_voted: bool = False
    ) -> Report:
        """The poll as everyone, or somebody who has voted, may see it."""
        total, results = await self.results_of(session, poll, now=now)
        found = report(poll, total, results, now=now, has_voted=has_voted)
        hope = await polls.hope(session, poll.id) if poll.terms.asks_hope else None
        action_id = poll.resolution.action_id if poll.resolution else None
        resolved_by = await actions.get(session, action_id) if action_id else None
        beside = await self.of(session, hope, now=now) if hope else None
        return replace(found, hope=beside, resolved_by=resolved_by)
