from typing import Any

from sqlalchemy import select

from bot.jobs.model import MOST_ATTEMPTS
from bot.jobs.tables import JobRow
from bot.polls.tables import ReminderRow
from tests.sim.messages import labels_of, text_of
from tests.sim.polls import close_poll, count_rows, open_poll, propose
from tests.sim.server import World, change_settings

REMIND = "Remind me before it closes"


async def asked_for(here: World, who: Any, message: Any) -> Any:
    """Ask to be reminded, as a member does."""
    own = await who.click(message, label="Your ballot")
    await who.click(own.response, label=REMIND)
    return own


def written_to(here: World, who: Any) -> list[Any]:
    """What the bot wrote to somebody in private."""
    return [message for message in who.user.dm_channel.history() if message.author.bot]


async def test_nobody_is_reminded_unless_they_asked(here: World) -> None:
    await open_poll(here, closes_in="7 days")
    await here.env.advance_time(7 * 86400)
    assert written_to(here, here.ann) == []
    assert await count_rows(here, ReminderRow) == 0


async def test_who_asked_and_has_not_voted_is_reminded_a_day_before_the_close(here: World) -> None:
    message = await open_poll(here, closes_in="7 days")
    own = await asked_for(here, here.ann, message)
    assert own.ephemeral
    assert "You will be reminded" in text_of(own.response)
    await here.env.advance_time(6 * 86400 - 60)
    assert written_to(here, here.ann) == []
    await here.env.advance_time(120)
    (note,) = written_to(here, here.ann)
    assert "Will they agree on a hotline?" in text_of(note)
    assert labels_of(note) == ["Go to the poll"]
    assert await count_rows(here, ReminderRow) == 0
    await here.env.advance_time(86400)
    assert len(written_to(here, here.ann)) == 1


async def test_who_voted_meanwhile_is_left_in_peace(here: World) -> None:
    message = await open_poll(here, closes_in="7 days")
    await asked_for(here, here.ann, message)
    await here.ann.click(message, label="75%")
    await here.env.advance_time(7 * 86400)
    assert written_to(here, here.ann) == []


async def test_a_reminder_can_be_taken_back(here: World) -> None:
    message = await open_poll(here, closes_in="7 days")
    own = await asked_for(here, here.ann, message)
    await here.ann.click(own.response, label="Do not remind me")
    assert REMIND in labels_of(own.response)
    await here.env.advance_time(7 * 86400)
    assert written_to(here, here.ann) == []


async def test_an_extension_moves_the_reminder_and_a_close_drops_it(here: World) -> None:
    message = await open_poll(here, closes_in="7 days")
    await asked_for(here, here.ann, message)
    asked = await propose(here, "extend", "1", by="2 days")
    await here.mod.click(asked.response, label="Confirm")
    await here.env.advance_time(8 * 86400 - 60)
    assert written_to(here, here.ann) == []
    await here.env.advance_time(120)
    assert len(written_to(here, here.ann)) == 1

    message = await open_poll(here, "tone", closes_in="7 days")
    await asked_for(here, here.ben, message)
    await close_poll(here, "2")
    await here.env.advance_time(7 * 86400)
    assert written_to(here, here.ben) == []
    assert await count_rows(here, ReminderRow) == 0


async def test_a_member_who_takes_no_messages_does_not_keep_the_others_waiting(
    here: World,
) -> None:
    message = await open_poll(here, closes_in="7 days")
    await asked_for(here, here.ann, message)
    await asked_for(here, here.ben, message)
    first, second = sorted((here.ann, here.ben), key=lambda who: who.id)
    here.env.inject_error(
        "POST", f"/channels/{first.user.dm_channel.id}/messages", status=403, code=50007
    )
    await here.env.advance_time(6 * 86400 + 60)
    assert written_to(here, first) == []
    assert len(written_to(here, second)) == 1
    assert await count_rows(here, ReminderRow) == 0


async def test_a_reminder_that_discord_failed_to_take_is_sent_later_and_no_other_twice(
    here: World,
) -> None:
    message = await open_poll(here, closes_in="7 days")
    await asked_for(here, here.ann, message)
    await asked_for(here, here.ben, message)
    here.env.inject_error(
        "POST", f"/channels/{here.ann.user.dm_channel.id}/messages", status=500, times=2
    )
    await here.env.advance_time(6 * 86400 + 1)
    assert len(written_to(here, here.ben)) == 1
    await here.env.advance_time(120)
    assert len(written_to(here, here.ann)) == 1
    assert len(written_to(here, here.ben)) == 1
    async with here.database.read() as session:
        states = [row.state for row in await session.scalars(
            select(JobRow).where(JobRow.kind == "poll.remind"))]  # fmt: skip
    assert states == ["done"]


async def test_moderators_are_told_of_those_who_could_not_be_reminded(here: World) -> None:
    log = here.guild.create_text_channel("log")
    await change_settings(here, log_channel=log.id)
    message = await open_poll(here, closes_in="7 days")
    await asked_for(here, here.ann, message)
    await asked_for(here, here.ben, message)
    path = f"/channels/{here.ann.user.dm_channel.id}/messages"
    here.env.inject_error("POST", path, status=500, times=MOST_ATTEMPTS)
    await here.env.advance_time(6 * 86400 + 3600)
    assert "could not remind" not in text_of(log.history()[-1])
    await here.env.advance_time(2 * 3600)
    assert written_to(here, here.ann) == []
    told = text_of(log.history()[-1])
    assert told.startswith("The bot could not remind everybody of a poll: [Will they agree")
    assert "1 member who asked" in told
    assert str(here.ann.id) not in told


async def test_a_reminder_does_not_say_how_the_poll_stands(here: World) -> None:
    message = await open_poll(here, "tone", closes_in="7 days", hide_results="until_close")
    await here.ben.click(message, label="Warm")
    await asked_for(here, here.ann, message)
    await here.env.advance_time(6 * 86400 + 60)
    (note,) = written_to(here, here.ann)
    assert "Warm" not in text_of(note)
    assert "1 vote" not in text_of(note)


async def test_asking_too_late_is_refused(here: World) -> None:
    message = await open_poll(here, closes_in="7 days")
    await here.env.advance_time(6 * 86400 + 3600)
    own = await here.ann.click(message, label="Your ballot")
    refused = await here.ann.click(own.response, label=REMIND)
    assert refused.ephemeral
    assert "too soon for a reminder" in text_of(refused.response)
