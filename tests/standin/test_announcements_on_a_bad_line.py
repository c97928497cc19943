"""An announcement is one message, over discord.py's real HTTP client and gateway."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.announcements.model import AnnouncementState
from bot.db.engine import Database
from bot.jobs.scheduler import LEASE
from bot.ui import delivery as once
from cogs.announcements.delivery import Delivery
from tests.factories import make_viewer
from tests.standin.announcing import (
    HOUR,
    announced,
    drafted,
    let_go,
    looks,
    quiet,
    reached,
    stored,
    told,
    tries,
)
from tests.standin.conftest import Connected
from tests.standin.payloads import CHANNEL_ID, DM_ID, GUILD_ID, MOD_ID, click_payload
from tests.standin.rest import PASSING, Fault, StandIn

POSTED, POSTING, FAILED = (
    AnnouncementState.POSTED,
    AnnouncementState.POSTING,
    AnnouncementState.FAILED,
)


@pytest.fixture
async def another(
    standin: StandIn, connected: Connected, database_url: str
) -> AsyncIterator[Connected]:
    """A second process: a bot and connections to the same database of its own."""
    database = Database(database_url)
    made = Connected(standin, database)
    await made.connect()
    yield made
    await made.close()
    await database.close()


@pytest.mark.parametrize("fault", PASSING)
async def test_it_is_posted_once_whatever_happens_to_the_reply(
    connected: Connected, fault: Fault
) -> None:
    connected.discord.faults.append(fault)
    announcement = await let_go(connected)
    await connected.pass_time(HOUR)
    posted = await reached(connected, announcement.id, POSTED)
    assert announced(connected) == [str(posted.message_id)]


async def test_a_moderator_whose_reply_is_lost_reads_that_it_is_posted(
    connected: Connected,
) -> None:
    draft = await drafted(connected, later=False)
    connected.discord.faults.append(Fault.REPLY_LOST)
    click = click_payload(
        {"id": "1", "channel_id": str(CHANNEL_ID)}, f"announce:post:v1:{draft.id}:{draft.revision}"
    )
    await connected.discord.gateway.dispatch("INTERACTION_CREATE", click)
    await connected.until(lambda: bool(connected.discord.answers))
    (message_id,) = announced(connected)
    (answer,) = connected.discord.answers
    assert f"https://discord.com/channels/{GUILD_ID}/{CHANNEL_ID}/{message_id}" in str(answer)


@pytest.mark.parametrize("remembers", [True, False], ids=["nonce-known", "nonce-forgotten"])
async def test_a_bot_that_dies_before_it_knows_finds_its_message_again(
    connected: Connected, remembers: bool
) -> None:
    connected.discord.talk(150)
    connected.discord.faults.append(Fault.UNANSWERED)
    announcement = await let_go(connected)
    await connected.pass_time(HOUR)
    await connected.until(lambda: len(announced(connected)) == 1)
    await connected.die()
    connected.discord.talk(150)
    connected.discord.remembers_nonces = remembers
    await connected.connect()
    assert (await stored(connected, announcement.id)).state is POSTING
    await connected.pass_time(LEASE)
    posted = await reached(connected, announcement.id, POSTED)
    assert announced(connected) == [str(posted.message_id)]
    assert (tries(connected), looks(connected)) == (1, 1)


async def test_a_reply_that_is_lost_again_and_again_is_no_second_message_hours_later(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot lives on, gives up the attempt, and tries again with the nonce forgotten."""
    monkeypatch.setattr(once, "PAUSES", ())
    connected.discord.faults.append(Fault.REPLY_LOST)
    announcement = await let_go(connected)
    await connected.pass_time(HOUR)
    await connected.until(lambda: len(announced(connected)) == 1)
    connected.discord.remembers_nonces = False
    posted = await reached(connected, announcement.id, POSTED)
    assert announced(connected) == [str(posted.message_id)]


