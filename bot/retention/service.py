"""Deletes a server's data after the bot has left it, and rows that nobody needs any more."""

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System
from bot.announcements import model as announcing
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.modlog.model import POST_JOB as MODLOG_JOB
from bot.polls.model import CLOSE_JOB, DISCUSS_JOB, REMIND_JOB, TELL_JOB, WARN_JOB
from bot.retention import store as retention

log = logging.getLogger(__name__)

DELETE_JOB = "server.delete"
TIDY_JOB = "retention.tidy"
TIDY_KEY = "daily"
KEPT_AFTER_LEAVING = timedelta(days=30)
KEPT_UNFINISHED = timedelta(days=30)
ROWS_AT_ONCE = 5000
TIDIED_EVERY = timedelta(days=1)
TRIED_ANEW_AFTER = timedelta(days=1)

JOB_TABLES = {
    CLOSE_JOB: "polls",
    REMIND_JOB: "polls",
    WARN_JOB: "polls",
    TELL_JOB: "poll_actions",
    DISCUSS_JOB: "poll_actions",
    MODLOG_JOB: "modlog",
    announcing.POST_JOB: "announcements",
    announcing.REQUEST_APPROVAL_JOB: "announcements",
    announcing.APPROVAL_EXPIRY_JOB: "announcements",
    announcing.REPORT_PROBLEM_JOB: "announcements",
    announcing.PUBLISH_JOB: "announcements",
    announcing.MARK_CORRECTED_JOB: "announcements",
}
"""The table whose ids are the keys of jobs, by kind. Such jobs are deleted with a server's rows."""


class CalledOffError(Exception):
    """A server's data is not to be deleted after all."""


class RetentionService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def left(self, system: System, guild_id: int) -> None:
        """The bot has left a server: plan to delete its data, unless that is planned already."""
        await self._plan({guild_id})

    async def returned(self, system: System, guild_id: int) -> None:
        """The bot is in a server, again or for the first time: do not delete its data."""
        async with self._database.write() as session:
            await jobs.cancel(session, DELETE_JOB, str(guild_id))

    async def compare(self, system: System, present: Collection[int]) -> None:
        """Catch up on joins and leaves that the bot missed. It is now in the servers `present`."""
        async with self._database.read() as session:
            known = await retention.servers(session)
            planned = {int(key) for key in await jobs.keys(session, DELETE_JOB)}
        for guild_id in planned & set(present):
            await self.returned(system, guild_id)
        await self._plan(known - set(present))
        async with self._database.write() as session:
            await jobs.ensure(session, TIDY_JOB, TIDY_KEY, self._clock.now() + TIDIED_EVERY)

    async def _plan(self, guild_ids: Collection[int]) -> None:
        due = self._clock.now() + KEPT_AFTER_LEAVING
        async with self._database.write() as session:
            for guild_id in guild_ids:
                await jobs.ensure(session, DELETE_JOB, str(guild_id), due)

    async def delete_server(self, system: System, job: Job) -> None:
        """Delete everything that is stored of the server that the job is for.

        It uses many short transactions, so that ballots of other servers need not wait. If it is
        interrupted, the next attempt deletes the rest. CalledOffError if the bot has come back to
        the server meanwhile; the rest then stays.
        """
        guild_id, gone = int(job.key), 0
        async with self._deleting(job) as session:
            await retention.delete_jobs(session, guild_id, JOB_TABLES)
        for table in retention.server_tables():
            some = ROWS_AT_ONCE
            # Rows deleted by a cascade are not counted, so a low number does not mean the end.
            while some:
                async with self._deleting(job) as session:
                    some = await retention.delete_some(session, table, guild_id, ROWS_AT_ONCE)
                gone += some
        async with self._deleting(job) as session:
            await jobs.cancel(session, DELETE_JOB, job.key)
        log.info("The data of a server that the bot left is deleted: %d rows", gone)

    @asynccontextmanager
    async def _deleting(self, job: Job) -> AsyncIterator[AsyncSession]:
        async with self._database.write() as session:
            if not await jobs.is_still_wanted(session, job):
                raise CalledOffError
            yield session

    async def tidy(self, system: System) -> None:
        """Delete old jobs, drafts and proposals that nobody needs; plan the next time."""
        now = self._clock.now()
        async with self._database.write() as session:
            over = await jobs.forget_old(session, now - KEPT_UNFINISHED)
            unfinished = await retention.delete_unfinished(session, now - KEPT_UNFINISHED)
            await jobs.replan(session, TIDY_JOB, TIDY_KEY, now + TIDIED_EVERY)
        if over or unfinished:
            log.info("Tidied up: %d jobs, %d drafts and proposals", over, unfinished)
