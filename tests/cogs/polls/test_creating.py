import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.access import Viewer
from bot.jobs.tables import JobRow
from bot.polls.draft_service import DraftService
from bot.polls.model import Poll
from bot.polls.tables import PollDraftRow, PollRow
from tests.sim.messages import components, enabled_labels, labels_of, reread, text_of
from tests.sim.polls import (
    TOPICS,
    close_poll,
    count_rows,
    create_poll,
    poll_form_values,
    poll_parts,
    stored_ballots,
    submit_poll,
    topics,
    write_poll,
)
from tests.sim.server import World

ALL_TICKS = ["approval", "forecast", "anonymous", "until_close", "until_ballot", "hope"]


async def the_poll(here: World) -> PollRow:
    async with here.database.read() as session:
        return (await session.scalars(select(PollRow).where(PollRow.hope_for.is_(None)))).one()


def room(message: Any) -> int:
    """The characters of text that Discord counts in a message."""
    return sum(len(node["content"]) for node in components(message) if node.get("type") == 10)


def privately(result: InteractionResult) -> str:
    """What somebody is told, for them alone, whose click was acknowledged first."""
    (told,) = result.followups
    assert told.ephemeral
    return text_of(told)


async def test_the_preview_is_private_and_nothing_is_posted_before_post(here: World) -> None:
    preview = await write_poll(here)
    assert preview.ephemeral
    assert "Which topic comes first?" in text_of(preview.response)
    assert enabled_labels(preview.response) == ["Post", "Edit", "Discard"]
    assert here.channel.last_message is None
    assert await count_rows(here, PollRow) == 0


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"options": topics(20), "ticks": ["anonymous", "until_close"]},
        {"options": topics(20), "ticks": ["approval", "until_ballot"]},
        {"options": "", "ticks": ["forecast", "hope", "anonymous"]},
    ],
    ids=["choice", "many", "approval", "forecast"],
)
async def test_what_is_posted_is_what_was_previewed(here: World, typed: dict[str, Any]) -> None:
    preview = await write_poll(here, **typed)
    previewed = poll_parts(preview.response)
    await here.env.advance_time(600)
    await here.mod.click(preview.response, label="Post")
    message = here.channel.last_message
    assert message is not None
    assert poll_parts(here.env.backend.get_message(here.channel.id, message.id)) == previewed
    assert message.jump_url in text_of(preview.response)
    poll = await the_poll(here)
    assert poll.message_id == message.id


async def test_a_choice_of_ones_own_is_voted_on_and_closes_at_its_time(here: World) -> None:
    message = await create_poll(here)
    assert labels_of(message) == ["Trade", "Security", "Climate", "Your ballot"]
    result = await here.ann.click(message, label="Security")
    assert "Stored: **Security**" in text_of(result.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 1)]
    await here.env.advance_time(3 * 24 * 3600 + 1)
    assert "closed" in text_of(reread(here, message))
    assert "Security: **100%**" in text_of(reread(here, message))


async def test_a_forecast_with_a_hope_is_answered_in_percent_and_in_hopes(here: World) -> None:
    message = await create_poll(
        here, question="Will they meet again?", options="", ticks=["forecast", "hope"]
    )
    await here.ann.click(message, label="75%")
    await here.ann.click(message, label="I want it")
    assert await stored_ballots(here) == [(str(here.ann.id), 750), (str(here.ann.id), 0)]


async def test_an_approval_ballot_is_the_set_that_was_chosen_last(here: World) -> None:
    message = await create_poll(here, options=topics(20), ticks=["approval"])
    await here.ann.select(message, ["0", "3", "19"])
    assert await stored_ballots(here) == [(str(here.ann.id), 1 + 8 + 2**19)]
    result = await here.ann.select(message, ["3"])
    assert "Changed from Topic 0, Topic 3, Topic 19 to **Topic 3**" in text_of(result.response)
    await here.ben.select(message, [str(number) for number in range(20)])
    await here.env.advance_time(4)
    assert "**2 votes**" in text_of(reread(here, message))
    assert "Topic 3\n██████████ **100%** · 2" in text_of(reread(here, message))
    assert "Topic 19\n█████░░░░░ **50%** · 1" in text_of(reread(here, message))


async def test_without_votes_there_are_no_bars(here: World) -> None:
    message = await create_poll(here, options=topics(20), ticks=["approval"])
    for said, seen in (("No votes yet", message), ("No votes", None)):
        if seen is None:
            await close_poll(here, "1")
        text = text_of(reread(here, message))
        assert f"**{said}**\n- Topic 0\n" in text
        assert "░" not in text
        assert "0%" not in text


