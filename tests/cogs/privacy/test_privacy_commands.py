import json
from datetime import timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.tables import AnnouncementRow
from bot.jobs import store as jobs
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.polls.tables import BallotLogRow, BallotRow, PollRow
from bot.retention import store as retention
from bot.retention.service import DELETE_JOB
from bot.settings.model import ServerSettings
from tests.sim.messages import labels_of, reread, text_of
from tests.sim.polls import close_poll, count_rows, open_poll, stored_ballots
from tests.sim.server import World, change_settings

pytestmark = pytest.mark.on_both

HOURS_OF_TRYING = 3 * 3600
"""Longer than anything is tried before it is given up."""


async def fail(*_: object) -> None:
    raise OSError("the disk is full")


async def exported(here: World, who: Any) -> Any:
    """The file that a member gets, read."""
    result = await who.slash(here.channel, "privacy export")
    assert result.ephemeral
    (file,) = result.response.attachments
    return json.loads(await file.read())


async def test_a_member_gets_what_is_stored_about_them_as_a_private_file(here: World) -> None:
    first = await open_poll(here)
    await here.ann.click(first, label="75%")
    await here.ben.click(first, label="25%")
    result = await here.ann.slash(here.channel, "privacy export")
    assert result.ephemeral
    assert "1 ballot and 1 entry in the history of your ballots" in text_of(result.response)
    found = await exported(here, here.ann)
    assert found["user"] == str(here.ann.id)
    assert found["server"] == str(here.guild.id)
    assert [(row["poll_id"], row["answer"]) for row in found["ballots"]] == [("1", "75 % yes")]
    assert str(here.ben.id) not in json.dumps(found)


async def test_one_about_whom_nothing_is_stored_is_told_so(here: World) -> None:
    for command in ("privacy export", "privacy delete"):
        result = await here.ann.slash(here.channel, command)
        assert result.ephemeral
        assert "Nothing is stored about you" in text_of(result.response)
        assert labels_of(result.response) == []


async def test_nothing_is_deleted_before_it_is_confirmed(here: World) -> None:
    poll = await open_poll(here)
    await here.ann.click(poll, label="75%")
    asked = await here.ann.slash(here.channel, "privacy delete")
    assert asked.ephemeral
    said = text_of(asked.response)
    assert "### Stored now\n1 ballot" in said
    assert "withdrawn" in said
    assert "cannot be undone" in said
    assert "moderator" not in said.split("Messages that stand")[0]
    result = await here.ann.click(asked.response, label="Cancel")
    assert "Nothing was deleted" in text_of(asked.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 750)]
    assert result.acknowledged


async def test_a_confirmed_deletion_withdraws_the_ballot_and_the_message_shows_it(
    here: World,
) -> None:
    poll = await open_poll(here)
    await here.ann.click(poll, label="75%")
    await here.ben.click(poll, label="25%")
    asked = await here.ann.slash(here.channel, "privacy delete")
    await here.ann.click(asked.response, label="Delete my data")
    assert "1 ballot withdrawn in open polls" in text_of(asked.response)
    assert await stored_ballots(here) == [(str(here.ben.id), 250)]
    await here.env.advance_time(10)
    assert "1 forecast" in text_of(reread(here, poll))
    again = await here.ann.slash(here.channel, "privacy export")
    assert "Nothing is stored about you" in text_of(again.response)


async def test_the_confirmation_works_after_a_restart_and_only_for_its_member(here: World) -> None:
    poll = await open_poll(here)
    await here.ann.click(poll, label="75%")
    asked = await here.ann.slash(here.channel, "privacy delete")
    await here.restart()
    forged = await here.raw_click(
        here.ben, here.channel, f"privacy:delete:v1:{here.ann.id}", asked.response.id
    )
    assert forged.ephemeral
    assert "another member's" in text_of(forged.response)
    assert await stored_ballots(here) == [(str(here.ann.id), 750)]
    second = await here.ann.slash(here.channel, "privacy delete")
    await here.ann.click(asked.response, label="Delete my data")
    assert await stored_ballots(here) == []
    twice = await here.ann.click(second.response, label="Delete my data")
    (told,) = twice.followups
    assert told.ephemeral
    assert "nothing to delete" in text_of(told)


async def test_a_closed_poll_keeps_its_result_and_forgets_who_voted(here: World) -> None:
    poll = await open_poll(here)
    for voter, label in ((here.ann, "75%"), (here.ben, "25%"), (here.mod, "50%")):
        await voter.click(poll, label=label)
    await close_poll(here, "1")
    before = text_of(reread(here, poll))
    asked = await here.ann.slash(here.channel, "privacy delete")
    await here.ann.click(asked.response, label="Delete my data")
    assert "1 ballot without your name in closed polls" in text_of(asked.response)
    await here.env.advance_time(10)
    result = await here.ben.slash(here.channel, "poll show", poll="1")
    assert "3 forecasts" in before
    assert "3 forecasts" in text_of(result.response)
    found = await stored_ballots(here)
    assert sorted(value for _, value in found) == [250, 500, 750]
    assert str(here.ann.id) not in [voter for voter, _ in found]


