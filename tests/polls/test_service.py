import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.access import SYSTEM, Viewer
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.knowledge.model import Outcome
from bot.polls.model import ActionKind, HideResults, PollState, Proposal, Terms, question_about
from bot.polls.resolution import ResolutionService
from bot.polls.service import OpenRequest, PollService
from bot.polls.tables import BallotLogRow, BallotRow, PollRow
from tests.factories import MODERATOR, START, SettableClock, make_viewer
from tests.packs_in_code import CHOICE, FORECAST


async def close(resolutions: ResolutionService, viewer: Viewer, poll_id: int) -> None:
    proposed = await resolutions.propose(viewer, Proposal(ActionKind.CLOSE, poll_id))
    await resolutions.confirm(viewer, proposed.action.id)


def request(
    outcome: Outcome = FORECAST, lasts: timedelta = timedelta(days=7), **terms: object
) -> OpenRequest:
    question = question_about("talks", outcome, "en")
    return OpenRequest(100, question, lasts, Terms(**terms))  # type: ignore[arg-type]


async def test_a_ballot_replaces_the_members_earlier_one_and_the_log_keeps_both(
    polls: PollService, database: Database, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request())
    await polls.cast(make_viewer(5), poll.id, 250)
    clock.advance(timedelta(hours=1))
    receipt = await polls.cast(make_viewer(5), poll.id, 750)

    assert (receipt.before, receipt.now) == (250, 750)
    async with database.read() as session:
        standing = (await session.scalars(select(BallotRow))).all()
        log = (await session.scalars(select(BallotLogRow).order_by(BallotLogRow.id))).all()
    assert [(row.voter, row.value, row.cast_at, row.changed_at) for row in standing] == [
        ("5", 750, START, START + timedelta(hours=1))
    ]
    assert [row.value for row in log] == [250, 750]
    assert (await polls.show(SYSTEM, poll.id)).ballots == 1


async def test_a_withdrawn_ballot_counts_no_more_and_can_be_cast_again(polls: PollService) -> None:
    poll = await polls.open(MODERATOR, request(CHOICE))
    await polls.cast(make_viewer(5), poll.id, 1)
    await polls.withdraw(make_viewer(5), poll.id)
    assert (await polls.show(SYSTEM, poll.id)).ballots == 0
    with pytest.raises(UserError, match="nothing to withdraw"):
        await polls.withdraw(make_viewer(5), poll.id)
    await polls.cast(make_viewer(5), poll.id, 0)
    report = await polls.show(SYSTEM, poll.id)
    assert report.results is not None
    assert report.results.counts == {0: 1}


async def test_many_at_once_with_double_clicks_are_counted_once_each(
    polls: PollService, database: Database
) -> None:
    poll = await polls.open(MODERATOR, request(CHOICE))
    voters = [user for user in range(1, 301) for _ in range(2)]
    await asyncio.gather(*(polls.cast(make_viewer(user), poll.id, user % 2) for user in voters))
    report = await polls.show(SYSTEM, poll.id)
    assert report.results is not None
    assert report.results.counts == {0: 150, 1: 150}
    async with database.read() as session:
        assert len((await session.scalars(select(BallotLogRow))).all()) == 300


async def test_one_refused_ballot_does_not_harm_those_committed_with_it(polls: PollService) -> None:
    poll = await polls.open(MODERATOR, request(CHOICE))
    answers = await asyncio.gather(
        polls.cast(make_viewer(1), poll.id, 0),
        polls.cast(make_viewer(2), poll.id, 7),
        polls.cast(make_viewer(3), poll.id + 999, 0),
        polls.cast(make_viewer(4, guild_id=11), poll.id, 0),
        polls.cast(make_viewer(5), poll.id, 1),
        return_exceptions=True,
    )
    assert [isinstance(answer, UserError) for answer in answers] == [False, True, True, True, False]
    assert (await polls.show(SYSTEM, poll.id)).ballots == 2


