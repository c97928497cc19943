"""The messages of polls: which show less than was done, and what moderators are told of that."""

from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import TELL_JOB as TELL_DISCUSSION_JOB
from bot.jobs import store as jobs
from bot.modlog import store as modlog
from bot.polls import store as polls
from bot.polls.log_entries import went_wrong
from bot.polls.model import CLOSE_JOB, TELL_JOB, WARN_JOB, Poll

TRIED_ANEW = (CLOSE_JOB, TELL_JOB, TELL_DISCUSSION_JOB)
"""What Discord, or the database, may have refused for so long that it was given up."""


class PollMessages:
    """Called by whatever keeps the messages up to date, not by people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def to_refresh(self) -> set[int]:
        """Polls of all servers whose messages may lag behind: open ones take votes to the last
        moment, and others may have been closed or resolved without their messages showing it."""
        async with self._database.read() as session:
            return set(await polls.to_refresh(session))

    async def try_anew(self) -> None:
        """Take up again what was given up."""
        async with self._database.write() as session:
            await jobs.revive(session, TRIED_ANEW)

    async def shown(self, poll: Poll) -> None:
        """The message shows this poll, as it was read; or there is no message any more."""
        if poll.is_behind:
            async with self._database.write() as session:
                await polls.mark_shown(session, poll.id, poll.revision)

    async def failed(self, poll_id: int, act: str, problem: str) -> None:
        """Have moderators told what could not be done about a poll, and what they can do.

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
