from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import select

from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.polls.tables import ActionRow, PollRow, ScoreRow
from tests.sim.messages import fill_form, form_values, input_ids, labels_of, reread, text_of
from tests.sim.polls import close_poll, count_rows, open_poll, propose, resolve_poll
from tests.sim.server import World


async def poll_row(here: World, poll_id: int = 1) -> PollRow:
    async with here.database.read() as session:
        return (await session.scalars(select(PollRow).where(PollRow.id == poll_id))).one()


async def voted(here: World, message: Any, *labels: str) -> None:
    """Ann votes first, Ben second, new members after them."""
    voters = [here.ann, here.ben, *here.members(len(labels) - 2)]
    for voter, label in zip(voters, labels, strict=True):
        await voter.click(message, label=label)


async def test_resolving_takes_a_form_and_a_confirmation_and_is_told_where_the_poll_is(
    here: World,
) -> None:
    message = await open_poll(here, "fleets")
    await voted(here, message, "75%", "25%", "75%")
    form = await here.mod.slash(
        here.channel, "poll resolve", poll="1", result="yes", evidence="https://example.org/r"
    )
    assert list(input_ids(form)) == [
        "Evidence", "Note", "South's readout says", "North's readout says",
    ]  # fmt: skip
    asked = await fill_form(
        here, form, Note="Both fleets are cut.", South=["answer:1"], North=["says nothing of it"]
    )
    assert asked.ephemeral
    told = text_of(asked.response)
    assert "Resolve this poll: Yes?" in told
    both = "**South**'s readout says: Yes; **North**'s readout says nothing of it."
    assert both in told
    assert "differ" not in told
    assert "The poll is still open. This closes it" in told
    assert "Scores are computed for 3 forecasters" in told
    assert (await poll_row(here)).verdict is None
    assert here.channel.last_message.id == message.id

    await here.env.advance_time(3600)
    await here.mod.click(asked.response, label="Confirm")
    assert "The poll is resolved" in text_of(asked.response)
    row = await poll_row(here)
    assert (row.state, row.verdict, row.result) == ("closed", "settled", 1)
    result = text_of(reread(here, message))
    for part in ("Resolved: Yes", "Both fleets are cut.", both, "https://example.org/r"):
        assert part in result
    assert f"Resolved by <@{here.mod.id}>" in result
    assert f"closed by <@{here.mod.id}>" in result
    post = text_of(here.channel.last_message)
    assert here.channel.last_message.id != message.id
    assert "Resolved: Yes" in post
    assert message.jump_url in post
    assert f"Resolved by <@{here.mod.id}>" in post
    assert "The crowd gave this **75%**" in post
    assert "0.4 bits of surprise" in post
    assert "3 forecasters scored" in post
    async with here.database.read() as session:
        action = (await session.scalars(select(ActionRow))).one()
        scores = (await session.scalars(select(ScoreRow))).all()
    assert (action.state, action.by, action.reason) == ("told", here.mod.id, "Both fleets are cut.")
    assert action.readouts == [["South", "Yes"], ["North", "says nothing of it"]]
    assert [round(score.brier, 4) for score in scores] == [0.0625, 0.5625, 0.0625]


async def test_a_resolution_against_the_readout_that_decides_is_warned_of(here: World) -> None:
    await open_poll(here, "fleets")
    form = await here.mod.slash(
        here.channel, "poll resolve", poll="1", result="No", evidence="https://example.org/r"
    )
    asked = await fill_form(here, form, Note="So it is.", South=["answer:1"], North=["answer:0"])
    said = text_of(asked.response)
    assert "**The readouts differ.**" in said
    assert "**South**'s readout decides, but it says something else: Yes." in said


async def test_a_silent_readout_contradicts_nothing_but_the_criteria_are_to_be_read(
    here: World,
) -> None:
    await open_poll(here, "fleets")
    form = await here.mod.slash(
        here.channel, "poll resolve", poll="1", result="yes", evidence="https://example.org/r"
    )
    assert form.modal is not None
    about = {part["label"]: part.get("description") for part in form.modal["components"]}
    assert "contradict each other" in about["South's readout says"]
    assert "criteria say if one is enough" in about["South's readout says"]
    asked = await fill_form(
        here, form, Note="So it is.", South=["says nothing of it"], North=["answer:1"]
    )
    said = text_of(asked.response)
    assert "**South**'s readout says nothing of it; **North**'s readout says: Yes." in said
    assert "Check what the criteria say about that" in said
    assert "differ" not in said
    assert "says something else" not in said


