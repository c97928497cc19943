from dataclasses import astuple

import pytest
from sqlalchemy import func, select, update

from bot.db.engine import Database
from bot.errors import UserError
from bot.polls.model import ActionKind, PollKind, Verdict
from bot.polls.tables import BallotRow, ScoreRow
from tests.factories import (
    App,
    act_on_poll,
    at_hour,
    cast_ballots,
    close_poll,
    make_poll,
    make_question,
    make_resolved_poll,
    make_viewer,
    report_on,
    resolve_poll,
)


async def stored_scores(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(ScoreRow)) or 0


async def test_ones_record_holds_scores_place_and_calibration(app: App) -> None:
    # It happened; 0.8 and 0.2 all the time: GM = 0.4, peer (+-)200 ln 2 = (+-)138.6294,
    # Brier 0.04 and 0.64, coverage 1. Divided by the prior 3: (+-)46.2098.
    poll = await make_resolved_poll(app, 800, 200, value=1)
    record = await app.forecasts.mine(make_viewer(1))
    assert [(one.id, astuple(score)) for one, score in record.settled] == [
        (poll.id, pytest.approx((0.04, 1.0, 138.6294361)))
    ]
    assert record.place is not None
    assert (record.place.rank, record.place.polls, record.ranked) == (1, 1, 2)
    assert record.place.value == pytest.approx(46.209812)
    assert [(one.mean, one.share, one.count) for one in record.bins] == [(800, 1.0, 1)]
    other = await app.forecasts.mine(make_viewer(2))
    assert other.place is not None
    assert other.place.rank == 2
    assert [(one.mean, one.share) for one in other.bins] == [(200, 1.0)]
    assert record.waiting == other.waiting == []


async def test_a_record_waits_for_what_is_open_closed_ambiguous_or_annulled(app: App) -> None:
    first = await make_poll(app)
    await cast_ballots(app, first, 700)
    await close_poll(app, first)
    ambiguous, annulled, running = [await make_poll(app) for _ in range(3)]
    for poll in (ambiguous, annulled, running):
        await cast_ballots(app, poll, 600, 300)
    await act_on_poll(app, ActionKind.RESOLVE, ambiguous, verdict=Verdict.AMBIGUOUS)
    await act_on_poll(app, ActionKind.ANNUL, annulled, verdict=Verdict.ANNULLED)
    record = await app.forecasts.mine(make_viewer(1))
    assert {poll.id: (poll.verdict, ballot.value) for poll, ballot in record.waiting} == {
        first.id: (None, 700),
        ambiguous.id: (Verdict.AMBIGUOUS, 600),
        annulled.id: (Verdict.ANNULLED, 600),
        running.id: (None, 600),
    }
    assert record.settled == record.bins == []
    assert record.place is None
    assert (await app.forecasts.leaderboard(make_viewer(1))).rows == []


async def test_annulling_scores_nobody_and_undoing_it_lets_it_be_resolved(app: App) -> None:
    poll = await make_poll(app)
    await cast_ballots(app, poll, 800, 200)
    await close_poll(app, poll)
    effect = await act_on_poll(app, ActionKind.ANNUL, poll, verdict=Verdict.ANNULLED)
    assert effect.scores == {}
    assert await stored_scores(app.database) == 0
    await act_on_poll(app, ActionKind.UNRESOLVE, poll)
    effect = await resolve_poll(app, poll, 1)
    assert {voter: astuple(score) for voter, score in effect.scores.items()} == {
        "1": pytest.approx((0.04, 1.0, 138.6294361)),
        "2": pytest.approx((0.64, 1.0, -138.6294361)),
    }


async def test_undone_scores_are_gone_and_computed_afresh_when_resolved_again(app: App) -> None:
    poll = await make_resolved_poll(app, 800, 200, value=1)
    assert await stored_scores(app.database) == 2
    await act_on_poll(app, ActionKind.UNRESOLVE, poll)
    assert await stored_scores(app.database) == 0
    assert (await app.forecasts.leaderboard(make_viewer(1))).rows == []
    assert [one.id for one, _ in (await app.forecasts.mine(make_viewer(1))).waiting] == [poll.id]
    # It did not happen after all: the chances given to that were 0.2 and 0.8.
    await resolve_poll(app, poll, 0)
    board = await app.forecasts.leaderboard(make_viewer(1))
    assert [(row.voter, row.peer, row.brier) for row in board.rows] == [
        ("2", pytest.approx(138.6294361), pytest.approx(0.04)),
        ("1", pytest.approx(-138.6294361), pytest.approx(0.64)),
    ]


