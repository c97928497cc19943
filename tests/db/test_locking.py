"""On PostgreSQL, whoever wants several polls at once takes them in the same order as all others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest
from sqlalchemy import select, text, update

from bot.access import SYSTEM
from bot.clock import Clock
from bot.db.engine import Database
from bot.polls import store as polls
from bot.polls.model import ActionKind, Poll
from bot.polls.service import PollMessages
from bot.polls.tables import PollRow
from tests.factories import (
    GUILD_ID,
    MODERATOR,
    START,
    App,
    confirm,
    make_app,
    make_poll,
    make_proposal,
)

SECONDS_TO_WAIT = 20


@pytest.fixture
async def app(postgres_url: str) -> AsyncIterator[App]:
    database = Database(postgres_url)
    yield make_app(database)
    await database.close()


async def lie_in_reverse(app: App, *row_ids: int) -> None:
    """Have the rows of these polls lie in the table in this order."""
    for row_id in row_ids:
        # A row that leaves its indexes and comes back lies at the end of those too.
        for guild_id in (0, GUILD_ID):
            async with app.database.write() as session:
                row = update(PollRow).where(PollRow.id == row_id)
                await session.execute(row.values(guild_id=guild_id, revision=PollRow.revision + 1))
    async with app.database.read() as session:
        assert list(await session.scalars(select(PollRow.id))) == list(row_ids)


async def beside_voters(app: App, first: int, second: int, change: Awaitable[object]) -> None:
    """Do something that wants both polls while voters hold the first, and then take the second."""
    async with app.database.write() as voters:
        await polls.by_ids(voters, [first], lock=True)
        doing = asyncio.ensure_future(change)
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while not await _somebody_waits(app):
                await asyncio.sleep(0.01)
        assert await polls.by_ids(voters, [second], lock=True)
    await doing


async def _somebody_waits(app: App) -> bool:
    async with app.database.read() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(await session.scalar(waiting))


async def test_showing_a_poll_does_not_block_those_who_vote_in_it_and_on_hopes(
    app: App,
) -> None:
    poll = await make_poll(app, asks_hope=True)
    async with app.database.read() as session:
        hope = await polls.hope(session, poll.id)
    assert hope is not None
    await lie_in_reverse(app, hope.id, poll.id)
    messages = PollMessages(app.database, Clock(lambda: START))
    await beside_voters(app, poll.id, hope.id, messages.shown(SYSTEM, await _read(app, poll.id)))
    assert not (await _read(app, poll.id)).is_behind
    assert not (await _read(app, hope.id)).is_behind


async def test_deleting_what_names_a_moderator_does_not_block_those_who_vote(app: App) -> None:
    first, second = [await make_poll(app) for _ in range(2)]
    for poll in (first, second):
        await confirm(app, make_proposal(ActionKind.CLOSE, poll))
    await lie_in_reverse(app, second.id, first.id)
    await beside_voters(app, first.id, second.id, app.privacy.delete(MODERATOR))
    assert (await _read(app, first.id)).lifecycle.opened_by != MODERATOR.user_id


async def _read(app: App, poll_id: int) -> Poll:
    return (await app.polls.show(SYSTEM, poll_id)).poll
