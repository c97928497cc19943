"""A whole server votes at the same moment, and clicks twice."""

from collections import Counter
from typing import Any

from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.polls.tables import BallotLogRow, TallyRow
from cogs.polls.poll_messages import SECONDS_BETWEEN_EDITS
from tests.sim.messages import reread, text_of
from tests.sim.polls import count_rows, open_poll, stored_ballots
from tests.sim.server import World

MEMBERS = 2_000


def all_at_once(
    here: World, message: Any, clicks: list[tuple[int, str]]
) -> list[InteractionResult]:
    """Send these clicks of (user, custom id) in one go; returns what will come of each."""
    backend = here.env.backend
    stored = backend.get_message(here.channel.id, message.id)
    seen = dict(serializers.message_payload(backend, stored))
    sent = []
    for user_id, custom_id in clicks:
        record, payload = base_payload(
            backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=here.channel.id,
            guild_id=here.guild.id,
            user_id=user_id,
            data={"custom_id": custom_id, "component_type": 2},
        )
        sent.append((record, {**payload, "message": seen}))
    for _, payload in sent:
        backend.emit("INTERACTION_CREATE", payload)
    return [InteractionResult(here.env, record) for record, _ in sent]


async def test_two_thousand_vote_at_once_and_click_twice(here: World) -> None:
    message = await open_poll(here)
    members = here.members(MEMBERS)
    await here.env.settle(timeout=60)
    # Every third changes their mind with the second click; the others only click twice.
    answers = [(250, 250), (750, 750), (50, 950)]
    clicks = [
        (member.id, f"poll:answer:v1:1:{answers[number % 3][turn]}")
        for number, member in enumerate(members)
        for turn in (0, 1)
    ]
    edits, before = here.edits(message.id), here.env.now()
    results = all_at_once(here, message, clicks)
    await here.env.settle(timeout=120)

    assert [result for result in results if not (result.acknowledged and result.ephemeral)] == []
    said = Counter(text_of(result.response).split("*")[0].strip() for result in results)
    assert said == {
        "Stored:": MEMBERS,
        "Your ballot is already": MEMBERS - MEMBERS // 3,
        "Changed from 5% to": MEMBERS // 3,
    }
    ends = {str(member.id): answers[number % 3][1] for number, member in enumerate(members)}
    assert dict(await stored_ballots(here)) == ends
    assert await count_rows(here, BallotLogRow) == MEMBERS + MEMBERS // 3
    assert await tallies(here) == {-1: MEMBERS, **Counter(ends.values())}

    passed = (here.env.now() - before).total_seconds()
    assert here.edits(message.id) - edits <= 1 + passed / SECONDS_BETWEEN_EDITS
    await here.env.advance_time(SECONDS_BETWEEN_EDITS)
    assert "**2,000 forecasts**" in text_of(reread(here, message))
    passed += SECONDS_BETWEEN_EDITS
    assert here.edits(message.id) - edits <= 1 + passed / SECONDS_BETWEEN_EDITS


async def tallies(here: World) -> dict[int, int]:
    async with here.database.read() as session:
        rows = await session.execute(TallyRow.__table__.select())
        return {row.value: row.count for row in rows if row.count}
