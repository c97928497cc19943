from datetime import timedelta

import pytest

from bot.access import SYSTEM
from bot.polls import ballot_store as queries
from bot.polls import crowd as crowds
from bot.polls.service import PollService
from tests.factories import App, SettableClock, make_poll, make_viewer


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows each time that ballots are read one by one."""
    done: list[int] = []
    read = queries.newest_values

    async def counted(*arguments: object) -> list[int]:
        values = await read(*arguments)  # type: ignore[arg-type]
        done.append(len(values))
        return values

    monkeypatch.setattr(queries, "newest_values", counted)
    return done


async def crowd(polls: PollService, poll_id: int) -> int | None:
    report = await polls.show(SYSTEM, poll_id)
    return report.results and report.results.crowd


async def cast(polls: PollService, clock: SettableClock, poll_id: int, *values: int) -> None:
    """Have members 1, 2, ... forecast, a second after the other."""
    for user_id, value in enumerate(values, start=1):
        clock.advance(timedelta(seconds=1))
        await polls.cast(make_viewer(user_id), poll_id, value)


async def test_a_crowd_is_worked_out_once_for_all_who_look(
    app: App, polls: PollService, clock: SettableClock, reads: list[int]
) -> None:
    poll = await make_poll(app)
    await cast(polls, clock, poll.id, 100, 100, 100, 900, 900)
    assert [await crowd(polls, poll.id) for _ in range(3)] == [900, 900, 900]
    assert reads == [5]


async def test_it_is_worked_out_anew_when_only_the_order_of_the_forecasts_changed(
    app: App, polls: PollService, clock: SettableClock, reads: list[int]
) -> None:
    poll = await make_poll(app)
    await cast(polls, clock, poll.id, 100, 100, 100, 900, 900)
    assert await crowd(polls, poll.id) == 900
    # The first two become the newest, at the values that they had: 900, 900 are older now.
    await cast(polls, clock, poll.id, 101, 101)
    await cast(polls, clock, poll.id, 100, 100)
    # Oldest first 100, 900, 900, 100, 100 with weights 0.290, 0.440, 0.604, 0.790, 1.
    assert await crowd(polls, poll.id) == 100
    assert reads == [5, 5]


async def test_a_withdrawn_forecast_is_left_out_at_once(
    app: App, polls: PollService, clock: SettableClock
) -> None:
    poll = await make_poll(app)
    await cast(polls, clock, poll.id, 100, 100, 200, 900, 900)
    assert await crowd(polls, poll.id) == 900
    await polls.withdraw(make_viewer(5), poll.id)
    # Weights 0.368, 0.557, 0.765, 1; half of 2.690 is 1.345: 100 weighs 0.925, with 200 1.690.
    assert await crowd(polls, poll.id) == 200


async def test_a_very_large_crowd_is_worked_out_every_few_seconds_at_most(
    app: App,
    polls: PollService,
    clock: SettableClock,
    reads: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowds, "MANY", 4)
    poll = await make_poll(app)
    await cast(polls, clock, poll.id, 100, 100, 100, 900, 900)
    assert await crowd(polls, poll.id) == 900
    await polls.cast(make_viewer(5), poll.id, 100)
    clock.advance(crowds.BETWEEN - timedelta(microseconds=1))
    assert await crowd(polls, poll.id) == 900
    clock.advance(timedelta(microseconds=1))
    assert await crowd(polls, poll.id) == 100
    assert reads == [5, 5]


async def test_only_the_crowds_looked_at_last_are_kept(
    app: App,
    polls: PollService,
    clock: SettableClock,
    reads: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowds, "MOST_KEPT", 1)
    one, other = await make_poll(app), await make_poll(app)
    for poll in (one, other):
        await cast(polls, clock, poll.id, 500, 500, 500)
    for poll in (one, one, other, one):
        assert await crowd(polls, poll.id) == 500
    assert reads == [3, 3, 3]
