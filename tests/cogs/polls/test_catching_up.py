"""What a poll's message and channel were not told for long is made up for, and moderators know."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.jobs.model import MOST_ATTEMPTS
from bot.jobs.tables import JobRow
from bot.polls.tables import PollRow
from tests.sim.announcements import stored_log
from tests.sim.messages import direct_messages, labels_of, reread, text_of
from tests.sim.polls import close_poll, open_poll, resolve_poll
from tests.sim.server import World, change_settings

LONG_ENOUGH = timedelta(hours=6).total_seconds()
ACT = "could not update the message of a poll"


async def marks(here: World, poll_id: int = 1) -> tuple[int, int]:
    async with here.database.read() as session:
        row = await session.get_one(PollRow, poll_id)
        return row.revision, row.shown_revision


async def job(here: World, kind: str) -> tuple[str, int]:
    async with here.database.read() as session:
        found = (await session.scalars(select(JobRow).where(JobRow.kind == kind))).one()
        return found.state, found.attempts


def breaks(here: World, message: Any, times: int, status: int = 500) -> None:
    """Have Discord fail that often to edit a message."""
    path = f"/channels/{here.channel.id}/messages/{message.id}"
    here.env.inject_error("PATCH", path, status=status, times=times)


async def test_a_poll_whose_closing_could_not_be_shown_is_shown_closed_at_the_next_start(
    here: World,
) -> None:
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, MOST_ATTEMPTS)
    await here.env.advance_time(3600)
    assert await marks(here) == (1, 0)
    assert "closes" in text_of(reread(here, message))
    assert direct_messages(here, here.mod) == []

    await here.env.advance_time(LONG_ENOUGH)
    assert await job(here, "poll.close") == ("failed", MOST_ATTEMPTS)
    assert "closes" in text_of(reread(here, message))
    (told,) = direct_messages(here, here.mod)
    assert "may still look open" in told
    assert "`/poll show`" in told
    assert f"/{message.id}" in told
    assert [(who, act) for who, act, _ in await stored_log(here)][-1] == (None, ACT)

    await here.restart()
    await here.env.advance_time(60)
    assert "closed" in text_of(reread(here, message))
    assert "95%" not in labels_of(reread(here, message))
    assert await marks(here) == (1, 1)
    assert len(direct_messages(here, here.mod)) == 1


async def test_whoever_comes_upon_a_poll_that_looks_open_has_it_shown_closed(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, MOST_ATTEMPTS)
    await here.env.advance_time(3600 + LONG_ENOUGH)
    answer = await here.ann.click(message, label="50%")
    assert "This poll is closed" in text_of(answer.response)
    await here.env.advance_time(5)
    assert "closed" in text_of(reread(here, message))
    assert await marks(here) == (1, 1)


async def test_showing_a_poll_has_its_message_catch_up(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, MOST_ATTEMPTS)
    await here.env.advance_time(3600 + LONG_ENOUGH)
    await here.ann.slash(here.channel, "poll show", poll="1")
    await here.env.advance_time(5)
    assert "closed" in text_of(reread(here, message))


async def test_a_log_channel_is_told_instead_of_the_moderator(here: World) -> None:
    log = here.guild.create_text_channel("log")
    await change_settings(here, log_channel=log.id)
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, MOST_ATTEMPTS)
    await here.env.advance_time(3600 + LONG_ENOUGH)
    assert ACT in text_of(log.last_message)
    assert direct_messages(here, here.mod) == []


async def test_what_may_not_be_edited_is_told_at_once_and_stays_to_be_shown(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, 1, status=403)
    await here.env.advance_time(3600)
    (told,) = direct_messages(here, here.mod)
    assert "I am not allowed to change its message" in told
    assert await job(here, "poll.close") == ("done", 1)
    assert await marks(here) == (1, 0)
    await here.restart()
    assert "closed" in text_of(reread(here, message))
    assert await marks(here) == (1, 1)


async def test_a_message_that_was_deleted_needs_nothing_more(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    breaks(here, message, 1, status=404)
    await here.env.advance_time(3600)
    assert await marks(here) == (1, 1)
    assert direct_messages(here, here.mod) == []


async def test_a_thread_that_must_be_woken_before_it_is_edited_is_told_and_edited(
    here: World,
) -> None:
    message = await open_poll(here)
    breaks(here, message, 1, status=400)
    await close_poll(here, "1")
    assert "Closed early" in text_of(here.channel.last_message)
    assert "closed" in text_of(reread(here, message))
    assert direct_messages(here, here.mod) == []


async def closed_untold(here: World) -> None:
    """Have a poll closed, and Discord take no word of that until it is given up."""
    await open_poll(here)
    path = f"/channels/{here.channel.id}/messages"
    here.env.inject_error("POST", path, status=500, times=MOST_ATTEMPTS)
    await close_poll(here, "1")
    await here.env.advance_time(LONG_ENOUGH)


async def test_what_could_not_be_told_is_told_at_the_next_start_and_once(here: World) -> None:
    await closed_untold(here)
    assert await job(here, "poll.tell") == ("failed", MOST_ATTEMPTS)
    (told,) = direct_messages(here, here.mod)
    assert f"could not be posted in <#{here.channel.id}>" in told

    await here.restart()
    await here.env.advance_time(60)
    await here.restart()
    await here.env.advance_time(60)
    posts = [text_of(post) for post in here.channel.history() if "Closed early" in text_of(post)]
    assert len(posts) == 1
    assert len(direct_messages(here, here.mod)) == 1


async def test_what_could_not_be_told_is_told_with_what_is_done_next(here: World) -> None:
    await closed_untold(here)
    await resolve_poll(here, "1", "Yes")
    heads = [text_of(post).splitlines()[0] for post in here.channel.history()]
    assert heads[-2:] == ["### Closed early", "### Resolved: Yes"]


async def test_votes_do_not_count_as_something_that_a_message_lags_behind(here: World) -> None:
    message = await open_poll(here)
    await here.ann.click(message, label="50%")
    assert await marks(here) == (0, 0)
    async with here.database.write() as session:
        await session.execute(update(PollRow).values(revision=3))
    await here.ben.click(message, label="50%")
    await here.env.advance_time(5)
    assert await marks(here) == (3, 3)
