"""Exporting a poll as a zip, for moderators."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.modlog import service as modlog
from bot.polls import resolution_store
from bot.polls import store as polls
from bot.polls.export import store, tables
from bot.polls.export.archive import Archive, Form, Row, Table, TooLargeError
from bot.polls.export.disclosure import Disclosure, Voters, disclosure
from bot.polls.log_entries import exported
from bot.polls.reports import Reports, visible

MOST_AT_ONCE = 2
"""Exports at a time: more would slow down voting."""
SECRET_BYTES = 32
MIB = 1024 * 1024

Batches = AsyncGenerator[Iterable[Row], None]


@dataclass(frozen=True, slots=True)
class Export:
    """A zip and what it reveals of the poll, and of the poll on hopes beside it, if any.

    `forms` are those that fit into it.
    """

    name: str
    content: bytes
    disclosures: Sequence[Disclosure]
    forms: Sequence[Form]


class ExportService:
    """Makes exports, a few at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def export(self, viewer: Viewer, poll_id: int, *, limit: int) -> Export:
        """All that moderators may learn of a poll, as it is at one moment.

        If the zip would have more than `limit` bytes, JSON is left out, since CSV holds the same;
        UserError if that is not enough.
        """
        require_moderator(viewer, "Exporting a poll")
        made = await self._made(viewer, poll_id, limit)
        async with self._database.write() as session:
            poll = made.disclosures[0].poll
            await modlog.record(session, exported(poll, viewer.user_id, self._clock.now()))
        return made

    async def _made(self, viewer: Viewer, poll_id: int, limit: int) -> Export:
        now = self._clock.now()
        async with self._turn, self._database.read() as session:
            disclosures = await _disclosures(session, viewer, poll_id, now)
            for forms in (tuple(Form), (Form.CSV,)):
                try:
                    content = await _zipped(session, disclosures, now, limit, forms)
                except TooLargeError:
                    continue
                return Export(f"poll-{disclosures[0].poll.id}.zip", content, disclosures, forms)
        raise UserError(
            f"This export is larger than the {limit / MIB:.0f} MiB that Discord allows here, so "
            "nothing was sent. Boost the server, which raises that limit, or ask whoever runs the "
            "bot to read the poll from its database."
        )


async def _disclosures(
    session: AsyncSession, viewer: Viewer, poll_id: int, now: datetime
) -> Sequence[Disclosure]:
    """How much may be revealed of a poll, and of the poll on hopes beside it."""
    poll = await visible(session, poll_id, viewer)
    if poll.hope_for is not None:
        poll = await visible(session, poll.hope_for, viewer)
    hope = await polls.hope(session, poll.id)
    found = []
    for each in (poll, hope) if hope else (poll,):
        ballots, results = await Reports().results_of(session, each, now=now)
        found.append(disclosure(each, ballots, results, now))
    return found


async def _zipped(
    session: AsyncSession,
    disclosures: Sequence[Disclosure],
    now: datetime,
    limit: int,
    forms: Sequence[Form],
) -> bytes:
    content = _Content(session, disclosures)
    with Archive(now, limit) as archive:
        archive.text("README.txt", tables.readme(disclosures, now, forms))
        for table, rows in content.tables():
            for form in forms:
                archive.begin(table, form)
                async with aclosing(rows()) as batches:
                    async for batch in batches:
                        # The rows are made in the thread too, while they are written.
                        await asyncio.to_thread(archive.add, batch)
        return archive.close()


class _Content:
    """The rows of an export's tables. They are read again for each form, to save memory."""

    def __init__(self, session: AsyncSession, disclosures: Sequence[Disclosure]) -> None:
        self._session = session
        self._disclosures = disclosures
        self._single = [found.poll for found in disclosures if found.single]
        self._voters = Voters(secrets.token_bytes(SECRET_BYTES))

    def tables(self) -> Sequence[tuple[Table, Callable[[], Batches]]]:
        return (
            (tables.POLLS, self._polls),
            (tables.OPTIONS, self._options),
            (tables.BALLOTS, self._ballots),
            (tables.LOG, self._log),
            (tables.RESOLUTIONS, self._resolutions),
            (tables.SCORES, self._scores),
        )

    async def _polls(self) -> Batches:
        yield tables.poll_rows(self._disclosures)

    async def _options(self) -> Batches:
        for found in self._disclosures:
            yield tables.option_rows(found)

    async def _ballots(self) -> Batches:
        for poll in self._single:
            pages = store.ballots(self._session, poll.id, at_once=poll.terms.anonymous)
            async with aclosing(pages):
                async for page in pages:
                    yield tables.ballot_rows(poll, self._voters, page)

    async def _log(self) -> Batches:
        for poll in self._single:
            number = 1
            pages = store.changes(self._session, poll.id, at_once=poll.terms.anonymous)
            async with aclosing(pages):
                async for page in pages:
                    yield tables.log_rows(poll, self._voters, page, number)
                    number += len(page)

    async def _resolutions(self) -> Batches:
        for found in self._disclosures:
            done = await resolution_store.confirmed(self._session, found.poll.id)
            yield tables.resolution_rows(found.poll, done)

    async def _scores(self) -> Batches:
        for poll in self._single:
            if poll.terms.anonymous:
                continue
            async with aclosing(store.scores(self._session, poll.id)) as pages:
                async for page in pages:
                    yield tables.score_rows(poll, self._voters, page)
