from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert

from bot.access import SYSTEM
from bot.polls import ballot_store as ballots
from bot.polls import crowd_history as replay
from bot.polls.crowd_history import History
from bot.polls.model import HideResults, Poll
from bot.polls.tables import BallotLogRow
from tests.factories import (
    LASTS,
    START,
    App,
    at_hour,
    cast_ballots,
    close_poll,
    make_poll,
    report_on,
    resolve_poll,
)


def hours(history: History | None) -> list[tuple[float, int, int]]:
    """Moments with their times in hours of the poll's life."""
    assert history is not None
    return [
        (round((one.at - START) / LASTS * 100, 3), one.crowd, one.forecasters)
        for one in history.moments
    ]


async def test_a_closed_polls_history_ends_with_its_result(app: App) -> None:
    poll = await make_poll(app)
    await cast_ballots(app, poll, 100, 100, 100)
    app.clock.set(at_hour(poll, 10))
    await cast_ballots(app, poll, 900, 900, first=4)
    await close_poll(app, poll)
    # Three at 100: 100. With two newer at 900, which came at the same instant but after: 900 by
    # weight until hour 28 (see test_history), then the plain median 100.
    history = await app.histories.of(SYSTEM, await report_on(app, poll))
    moments = hours(history)
    assert moments[0] == (0, 100, 3)
    assert moments[-1] == (28, 100, 5)
    assert history is not None
    assert history.until == poll.lifecycle.closes_at


async def test_a_poll_closed_early_ends_at_the_even_crowd_that_its_result_shows(
    app: App,
) -> None:
    poll = await make_poll(app)
    for n, value in enumerate((100, 100, 100, 900, 900), start=1):
        app.clock.set(at_hour(poll, n))
        await cast_ballots(app, poll, value, first=n)
    app.clock.set(at_hour(poll, 10))
    await resolve_poll(app, poll, 1)
    assert hours(await app.histories.of(SYSTEM, await report_on(app, poll)))[-2:] == [
        (5, 900, 5),
        (10, 100, 5),
    ]


async def test_an_open_polls_history_ends_with_what_is_shown_now(app: App) -> None:
    poll = await make_poll(app)
    await cast_ballots(app, poll, 100, 100, 100)
    app.clock.set(at_hour(poll, 40.2))
    await cast_ballots(app, poll, 900, 900, first=4)
    app.clock.set(at_hour(poll, 50.3))
    history = await app.histories.of(SYSTEM, await report_on(app, poll))
    assert hours(history) == [(0, 100, 3), (28, 100, 3), (40.2, 100, 5)]
    assert history is not None
    # The end moves on in steps, so that the same picture serves for a while.
    assert history.until == poll.lifecycle.opened_at + LASTS * 0.50


@pytest.mark.parametrize(
    "terms", [{"hide_results": HideResults.UNTIL_CLOSE}, {"hide_results": HideResults.UNTIL_BALLOT}]
)
async def test_what_a_report_withholds_has_no_history(app: App, terms: dict[str, object]) -> None:
    poll = await make_poll(app, **terms)
    await cast_ballots(app, poll, 100, 200, 300)
    app.clock.set(at_hour(poll, 50))
    assert await app.histories.of(SYSTEM, await report_on(app, poll)) is None
    few = await make_poll(app, anonymous=True)
    await cast_ballots(app, few, 100, 100, 100, 100)
    await close_poll(app, few)
    assert await app.histories.of(SYSTEM, await report_on(app, few)) is None


async def test_an_open_anonymous_polls_history_is_what_was_published_and_no_more(
    app: App,
) -> None:
    poll = await make_poll(app, anonymous=True)
    published = []
    for voter in range(1, 18):
        app.clock.set(at_hour(poll, voter))
        await cast_ballots(app, poll, voter * 55, first=voter)
        report = await report_on(app, poll)
        if report.results:
            published.append((report.results.crowd, report.results.ballots))
        history = await app.histories.of(SYSTEM, report)
        if history:
            # Whoever looks twice, at the poll or at its picture, sees the same few batches.
            seen = [(one.crowd, one.forecasters) for one in history.moments]
            assert seen == list(dict.fromkeys(published))
    assert [ballots for _, ballots in dict.fromkeys(published)] == [5, 10]


async def fill(app: App, poll: Poll, changes: int) -> None:
    """A log of so many changes of as many voters."""
    async with app.database.write() as session:
        await session.execute(
            insert(BallotLogRow),
            [
                {
                    "poll_id": poll.id,
                    "voter": str(1000 + n),
                    "value": n % 1001,
                    "at": poll.lifecycle.opened_at + timedelta(seconds=n),
                }
                for n in range(changes)
            ],
        )


async def logs_read(app: App, poll: Poll, at: list[datetime]) -> int:
    """How often the log was read for looks at these times."""
    read: list[str] = []

    def note(*args: object) -> None:
        if "FROM ballot_log" in str(args[2]):
            read.append(str(args[2]))

    event.listen(app.database.engine.sync_engine, "before_cursor_execute", note)
    for now in at:
        app.clock.set(now)
        await app.histories.of(SYSTEM, await report_on(app, poll))
    event.remove(app.database.engine.sync_engine, "before_cursor_execute", note)
    return len(read)


async def test_a_long_log_is_read_once_in_a_while_and_a_closed_one_once(app: App) -> None:
    poll = await make_poll(app)
    await cast_ballots(app, poll, 100, 200, 300)
    noon = poll.lifecycle.opened_at + LASTS / 2
    looks = [noon, noon + timedelta(seconds=1), noon + timedelta(seconds=2)]
    assert await logs_read(app, poll, looks) == 3  # short: always as fresh as can be
    await fill(app, poll, replay.SHORT_LOG)
    later = noon + timedelta(minutes=1)
    assert await logs_read(app, poll, [later, later + timedelta(minutes=4)]) == 1
    assert await logs_read(app, poll, [later + timedelta(minutes=5)]) == 1
    app.clock.set(poll.lifecycle.closes_at)
    await app.polls.close_due(SYSTEM, poll.id, late=False)
    after = [poll.lifecycle.closes_at, poll.lifecycle.closes_at + timedelta(days=9)]
    assert await logs_read(app, poll, after) == 1


async def test_a_log_longer_than_is_read_has_no_picture_and_is_left_alone(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST_CHANGES", 2000)
    monkeypatch.setattr(ballots, "ROWS_AT_ONCE", 500)
    poll = await make_poll(app)
    await cast_ballots(app, poll, 100, 200, 300)
    await fill(app, poll, 5000)
    app.clock.set(at_hour(poll, 50))
    assert await app.histories.of(SYSTEM, await report_on(app, poll)) is None
    assert await logs_read(app, poll, [app.clock.now(), app.clock.now() + timedelta(hours=1)]) == 0
