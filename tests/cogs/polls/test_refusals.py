"""Ballots that are not accepted: each gets a private sentence, and nothing is stored."""

from typing import Any

import discord
import pytest

from bot.db.base import Base
from bot.polls.model import PollKind, Question
from tests.sim.messages import components, text_of
from tests.sim.polls import approval_question, close_poll, open_poll, post_poll, propose
from tests.sim.server import World

MENU = 3
NO_ANSWER = "no such answer"
NO_POLL = "no such poll"
NO_USE = "no longer in use"
ENDED = "closed"

# In the world of `polls` below: 1 is a forecast with 2, its hopes; 3 a choice; 4 an approval.
FORGED = [
    ("poll:answer:v1:1:1001", None, NO_ANSWER),
    ("poll:answer:v1:1:9999", None, NO_ANSWER),
    ("poll:answer:v1:1:75000", None, NO_USE),
    ("poll:answer:v1:1:-1", None, NO_USE),
    ("poll:answer:v1:1:often", None, NO_USE),
    ("poll:answer:v1:1:", None, NO_USE),
    ("poll:answer:v1:one:500", None, NO_USE),
    ("poll:answer:v0:1:500", None, NO_USE),
    ("poll:answer:v2:1:500", None, NO_USE),
    ("poll:vote:v1:1:500", None, NO_USE),
    ("poll:answer:v1:999:500", None, NO_POLL),
    ("poll:answer:v1:999999999999999999:500", None, NO_POLL),
    ("poll:answer:v1:9999999999999999999:500", None, NO_USE),
    ("poll:answer:v1:2:3", None, NO_ANSWER),
    ("poll:answer:v1:2:500", None, NO_ANSWER),
    ("poll:answer:v1:3:2", None, NO_ANSWER),
    ("poll:answer:v1:4:1", None, NO_ANSWER),
    ("poll:choose:v1:1", ["500"], NO_ANSWER),
    ("poll:choose:v1:1", ["50"], NO_ANSWER),
    ("poll:choose:v1:3", ["2"], NO_ANSWER),
    ("poll:choose:v1:3", ["warm"], NO_ANSWER),
    ("poll:choose:v1:3", ["-1"], NO_ANSWER),
    ("poll:choose:v1:3", ["9" * 100], NO_ANSWER),
    ("poll:choose:v1:3", [], NO_ANSWER),
    ("poll:choose:v1:4", ["1"], NO_ANSWER),
    ("poll:approve:v1:1", ["0"], NO_ANSWER),
    ("poll:approve:v1:2", ["0"], NO_ANSWER),
    ("poll:approve:v1:3", ["0"], NO_ANSWER),
    ("poll:approve:v1:4", ["3"], NO_ANSWER),
    ("poll:approve:v1:4", ["0", "99"], NO_ANSWER),
    ("poll:approve:v1:4", ["0", "way-1"], NO_ANSWER),
    ("poll:approve:v1:4", [], NO_ANSWER),
    ("poll:approve:v1:999", ["0"], NO_POLL),
    ("poll:exact:v1:2", None, NO_ANSWER),
    ("poll:exact:v1:3", None, NO_ANSWER),
    ("poll:exact:v1:4", None, NO_ANSWER),
    ("poll:exact:v1:999", None, NO_POLL),
    ("poll:withdraw:v1:1", None, "nothing to withdraw"),
    ("poll:withdraw:v1:999", None, NO_POLL),
    ("poll:own:v1:999", None, NO_POLL),
    ("poll:criteria:v1:999", None, NO_POLL),
    ("poll:remind:v1:2:1", None, NO_POLL),
    ("poll:remind:v1:1:2", None, NO_USE),
    ("poll:remind:v1:999:1", None, NO_POLL),
    ("poll:confirm:v1:999", None, "is for moderators"),
    ("poll:drop:v1:999", None, "is for moderators"),
]
REAL = [
    ("poll:answer:v1:1:750", None),
    ("poll:answer:v1:2:0", None),
    ("poll:answer:v1:3:1", None),
    ("poll:choose:v1:3", ["1"]),
    ("poll:approve:v1:4", ["0", "2"]),
]
ALTERING = [
    *REAL,
    ("poll:exact:v1:1", None),
    ("poll:withdraw:v1:1", None),
    ("poll:withdraw:v1:2", None),
    ("poll:remind:v1:1:1", None),
]


