"""Deletion: nothing leads to the member any more, and everything that was counted stays right."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.access import SYSTEM, Viewer
from bot.announcements.tables import AnnouncementRow
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.modlog.tables import ModlogRow
from bot.polls import resolution
from bot.polls.model import MIN_ANONYMOUS, ActionKind, PollKind, Proposal
from bot.polls.rules import voter_key
from bot.polls.tables import (
    ActionRow,
    BallotLogRow,
    BallotRow,
    PollDraftRow,
    PollRow,
    ReminderRow,
    ScoreRow,
)
from tests.db.rows import furnish
from tests.factories import (
    GUILD_ID,
    LASTS,
    MODERATOR,
    App,
    confirm,
    make_poll,
    make_proposal,
    make_question,
    make_viewer,
    resolve_poll,
)
from tests.privacy.stored import deleted_voters, everything, scores, tallies_are_right, voters

ME, OTHER, THIRD = 555_000_000_000_000_001, 555_000_000_000_000_002, 555_000_000_000_000_003


@pytest.fixture
def changed(app: App) -> list[set[int]]:
    """The polls whose messages must change, one set for each time that the service said so."""
    changed: list[set[int]] = []
    app.polls.watch(changed.append)
    return changed


async def test_in_an_open_poll_the_ballot_is_withdrawn_and_may_be_cast_again(
    app: App, changed: list[set[int]]
) -> None:
    poll = await make_poll(app)
    await app.polls.cast(make_viewer(ME), poll.id, 250)
    await app.polls.cast(make_viewer(OTHER), poll.id, 750)
    deleted = await app.privacy.delete(make_viewer(ME))
    assert (deleted.withdrawn, deleted.unnamed) == (1, 0)
    assert (await app.polls.show(SYSTEM, poll.id)).ballots == 1
    assert await tallies_are_right(app)
    (stranger,) = await deleted_voters(app, poll)
    async with app.database.read() as session:
        log = await session.execute(
            select(BallotLogRow.voter, BallotLogRow.value).order_by(BallotLogRow.id)
        )
        assert [(voter, value) for voter, value in log] == [
            (stranger, 250),
            (str(OTHER), 750),
            (stranger, None),
        ]
    assert {poll.id} in changed
    await app.polls.cast(make_viewer(ME), poll.id, 900)
    assert (await app.polls.show(SYSTEM, poll.id)).ballots == 2
    assert await tallies_are_right(app)


@pytest.mark.parametrize("kind", list(PollKind))
@pytest.mark.parametrize("anonymous", [False, True])
async def test_tallies_stay_right_in_open_and_closed_polls(
    app: App, kind: PollKind, anonymous: bool
) -> None:
    polls = [await make_poll(app, make_question(kind), anonymous=anonymous) for _ in range(2)]
    for poll in polls:
        for user in (ME, OTHER, THIRD):
            await app.polls.cast(make_viewer(user), poll.id, 1 + user % 2)
    await confirm(app, make_proposal(ActionKind.CLOSE, polls[1]))
    deleted = await app.privacy.delete(make_viewer(ME))
    assert (deleted.withdrawn, deleted.unnamed) == (1, 1)
    assert [(await app.polls.show(SYSTEM, poll.id)).ballots for poll in polls] == [2, 3]
    assert await tallies_are_right(app)
    keys = [await deleted_voters(app, poll) for poll in polls]
    assert [len(found) for found in keys] == [1, 1]
    assert keys[0] != keys[1]


async def test_a_poll_past_its_time_counts_as_closed_though_its_closing_is_late(
    app: App,
) -> None:
    poll = await make_poll(app)
    await app.polls.cast(make_viewer(ME), poll.id, 250)
    app.clock.advance(LASTS)
    deleted = await app.privacy.delete(make_viewer(ME))
    assert (deleted.withdrawn, deleted.unnamed) == (0, 1)
    await app.polls.close_due(SYSTEM, poll.id, late=True)
    assert (await app.polls.show(SYSTEM, poll.id)).ballots == 1
    assert await tallies_are_right(app)


async def test_no_row_of_the_server_leads_to_the_member_and_other_servers_are_left_alone(
    app: App,
) -> None:
    async with app.database.write() as session:
        await furnish(session, GUILD_ID, ME)
        await furnish(session, 20, ME)
    named = await make_poll(app, by=moderating(ME))
    hidden = await make_poll(app, make_question(PollKind.CHOICE), anonymous=True)
    for poll in (named, hidden):
        await app.polls.cast(make_viewer(ME), poll.id, 1)
    await confirm(app, make_proposal(ActionKind.CLOSE, named))
    await app.polls.remind(make_viewer(ME), (await make_poll(app)).id, True)
    async with app.database.read() as session:
        row = await session.get_one(PollRow, hidden.id)
    key = voter_key(hidden.id, row.secret, ME)
    assert row.held is not None
    assert set(row.held["before"]) == {key}
    assert str(ME) in await everything(app.database, GUILD_ID)
    elsewhere = await everything(app.database, 20)
    await app.privacy.delete(make_viewer(ME))
    left = await everything(app.database, GUILD_ID)
    assert str(ME) not in left
    assert key not in left
    assert await everything(app.database, 20) == elsewhere
    assert str(ME) in elsewhere


async def test_scores_leave_the_leaderboard_and_the_others_keep_theirs(app: App) -> None:
    poll = await make_poll(app)
    for user, value in ((ME, 900), (OTHER, 600), (THIRD, 200)):
        await app.polls.cast(make_viewer(user), poll.id, value)
    app.clock.advance(timedelta(days=1))
    await confirm(app, make_proposal(ActionKind.CLOSE, poll))
    await resolve_poll(app, poll, 1)
    before = await scores(app, poll)
    assert next(row.voter for row in (await app.forecasts.leaderboard(MODERATOR)).rows) == str(ME)
    await app.privacy.delete(make_viewer(ME))
    board = (await app.forecasts.leaderboard(MODERATOR)).rows
    assert [row.voter for row in board] == [str(OTHER), str(THIRD)]
    assert (await app.forecasts.mine(make_viewer(ME))).settled == []
    after = await scores(app, poll)
    (stranger,) = await deleted_voters(app, poll)
    assert after == {**{v: s for v, s in before.items() if v != str(ME)}, stranger: before[str(ME)]}


async def test_resolving_anew_scores_the_deleted_voter_under_the_same_key_and_shows_it_nowhere(
    app: App,
) -> None:
    poll = await make_poll(app)
    for user, value in ((ME, 900), (OTHER, 600), (THIRD, 200)):
        await app.polls.cast(make_viewer(user), poll.id, value)
    app.clock.advance(timedelta(days=1))
    await confirm(app, make_proposal(ActionKind.CLOSE, poll))
    await app.privacy.delete(make_viewer(ME))
    await resolve_poll(app, poll, 1)
    first = await scores(app, poll)
    await confirm(app, make_proposal(ActionKind.UNRESOLVE, poll))
    assert await scores(app, poll) == {}
    await resolve_poll(app, poll, 1)
    assert set(first) == {str(OTHER), str(THIRD), *await deleted_voters(app, poll)}
    assert (await scores(app, poll)).keys() == first.keys()
    assert {row.voter for row in (await app.forecasts.leaderboard(MODERATOR)).rows} == {
        str(OTHER),
        str(THIRD),
    }


async def test_a_deletion_while_scores_are_computed_does_not_bring_the_member_back(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = await make_poll(app)
    for user, value in ((ME, 900), (OTHER, 600)):
        await app.polls.cast(make_viewer(user), poll.id, value)
    app.clock.advance(timedelta(days=1))
    action_id = (await confirm(app, make_proposal(ActionKind.RESOLVE, poll, 1))).id
    real, waited = asyncio.to_thread, 0

    async def slow(*arguments: object) -> object:
        nonlocal waited
        found = await real(*arguments)  # type: ignore[arg-type]
        waited += 1
        if waited == 1:
            await app.privacy.delete(make_viewer(ME))
        return found

    monkeypatch.setattr(resolution.asyncio, "to_thread", slow)
    effect = await app.resolutions.confirmation(SYSTEM, action_id)
    monkeypatch.undo()
    assert waited == 2
    expected = {str(OTHER), *await deleted_voters(app, poll)}
    assert set(await scores(app, poll)) == expected
    assert effect is not None
    assert set(effect.scores) == expected


async def test_deleting_and_voting_again_does_not_count_as_two_voters_of_an_anonymous_poll(
    app: App,
    changed: list[set[int]],
) -> None:
    poll = await make_poll(app, make_question(PollKind.CHOICE), anonymous=True)

    async def published() -> object:
        async with app.database.read() as session:
            return await session.scalar(select(PollRow.published))

    async def come_and_go() -> None:
        for value in (0, 1) * MIN_ANONYMOUS:
            await app.polls.cast(make_viewer(ME), poll.id, value)
            await app.privacy.delete(make_viewer(ME))
            await app.polls.cast(make_viewer(ME), poll.id, value)

    async def all_but_one_join(first: int) -> None:
        for user in range(first, first + MIN_ANONYMOUS - 2):
            await app.polls.cast(make_viewer(user), poll.id, 0)

    await come_and_go()
    await all_but_one_join(100)
    assert await published() is None
    await app.polls.cast(make_viewer(OTHER), poll.id, 2)
    # The step before anybody voted; those five are held until five have changed since.
    assert await published() == []
    await come_and_go()
    await all_but_one_join(200)
    assert await published() == []
    await app.polls.cast(make_viewer(THIRD), poll.id, 2)
    report = await app.polls.show(SYSTEM, poll.id)
    assert report.results is not None
    assert report.results.counts == {0: 3, 1: 1, 2: 1}


async def test_deleting_leaves_the_others_changes_counted_towards_the_next_result(
    app: App,
) -> None:
    poll = await make_poll(app, make_question(PollKind.CHOICE), anonymous=True)
    for user in (ME, OTHER, THIRD):
        await app.polls.cast(make_viewer(user), poll.id, 1)
    await app.privacy.delete(make_viewer(ME))
    async with app.database.read() as session:
        row = await session.get_one(PollRow, poll.id)
    assert row.held is not None
    assert row.held["before"] == {
        voter_key(poll.id, row.secret, user): None for user in (OTHER, THIRD)
    }


async def test_a_hope_is_withdrawn_with_its_forecast_whose_message_shows_both(
    app: App, changed: list[set[int]]
) -> None:
    poll = await make_poll(app, asks_hope=True)
    report = await app.polls.show(SYSTEM, poll.id)
    assert report.hope is not None
    await app.polls.cast(make_viewer(ME), poll.id, 500)
    await app.polls.cast(make_viewer(ME), report.hope.poll.id, 0)
    changed.clear()
    assert (await app.privacy.delete(make_viewer(ME))).withdrawn == 2
    assert changed == [{poll.id}]
    assert await tallies_are_right(app)


async def test_reminders_drafts_and_proposals_go_and_records_stay_without_the_name(
    app: App,
) -> None:
    async with app.database.write() as session:
        await furnish(session, GUILD_ID, ME)
    poll = await make_poll(app, by=moderating(ME))
    await app.resolutions.propose(moderating(ME), Proposal(ActionKind.CLOSE, poll.id))
    done = (await confirm(app, make_proposal(ActionKind.CLOSE, poll))).id
    async with app.database.write() as session:
        await session.execute(update(ActionRow).where(ActionRow.id == done).values(by=ME))
        posted = {"state": "posted", "author_id": ME, "title": "t", "body": "b"}
        draft = {**posted, "state": "draft"}
        for values in (posted, draft):
            session.add(
                AnnouncementRow(
                    guild_id=GUILD_ID,
                    origin_id=1,
                    channel_id=1,
                    created_at=app.clock.now(),
                    **values,
                )
            )
    deleted = await app.privacy.delete(make_viewer(ME))
    assert deleted.removed > 0
    assert deleted.records > 0
    async with app.database.read() as session:
        for gone in (ReminderRow, PollDraftRow):
            assert await session.scalar(select(func.count()).select_from(gone)) == 0
        actions = await session.scalars(select(ActionRow))
        assert [(row.id, row.by, row.state) for row in actions] == [(done, 0, "done")]
        written = await session.scalars(select(AnnouncementRow))
        assert [(row.author_id, row.state) for row in written] == [(0, "posted")]
        assert set(await session.scalars(select(ModlogRow.by))) == {0, MODERATOR.user_id}
        assert set(await session.scalars(select(PollRow.opened_by))) == {0}


async def test_a_member_is_taken_out_of_texts_however_they_are_mentioned(app: App) -> None:
    at = app.clock.now()
    texts = (f"Wrong about <@!{ME}> and <@{ME}>, <@!{OTHER}>.", f"Asked by <@!{ME}>.")
    async with app.database.write() as session:
        for text in texts:
            await modlog.record(
                session, Entry(GUILD_ID, OTHER, at, "annulled", "A poll", None, text)
            )
    exported = await app.privacy.export(make_viewer(ME))
    assert exported.count("modlog") == 2
    assert (await app.privacy.delete(make_viewer(ME))).records == 2
    async with app.database.read() as session:
        details = list(await session.scalars(select(ModlogRow.detail).order_by(ModlogRow.id)))
    gone = "a deleted member"
    assert details == [f"Wrong about {gone} and {gone}, <@!{OTHER}>.", f"Asked by {gone}."]


async def test_ballots_cast_at_the_same_moment_are_counted_once_or_not_at_all(app: App) -> None:
    polls = [
        await make_poll(
            app, make_question(PollKind.CHOICE), anonymous=number % 2 == 0, asks_hope=False
        )
        for number in range(4)
    ]
    for turn in range(5):
        await app.polls.cast(make_viewer(ME), polls[0].id, 0)
        votes = [
            app.polls.cast(make_viewer(user), poll.id, (user + turn) % 3)
            for poll in reversed(polls)
            for user in (ME, OTHER, THIRD)
        ]
        await asyncio.gather(*votes[:6], app.privacy.delete(make_viewer(ME)), *votes[6:])
        assert await tallies_are_right(app)
    async with app.database.read() as session:
        standing = Counter(await session.scalars(select(BallotRow.poll_id)))
        assert all(count in (2, 3) for count in standing.values())
        assert not list(
            await session.scalars(
                select(BallotRow.voter).where(BallotRow.voter.startswith("deleted:"))
            )
        )


async def test_two_members_and_a_closing_at_the_same_moment_do_not_block_each_other(
    app: App,
) -> None:
    polls = [await make_poll(app, asks_hope=True) for _ in range(3)]
    for poll in polls:
        for user in (ME, OTHER):
            await app.polls.cast(make_viewer(user), poll.id, 400)
    await asyncio.gather(
        app.privacy.delete(make_viewer(ME)),
        confirm(app, make_proposal(ActionKind.CLOSE, polls[0])),
        app.privacy.delete(make_viewer(OTHER)),
        confirm(app, make_proposal(ActionKind.CLOSE, polls[2])),
        *(app.polls.cast(make_viewer(THIRD), poll.id, 100) for poll in polls[1:2]),
    )
    assert await tallies_are_right(app)
    left = await everything(app.database, GUILD_ID)
    assert str(ME) not in left
    assert str(OTHER) not in left


async def test_no_score_of_a_stranger_is_counted_as_a_members(app: App) -> None:
    poll = await make_poll(app)
    await app.polls.cast(make_viewer(ME), poll.id, 900)
    await app.polls.cast(MODERATOR, poll.id, 100)
    app.clock.advance(timedelta(days=1))
    await resolve_poll(app, poll, 1)
    await app.privacy.delete(make_viewer(ME))
    assert len(await voters(app, ScoreRow, poll)) == 2
    assert [row.voter for row in (await app.forecasts.leaderboard(MODERATOR)).rows] == ["1"]


def moderating(user_id: int) -> Viewer:
    return make_viewer(user_id, GUILD_ID, manage_messages=True)
