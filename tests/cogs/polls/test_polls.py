import asyncio
from typing import Any

import discord
import pytest
from sqlalchemy import update

from bot.db.engine import Database
from bot.knowledge.library import Library
from bot.polls.tables import PollRow
from tests.packs_in_code import talks
from tests.sim.messages import components, labels_of, reread, text_of
from tests.sim.polls import close_poll, count_rows, open_poll, stored_ballots
from tests.sim.server import World, world


async def test_a_forecast_poll_offers_five_probabilities_and_an_exact_one(here: World) -> None:
    message = await open_poll(here)
    assert "Will they agree on a hotline?" in text_of(message)
    assert "**0 forecasts**" in text_of(message)
    assert labels_of(message) == [
        "5%", "25%", "50%", "75%", "95%", "Exact …", "Your ballot", "How it is settled",
    ]  # fmt: skip


async def test_a_member_may_not_open_a_poll_and_is_told_privately_what_it_takes(
    here: World,
) -> None:
    result = await here.ann.slash(here.channel, "poll open", outcome="hotline")
    assert result.ephemeral
    assert "Manage Messages" in text_of(result.response)
    assert here.channel.last_message is None
    assert await count_rows(here, PollRow) == 0


async def test_a_vote_is_answered_privately_stored_and_shows_in_the_count(here: World) -> None:
    message = await open_poll(here)
    result = await here.ann.click(message, label="75%")
    assert result.ephemeral
    assert "Stored: **75%**" in text_of(result.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 750)]
    assert "**1 forecast**" in text_of(reread(here, message))


async def test_changing_a_vote_says_from_what_and_counts_once(here: World) -> None:
    message = await open_poll(here)
    await here.ann.click(message, label="75%")
    result = await here.ann.click(message, label="5%")
    assert "Changed from 75% to **5%**" in text_of(result.response)
    again = await here.ann.click(message, label="5%")
    assert "is already **5%**" in text_of(again.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 50)]


async def test_an_exact_probability_is_typed_in_a_form(here: World) -> None:
    message = await open_poll(here)
    form = await here.ann.click(message, label="Exact …")
    field = form.modal["components"][0]["component"]["custom_id"]  # type: ignore[index]
    result = await here.ann.submit_modal(form, {field: "62,5 %"})
    assert result.ephemeral
    assert "**62.5%**" in text_of(result.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 625)]


@pytest.mark.parametrize("typed", ["101", "-1", "often", "12.34", "nan", "1e9", "٪"])
async def test_what_is_no_probability_is_refused_and_changes_nothing(
    here: World, typed: str
) -> None:
    message = await open_poll(here)
    form = await here.ann.click(message, label="Exact …")
    field = form.modal["components"][0]["component"]["custom_id"]  # type: ignore[index]
    result = await here.ann.submit_modal(form, {field: typed})
    assert result.ephemeral
    assert "Type a number from 0 to 100" in text_of(result.response)
    assert await stored_ballots(here) == []


async def test_your_ballot_shows_ones_own_alone_and_withdraws_it(here: World) -> None:
    message = await open_poll(here)
    await here.ann.click(message, label="75%")
    own = await here.ann.click(message, label="Your ballot")
    assert own.ephemeral
    assert "**75%**" in text_of(own.response)
    other = await here.ben.click(message, label="Your ballot")
    assert "You have no ballot" in text_of(other.response)
    await here.ann.click(own.response, label="Withdraw")
    assert "You have no ballot" in text_of(own.response)
    assert await stored_ballots(here) == []


async def test_how_it_is_settled_tells_the_criteria_privately(here: World) -> None:
    message = await open_poll(here)
    result = await here.ann.click(message, label="How it is settled")
    assert result.ephemeral
    assert "Both readouts mention a hotline." in text_of(result.response)


