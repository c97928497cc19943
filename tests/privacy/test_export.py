"""Members get what is stored about them, and nothing about anybody else."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.access import Viewer
from bot.errors import UserError
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.polls.model import ActionKind, PollKind, Proposal
from bot.polls.rules import voter_key
from bot.polls.tables import PollRow
from bot.privacy.model import as_json
from tests.db.rows import furnish, of_servers, persons
from tests.factories import (
    GUILD_ID,
    MODERATOR,
    START,
    App,
    confirm,
    make_poll,
    make_proposal,
    make_question,
    make_viewer,
    resolve_poll,
)

ME, OTHER = 555_000_000_000_000_001, 555_000_000_000_000_002


async def test_ballots_are_exported_with_their_changes_in_words(app: App) -> None:
    forecast = await make_poll(app, make_question(asks="A forecast poll?"))
    choice = await make_poll(app, make_question(PollKind.CHOICE))
    approval = await make_poll(app, make_question(PollKind.APPROVAL))
    await app.polls.cast(make_viewer(ME), forecast.id, 250)
    await app.polls.cast(make_viewer(ME), forecast.id, 755)
    await app.polls.cast(make_viewer(ME), choice.id, 1)
    await app.polls.withdraw(make_viewer(ME), choice.id)
    await app.polls.cast(make_viewer(ME), approval.id, 0b101)
    stored = await app.privacy.export(make_viewer(ME))
    assert [(row["poll_id"], row["answer"]) for row in stored.tables["ballots"]] == [
        (str(forecast.id), "75.5 % yes"),
        (str(approval.id), ["Warm", "Cold"]),
    ]
    assert [row["answer"] for row in stored.tables["ballot_log"]] == [
        "25 % yes",
        "75.5 % yes",
        "Cool",
        None,
        ["Warm", "Cold"],
    ]
    assert stored.tables["ballots"][0]["question"] == "A forecast poll?"


async def test_ones_own_ballot_in_an_anonymous_poll_is_found_and_no_other(app: App) -> None:
    poll = await make_poll(app, make_question(PollKind.CHOICE), anonymous=True)
    await app.polls.cast(make_viewer(ME), poll.id, 2)
    await app.polls.cast(make_viewer(OTHER), poll.id, 1)
    mine = await app.privacy.export(make_viewer(ME))
    assert [row["answer"] for row in mine.tables["ballots"]] == ["Cold"]
    async with app.database.read() as session:
        secret = await session.scalar(select(PollRow.secret))
    # The poll's row is the moderator's to see, without what would open the others' ballots.
    moderators = await app.privacy.export(MODERATOR)
    assert "secret" not in moderators.tables["polls"][0]
    for stored in (mine, moderators):
        written = as_json(stored, START).decode()
        for user_id in (ME, OTHER):
            assert voter_key(poll.id, secret, user_id) not in written


async def test_scores_reminders_and_what_a_moderator_did_are_exported(app: App) -> None:
    poll = await make_poll(app, make_question(asks="A forecast poll?"))
    reminded = await make_poll(app)
    await app.polls.cast(MODERATOR, poll.id, 900)
    await app.polls.cast(make_viewer(OTHER), poll.id, 100)
    await app.polls.remind(MODERATOR, reminded.id, True)
    app.clock.advance(timedelta(days=1))
    await confirm(app, make_proposal(ActionKind.CLOSE, poll))
    await resolve_poll(app, poll, 1)
    stored = await app.privacy.export(MODERATOR)
    assert {name: len(rows) for name, rows in stored.tables.items()} == {
        "polls": 2,
        "poll_actions": 2,
        "modlog": 2,
        "ballots": 1,
        "ballot_log": 1,
        "reminders": 1,
        "scores": 1,
    }
    assert stored.records == 6
    assert stored.tables["scores"][0]["question"] == "A forecast poll?"


async def test_every_table_that_names_the_member_is_exported_for_this_server_alone(
    app: App,
) -> None:
    async with app.database.write() as session:
        await furnish(session, GUILD_ID, ME)
        await furnish(session, 20, ME)
    stored = await app.privacy.export(make_viewer(ME))
    named = {table.name for table in of_servers() if "guild_id" in table.c and persons(table)}
    assert named <= set(stored.tables)
    assert {len(rows) for rows in stored.tables.values()} == {1}
    assert {row["guild_id"] for name in named for row in stored.tables[name]} == {str(GUILD_ID)}


async def test_other_members_are_not_named(app: App) -> None:
    poll = await make_poll(app, by=member_who_moderates(OTHER))
    found = await app.resolutions.propose(MODERATOR, Proposal(ActionKind.CLOSE, poll.id))
    await app.resolutions.confirm(MODERATOR, found.action.id)
    (row,) = (await app.privacy.export(MODERATOR)).tables["polls"]
    assert (row["opened_by"], row["closed_by"]) == ("another member", str(MODERATOR.user_id))


async def test_what_names_the_member_in_anothers_record_is_exported_without_other_names(
    app: App,
) -> None:
    detail = f"Changed by <@{ME}>. Approved by <@{MODERATOR.user_id}>."
    entry = Entry(guild_id=GUILD_ID, by=OTHER, at=START, act="posted", detail=detail)
    async with app.database.write() as session:
        await modlog.record(session, entry)
    (row,) = (await app.privacy.export(make_viewer(ME))).tables["modlog"]
    assert (row["by"], row["detail"]) == (
        "another member",
        f"Changed by <@{ME}>. Approved by another member.",
    )
    with pytest.raises(UserError, match="nothing to export"):
        await app.privacy.export(make_viewer(ME // 10))


async def test_the_file_is_json_with_ids_as_strings(app: App) -> None:
    poll = await make_poll(app, by=member_who_moderates(ME))
    await app.polls.cast(make_viewer(ME), poll.id, 500)
    stored = await app.privacy.export(make_viewer(ME))
    found = json.loads(as_json(stored, START))
    assert (found["user"], found["server"]) == (str(ME), str(GUILD_ID))
    assert found["polls"][0]["opened_by"] == str(ME)
    assert found["polls"][0]["channel_id"] == "100"
    assert found["ballots"][0]["cast_at"] == START.isoformat()
    assert set(found["sections"]) == {"polls", "ballots", "ballot_log"}


async def test_one_about_whom_nothing_is_stored_is_refused(app: App) -> None:
    poll = await make_poll(app)
    await app.polls.cast(make_viewer(OTHER), poll.id, 500)
    with pytest.raises(UserError, match="nothing to export"):
        await app.privacy.export(make_viewer(ME))
    with pytest.raises(UserError, match="nothing to export"):
        await app.privacy.export(make_viewer(OTHER, guild_id=20))
    with pytest.raises(UserError, match="nothing to delete"):
        await app.privacy.delete(make_viewer(ME))


def member_who_moderates(user_id: int) -> Viewer:
    return make_viewer(user_id, GUILD_ID, manage_messages=True)
