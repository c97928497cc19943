"""Many scores are stored in parts, and none counts before all are there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.polls import resolution
from bot.polls.model import ActionKind, Poll, Proposal, Verdict
from bot.polls.scoring import store as scoring
from bot.polls.tables import ScoreRow
from tests.factories import (
    MODERATOR,
    App,
    cast_ballots,
    close_poll,
    make_poll,
    report_on,
)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolution, "SCORES_AT_ONCE", 2)


async def resolved(app: App) -> tuple[Poll, int]:
    """A poll of five forecasters that is resolved; its scores are not worked out."""
    poll = await make_poll(app)
    await cast_ballots(app, poll, 900, 700, 500, 300, 100)
    await close_poll(app, poll)
    proposal = Proposal(
        ActionKind.RESOLVE, poll.id, "So.", "https://example.org", Verdict.SETTLED, 1
    )
    found = await app.resolutions.propose(MODERATOR, proposal)
    await app.resolutions.confirm(MODERATOR, found.action.id)
    return poll, found.action.id


async def stored(app: App) -> int:
    async with app.database.read() as session:
        return await session.scalar(select(func.count()).select_from(ScoreRow)) or 0


def between(
    monkeypatch: pytest.MonkeyPatch, after: int, do: Callable[[], Awaitable[object]]
) -> None:
    """Have something done before the part after so many is stored, outside its transaction."""
    plain, seen = Database.write, [0]

    def write(self: Database) -> Any:
        seen[0] += 1
        return Interrupted(plain(self), do if seen[0] == after + 1 else None)

    monkeypatch.setattr(Database, "write", write)


class Interrupted:
    def __init__(self, plain: Any, do: Callable[[], Awaitable[object]] | None) -> None:
        self._plain, self._do = plain, do

    async def __aenter__(self) -> Any:
        if self._do is not None:
            await self._do()
        return await self._plain.__aenter__()

    async def __aexit__(self, *error: Any) -> Any:
        return await self._plain.__aexit__(*error)


async def test_nobody_sees_a_part_of_the_scores_and_votes_go_on_between_the_parts(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await make_poll(app)
    _, action_id = await resolved(app)
    seen: list[Any] = []

    async def look() -> None:
        seen.append(await stored(app))
        seen.append((await app.forecasts.leaderboard(MODERATOR)).rows)
        seen.append((await app.forecasts.mine(MODERATOR)).settled)

    with monkeypatch.context() as patched:
        between(patched, 1, look)
        await app.resolutions.confirmation(SYSTEM, action_id)
    assert seen == [2, [], []]
    assert await stored(app) == 5
    assert len((await app.forecasts.leaderboard(MODERATOR)).rows) == 5
    assert (await report_on(app, other)).ballots == 0


async def test_a_ruling_that_is_undone_between_two_parts_leaves_no_scores(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, action_id = await resolved(app)
    undone = [False]

    async def undo() -> None:
        undone[0] = True
        proposal = Proposal(ActionKind.UNRESOLVE, poll.id, "Wrong.")
        found = await app.resolutions.propose(MODERATOR, proposal)
        await app.resolutions.confirm(MODERATOR, found.action.id)

    with monkeypatch.context() as patched:
        between(patched, 1, undo)
        await app.resolutions.confirmation(SYSTEM, action_id)
    assert undone == [True]
    assert await stored(app) == 0
    assert (await app.forecasts.leaderboard(MODERATOR)).rows == []


async def test_what_an_attempt_cut_short_has_left_is_made_whole_by_the_next(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, action_id = await resolved(app)

    async def die() -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        between(patched, 2, die)
        with pytest.raises(asyncio.CancelledError):
            await app.resolutions.confirmation(SYSTEM, action_id)
    assert await stored(app) == 4
    assert (await app.forecasts.leaderboard(MODERATOR)).rows == []
    await app.resolutions.confirmation(SYSTEM, action_id)
    assert await stored(app) == 5
    assert len((await app.forecasts.leaderboard(MODERATOR)).rows) == 5


async def test_counting_whom_a_proposal_would_score_keeps_nobody_from_voting(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, other = await make_poll(app), await make_poll(app)
    await cast_ballots(app, poll, 900, 700)
    plain = scoring.forecasters

    async def voting(*arguments: Any) -> int:
        async with asyncio.timeout(20):
            await cast_ballots(app, other, 500)
        return await plain(*arguments)

    monkeypatch.setattr(scoring, "forecasters", voting)
    proposal = Proposal(
        ActionKind.RESOLVE, poll.id, "So.", "https://example.org", Verdict.SETTLED, 1
    )
    assert (await app.resolutions.propose(MODERATOR, proposal)).scored == 2
    assert (await report_on(app, other)).ballots == 1