async def test_few_options_are_buttons_and_many_a_menu(here: World) -> None:
    few = await open_poll(here, "tone")
    assert labels_of(few)[:2] == ["Warm", "Cool 시원"]
    await here.ann.click(few, label="Cool 시원")
    many = await open_poll(here, "first-topic")
    result = await here.ann.select(many, ["19"])
    assert "**Topic number 19 of twenty**" in text_of(result.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 1), (str(here.ann.id), 19)]
    assert len(list(components(many))) <= 40


async def test_however_many_vote_the_message_is_edited_once_in_three_seconds(here: World) -> None:
    message = await open_poll(here)
    before = here.edits(message.id)
    for voter in here.members(20):
        await here.env.settle()
        await voter.click(message, label="50%")
    assert here.edits(message.id) - before == 1
    assert "**1 forecast**" in text_of(reread(here, message))
    await here.env.advance_time(3)
    assert here.edits(message.id) - before == 2
    assert "**20 forecasts**" in text_of(reread(here, message))
    assert "The crowd says **50%**" in text_of(reread(here, message))
    await here.env.advance_time(60)
    assert here.edits(message.id) - before == 2


async def test_closing_turns_the_message_into_the_result_with_a_picture(here: World) -> None:
    message = await open_poll(here, "tone")
    await here.ann.click(message, label="Warm")
    await here.ben.click(message, label="Warm")
    refused = await here.ann.slash(here.channel, "poll close", poll="tone")
    assert refused.ephemeral
    assert "Manage Messages" in text_of(refused.response)

    await close_poll(here, "tone")
    result = reread(here, message)
    assert labels_of(result) == ["Your ballot", "How it is settled"]
    assert "closed" in text_of(result)
    assert f"<@{here.mod.id}>" in text_of(result)
    pictures = [node for node in components(result) if node.get("type") == 12]
    alt = pictures[0]["items"][0]["description"]
    assert "Warm" in alt
    assert "2" in alt
    assert result.attachments[0].filename.endswith(".png")


async def test_a_poll_closes_by_itself_at_its_time(here: World) -> None:
    message = await open_poll(here, closes_in="2 hours")
    await here.ann.click(message, label="75%")
    await here.env.advance_time(2 * 3600 - 10)
    assert "Exact …" in labels_of(reread(here, message))
    await here.env.advance_time(11)
    assert labels_of(reread(here, message)) == ["Your ballot", "How it is settled"]
    late = await here.raw_click(here.ben, here.channel, "poll:own:v1:1", message.id)
    assert late.ephemeral