async def test_a_poll_resolved_early_is_scored_up_to_then(app: App) -> None:
    # Resolved at hour 50 of 100: peer and coverage stop there: half of 138.6294 = 69.3147.
    # Brier counts on to the scheduled close: 0.04 and 0.64.
    poll = await make_poll(app)
    await cast_ballots(app, poll, 800, 200)
    app.clock.set(at_hour(poll, 50))
    effect = await resolve_poll(app, poll, 1)
    assert {voter: astuple(score) for voter, score in effect.scores.items()} == {
        "1": pytest.approx((0.04, 0.5, 69.3147181)),
        "2": pytest.approx((0.64, 0.5, -69.3147181)),
    }


async def test_late_changed_and_withdrawn_forecasts_are_scored_from_the_log(app: App) -> None:
    # a: 0.5 for 40 h (loss 0.25), 0.9 for 60 h (0.01): Brier 0.4*0.25 + 0.6*0.01 = 0.106
    # b: 0.5 all the time: 0.25. c: 0.8 from hour 75 to 85: Brier 0.04, coverage 0.1
    # peer, 0..40: 0; 40..75 and 85..100, N = 2: a 100 ln(0.9/0.5) = 58.7787, b the opposite
    # 75..85, N = 3: GM = (0.9 * 0.5 * 0.8)^(1/3) = 0.36^(1/3) = 0.7113787, 150 ln(p/GM):
    #   a 150 * 0.2351899 = 35.2785; b -52.8895; c 17.6110
    # a: 0.5 * 58.7787 + 0.1 * 35.2785 = 32.9172; b: -29.3893 - 5.2890 = -34.6783; c: 1.7611
    poll = await make_poll(app)
    await cast_ballots(app, poll, 500, 500)
    app.clock.set(at_hour(poll, 40))
    await cast_ballots(app, poll, 900)
    app.clock.set(at_hour(poll, 75))
    await cast_ballots(app, poll, 800, first=3)
    app.clock.set(at_hour(poll, 85))
    await cast_ballots(app, poll, None, first=3)
    await close_poll(app, poll)
    effect = await resolve_poll(app, poll, 1)
    assert {voter: astuple(score) for voter, score in effect.scores.items()} == {
        "1": pytest.approx((0.106, 1.0, 32.9172), abs=1e-4),
        "2": pytest.approx((0.25, 1.0, -34.6783), abs=1e-4),
        "3": pytest.approx((0.04, 0.1, 1.7611), abs=1e-4),
    }
    # What c said last counts for calibration, although no ballot stands.
    record = await app.forecasts.mine(make_viewer(3))
    assert [(one.mean, one.share) for one in record.bins] == [(800, 1.0)]


async def test_the_leaderboard_sums_over_the_servers_named_polls_alone(app: App) -> None:
    # Three polls of 0.8 against 0.2 that happened: member 1 has 3 * 138.6294 over coverage 3.
    for _ in range(3):
        await make_resolved_poll(app, 800, 200, value=1)
    await make_resolved_poll(app, *[900] * 4, 100, value=1, anonymous=True)
    elsewhere = await make_poll(app, by=make_viewer(1, 77, manage_messages=True))
    await cast_ballots(app, elsewhere, 100, 900)
    await close_poll(app, elsewhere)
    await resolve_poll(app, elsewhere, 1)
    board = await app.forecasts.leaderboard(make_viewer(2))
    assert [(row.rank, row.voter, row.polls) for row in board.rows] == [(1, "1", 3), (2, "2", 3)]
    assert [row.value for row in board.rows] == pytest.approx([138.629436, -138.629436])
    assert board.own == board.rows[1]
    # An outsider's row is not there, and nobody else's is theirs.
    assert (await app.forecasts.leaderboard(make_viewer(9))).own is None
    assert (await app.forecasts.mine(make_viewer(3))).settled == []


async def test_who_had_their_data_deleted_is_on_no_leaderboard(app: App) -> None:
    await make_resolved_poll(app, 800, 200, value=1)
    async with app.database.write() as session:
        await session.execute(
            update(ScoreRow).where(ScoreRow.voter == "1").values(voter="deleted:7f3a")
        )
    board = await app.forecasts.leaderboard(make_viewer(1))
    assert [(row.rank, row.voter) for row in board.rows] == [(1, "2")]
    assert board.own is None