async def test_ones_own_ballot_shows_what_one_approves_of_and_changes_it_in_place(
    here: World,
) -> None:
    message = await create_poll(here, ticks=["approval"])
    await here.ann.select(message, ["0", "2"])
    own = await here.ann.click(message, label="Your ballot")

    def ticked() -> list[str]:
        menu = next(node for node in components(own.response) if node.get("type") == 3)
        return [option["label"] for option in menu["options"] if option.get("default")]

    assert ticked() == ["Trade", "Climate"]
    await here.ann.select(own.response, ["0", "1"])
    assert ticked() == ["Trade", "Security"]
    assert "**Trade, Security**" in text_of(own.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 3)]


async def test_a_poll_limited_to_a_role_takes_no_other_ballots(here: World) -> None:
    role = here.guild.create_role("Readers")
    reader = here.guild.add_member(here.env.create_user("reader"), roles=[role])
    await here.env.settle()
    message = await create_poll(here, role=[role])
    assert f"only <@&{role.id}> may vote" in text_of(message)
    refused = await here.ann.click(message, label="Trade")
    assert refused.ephemeral
    assert "Only members with the role" in text_of(refused.response)
    await reader.click(message, label="Trade")
    assert await stored_ballots(here) == [(str(reader.id), 0)]


async def test_the_terms_that_were_ticked_are_the_polls(here: World) -> None:
    await create_poll(here, ticks=["anonymous", "until_close"])
    poll = await the_poll(here)
    assert (poll.kind, poll.anonymous, poll.hide_results) == ("choice", True, "until_close")
    assert (poll.opened_by, poll.channel_id, poll.role_id) == (here.mod.id, here.channel.id, None)


WRONG = {
    "no question": ({"question": " \u200b "}, "A poll needs a question"),
    "no options": ({"options": ""}, "2 to 20 options, one a line; this one has 0"),
    "one option": ({"options": "Trade\n \n\u200b"}, "this one has 1"),
    "21 options": ({"options": topics(21)}, "this one has 21"),
    "a long option": ({"options": f"Short\n{'y' * 81}"}, "80 characters. Shorten “yyyy"),
    "an option twice": ({"options": "Trade\ntrade\nSecurity"}, "“Trade”: every option can appear"),
    "a forecast with options": ({"ticks": ["forecast"]}, "has no options. Leave them out"),
    "two kinds": ({"ticks": ["approval", "forecast"]}, "Untick one of the two"),
    "hidden twice": ({"ticks": ["until_close", "until_ballot"]}, "Untick one of the two"),
    "hope beside a choice": ({"ticks": ["hope"]}, "Leave hope out"),
    "no time": ({"closes": "whenever *we* feel like it"}, "is not a time I can read"),
    "a time that is over": ({"closes": "2025-12-31 18:00"}, "has passed already"),
    "too soon": ({"closes": "30 seconds"}, "1 minute to 365 days"),
    "too late": ({"closes": "400 days"}, "1 minute to 365 days"),
}