async def test_no_ballot_is_accepted_from_the_closing_time_on(
    polls: PollService, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request(lasts=timedelta(hours=1)))
    await polls.cast(make_viewer(5), poll.id, 500)
    clock.set(START + timedelta(hours=1))
    for attempt in (
        polls.cast(make_viewer(6), poll.id, 500),
        polls.withdraw(make_viewer(5), poll.id),
    ):
        with pytest.raises(UserError, match="closed"):
            await attempt
    assert (await polls.show(SYSTEM, poll.id)).ballots == 1


async def test_closing_twice_keeps_the_first_result(
    polls: PollService, resolutions: ResolutionService, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request())
    await close(resolutions, MODERATOR, poll.id)
    closed = (await polls.show(SYSTEM, poll.id)).poll
    clock.advance(timedelta(days=8))
    with pytest.raises(UserError, match="already closed"):
        await close(resolutions, make_viewer(2, 10, manage_server=True), poll.id)
    later = await polls.close_due(SYSTEM, poll.id, late=True)
    assert later is not None
    assert later.lifecycle == closed.lifecycle
    assert (later.lifecycle.closed_by, later.lifecycle.closed_late) == (1, False)


async def test_a_poll_of_another_server_does_not_exist_here(
    polls: PollService, resolutions: ResolutionService
) -> None:
    poll = await polls.open(MODERATOR, request())
    stranger = make_viewer(7, 11, manage_server=True)
    for attempt in (
        polls.show(stranger, poll.id),
        polls.find(stranger, poll.id),
        polls.own(stranger, poll.id),
        close(resolutions, stranger, poll.id),
        polls.cast(stranger, poll.id, 500),
    ):
        with pytest.raises(UserError, match="no such poll"):
            await attempt
    assert await polls.listed(make_viewer(9, 11)) == []
    assert (await polls.show(SYSTEM, poll.id)).poll.lifecycle.state is PollState.OPEN


async def test_members_can_neither_open_nor_close(
    polls: PollService, resolutions: ResolutionService
) -> None:
    with pytest.raises(UserError, match="Manage Messages"):
        await polls.open(make_viewer(5), request())
    poll = await polls.open(MODERATOR, request())
    with pytest.raises(UserError, match="Manage Messages"):
        await close(resolutions, make_viewer(5), poll.id)


async def test_one_open_poll_an_outcome_and_server_even_when_opened_at_the_same_moment(
    polls: PollService, database: Database
) -> None:
    answers = await asyncio.gather(
        *(polls.open(MODERATOR, request()) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, UserError) for answer in answers) == 4
    await polls.open(make_viewer(1, 11, manage_server=True), request())
    async with database.read() as session:
        assert len((await session.scalars(select(PollRow))).all()) == 2


async def test_an_anonymous_poll_stores_no_user_id_anywhere(
    polls: PollService, database: Database
) -> None:
    poll = await polls.open(MODERATOR, request(CHOICE, anonymous=True))
    voter = 987_654_321_987
    await polls.cast(make_viewer(voter), poll.id, 0)
    await polls.cast(make_viewer(voter), poll.id, 1)
    async with database.read() as session:
        stored = [
            str(value)
            for table in (BallotRow, BallotLogRow)
            for row in (await session.execute(select(*table.__table__.columns))).all()
            for value in row
        ]
    assert stored
    assert not [value for value in stored if str(voter) in value]
    ballot = (await polls.own(make_viewer(voter), poll.id)).ballot
    assert ballot is not None
    assert ballot.value == 1