async def test_the_crowds_calibration_takes_each_settled_forecast_with_a_crowd_once(
    app: App,
) -> None:
    await make_resolved_poll(app, 700, 800, 900, value=1)  # crowd 800
    await make_resolved_poll(app, 850, 850, 100, value=0)  # crowd 850
    await make_resolved_poll(app, *[300] * 5, value=0, anonymous=True)  # crowd 300
    await make_resolved_poll(app, 900, 900, value=1)  # two forecasters are no crowd
    await make_resolved_poll(app, *[100] * 4, value=1, anonymous=True)  # four voters are too few
    await make_poll(app)  # not settled
    record = await app.forecasts.calibration(make_viewer(1))
    assert [(one.mean, one.share, one.count) for one in record.bins] == [(300, 0, 1), (825, 0.5, 2)]
    assert record.withheld == 2
    assert (await app.forecasts.calibration(make_viewer(1, 77))).bins == []


async def test_surprises_rank_polls_of_every_kind_and_leave_out_what_is_withheld(
    app: App,
) -> None:
    sure = await make_resolved_poll(app, 900, 900, 900, value=1)  # 0.152 bits
    upset = await make_resolved_poll(app, 900, 900, 900, value=0)  # 10%: 3.322 bits
    choice = await make_poll(app, make_question(PollKind.CHOICE, "warm", "cool"))
    await cast_ballots(app, choice, 0, 0, 0, 1)
    await close_poll(app, choice)
    await resolve_poll(app, choice, 1)  # 1 of 4: 2 bits
    approval = await make_poll(app, make_question(PollKind.APPROVAL, "a", "b"))
    await cast_ballots(app, approval, 0b11, 0b01)
    await close_poll(app, approval)
    await resolve_poll(app, approval, 1)  # 1 of 2 voters: 1 bit
    hidden = await make_poll(app, make_question(PollKind.CHOICE, "warm", "cool"), anonymous=True)
    await cast_ballots(app, hidden, 0, 0, 0, 1)
    await close_poll(app, hidden)
    await resolve_poll(app, hidden, 1)
    await make_resolved_poll(app, 900, 900, value=0)
    empty = await make_poll(app, make_question(PollKind.CHOICE, "warm", "cool"))
    await close_poll(app, empty)
    await resolve_poll(app, empty, 1)
    found = await app.forecasts.surprises(make_viewer(1))
    assert [(one.rank, report.poll.id, one.chance) for one, report in found.found] == [
        (1, upset.id, 100),
        (2, choice.id, 250),
        (3, approval.id, 500),
        (4, sure.id, 900),
    ]
    assert [one.bits for one, _ in found.found] == pytest.approx([3.3219, 2, 1, 0.1520], abs=1e-4)
    assert found.withheld == 3


async def test_hopes_surprise_nobody(app: App) -> None:
    poll = await make_poll(app, asks_hope=True)
    report = await report_on(app, poll)
    assert report.hope is not None
    await cast_ballots(app, report.hope.poll, 0, 0, 0, 0, 1)
    await cast_ballots(app, poll, 500, 500, 500)
    await close_poll(app, poll)
    await resolve_poll(app, poll, 1)
    with pytest.raises(UserError, match="no such poll"):
        await resolve_poll(app, report.hope.poll, 1)
    found = await app.forecasts.surprises(make_viewer(1))
    assert [report.poll.id for _, report in found.found] == [poll.id]


async def test_a_record_is_read_in_as_many_queries_however_many_polls(app: App) -> None:
    from sqlalchemy import event

    statements: list[str] = []
    event.listen(
        app.database.engine.sync_engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )

    async def queries() -> int:
        statements.clear()
        await app.forecasts.mine(make_viewer(1))
        await app.forecasts.calibration(make_viewer(1))
        await app.forecasts.leaderboard(make_viewer(1))
        return len([one for one in statements if "SELECT" in one])

    await make_resolved_poll(app, 800, 200, 500, value=1)
    await cast_ballots(app, await make_poll(app), 500)
    few = await queries()
    for _ in range(4):
        await make_resolved_poll(app, 800, 200, 500, value=1)
        await cast_ballots(app, await make_poll(app), 500)
    assert await queries() == few
    async with app.database.read() as session:
        assert len((await session.scalars(select(BallotRow.poll_id))).all()) == 20
