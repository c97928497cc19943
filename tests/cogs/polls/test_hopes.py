from sqlalchemy import select

from bot.polls.tables import BallotRow
from tests.sim.messages import labels_of, reread, text_of
from tests.sim.polls import close_poll, open_poll
from tests.sim.server import World

WANT, DONT, EITHER = "I want it", "I don't want it", "I don't mind"


async def test_hope_is_asked_beside_the_forecast_and_kept_apart_from_it(here: World) -> None:
    message = await open_poll(here, hope=True)
    assert labels_of(message)[-3:] == [WANT, DONT, EITHER]
    assert "What do you hope for?" in text_of(message)
    hoped = await here.ann.click(message, label=WANT)
    assert hoped.ephemeral
    assert f"Stored: **{WANT}**" in text_of(hoped.response)
    await here.ann.click(message, label="25%")
    async with here.database.read() as session:
        rows = (await session.scalars(select(BallotRow).order_by(BallotRow.poll_id))).all()
    assert [(row.poll_id, row.voter, row.value) for row in rows] == [
        (1, str(here.ann.id), 250),
        (2, str(here.ann.id), 0),
    ]
    own = await here.ann.click(message, label="Your ballot")
    assert "**25%**" in text_of(own.response)
    assert f"What do you hope for? **{WANT}**" in text_of(own.response)


async def test_the_gap_between_hope_and_expectation_is_shown_after_the_close_only(
    here: World,
) -> None:
    message = await open_poll(here, hope=True)
    for voter, forecast, hope in (
        (here.ann, "25%", WANT), (here.ben, "25%", WANT), (here.mod, "50%", EITHER),
        (here.members(1)[0], "25%", DONT),
    ):  # fmt: skip
        await voter.click(message, label=forecast)
        await voter.click(message, label=hope)
    await here.env.advance_time(10)
    assert "The crowd says **25%**" in text_of(reread(here, message))
    assert "hope is" not in text_of(reread(here, message))
    await close_poll(here, "1")
    result = text_of(reread(here, message))
    # 2 of 4 want it, and the median forecast is 25%: hope is 25 points above.
    assert "**50%** want it, 25% do not, 25% do not mind" in result
    assert "hope is 25 points above expectation" in result


async def test_the_gap_is_kept_back_until_as_many_hope_as_a_crowd_takes(here: World) -> None:
    message = await open_poll(here, hope=True)
    for voter in (here.ann, here.ben, here.mod):
        await voter.click(message, label="25%")
    for voter in (here.ann, here.ben):
        await voter.click(message, label=WANT)
    await close_poll(here, "1")
    result = text_of(reread(here, message))
    assert "The crowd says **25%**" in result
    assert "want it" not in result
    assert "hope is" not in result


async def test_a_hope_is_withdrawn_like_any_ballot(here: World) -> None:
    message = await open_poll(here, hope=True)
    await here.ann.click(message, label=WANT)
    own = await here.ann.click(message, label="Your ballot")
    await here.ann.click(own.response, label="Withdraw hope")
    async with here.database.read() as session:
        assert (await session.scalars(select(BallotRow))).all() == []
    assert "What do you hope for? **" not in text_of(own.response)


async def test_the_server_lists_a_forecast_with_its_hope_as_one_poll(here: World) -> None:
    await open_poll(here, hope=True)
    listed = await here.ann.slash(here.channel, "poll list")
    assert "hotline" in text_of(listed.response)
    assert "hope" not in text_of(listed.response)
    for command in ("poll show", "poll close"):
        offered = await here.mod.autocomplete(here.channel, command, "poll", "")
        assert [choice["value"] for choice in offered] == ["1"]


async def test_hope_cannot_be_asked_beside_a_choice(here: World) -> None:
    refused = await here.mod.slash(here.channel, "poll open", outcome="tone", hope=True)
    assert refused.ephemeral
    assert "only be asked beside a yes/no forecast" in text_of(refused.response)
    assert here.channel.last_message is None


async def test_ones_own_changes_are_told_oldest_first_and_to_oneself_alone(here: World) -> None:
    message = await open_poll(here)
    for label in ("25%", "75%"):
        await here.ann.click(message, label=label)
        await here.env.advance_time(60)
    own = await here.ann.click(message, label="Your ballot")
    await here.ann.click(own.response, label="Withdraw")
    own = await here.ann.click(message, label="Your ballot")
    told = [
        line.rpartition(": ")[2] for line in text_of(own.response).splitlines() if "<t:" in line
    ]
    assert told[-3:] == ["25%", "75%", "withdrawn"]
    other = await here.ben.click(message, label="Your ballot")
    assert "withdrawn" not in text_of(other.response)
