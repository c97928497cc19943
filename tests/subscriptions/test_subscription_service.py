import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.access import SYSTEM
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.modlog.tables import ModlogRow
from bot.subscriptions.model import Topic
from bot.subscriptions.service import SubscriptionService
from tests.factories import make_viewer

START = datetime(2026, 1, 1, tzinfo=UTC)


HERE = make_viewer(1, 10)


@pytest.fixture
def subscriptions(database: Database) -> SubscriptionService:
    return SubscriptionService(database, Clock(lambda: START))


async def test_of_roles_made_at_once_one_stands_for_the_topic(
    subscriptions: SubscriptionService,
) -> None:
    kept = await asyncio.gather(
        *(subscriptions.keep(HERE, Topic.NEWS, role, lost=None) for role in (100, 101, 102))
    )
    assert len(set(kept)) == 1
    assert await subscriptions.roles(SYSTEM, 10) == {Topic.NEWS: kept[0]}


async def test_of_roles_made_at_once_for_a_lost_one_one_stands_in(
    subscriptions: SubscriptionService,
) -> None:
    await subscriptions.keep(HERE, Topic.NEWS, 100, lost=None)
    kept = await asyncio.gather(
        *(subscriptions.keep(HERE, Topic.NEWS, role, lost=100) for role in (200, 201, 202))
    )
    assert len(set(kept)) == 1
    assert kept[0] != 100
    assert await subscriptions.roles(SYSTEM, 10) == {Topic.NEWS: kept[0]}


async def test_topics_and_servers_have_roles_of_their_own(
    subscriptions: SubscriptionService,
) -> None:
    await subscriptions.keep(HERE, Topic.NEWS, 100, lost=None)
    await subscriptions.keep(HERE, Topic.POLLS, 101, lost=None)
    await subscriptions.keep(make_viewer(1, 20), Topic.NEWS, 200, lost=None)
    assert await subscriptions.roles(SYSTEM, 10) == {Topic.NEWS: 100, Topic.POLLS: 101}
    assert await subscriptions.roles(SYSTEM, 20) == {Topic.NEWS: 200}


async def test_posting_the_panel_is_for_moderators_and_on_record(
    subscriptions: SubscriptionService, database: Database
) -> None:
    with pytest.raises(UserError, match="for moderators"):
        subscriptions.allow_offering(make_viewer(9, 10), 7, lacking=())
    with pytest.raises(UserError, match=r"in <#7>, because you lack \*\*Send Messages\*\*"):
        subscriptions.allow_offering(
            make_viewer(1, 10, manage_server=True), 7, lacking=["Send Messages"]
        )
    await subscriptions.offered(make_viewer(1, 10, manage_server=True), "https://example.org/m")
    async with database.read() as session:
        (entry,) = await session.scalars(select(ModlogRow))
    assert (entry.by, entry.act) == (1, "posted the subscription buttons")
    assert entry.url == "https://example.org/m"


async def test_a_panel_that_is_reported_twice_at_once_is_on_record_once(
    subscriptions: SubscriptionService, database: Database
) -> None:
    mod, first, second = (
        make_viewer(1, 10, manage_server=True),
        "https://x.org/1",
        "https://x.org/2",
    )
    await asyncio.gather(*(subscriptions.offered(mod, first) for _ in range(4)))
    await subscriptions.offered(mod, second)
    await subscriptions.offered(make_viewer(1, 20, manage_server=True), first)
    async with database.read() as session:
        rows = await session.execute(
            select(ModlogRow.guild_id, ModlogRow.url).order_by(ModlogRow.id)
        )
        assert [tuple(row) for row in rows] == [(10, first), (10, second), (20, first)]
