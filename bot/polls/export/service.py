"""Exporting a poll. Who may, and how much is told, is decided here."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.modlog import store as modlog
from bot.polls import resolution_store as actions
from bot.polls import store as polls
from bot.polls.export import rows as export
from bot.polls.export import store as exports
from bot.polls.export import tables as export_tables
from bot.polls.export.archive import Archive, Form, Row, Table, TooLargeError
from bot.polls.export.disclosure import Disclosure, Voters, disclosure
from bot.polls.log_entries import exported
from bot.polls.reading import Reports, in_server

MOST_AT_ONCE = 2
"""Exports under way: more would take the processor and the connections from those who vote."""
SECRET_BYTES = 32
MIB = 1024 * 1024

Batches = AsyncGenerator[Iterable[Row], None]


@dataclass(frozen=True, slots=True)
class Export:
    """A zip, and what it tells: of the poll and of the one on hopes beside it, if any.

    `forms` are those that found room in it.
    """

    name: str
    content: bytes
    told: Sequence[Disclosure]
    forms: Sequence[Form]


class ExportService:
    """`wake` is called when there is earlier timed work than before."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def export(self, caller: Caller, poll_id: int, *, limit: int) -> Export:
        """All that may be told of a poll, as it is at one moment.

        JSON, which says what CSV does, is left out where the zip would otherwise have more than
        `limit` bytes; UserError if that does not help.
        """
        require_moderator(caller, "Exporting a poll")
        made = await self._made(caller, poll_id, limit)
        async with self._database.write() as session:
            poll = made.told[0].poll
            await modlog.record(session, exported(poll, caller.user_id, self._clock.now()))
        self._wake()
        return made

    async def _made(self, caller: Caller, poll_id: int, limit: int) -> Export:
        now = self._clock.now()
        async with self._turn, self._database.read() as session:
            told = await _told(session, caller, poll_id, now)
            for forms in (tuple(Form), (Form.CSV,)):
                try:
                    content = await _zipped(session, told, now, limit, forms)
                except TooLargeError:
                    continue
                return Export(f"poll-{told[0].poll.id}.zip", content, told, forms)
        raise UserError(
            f"This export is larger than the {limit / MIB:.0f} MiB that Discord takes here, so "
            "nothing was sent: boost the server, which raises that limit, or ask whoever runs the "
            "bot to read the poll out of its database."
        )


async def _told(
    session: AsyncSession, caller: Caller, poll_id: int, now: datetime
) -> Sequence[Disclosure]:
    """How much may be told of a poll and of the one on hopes beside it; each has its own rules."""
    poll = await in_server(session, poll_id, caller.guild_id)
    if poll.hope_for is not None:
        poll = await in_server(session, poll.hope_for, caller.guild_id)
    hope = await polls.hope(session, poll.id)
    told = []
    for each in (poll, hope) if hope else (poll,):
        ballots, results = await Reports().results_of(session, each, now=now)
        told.append(disclosure(each, ballots, results, now))
    return told


async def _zipped(
    session: AsyncSession,
    told: Sequence[Disclosure],
    now: datetime,
    limit: int,
    forms: Sequence[Form],
) -> bytes:
    content = _Content(session, told)
    with Archive(now, limit) as archive:
        archive.text("README.txt", export_tables.readme(told, now, forms))
        for table, rows in content.tables():
            for form in forms:
                archive.begin(table, form)
                async with aclosing(rows()) as batches:
                    async for batch in batches:
                        # Rows are made while they are written, in the thread.
                        await asyncio.to_thread(archive.add, batch)
        return archive.close()


class _Content:
    """The rows of an export's tables. Each is read once a form, which saves keeping them."""

    def __init__(self, session: AsyncSession, told: Sequence[Disclosure]) -> None:
        self._session = session
        self._told = told
        self._single = [found.poll for found in told if found.single]
        self._voters = Voters(secrets.token_bytes(SECRET_BYTES))

    def tables(self) -> Sequence[tuple[Table, Callable[[], Batches]]]:
        return (
            (export_tables.POLLS, self._polls),
            (export_tables.OPTIONS, self._options),
            (export_tables.BALLOTS, self._ballots),
            (export_tables.LOG, self._log),
            (export_tables.RESOLUTIONS, self._resolutions),
            (export_tables.SCORES, self._scores),
        )

    async def _polls(self) -> Batches:
        yield export.poll_rows(self._told)

    async def _options(self) -> Batches:
        for found in self._told:
            yield export.option_rows(found, await exports.options(self._session, found.poll.id))

    async def _ballots(self) -> Batches:
        for poll in self._single:
            pages = exports.ballots(self._session, poll.id, at_once=poll.anonymous)
            async with aclosing(pages):
                async for page in pages:
                    yield export.ballot_rows(poll, self._voters, page)

    async def _log(self) -> Batches:
        for poll in self._single:
            number = 1
            pages = exports.changes(self._session, poll.id, at_once=poll.anonymous)
            async with aclosing(pages):
                async for page in pages:
                    yield export.log_rows(poll, self._voters, page, number)
                    number += len(page)

    async def _resolutions(self) -> Batches:
        for found in self._told:
            done = await actions.confirmed(self._session, found.poll.id)
            yield export.resolution_rows(found.poll, done)

    async def _scores(self) -> Batches:
        for poll in self._single:
            if poll.anonymous:
                continue
            async with aclosing(exports.scores(self._session, poll.id)) as pages:
                async for page in pages:
                    yield export.score_rows(poll, self._voters, page)