async def test_what_is_refused_after_a_lost_reply_is_looked_for(connected: Connected) -> None:
    connected.discord.faults += [Fault.REPLY_LOST, Fault.FORBIDDEN]
    announcement = await let_go(connected)
    await connected.pass_time(HOUR)
    posted = await reached(connected, announcement.id, POSTED)
    assert announced(connected) == [str(posted.message_id)]
    assert told(connected) == []


async def test_two_processes_that_wake_for_the_same_announcement_post_it_once(
    connected: Connected, another: Connected
) -> None:
    announcement = await let_go(connected)
    connected.discord.ahead += HOUR
    connected.bot.services.scheduler.wake()
    another.bot.services.scheduler.wake()
    await reached(connected, announcement.id, POSTED)
    await quiet(another)
    assert len(announced(connected)) == tries(connected) == 1


async def test_two_processes_that_both_hold_the_job_post_it_once(
    connected: Connected, another: Connected
) -> None:
    """One stopped for so long that its lease ended, and goes on beside the one that took over."""
    for process in (connected, another):
        await process.bot.services.scheduler.stop()
    announcement = await let_go(connected)
    connected.discord.ahead += HOUR
    await asyncio.gather(
        *(Delivery(process.bot).post(announcement.id) for process in (connected, another))
    )
    posted = await stored(connected, announcement.id)
    assert posted.state is POSTED
    assert announced(connected) == [str(posted.message_id)]


async def test_what_falls_due_while_the_gateway_is_down_is_posted_once(
    connected: Connected,
) -> None:
    announcement = await let_go(connected)
    gateway = connected.discord.gateway
    gateway.up.clear()
    await gateway.drop()
    await connected.pass_time(HOUR)
    gateway.up.set()
    await connected.until(lambda: gateway.resumed == 1)
    await reached(connected, announcement.id, POSTED)
    await quiet(connected)
    assert len(announced(connected)) == tries(connected) == 1


@pytest.mark.parametrize("fault", [None, Fault.REPLY_LOST, Fault.ACCEPTED_AND_FAILED])
async def test_what_discord_forbids_is_no_message_and_is_told_once(
    connected: Connected, fault: Fault | None
) -> None:
    connected.discord.faults += [Fault.FORBIDDEN, *([fault] if fault else [])]
    announcement = await let_go(connected)
    await connected.pass_time(HOUR)
    await reached(connected, announcement.id, FAILED)
    await connected.until(lambda: len(told(connected)) == 1)
    await quiet(connected)
    assert announced(connected) == []
    assert len(told(connected)) == 1
    assert "I may not post in" in told(connected)[0]


async def test_a_bot_that_dies_while_it_tells_of_a_failure_tells_it_once(
    connected: Connected,
) -> None:
    connected.discord.faults += [Fault.FORBIDDEN, Fault.UNANSWERED]
    await let_go(connected)
    await connected.pass_time(HOUR)
    await connected.until(lambda: len(told(connected)) == 1)
    await connected.die()
    connected.discord.remembers_nonces = False
    await connected.connect()
    await connected.pass_time(LEASE)
    await connected.until(lambda: looks(connected, DM_ID) == 1)
    await quiet(connected)
    assert len(told(connected)) == tries(connected, DM_ID) == 1


async def test_a_bot_that_dies_while_it_asks_for_approval_asks_once(connected: Connected) -> None:
    owner = make_viewer(MOD_ID, GUILD_ID, manage_server=True)
    await connected.bot.services.settings.change(owner, second_approval=True)
    connected.discord.faults.append(Fault.UNANSWERED)
    announcement = await let_go(connected)
    await connected.until(lambda: len(connected.discord.posts()) == 1)
    await connected.die()
    connected.discord.remembers_nonces = False
    await connected.connect()
    await connected.pass_time(LEASE)

    async def asked() -> bool:
        return (await stored(connected, announcement.id)).request is not None

    await connected.until(asked)
    found = await stored(connected, announcement.id)
    (message,) = connected.discord.posts()
    assert found.request is not None
    assert str(found.request.message_id) == message["id"]