async def test_a_vote_on_a_poll_that_is_over_is_refused_privately(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    await close_poll(here, "1")
    for custom_id in ("poll:answer:v1:1:750", "poll:exact:v1:1"):
        result = await here.raw_click(here.ann, here.channel, custom_id, message.id)
        assert result.acknowledged
        assert result.ephemeral
    assert await stored_ballots(here) == []


async def test_old_buttons_work_after_a_restart(here: World) -> None:
    message = await open_poll(here)
    await here.ann.click(message, label="75%")
    await here.restart()
    result = await here.ben.click(reread(here, message), label="25%")
    assert "Stored: **25%**" in text_of(result.response)
    own = await here.ann.click(reread(here, message), label="Your ballot")
    assert "**75%**" in text_of(own.response)
    await here.restart()
    await here.ann.click(own.response, label="Withdraw")
    assert await stored_ballots(here) == [(str(here.ben.id), 250)]


async def test_a_poll_whose_time_passed_while_the_bot_was_down_closes_at_start(
    kept: Database,
) -> None:
    library = Library([talks()])
    async with world(library, kept) as here:
        message = await open_poll(here, closes_in="1 hour")
        await here.ann.click(message, label="75%")
        here.bot.services.scheduler.handle("poll.close", _never)
        await here.bot.services.scheduler.stop()
        await here.env.advance_time(5 * 3600)
        assert "Exact …" in labels_of(reread(here, message))
        late = await here.ben.click(message, label="5%")
        assert "closed" in text_of(late.response)
        await here.restart()
        over = reread(here, message)
        assert labels_of(over) == ["Your ballot", "How it is settled"]
        assert "closed late: the bot was away" in text_of(over)


async def _never(_: object) -> None:
    raise AssertionError("the bot is down")


async def test_two_servers_do_not_see_each_others_polls(here: World) -> None:
    message = await open_poll(here)
    other = here.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    role = other.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    boss = other.add_member(here.env.create_user("boss"), roles=[role])
    await here.env.settle()
    listed = await boss.slash(room, "poll list")
    assert "no polls yet" in text_of(listed.response)
    for command in ("poll show", "poll close"):
        result = await boss.slash(room, command, poll="1")
        assert result.ephemeral
        assert "hotline" not in text_of(result.response)
    assert await boss.autocomplete(room, "poll show", "poll", "") == []
    own = await boss.slash(room, "poll list")
    for custom_id in ("poll:answer:v1:1:750", "poll:own:v1:1", "poll:criteria:v1:1"):
        forged = await here.raw_click(boss, room, custom_id, own.response.id)  # type: ignore[union-attr]
        assert forged.acknowledged
        assert forged.ephemeral
        assert "hotline" not in text_of(forged.response)
    assert await stored_ballots(here) == []
    assert "**0 forecasts**" in text_of(reread(here, message))


async def test_a_second_open_poll_on_an_outcome_is_refused_with_a_link(here: World) -> None:
    message = await open_poll(here)
    result = await here.mod.slash(here.channel, "poll open", outcome="hotline")
    assert result.ephemeral
    assert message.jump_url in text_of(result.response)


async def test_unknown_outcomes_and_times_are_answered_with_what_would_do(here: World) -> None:
    unknown = await here.mod.slash(here.channel, "poll open", outcome="hotlime agreement")
    assert unknown.ephemeral
    assert "Will they agree on a hotline?" in text_of(unknown.response)
    for time in ("whenever", "5", "1 second", "400 days", "yesterday"):
        bad = await here.mod.slash(here.channel, "poll open", outcome="hotline", closes_in=time)
        assert bad.ephemeral
        assert "3 days" in text_of(bad.response) or "3d" in text_of(bad.response)
    assert await count_rows(here, PollRow) == 0


async def test_where_the_bot_may_not_post_nothing_stays_behind(here: World) -> None:
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013,
        message="Missing Permissions",
    )  # fmt: skip
    result = await here.mod.slash(here.channel, "poll open", outcome="hotline")
    assert result.ephemeral
    assert "may not post" in text_of(result.response)
    assert await count_rows(here, PollRow) == 0
    assert await open_poll(here) is not None


async def test_hidden_results_are_hidden_until_close_everywhere(here: World) -> None:
    message = await open_poll(here, "tone", hide_results="until_close")
    await here.ann.click(message, label="Warm")
    await here.env.advance_time(4)
    show = await here.ben.slash(here.channel, "poll show", poll="tone")
    listed = await here.ben.slash(here.channel, "poll list")
    own = await here.ann.click(message, label="Your ballot")
    for seen in (reread(here, message), show.response, listed.response, own.response):
        assert "1 vote" in text_of(seen)
        assert "100%" not in text_of(seen)
        assert "█" not in text_of(seen)
    await close_poll(here, "tone")
    assert "**100%**" in text_of(reread(here, message))


async def test_an_anonymous_poll_says_so_and_shows_results_five_voters_behind(here: World) -> None:
    message = await open_poll(here, "tone", anonymous=True)
    assert "keyed hash" in text_of(message)
    voters = here.members(11)
    for voter in voters[:9]:
        await voter.click(message, label="Warm")
    await here.env.advance_time(4)
    assert "**9 votes**" in text_of(reread(here, message))
    assert "5 members have voted and 5 more after them" in text_of(reread(here, message))
    assert "█" not in text_of(reread(here, message))
    await voters[9].click(message, label="Cool 시원")
    await voters[10].click(message, label="Cool 시원")
    await here.env.advance_time(4)
    assert "**11 votes**" in text_of(reread(here, message))
    assert "As of 5 votes" in text_of(reread(here, message))
    assert "**100%** · 5" in text_of(reread(here, message))
    assert str(voters[0].id) not in str(await stored_ballots(here))
    await close_poll(here, "tone")
    assert "**82%** · 9" in text_of(reread(here, message))
    assert "As of" not in text_of(reread(here, message))


