from typing import Any

import discord
import pytest
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.polls.tables import BallotLogRow
from tests.exports import Unzipped, unzipped
from tests.sim.messages import components, text_of
from tests.sim.polls import close_poll, open_poll
from tests.sim.server import World


async def exported(here: World, poll: str = "1") -> tuple[InteractionResult, Unzipped]:
    """Export a poll as the moderator; returns the reply and what its file holds."""
    result = await here.mod.slash(here.channel, "poll export", poll=poll)
    assert result.ephemeral
    assert result.response is not None
    (attachment,) = result.response.attachments
    assert attachment.filename == "poll-1.zip"
    files = [node for node in components(result.response) if node["type"] == 13]
    assert [node["file"]["url"] for node in files] == [attachment.url]
    return result, unzipped(await attachment.read())


async def voted(here: World, message: Any, *labels: str) -> list[int]:
    """A vote each from so many new members; returns their ids."""
    members = here.members(len(labels))
    for member, label in zip(members, labels, strict=True):
        result = await member.click(message, label=label)
        assert "Stored" in text_of(result.response)
    return [member.id for member in members]


async def test_a_moderator_gets_every_ballot_as_a_file_that_nobody_else_sees(here: World) -> None:
    message = await open_poll(here, "tone")
    before = here.channel.last_message
    voters = await voted(here, message, "Warm", "Cool 시원", "Warm")
    result, found = await exported(here)
    first = next(
        request.json
        for request in reversed(here.env.http_requests)
        if request.path.endswith("/callback")
    )
    assert (first["type"], first["data"]["flags"]) == (5, 64)
    assert "Which tone will the readouts take?" in text_of(result.response)
    assert "**3 votes**" in text_of(result.response)
    assert [(row["voter"], row["answer"]) for row in found.csv("ballots")] == [
        (str(voter), answer)
        for voter, answer in zip(voters, ["Warm", "Cool 시원", "Warm"], strict=True)
    ]
    assert [row["ballots"] for row in found.csv("options")] == ["2", "1"]
    assert here.channel.last_message == before


async def test_every_column_of_every_file_is_explained_in_the_readme(here: World) -> None:
    await open_poll(here)
    _, found = await exported(here)
    assert len(found.tables()) == 6
    for table in found.tables():
        section = found.readme.split(f"csv/{table}.csv")[1].split("\n\n")[0]
        heading = found.files[f"csv/{table}.csv"].decode("utf-8-sig").splitlines()[0]
        for name in heading.split(","):
            assert f"\n  {name}: " in section


async def test_a_member_is_refused_privately_and_gets_no_file(here: World) -> None:
    await open_poll(here)
    result = await here.ann.slash(here.channel, "poll export", poll="1")
    assert result.ephemeral
    assert "for moderators" in text_of(result.response)
    assert "Manage Messages" in text_of(result.response)
    assert result.response is not None
    assert result.response.attachments == []


async def test_a_moderator_of_another_server_is_refused_privately(here: World) -> None:
    await open_poll(here)
    other = here.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    role = other.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    boss = other.add_member(here.env.create_user("boss"), roles=[role])
    await here.env.settle()
    result = await boss.slash(room, "poll export", poll="1")
    assert result.ephemeral
    assert "This server has no such poll" in text_of(result.response)
    assert result.response is not None
    assert result.response.attachments == []
    assert await boss.autocomplete(room, "poll export", "poll", "") == []


async def test_polls_are_offered_while_typing_and_found_by_their_question(here: World) -> None:
    await open_poll(here)
    await open_poll(here, "tone")
    offered = await here.mod.autocomplete(here.channel, "poll export", "poll", "hotline")
    assert [choice["value"] for choice in offered] == ["1"]
    _, found = await exported(here, "Will they agree on a hotline?")
    assert found.column("polls", "question") == ["Will they agree on a hotline?"]


async def test_an_anonymous_export_holds_no_id_and_no_hash_and_its_own_keys(here: World) -> None:
    message = await open_poll(here, anonymous=True)
    voters = await voted(here, message, "5%", "25%", "50%", "75%", "95%", "95%")
    await close_poll(here, "1")
    _, one = await exported(here)
    result, two = await exported(here)
    async with here.database.read() as session:
        hashes = set(await session.scalars(select(BallotLogRow.voter)))
    assert len(hashes) == len(voters) == 6
    for found in (one, two):
        for secret in (*hashes, *map(str, voters)):
            assert secret.encode() not in found.all_bytes
        assert sorted(found.column("ballots", "value")) == [50, 250, 500, 750, 950, 950]
        pairs = [
            {(row["voter"], row["value"]) for row in found.json(table)}
            for table in ("ballots", "ballot_log")
        ]
        assert pairs[0] == pairs[1]
    assert not set(one.column("ballots", "voter")) & set(two.column("ballots", "voter"))
    assert "keys made for this export alone" in text_of(result.response)


@pytest.mark.parametrize("hidden", ["until_close", "until_ballot"])
async def test_hidden_results_stay_hidden_and_the_reply_says_so(here: World, hidden: str) -> None:
    message = await open_poll(here, hide_results=hidden)
    await voted(here, message, "95%", "95%", "95%")
    await here.mod.click(message, label="95%")
    result, found = await exported(here)
    assert "hidden until the poll closes" in text_of(result.response)
    assert "hidden until the poll closes" in found.readme
    assert b"950" not in found.all_bytes
    assert b"95.0%" not in found.all_bytes
    for table in ("options", "ballots", "ballot_log", "scores"):
        assert found.csv(table) == found.json(table) == []
    assert found.csv("polls")[0]["ballots"] == "4"

    await close_poll(here, "1")
    _, found = await exported(here)
    assert found.column("ballots", "value") == [950] * 4


async def test_a_settled_forecast_comes_with_its_resolution_and_scores(here: World) -> None:
    message = await open_poll(here)
    voters = await voted(here, message, "95%", "50%", "5%")
    await here.env.advance_time(24 * 3600)
    form = await here.mod.slash(here.channel, "poll resolve", poll="1", result="yes")
    assert form.modal is not None
    evidence, note, *_ = (part["component"]["custom_id"] for part in form.modal["components"])
    asked = await here.mod.submit_modal(
        form,
        {
            evidence: "https://example.org/readout",
            note: "=Both mention it.",
        },
    )
    assert asked.response is not None
    await here.mod.click(asked.response, label="Confirm")
    await here.env.settle()
    _, found = await exported(here)
    (row,) = found.json("resolutions")
    assert (row["by"], row["answer"], row["in_force"]) == (str(here.mod.id), "Yes", True)
    assert row["reason"] == "=Both mention it."
    assert found.csv("resolutions")[0]["reason"] == "'=Both mention it."
    assert set(found.column("scores", "voter")) == {str(voter) for voter in voters}
