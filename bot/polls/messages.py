"""The messages of polls: which are out of date, and warnings to moderators about them."""

from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.modlog import store as modlog
from bot.polls import store as polls
from bot.polls.log_entries import went_wrong
from bot.polls.model import CLOSE_JOB, DISCUSS_JOB, TELL_JOB, WARN_JOB, Poll

TRIED_ANEW = (CLOSE_JOB, TELL_JOB, DISCUSS_JOB)
"""Jobs that were given up if Discord or the database failed for too long."""


class PollMessages:
    """Used by the code that keeps the messages up to date, not by people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def to_refresh(self) -> set[int]:
        """Polls of all servers whose messages may lag behind: open ones take votes to the last
        moment, and others may have been closed or resolved without their messages showing it."""
        async with self._database.read() as session:
            return set(await polls.to_refresh(session))

    async def try_anew(self) -> None:
        """Start the jobs again that were given up."""
        async with self._database.write() as session:
            await jobs.revive(session, TRIED_ANEW)

    async def shown(self, poll: Poll) -> None:
        """Record that the message shows the poll as it was read, or that the message is gone."""
        if poll.is_behind:
            async with self._database.write() as session:
                await polls.mark_shown(session, poll.id, poll.revision)

    async def failed(self, poll_id: int, act: str, problem: str) -> None:
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