async def test_polls_are_found_by_their_question_while_typing(here: World) -> None:
    await open_poll(here)
    await open_poll(here, "tone")
    choices = await here.ann.autocomplete(here.channel, "poll show", "poll", "hotlin")
    assert [choice["name"] for choice in choices] == ["Will they agree on a hotline? · open"]
    found = await here.ann.slash(here.channel, "poll show", poll="hotline")
    assert not found.ephemeral
    assert "Will they agree on a hotline?" in text_of(found.response)
    spans = await here.mod.autocomplete(here.channel, "poll open", "closes_in", "3")
    assert [span["value"] for span in spans][:2] == ["3", "3 days"]
    outcomes = await here.mod.autocomplete(here.channel, "poll open", "outcome", "tone")
    assert outcomes[0]["value"] == "talks/tone"


async def test_a_deleted_poll_message_does_not_trouble_the_bot(here: World) -> None:
    message = await open_poll(here, closes_in="1 hour")
    await here.mod.delete(reread(here, message))
    await here.env.advance_time(3700)
    show = await here.ann.slash(here.channel, "poll show", poll="1")
    assert "closed" in text_of(show.response)


async def test_an_edit_that_discord_held_up_does_not_land_on_the_result(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await open_poll(here, "tone")
    edit = discord.PartialMessage.edit
    held, go_on = asyncio.Event(), asyncio.Event()

    async def slow_edit(self: discord.PartialMessage, **fields: Any) -> Any:
        if not held.is_set():
            held.set()
            await here.env.external_wait(go_on.wait(), reason="Discord is slow")
        return await edit(self, **fields)

    monkeypatch.setattr(discord.PartialMessage, "edit", slow_edit)
    await here.ann.click(message, label="Warm")
    await held.wait()
    closing = asyncio.create_task(close_poll(here, "tone"))
    await asyncio.sleep(0.1)
    go_on.set()
    await closing
    await here.env.settle()
    assert labels_of(reread(here, message)) == ["Your ballot", "How it is settled"]


async def test_an_update_that_discord_refused_is_tried_again(here: World) -> None:
    message = await open_poll(here)
    here.env.inject_error("PATCH", f"/channels/*/messages/{message.id}", status=500)
    await here.ann.click(message, label="75%")
    assert "**0 forecasts**" in text_of(reread(here, message))
    await here.env.advance_time(10)
    assert "**1 forecast**" in text_of(reread(here, message))


async def test_a_poll_whose_place_was_never_recorded_learns_it_from_a_vote(here: World) -> None:
    message = await open_poll(here, "tone")
    async with here.database.write() as session:
        await session.execute(update(PollRow).values(message_id=None))
    await here.ann.click(message, label="Warm")
    await here.ben.click(message, label="Warm")
    await here.env.advance_time(4)
    assert "**2 votes**" in text_of(reread(here, message))


async def test_a_poll_that_was_never_posted_is_forgotten_at_the_next_start(here: World) -> None:
    message = await open_poll(here)
    await here.mod.delete(reread(here, message))
    async with here.database.write() as session:
        await session.execute(update(PollRow).values(message_id=None))
    await here.env.advance_time(3600)
    await here.restart()
    assert await count_rows(here, PollRow) == 0
    assert await open_poll(here) is not None


async def test_anything_that_breaks_while_posting_leaves_no_poll_behind(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reset(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(discord.abc.Messageable, "send", reset)
    result = await here.mod.slash(here.channel, "poll open", outcome="hotline")
    assert result.ephemeral
    assert await count_rows(here, PollRow) == 0
    here.incidents.expected = 1
    assert here.env.errors
