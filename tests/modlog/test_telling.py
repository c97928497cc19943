import asyncio
from datetime import timedelta

import pytest

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.modlog import service as modlog
from bot.modlog import store
from bot.modlog.model import DETAIL_LIMIT, POSTING_TAKES_AT_MOST, Entry
from bot.modlog.service import ModlogService
from bot.settings.service import SettingsService, log_channel
from tests.factories import START, SettableClock, make_viewer


@pytest.fixture
async def log(database: Database, clock: SettableClock) -> ModlogService:
    """The log of servers that have a log channel."""
    await choose(database, clock, 10, 100)
    await choose(database, clock, 11, 110)
    return ModlogService(database, clock, log_channel)


async def choose(
    database: Database, clock: SettableClock, guild_id: int, channel: int | None
) -> None:
    """Choose a log channel; that itself is told nowhere in these tests."""
    settings = SettingsService(database, clock)
    await settings.change(make_viewer(1, guild_id, manage_server=True), log_channel=channel)
    async with database.write() as session:
        await store.mark_all_posted(session, guild_id, START)


async def done(database: Database, *acts: str, guild_id: int = 10) -> None:
    for act in acts:
        async with database.write() as session:
            await modlog.record(session, Entry(guild_id, 1, START, act))


async def tell_all(log: ModlogService, told: list[str], guild_id: int = 10) -> None:
    """Tell what waits as the log channel's cog does, slowly."""
    while taken := await log.claim_next(SYSTEM, guild_id):
        await asyncio.sleep(0.01)
        told.append(taken.entry.act)
        await log.mark_posted(SYSTEM, taken.id)


async def test_several_tellers_at_once_tell_each_entry_once_and_in_order(
    database: Database, log: ModlogService, clock: SettableClock
) -> None:
    acts = [f"did {number}" for number in range(8)]
    await done(database, *acts)
    told: list[str] = []
    other = ModlogService(database, clock, log_channel)
    await asyncio.gather(*(tell_all(teller, told) for teller in (log, other, log, other)))
    assert told == acts
    assert await log.count_unposted(make_viewer(1, 10, manage_messages=True)) == 0


async def test_what_could_not_be_told_waits_and_comes_before_what_follows(
    database: Database, log: ModlogService
) -> None:
    await done(database, "did one")
    taken = await log.claim_next(SYSTEM, 10)
    assert taken is not None
    await log.release(SYSTEM, taken.id)
    await done(database, "did two")
    assert await log.count_unposted(make_viewer(1, 10, manage_messages=True)) == 2
    told: list[str] = []
    await tell_all(log, told)
    assert told == ["did one", "did two"]


async def test_an_entry_whose_teller_died_is_told_by_another(
    database: Database, log: ModlogService, clock: SettableClock
) -> None:
    await done(database, "did one", "did two")
    assert await log.claim_next(SYSTEM, 10) is not None
    clock.advance(POSTING_TAKES_AT_MOST - timedelta(seconds=1))
    assert await log.claim_next(SYSTEM, 10) is None
    clock.advance(timedelta(seconds=1))
    told: list[str] = []
    await tell_all(log, told)
    assert told == ["did one", "did two"]


async def test_servers_do_not_wait_for_each_other_nor_hear_of_each_other(
    database: Database, log: ModlogService
) -> None:
    await done(database, "did one")
    await done(database, "did two", guild_id=11)
    assert await log.claim_next(SYSTEM, 10) is not None
    taken = await log.claim_next(SYSTEM, 11)
    assert taken is not None
    assert taken.entry.act == "did two"
    assert [
        entry.act
        for entry in await log.latest(make_viewer(1, 11, manage_messages=True), "did two", limit=5)
    ] == ["did two"]
    assert await log.latest(make_viewer(1, 11, manage_messages=True), "did one", limit=5) == []


async def test_the_channel_is_the_one_that_is_stored_and_without_one_nothing_is_told(
    database: Database, log: ModlogService, clock: SettableClock
) -> None:
    await done(database, "did one")
    await choose(database, clock, 10, None)
    await done(database, "did two")
    assert await log.claim_next(SYSTEM, 10) is None
    await choose(database, clock, 10, 200)
    await done(database, "did three")
    taken = await log.claim_next(SYSTEM, 10)
    assert taken is not None
    assert (taken.entry.act, taken.channel_id) == ("did three", 200)


async def test_what_is_too_long_is_cut_not_refused(database: Database, log: ModlogService) -> None:
    async with database.write() as session:
        await modlog.record(session, Entry(10, None, START, "did", "s" * 999, None, "d" * 9999))
    taken = await log.claim_next(SYSTEM, 10)
    assert taken is not None
    assert taken.entry.detail == "d" * DETAIL_LIMIT