@pytest.mark.parametrize(("typed", "told"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_told_and_comes_back_as_it_was_typed(
    here: World, typed: dict[str, Any], told: str
) -> None:
    answer = await write_poll(here, **typed)
    assert told in text_of(answer.response)
    assert text_of(answer.response).count("\n- ") == 1
    assert labels_of(answer.response) == ["Edit", "Discard"]
    form = await here.mod.click(answer.response, label="Edit")
    before = {"question": "Which topic comes first?", "options": TOPICS, "closes": "in 3 days"}
    assert poll_form_values(form) == {**before, "ticks": [], "role": [], **typed}
    assert here.channel.last_message is None
    assert await count_rows(here, PollRow) == 0


async def test_all_that_is_wrong_is_told_at_once_and_all_that_was_typed_is_kept(
    here: World,
) -> None:
    role = here.guild.create_role("Readers")
    await here.env.settle()
    typed = {
        "question": "?" * 300,
        "options": topics(24, 150),
        "closes": "1 second",
        "ticks": ALL_TICKS,
    }
    answer = await write_poll(here, role=[role], **typed)
    assert text_of(answer.response).count("\n- ") == 6
    assert room(answer.response) <= 4000
    form = await here.mod.click(answer.response, label="Edit")
    assert poll_form_values(form) == {**typed, "role": [role.id]}

    mended = await submit_poll(
        here.mod, form, options=topics(2), closes="1 hour", ticks=["anonymous"], role=[role]
    )
    assert enabled_labels(answer.response) == ["Post", "Edit", "Discard"]
    assert mended.acknowledged
    await here.mod.click(answer.response, label="Post")
    poll = await the_poll(here)
    assert (poll.question, poll.anonymous, poll.role_id) == ("?" * 300, True, role.id)
    assert await count_rows(here, PollDraftRow) == 1


async def test_a_role_that_is_deleted_meanwhile_does_not_keep_the_form_shut(here: World) -> None:
    role = here.guild.create_role("Readers")
    await here.env.settle()
    answer = await write_poll(here, role=[role], closes="never")
    here.env.backend.delete_role(here.guild.id, role.id)
    await here.env.settle()
    form = await here.mod.click(answer.response, label="Edit")
    assert poll_form_values(form)["role"] == []
    assert poll_form_values(form)["options"] == TOPICS


async def test_everybody_as_the_role_limits_the_poll_to_nobody(here: World) -> None:
    message = await create_poll(here, role=[here.guild.default_role])
    assert "may vote" not in text_of(message)
    assert (await the_poll(here)).role_id is None


async def test_a_draft_can_be_mended_and_posted_after_a_restart(here: World) -> None:
    answer = await write_poll(here, options="Trade")
    await here.restart()
    form = await here.mod.click(answer.response, label="Edit")
    await submit_poll(here.mod, form, options="Trade\nSecurity")
    await here.restart()
    await here.mod.click(answer.response, label="Post")
    assert "Which topic comes first?" in text_of(here.channel.last_message)
    assert await count_rows(here, PollRow) == 1


async def test_a_form_left_open_over_a_restart_gives_back_what_was_typed(here: World) -> None:
    form = await here.mod.slash(here.channel, "poll create")
    await here.restart()
    answer = await submit_poll(
        here.mod, form, question="What next?", options=TOPICS, closes="1 day"
    )
    said = "\n".join(map(text_of, (answer.response, *answer.followups)))
    assert "open it again" in said
    assert all(part in said for part in ("What next?", *TOPICS.split(), "1 day"))


async def test_post_pressed_twice_at_once_posts_once(here: World) -> None:
    preview = await write_poll(here)
    button = next(n for n in components(preview.response) if n.get("label") == "Post")
    message = preview.response
    assert message is not None
    before = len(here.channel.history())
    clicks = [here.press(here.mod, here.channel, button["custom_id"], message.id) for _ in "12"]
    await here.env.settle()
    assert len(here.channel.history()) - before == 1
    assert await count_rows(here, PollRow) == 1
    told = [text_of(answer) for click in clicks for answer in click.followups]
    assert sum("already posted" in text for text in told) == 1
    late = await here.raw_click(here.mod, here.channel, button["custom_id"], message.id)
    assert "already posted" in privately(late)


async def test_a_poll_that_cannot_be_posted_can_be_posted_later(here: World) -> None:
    preview = await write_poll(here)
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013,
        message="Missing Permissions",
    )  # fmt: skip
    refused = await here.mod.click(preview.response, label="Post")
    assert refused.followups[-1].ephemeral
    assert "may not post" in text_of(refused.followups[-1])
    assert await count_rows(here, PollRow) == 0
    async with here.database.read() as session:
        jobs = await session.scalars(select(JobRow.kind).where(JobRow.kind.like("poll.%")))
        assert jobs.all() == []
    form = await here.mod.click(preview.response, label="Edit")
    assert poll_form_values(form)["options"] == TOPICS
    await here.mod.click(preview.response, label="Post")
    assert await count_rows(here, PollRow) == 1
    assert "Which topic comes first?" in text_of(here.channel.last_message)


async def test_a_draft_that_the_bot_died_over_while_posting_can_be_posted(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await write_poll(here)

    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(here.bot.get_cog("Polls").publisher, "post", die)
    await here.mod.click(preview.response, label="Post")
    assert await count_rows(here, PollRow) == 1
    await here.env.advance_time(3600)
    await here.restart()
    assert await count_rows(here, PollRow) == 0
    await here.mod.click(preview.response, label="Post")
    assert "Which topic comes first?" in text_of(here.channel.last_message)


async def test_a_closing_time_that_passed_over_the_preview_is_told_and_mended(here: World) -> None:
    preview = await write_poll(here, closes="1 hour")
    await here.env.advance_time(2 * 3600)
    refused = await here.mod.click(preview.response, label="Post")
    assert "has passed already" in privately(refused)
    assert here.channel.last_message is None
    form = await here.mod.click(preview.response, label="Edit")
    await submit_poll(here.mod, form)
    await here.mod.click(preview.response, label="Post")
    # An hour from when it was typed again.
    assert (await the_poll(here)).closes_at == datetime(2026, 1, 1, 3, tzinfo=UTC)


async def test_discarding_drops_what_was_typed_and_posts_nothing(here: World) -> None:
    preview = await write_poll(here)
    await here.mod.click(preview.response, label="Discard")
    assert "discarded" in text_of(preview.response)
    assert await count_rows(here, PollDraftRow) == 0
    assert here.channel.last_message is None


async def test_a_form_sent_after_its_draft_is_gone_makes_a_new_draft(here: World) -> None:
    preview = await write_poll(here)
    form = await here.mod.click(preview.response, label="Edit")
    await here.mod.click(preview.response, label="Post")
    first = here.channel.last_message
    await submit_poll(here.mod, form, question="And which comes last?")
    assert enabled_labels(preview.response) == ["Post", "Edit", "Discard"]
    assert here.channel.last_message == first
    await here.mod.click(preview.response, label="Post")
    assert "And which comes last?" in text_of(here.channel.last_message)
    assert "Which topic comes first?" in text_of(reread(here, first))


async def test_a_member_may_not_create_a_poll_and_is_told_privately(here: World) -> None:
    result = await here.ann.slash(here.channel, "poll create")
    assert result.modal is None
    assert result.ephemeral
    assert "Manage Messages" in text_of(result.response)


async def test_nobody_else_and_no_other_server_gets_at_a_draft(here: World) -> None:
    preview = await write_poll(here, question="A secret plan?")
    assert preview.response is not None
    boss = here.guild.add_member(
        here.env.create_user("boss"),
        roles=[here.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))],
    )
    other = here.env.create_guild("Elsewhere")
    away = other.create_text_channel("room")
    power = other.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    stranger = other.add_member(here.env.create_user("stranger"), roles=[power])
    same = other.add_member(here.mod.user, roles=[power])
    await here.env.settle()
    here_too = await boss.slash(here.channel, "poll list")
    there = await stranger.slash(away, "poll list")
    for who, channel, message in (
        (here.ann, here.channel, here_too.response),
        (boss, here.channel, here_too.response),
        (stranger, away, there.response),
        (same, away, there.response),
    ):
        for action in ("post", "edit", "discard"):
            forged = await here.raw_click(who, channel, f"poll:{action}:v1:1", message.id)  # type: ignore[union-attr]
            assert forged.modal is None
            told = text_of(forged.response) if forged.ephemeral else privately(forged)
            assert told
            assert "secret" not in told
    assert await count_rows(here, PollRow) == 0
    assert await count_rows(here, PollDraftRow) == 1
    await here.mod.click(preview.response, label="Post")
    assert await count_rows(here, PollRow) == 1