async def test_what_a_moderator_did_stays_on_record_without_their_name(here: World) -> None:
    poll = await open_poll(here)
    await close_poll(here, "1")
    asked = await here.mod.slash(here.channel, "privacy delete")
    assert "stays on the server's record" in text_of(asked.response)
    await here.mod.click(asked.response, label="Delete my data")
    assert "without your name" in text_of(asked.response)
    async with here.database.read() as session:
        row = (await session.scalars(select(PollRow))).one()
        assert (row.opened_by, row.closed_by, row.state) == (0, 0, "closed")
        assert str(here.mod.id) not in str(list(await session.scalars(select(ModlogRow.by))))
    shown_again = await here.ann.slash(here.channel, "poll show", poll="1")
    assert "<@0>" not in text_of(shown_again.response)
    assert poll.id


async def test_a_servers_data_goes_thirty_days_after_the_bot_was_removed(here: World) -> None:
    poll = await open_poll(here)
    await here.ann.click(poll, label="75%")
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id)})
    await here.env.settle()
    await days(here, 29)
    assert await count_rows(here, PollRow) == 1
    await days(here, 1)
    for table in (PollRow, BallotRow, BallotLogRow):
        assert await count_rows(here, table) == 0
    async with here.database.read() as session:
        left = (await session.scalars(select(JobRow.kind).order_by(JobRow.kind))).all()
    assert list(left) == ["retention.tidy"]


async def test_a_deletion_that_failed_for_hours_is_done_the_next_day(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_poll(here)
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id)})
    await here.env.settle()
    with monkeypatch.context() as patched:
        patched.setattr(here.bot.services.retention, "delete_server", fail)
        await days(here, 30)
        await here.env.advance_time(HOURS_OF_TRYING)
    assert await planned(here) == [str(here.guild.id)]
    assert await count_rows(here, PollRow) == 1
    await days(here, 1)
    assert await count_rows(here, PollRow) == 0


async def test_tidying_up_that_failed_for_hours_is_done_the_next_day(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with here.database.write() as session:
        long_ago = here.env.now() - timedelta(days=60)
        await jobs.add(session, "old", "", long_ago)
        await session.execute(update(JobRow).where(JobRow.kind == "old").values(state="done"))
    with monkeypatch.context() as patched:
        patched.setattr(here.bot.services.retention, "tidy", fail)
        await days(here, 1)
        await here.env.advance_time(HOURS_OF_TRYING)
    await days(here, 1)
    async with here.database.read() as session:
        assert await jobs.keys(session, "old") == set()
        (row,) = await session.scalars(select(JobRow).where(JobRow.kind == "retention.tidy"))
    assert row.state == "waiting"


async def test_a_servers_settings_are_as_usual_once_its_data_is_deleted(here: World) -> None:
    await change_settings(here, zone="Asia/Seoul", second_approval=True)
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id)})
    await here.env.settle()
    await days(here, 29)
    assert here.bot.services.settings.of(here.guild.id).zone == "Asia/Seoul"
    await days(here, 1)
    assert here.bot.services.settings.of(here.guild.id) == ServerSettings(here.guild.id)


async def test_an_outage_at_discord_is_no_removal(here: World) -> None:
    await open_poll(here)
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id), "unavailable": True})
    await here.env.settle()
    assert await planned(here) == []


async def test_a_server_that_takes_the_bot_back_keeps_its_data(here: World) -> None:
    await open_poll(here)
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id)})
    await here.env.settle()
    assert await planned(here) == [str(here.guild.id)]
    await here.restart()
    assert await planned(here) == []
    await days(here, 31)
    assert await count_rows(here, PollRow) == 1


async def test_a_server_that_takes_the_bot_back_during_the_deletion_keeps_what_is_left(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change_settings(here, zone="Asia/Seoul")
    await open_poll(here)
    real = retention.delete_some

    async def last_of(session: AsyncSession, table: Table, guild_id: int, limit: int) -> int:
        some = await real(session, table, guild_id, limit)
        if table.name == "server_settings" and not some:
            await jobs.cancel(session, DELETE_JOB, str(guild_id))
        return some

    monkeypatch.setattr(retention, "delete_some", last_of)
    here.env.backend.emit("GUILD_DELETE", {"id": str(here.guild.id)})
    await here.env.settle()
    await days(here, 30)
    assert here.bot.services.settings.of(here.guild.id) == ServerSettings(here.guild.id)
    assert await count_rows(here, PollRow) == 1


async def test_servers_left_while_the_bot_was_away_are_noticed_at_start(here: World) -> None:
    async with here.database.write() as session:
        session.add(
            AnnouncementRow(
                guild_id=555,
                origin_id=1,
                channel_id=1,
                author_id=1,
                title="t",
                body="b",
                state="posted",
                created_at=discord.utils.utcnow(),
            )
        )
    await open_poll(here)
    await here.restart()
    assert await planned(here) == ["555"]
    await days(here, 30)
    assert await count_rows(here, AnnouncementRow) == 0
    assert await count_rows(here, PollRow) == 1


async def test_a_deletion_that_was_planned_wrongly_is_dropped_when_it_is_due(here: World) -> None:
    await open_poll(here)
    async with here.database.write() as session:
        await jobs.add(session, DELETE_JOB, str(here.guild.id), here.env.now())
    await here.env.settle()
    assert await count_rows(here, PollRow) == 1
    assert await planned(here) == []


async def planned(here: World) -> list[str]:
    """The servers whose data is to be deleted."""
    async with here.database.read() as session:
        rows = await session.scalars(select(JobRow.key).where(JobRow.kind == "server.delete"))
        return list(rows)


async def days(here: World, count: int) -> None:
    """Let so many days and a moment pass."""
    for _ in range(count):
        await here.env.advance_time(86400)
    await here.env.advance_time(1)
