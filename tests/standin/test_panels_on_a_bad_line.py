"""A panel of subscriptions is one message, where Discord knows nonces."""

import asyncio

import pytest
from sqlalchemy import select

from bot.modlog.tables import ModlogRow
from tests.standin.conftest import Connected
from tests.standin.payloads import (
    BOT_ID,
    CHANNEL_ID,
    GUILD_ID,
    click_payload,
    message_payload,
    user_payload,
)
from tests.standin.rest import PASSING, Fault


async def press(here: Connected, preview: int, times: int) -> str:
    """Press a preview's button so many times at once; returns the last answer."""
    before = len(here.discord.answers)
    # discord.py leaves out a message that lacks anything.
    me = user_payload(BOT_ID, "summit-bot", bot=True)
    message = message_payload(preview, CHANNEL_ID, {}, me)
    clicks = [click_payload(message, "subscribe:post:v1") for _ in range(times)]
    await asyncio.gather(
        *(here.discord.gateway.dispatch("INTERACTION_CREATE", click) for click in clicks)
    )
    await here.until(lambda: len(here.discord.answers) == before + times)
    return str(here.discord.answers[-1])


async def recorded(here: Connected) -> list[str | None]:
    async with here.database.read() as session:
        return list(await session.scalars(select(ModlogRow.url).order_by(ModlogRow.id)))


async def test_pressed_twice_at_once_it_is_posted_and_recorded_once(connected: Connected) -> None:
    answer = await press(connected, 1_500_000_000_000_000_001, times=2)
    (panel,) = connected.discord.posts()
    url = f"https://discord.com/channels/{GUILD_ID}/{CHANNEL_ID}/{panel['id']}"
    assert url in answer
    assert await recorded(connected) == [url]
    await press(connected, 1_500_000_000_000_000_002, times=1)
    assert len(connected.discord.posts()) == 2
    assert len(await recorded(connected)) == 2


@pytest.mark.parametrize("fault", PASSING)
async def test_it_is_posted_once_whatever_happens_to_the_reply(
    connected: Connected, fault: Fault
) -> None:
    connected.discord.faults.append(fault)
    await press(connected, 1_500_000_000_000_000_001, times=1)
    assert len(connected.discord.posts()) == 1
    assert len(await recorded(connected)) == 1