@pytest.mark.parametrize(("voters", "crowd"), [(2, False), (3, True)])
async def test_closing_early_tells_the_crowd_where_it_may_be_shown(
    here: World, voters: int, crowd: bool
) -> None:
    message = await open_poll(here)
    await voted(here, message, *["75%"] * voters)
    await close_poll(here, "1")
    post = text_of(here.channel.last_message)
    assert "### Closed early" in post
    assert f"**{voters} forecasts**" in post
    assert ("The crowd says **75%**" in post) is crowd
    assert ("shown after 3 forecasts" in post) is not crowd
    assert f"Closed by <@{here.mod.id}>" in post


@pytest.mark.parametrize("evidence", ["none", "example.org", "https://a b.org", "ftp://x.org"])
async def test_evidence_that_is_no_link_is_refused_and_nothing_typed_is_lost(
    here: World, evidence: str
) -> None:
    await open_poll(here, "fleets")
    form = await here.mod.slash(here.channel, "poll resolve", poll="1", result="yes")
    refused = await fill_form(
        here,
        form,
        Evidence=evidence,
        Note="A long account.",
        South=["answer:1"],
        North=["answer:0"],
    )
    assert refused.ephemeral
    assert "needs evidence" in text_of(refused.response)
    assert (await poll_row(here)).verdict is None
    again = await here.mod.click(refused.response, label="Edit what you typed")
    assert {label: held for label, held in form_values(again).items() if held} == {
        "Evidence": evidence,
        "Note": "A long account.",
        "South's readout says": ["answer:1"],
        "North's readout says": ["answer:0"],
    }
    asked = await fill_form(here, again, Evidence="https://example.org/r")
    assert "Resolve this poll: Yes?" in text_of(asked.response)
    sent = await here.mod.click(refused.response, label="Edit what you typed")
    assert sent.ephemeral
    assert "sent already" in text_of(sent.response)


async def test_a_result_that_the_poll_does_not_have_is_answered_with_those_it_has(
    here: World,
) -> None:
    await open_poll(here, "tone")
    refused = await here.mod.slash(here.channel, "poll resolve", poll="1", result="lukewarm")
    assert refused.ephemeral
    assert "“Warm”, “Cool 시원” or “ambiguous”" in text_of(refused.response)
    offered = await here.mod.autocomplete(here.channel, "poll resolve", "result", "", poll="1")
    assert [choice["name"] for choice in offered] == ["Warm", "Cool 시원", "ambiguous"]


async def test_ambiguous_and_annulled_polls_score_nobody_and_say_why(here: World) -> None:
    for number, (verb, head) in enumerate((("ambiguous", "Ambiguous"), ("annul", "Annulled")), 1):
        message = await open_poll(here, "hotline" if number == 1 else "fleets")
        await voted(here, message, "75%", "25%", "95%")
        await here.env.advance_time(60)
        if verb == "annul":
            asked = await propose(here, "annul", str(number), reason="The question was broken.")
            await here.mod.click(asked.response, label="Confirm")
        else:
            await resolve_poll(here, str(number), "ambiguous")
        assert head in text_of(reread(here, message))
        assert head in text_of(here.channel.last_message)
        assert "bits" not in text_of(here.channel.last_message)
    assert await count_rows(here, ScoreRow) == 0


async def test_undoing_a_resolution_takes_the_scores_back_and_resolving_anew_gives_others(
    here: World,
) -> None:
    message = await open_poll(here)
    await voted(here, message, "75%", "25%", "75%")
    await here.env.advance_time(3600)
    await resolve_poll(here, "1", "yes")
    assert await count_rows(here, ScoreRow) == 3
    asked = await propose(here, "unresolve", "1", reason="The readout was withdrawn.")
    assert "The scores of 3 forecasters are removed" in text_of(asked.response)
    await here.mod.click(asked.response, label="Confirm")
    assert await count_rows(here, ScoreRow) == 0
    assert "Resolved" not in text_of(reread(here, message))
    told = text_of(here.channel.last_message)
    assert "Resolution undone" in told
    assert "The readout was withdrawn." in told
    await resolve_poll(here, "1", "no")
    assert "Resolved: No" in text_of(reread(here, message))
    async with here.database.read() as session:
        briers = [row.brier for row in await session.scalars(select(ScoreRow))]
    assert [round(brier, 4) for brier in briers] == [0.5625, 0.0625, 0.5625]


async def test_what_is_resolved_cannot_be_resolved_or_annulled_again(here: World) -> None:
    await open_poll(here)
    await resolve_poll(here, "1", "yes")
    annulled = await here.mod.slash(here.channel, "poll annul", poll="1", reason="Why not")
    assert annulled.ephemeral
    assert "already resolved or annulled" in text_of(annulled.response)
    undone = await here.mod.slash(here.channel, "poll extend", poll="1", by="2 days")
    assert undone.ephemeral
    assert "Only an open poll" in text_of(undone.response)


