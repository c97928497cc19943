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
from tests.privacy.desk import GUILD, MODERATOR, START, Desk

SECONDS_TO_WAIT = 20


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[Desk]:
    database = Database(postgres_url)
    yield Desk(database)
    await database.close()


async def lie_in_reverse(desk: Desk, *row_ids: int) -> None:
    """Have the rows of these polls lie in the table in this order."""
    for row_id in row_ids:
        # A row that leaves its indexes and comes back lies at the end of those too.
        for guild_id in (0, GUILD):
            async with desk.database.write() as session:
                row = update(PollRow).where(PollRow.id == row_id)
                await session.execute(row.values(guild_id=guild_id, revision=PollRow.revision + 1))
    async with desk.database.read() as session:
        assert list(await session.scalars(select(PollRow.id))) == list(row_ids)


async def beside_voters(desk: Desk, first: int, second: int, change: Awaitable[object]) -> None:
    """Do something that wants both polls while voters hold the first, and then take the second."""
    async with desk.database.write() as voters:
        await polls.by_ids(voters, [first], lock=True)
        doing = asyncio.ensure_future(change)
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while not await _somebody_waits(desk):
                await asyncio.sleep(0.01)
        assert await polls.by_ids(voters, [second], lock=True)
    await doing


async def _somebody_waits(desk: Desk) -> bool:
    async with desk.database.read() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(await session.scalar(waiting))


async def test_showing_a_poll_does_not_block_those_who_vote_in_it_and_on_hopes(
    desk: Desk,
) -> None:
    poll = await desk.open(asks_hope=True)
    async with desk.database.read() as session:
        hope = await polls.hope(session, poll.id)
    assert hope is not None
    await lie_in_reverse(desk, hope.id, poll.id)
    messages = PollMessages(desk.database, Clock(lambda: START))
    await beside_voters(desk, poll.id, hope.id, messages.shown(SYSTEM, await _read(desk, poll.id)))
    assert not (await _read(desk, poll.id)).is_behind
    assert not (await _read(desk, hope.id)).is_behind


async def test_deleting_what_names_a_moderator_does_not_block_those_who_vote(desk: Desk) -> None:
    first, second = [await desk.open() for _ in range(2)]
    for poll in (first, second):
        await desk.act(poll, ActionKind.CLOSE)
    await lie_in_reverse(desk, second.id, first.id)
    await beside_voters(desk, first.id, second.id, desk.privacy.delete(MODERATOR))
    assert (await _read(desk, first.id)).lifecycle.opened_by != MODERATOR.user_id


async def _read(desk: Desk, poll_id: int) -> Poll:
    return (await desk.polls.show(SYSTEM, poll_id)).poll