async def test_a_moderator_who_is_none_any_more_cannot_post(here: World) -> None:
    preview = await write_poll(here)
    role = here.guild.roles["Mods"]
    here.env.backend.remove_member_role(here.guild.id, here.mod.id, role.id)
    await here.env.settle()
    refused = await here.mod.click(preview.response, label="Post")
    assert "Manage Messages" in privately(refused)
    assert await count_rows(here, PollRow) == 0


async def test_a_closing_time_is_read_in_the_servers_time_zone(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = here.bot.services.settings.of
    monkeypatch.setattr(
        here.bot.services.settings, "of", lambda guild: replace(of(guild), zone="Asia/Seoul")
    )
    form = await here.mod.slash(here.channel, "poll create")
    assert "Asia/Seoul" in str(form.modal)
    # Virtual time starts on Thursday, 2026-01-01 00:00 UTC; Seoul is nine hours ahead.
    preview = await write_poll(here, closes="Friday 18:00")
    closes = datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert f"<t:{int(closes.timestamp())}:f>" in text_of(preview.response)
    assert "“Friday 18:00”, read in the time zone Asia/Seoul" in text_of(preview.response)
    monkeypatch.undo()
    await here.mod.click(preview.response, label="Post")
    assert (await the_poll(here)).closes_at == closes


@pytest.mark.parametrize(
    ("ticks", "letter"),
    [
        ([], "x"),
        (["until_close"], "가"),
        (["anonymous"], "长"),
        (["approval", "until_close"], "x"),
        (["approval"], "가"),
    ],
)
async def test_twenty_options_at_full_length_are_all_there_to_read(
    here: World, ticks: list[str], letter: str
) -> None:
    options = topics(20, 80, letter)
    message = await create_poll(here, question=letter * 300, options=options, ticks=ticks)
    for line in options.splitlines():
        assert line in text_of(message)
    everything = [str(number) for number in range(20)]
    for voter in here.members(5):
        await voter.select(message, everything if "approval" in ticks else ["19"])
        result = await voter.select(message, everything[1:] if "approval" in ticks else ["18"])
        assert result.ephemeral
        own = await voter.click(message, label="Your ballot")
        assert room(own.response) <= 4000
    await here.env.advance_time(4)
    show = await here.ann.slash(here.channel, "poll show", poll="1")
    await close_poll(here, "1")
    for seen in (message, reread(here, message), show.response):
        assert room(seen) <= 4000
        assert len(list(components(seen))) <= 40


@pytest.mark.parametrize("options", [topics(2), topics(5), topics(6), topics(20)])
async def test_two_to_twenty_options_can_be_voted_for(here: World, options: str) -> None:
    labels = options.splitlines()
    message = await create_poll(here, options=options)
    if len(labels) <= 5:
        await here.ann.click(message, label=labels[-1])
    else:
        await here.ann.select(message, [str(len(labels) - 1)])
    assert await stored_ballots(here) == [(str(here.ann.id), len(labels) - 1)]


async def test_a_hidden_poll_lists_the_options_that_no_button_shows(here: World) -> None:
    hidden = await create_poll(here, options=topics(20), ticks=["until_close"])
    assert "- Topic 19" in text_of(hidden)
    few = await create_poll(here, ticks=["until_close"])
    assert "- Trade" not in text_of(few)
    assert "Trade" in labels_of(few)
    show = await here.ann.slash(here.channel, "poll show", poll="2")
    assert "- Trade" in text_of(show.response)


async def test_a_poll_of_ones_own_cannot_ping_anybody(here: World) -> None:
    await create_poll(here, question="@everyone ready?", options="@here yes\n@everyone no")
    requests = [r for r in here.env.http_requests if r.path.endswith("/messages")]
    assert requests[-1].json["allowed_mentions"] == {"parse": []}


async def test_old_drafts_are_forgotten_when_another_is_written(here: World) -> None:
    old = await write_poll(here, question="An old one?")
    await here.env.advance_time(timedelta(days=8).total_seconds())
    await write_poll(here, question="A new one?")
    async with here.database.read() as session:
        kept = list(await session.scalars(select(PollDraftRow)))
    assert [draft.typed["question"] for draft in kept] == ["A new one?"]
    gone = await here.mod.click(old.response, label="Edit")
    assert gone.ephemeral
    assert "no such draft" in text_of(gone.response)


@pytest.mark.parametrize(("ticks", "letter"), [([], "x"), ([], "가"), (["anonymous"], "长")])
async def test_the_longest_poll_resolved_at_full_length_still_fits(
    here: World, ticks: list[str], letter: str
) -> None:
    options = topics(20, 80, letter)
    message = await create_poll(here, question=letter * 300, options=options, ticks=ticks)
    await here.ann.select(message, ["19"])
    form = await here.mod.slash(
        here.channel, "poll resolve", poll="1", result=options.splitlines()[19]
    )
    evidence, note = (part["component"]["custom_id"] for part in form.modal["components"])  # type: ignore[index]
    link = "https://example.org/".ljust(500, "e")
    asked = await here.mod.submit_modal(form, {evidence: link, note: letter * 1000})
    await here.mod.click(asked.response, label="Confirm")
    assert "Resolved: Topic 19" in text_of(reread(here, message))
    # The counts, which an anonymous poll of one does not show, can grow to a hundred thousand.
    counts = 0 if ticks else 20 * len("100,000")
    assert room(reread(here, message)) + counts <= 4000


async def test_posting_is_acknowledged_before_anything_waits_for_the_database(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await write_poll(here)
    plain = DraftService.open
    answered: list[bool] = []

    async def slow(self: DraftService, viewer: Viewer, draft_id: int, **more: Any) -> Poll:
        callbacks = [r for r in here.env.http_requests if r.path.endswith("/callback")]
        answered.append(len(callbacks) > before)
        return await plain(self, viewer, draft_id, **more)

    monkeypatch.setattr(DraftService, "open", slow)
    before = len([r for r in here.env.http_requests if r.path.endswith("/callback")])
    await here.mod.click(preview.response, label="Post")
    assert answered == [True]
    assert "is open and closes" in text_of(preview.response)