async def test_extending_moves_the_close_from_where_it_was_planned(here: World) -> None:
    message = await open_poll(here, closes_in="1 day")
    planned = (await poll_row(here)).closes_at
    await here.env.advance_time(3600)
    asked = await propose(here, "extend", "1", by="2 days")
    await here.mod.click(asked.response, label="Confirm")
    assert (await poll_row(here)).closes_at == planned + timedelta(days=2)
    assert "Extended" in text_of(here.channel.last_message)
    await here.env.advance_time(24 * 3600)
    assert "Exact …" in labels_of(reread(here, message))
    await here.env.advance_time(48 * 3600)
    assert "Exact …" not in labels_of(reread(here, message))


async def test_months_are_counted_from_the_planned_close_too(here: World) -> None:
    await open_poll(here, closes_in="2026-01-31 12:00")
    asked = await propose(here, "extend", "1", by="1 month")
    await here.mod.click(asked.response, label="Confirm")
    assert (await poll_row(here)).closes_at == datetime(2026, 2, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize("by", ["yesterday", "-2 days", "soon", "400 days", "0 days"])
async def test_an_extension_that_is_none_is_refused(here: World, by: str) -> None:
    await open_poll(here, closes_in="1 day")
    planned = (await poll_row(here)).closes_at
    refused = await here.mod.slash(here.channel, "poll extend", poll="1", by=by)
    assert refused.ephemeral
    assert "days`" in text_of(refused.response) or "365 days" in text_of(refused.response)
    assert (await poll_row(here)).closes_at == planned


async def test_cancelling_does_nothing_and_a_proposal_is_confirmed_once_by_its_maker(
    here: World,
) -> None:
    await open_poll(here)
    dropped = await propose(here, "close", "1")
    await here.mod.click(dropped.response, label="Cancel")
    assert "Nothing was done" in text_of(dropped.response)
    assert (await poll_row(here)).state == "open"
    asked = await propose(here, "close", "1")
    other = here.guild.add_member(here.env.create_user("mod2"), roles=[here.moderators])
    await here.env.settle()
    for who, said in ((here.ann, "Manage Messages"), (other, "Only the moderator who proposed")):
        forged = await here.raw_click(who, here.channel, "poll:confirm:v1:2", asked.response.id)
        assert forged.ephemeral
        assert said in text_of(forged.response)
        assert (await poll_row(here)).state == "open"
    await here.mod.click(asked.response, label="Confirm")
    assert (await poll_row(here)).state == "closed"
    with pytest.raises(UserError, match="already confirmed"):
        await here.bot.services.resolutions.confirm(here.viewer(here.mod), 2)


async def test_a_restart_between_asking_confirming_and_telling_loses_nothing(here: World) -> None:
    message = await open_poll(here)
    asked = await propose(here, "close", "1")
    await here.restart()
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=500, times=5)
    await here.mod.click(asked.response, label="Confirm")
    assert (await poll_row(here)).state == "closed"
    await here.restart()
    await here.env.advance_time(600)
    told = [m for m in here.channel.history() if "Closed early" in text_of(m)]
    assert len(told) == 1
    assert "closed" in text_of(reread(here, message))
    async with here.database.read() as session:
        jobs = {row.kind: row.state for row in await session.scalars(select(JobRow))}
    assert jobs["poll.tell"] == "done"


async def test_every_ruling_needs_a_moderator_and_the_polls_own_server(here: World) -> None:
    await open_poll(here)
    elsewhere = here.env.create_guild("Elsewhere")
    room = elsewhere.create_text_channel("room")
    role = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    boss = elsewhere.add_member(here.env.create_user("boss"), roles=[role])
    await here.env.settle()
    asks: list[tuple[str, dict[str, str]]] = [
        ("close", {}), ("extend", {"by": "2 days"}), ("annul", {"reason": "Broken"}),
        ("resolve", {"result": "yes"}), ("unresolve", {"reason": "Wrong"}),
    ]  # fmt: skip
    for verb, options in asks:
        member = await here.ann.slash(here.channel, f"poll {verb}", poll="1", **options)
        assert member.ephemeral
        assert "Manage Messages" in text_of(member.response)
        stranger = await boss.slash(room, f"poll {verb}", poll="1", **options)
        assert stranger.ephemeral
        assert "no such poll" in text_of(stranger.response)
    assert await count_rows(here, ActionRow) == 0