@pytest.mark.parametrize("hidden", [HideResults.UNTIL_CLOSE, HideResults.UNTIL_BALLOT])
async def test_hidden_results_show_the_count_alone(
    polls: PollService, resolutions: ResolutionService, hidden: HideResults
) -> None:
    poll = await polls.open(MODERATOR, request(CHOICE, hide_results=hidden))
    await polls.cast(make_viewer(5), poll.id, 1)
    report = await polls.show(SYSTEM, poll.id)
    assert (report.ballots, report.results) == (1, None)
    own = (await polls.own(make_viewer(5), poll.id)).report
    assert (own.results is not None) == (hidden is HideResults.UNTIL_BALLOT)
    await close(resolutions, MODERATOR, poll.id)
    assert (await polls.show(SYSTEM, poll.id)).results is not None


async def test_the_crowd_weighs_recent_forecasts_more_until_72_hours_before_close(
    polls: PollService, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request(lasts=timedelta(days=10)))
    for user, value in enumerate((100, 100, 100, 900, 900), start=1):
        clock.advance(timedelta(minutes=1))
        await polls.cast(make_viewer(user), poll.id, value)
    # Weights e^(sqrt(n) - sqrt(5)) for n = 1..5: 0.290, 0.440, 0.604, 0.790, 1; the half of
    # their sum 3.124 is 1.562; the three at 10% weigh 1.334, so the median is 90%.
    before = poll.lifecycle.closes_at - timedelta(hours=72)
    for now, crowd in (
        (clock.now(), 900),
        (before - timedelta(microseconds=1), 900),
        (before, 100),
        (poll.lifecycle.closes_at, 100),
    ):
        clock.set(now)
        report = await polls.show(SYSTEM, poll.id)
        assert report.results is not None
        assert report.results.crowd == crowd


async def test_a_changed_forecast_counts_as_the_newest(
    polls: PollService, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request(lasts=timedelta(days=10)))
    for user, value in ((1, 900), (2, 100), (3, 100), (4, 900), (5, 100), (1, 900), (1, 901)):
        clock.advance(timedelta(minutes=1))
        await polls.cast(make_viewer(user), poll.id, value)
    # Oldest first 100, 100, 900, 100, 901 with weights 0.290, 0.440, 0.604, 0.790, 1: those at
    # 100 weigh 1.520 of 3.124, less than half; 900 passes it.
    report = await polls.show(SYSTEM, poll.id)
    assert report.results is not None
    assert report.results.crowd == 900


async def test_under_three_forecasts_only_the_count_is_shown(polls: PollService) -> None:
    poll = await polls.open(MODERATOR, request())
    for user in (1, 2):
        await polls.cast(make_viewer(user), poll.id, 500)
    report = await polls.show(SYSTEM, poll.id)
    assert (report.ballots, report.results) == (2, None)
    await polls.cast(make_viewer(3), poll.id, 500)
    assert (await polls.show(SYSTEM, poll.id)).results is not None


@pytest.mark.parametrize("lasts", [timedelta(seconds=59), timedelta(days=-1), timedelta(days=366)])
async def test_a_poll_stays_open_for_a_minute_to_a_year(
    polls: PollService, lasts: timedelta
) -> None:
    with pytest.raises(UserError, match="1 minute to 365 days"):
        await polls.open(MODERATOR, request(lasts=lasts))
    assert await polls.listed(make_viewer(9, 10)) == []


async def test_a_poll_whose_time_has_not_come_is_not_closed_but_planned_to_be(
    polls: PollService, database: Database, clock: SettableClock
) -> None:
    poll = await polls.open(MODERATOR, request(lasts=timedelta(days=2)))
    clock.advance(timedelta(days=1))
    found = await polls.close_due(SYSTEM, poll.id, late=False)
    assert found is not None
    assert found.lifecycle.state is PollState.OPEN
    await polls.cast(make_viewer(5), poll.id, 250)
    async with database.read() as session:
        job = (await session.scalars(select(JobRow))).one()
    assert (job.kind, job.state, job.due_at) == ("poll.close", "waiting", poll.lifecycle.closes_at)
    clock.advance(timedelta(days=1))
    found = await polls.close_due(SYSTEM, poll.id, late=False)
    assert found is not None
    assert found.lifecycle.state is PollState.CLOSED