async def everything(here: World) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with here.database.read() as session:
        return {
            table.name: sorted(map(repr, (await session.execute(table.select())).all()))
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
async def message(here: World) -> Any:
    """The message of the last of the polls described above; Ann has voted in each."""
    await open_poll(here, hope=True)
    await open_poll(here, "tone")
    message = await post_poll(here, approval_question())
    for custom_id, values in REAL:
        result = await click(here, here.ann, message, custom_id, values)
        assert "Stored" in text_of(result.response) or "already" in text_of(result.response)
    return message


async def click(
    here: World,
    who: Any,
    message: Any,
    custom_id: str,
    values: list[str] | None,
    channel: Any = None,
) -> Any:
    data = {} if values is None else {"component_type": MENU, "values": values}
    return await here.raw_click(who, channel or here.channel, custom_id, message.id, **data)


def assert_refused(result: Any, sentence: str) -> None:
    assert result.acknowledged
    assert result.ephemeral
    assert sentence in text_of(result.response)
    assert not list(components(result.response))


async def test_forged_and_stale_custom_ids_are_refused_and_change_nothing(
    here: World, message: Any
) -> None:
    before = await everything(here)
    for custom_id, values, sentence in FORGED:
        result = await click(here, here.ben, message, custom_id, values)
        try:
            assert_refused(result, sentence)
        except AssertionError as error:
            error.add_note(f"{custom_id} {values}")
            raise
    assert await everything(here) == before


async def test_an_exact_forecast_sent_from_a_form_that_is_out_of_range_changes_nothing(
    here: World, message: Any
) -> None:
    before = await everything(here)
    for typed in ("100.1", "-0.1", "1000", "half; --"):
        form = await click(here, here.ben, message, "poll:exact:v1:1", None)
        field = form.modal["components"][0]["component"]["custom_id"]
        result = await here.ben.submit_modal(form, {field: typed})
        assert result.ephemeral
        assert "from 0 to 100" in text_of(result.response)
    assert await everything(here) == before


@pytest.mark.parametrize("ending", ["close", "annul", "resolve"])
async def test_nothing_is_accepted_once_a_poll_is_over(
    here: World, message: Any, ending: str
) -> None:
    form = await click(here, here.ben, message, "poll:exact:v1:1", None)
    for poll in ("1", "3", "4"):
        await over(here, ending, poll)
    before = await everything(here)
    for custom_id, values in ALTERING:
        for who in (here.ann, here.ben):
            assert_refused(await click(here, who, message, custom_id, values), ENDED)
    field = form.modal["components"][0]["component"]["custom_id"]
    late = await here.ben.submit_modal(form, {field: "40"})
    assert late.ephemeral
    assert ENDED in text_of(late.response)
    assert await everything(here) == before


async def over(here: World, ending: str, poll: str) -> None:
    if ending == "close":
        await close_poll(here, poll)
    elif ending == "annul":
        told = await propose(here, "annul", poll, reason="The question was broken.")
        await here.mod.click(told.response, label="Confirm")
    else:
        form = await here.mod.slash(
            here.channel,
            "poll resolve",
            poll=poll,
            result="ambiguous",
            evidence="https://a.example/",
        )
        fields = [part["component"] for part in form.modal["components"]]  # type: ignore[index]
        typed: dict[str, Any] = {fields[0]["custom_id"]: "https://a.example/"}
        typed[fields[1]["custom_id"]] = "Nobody can tell."
        for menu in fields[2:]:
            typed[menu["custom_id"]] = ["unclear"]
        told = await here.mod.submit_modal(form, typed)
        await here.mod.click(told.response, label="Confirm")
    await here.env.settle()


async def test_nothing_is_accepted_after_the_closing_time_even_if_closing_is_late(
    here: World, message: Any
) -> None:
    await here.bot.services.scheduler.stop()
    await here.env.advance_time(8 * 24 * 3600)
    before = await everything(here)
    for custom_id, values in ALTERING:
        assert_refused(await click(here, here.ben, message, custom_id, values), ENDED)
    assert await everything(here) == before


async def test_a_poll_of_another_server_takes_no_ballots(here: World, message: Any) -> None:
    other = here.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    role = other.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    boss = other.add_member(here.env.create_user("boss"), roles=[role])
    await here.env.settle()
    own = await boss.slash(room, "poll list")
    before = await everything(here)
    for custom_id, values in [*ALTERING, ("poll:own:v1:1", None), ("poll:criteria:v1:1", None)]:
        result = await click(here, boss, own.response, custom_id, values, room)
        assert_refused(result, NO_POLL)
    assert await everything(here) == before


async def test_a_poll_for_a_role_takes_ballots_from_its_members_alone(here: World) -> None:
    role = here.guild.create_role("Delegates")
    delegate = here.guild.add_member(here.env.create_user("delegate"), roles=[role])
    await open_poll(here, hope=True, role=role)
    two = (("warm", "Warm"), ("cool", "Cool"))
    await post_poll(here, Question(PollKind.CHOICE, "Which tone?", two), role_id=role.id)
    message = await post_poll(here, approval_question(), role_id=role.id)
    before = await everything(here)
    for custom_id, values in [*REAL, ("poll:remind:v1:1:1", None)]:
        for outsider in (here.ben, here.mod):
            refused = await click(here, outsider, message, custom_id, values)
            assert_refused(refused, f"Only members with the role <@&{role.id}>")
    form = await click(here, here.ben, message, "poll:exact:v1:1", None)
    field = form.modal["components"][0]["component"]["custom_id"]
    typed = await here.ben.submit_modal(form, {field: "40"})
    assert typed.ephemeral
    assert "Only members with the role" in text_of(typed.response)
    assert await everything(here) == before
    for custom_id, values in REAL:
        result = await click(here, delegate, message, custom_id, values)
        assert result.ephemeral
        assert "Stored" in text_of(result.response) or "already" in text_of(result.response)


async def test_nothing_is_done_to_a_poll_on_hopes_alone(here: World, message: Any) -> None:
    before = await everything(here)
    refused = (
        await here.mod.slash(here.channel, "poll close", poll="2"),
        await here.mod.slash(here.channel, "poll extend", poll="2", by="2 days"),
        await here.mod.slash(here.channel, "poll annul", poll="2", reason="Why not."),
    )
    for result in refused:
        assert result.ephemeral
        assert NO_POLL in text_of(result.response)
    assert await everything(here) == before
