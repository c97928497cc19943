"""The forecast records of a server: one member's, the leaderboard, the crowd's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.access import Viewer
from bot.db.engine import Database
from bot.polls import store as polls
from bot.polls.crowd import even_crowd
from bot.polls.model import Ballot, Poll, PollKind, Results
from bot.polls.scoring import store as forecasts
from bot.polls.scoring.calibration import Bin, Observation, Surprise, calibration, surprises
from bot.polls.scoring.leaderboard import Standing, leaderboard
from bot.polls.scoring.scores import Life, Score, last_forecast
from bot.polls.scoring.store import Scored
from bot.polls.visibility import Report, chance_in, may_know, report


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """A member's forecasts: those without a score, and those in settled polls.

    `waiting` is sorted by closing time; some of these will never be scored. `settled` is sorted by
    when the polls were resolved, newest first. `place` is the member's own on the leaderboard,
    which ranks `ranked` members.
    """

    waiting: Sequence[tuple[Poll, Ballot]]
    settled: Sequence[tuple[Poll, Score]]
    place: Standing | None
    ranked: int
    bins: Sequence[Bin]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A server's forecasters, best first, and the viewer's own row if they are ranked."""

    rows: Sequence[Standing]
    own: Standing | None


@dataclass(frozen=True, slots=True)
class CrowdCalibration:
    """How the crowd's final forecasts held. `withheld` settled polls had too few ballots."""

    bins: Sequence[Bin]
    withheld: int


@dataclass(frozen=True, slots=True)
class Surprises:
    """Settled polls, the biggest surprise first. `withheld` more had too few ballots."""

    found: Sequence[tuple[Surprise, Report]]
    withheld: int


class ForecastService:
    """Reads one server's forecasts. Anonymous polls are part of nobody's record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mine(self, viewer: Viewer) -> ForecastRecord:
        """The viewer's own record."""
        voter = str(viewer.user_id)
        async with self._database.read() as session:
            ballots = await forecasts.unscored(session, viewer.guild_id, voter)
            scored = await forecasts.scored(session, viewer.guild_id, voter)
            found = await polls.by_ids(session, [*ballots, *scored])
            totals = await forecasts.totals(session, viewer.guild_id)
        by_id = {poll.id: poll for poll in found}
        rows = leaderboard(totals)
        waiting = [(by_id[poll_id], ballot) for poll_id, ballot in ballots.items()]
        observations = [
            Observation(poll_id, last, bool(poll.result))
            for poll_id, one in scored.items()
            if (last := _last(poll := by_id[poll_id], one)) is not None
        ]
        return ForecastRecord(
            waiting=sorted(waiting, key=lambda pair: pair[0].lifecycle.closes_at),
            settled=[(by_id[poll_id], one.score) for poll_id, one in scored.items()],
            place=_row_of(rows, viewer),
            ranked=len(rows),
            bins=calibration(observations),
        )

    async def leaderboard(self, viewer: Viewer) -> Leaderboard:
        """The forecasters of the viewer's server."""
        async with self._database.read() as session:
            rows = leaderboard(await forecasts.totals(session, viewer.guild_id))
        return Leaderboard(rows, _row_of(rows, viewer))

    async def calibration(self, viewer: Viewer) -> CrowdCalibration:
        """How well the crowd's forecasts held in the server's settled polls."""
        reports = [one for one in await self._settled(viewer.guild_id) if _is_forecast(one.poll)]
        observations = [
            Observation(one.poll.id, one.results.crowd, bool(one.poll.result))
            for one in reports
            if one.results is not None and one.results.crowd is not None
        ]
        return CrowdCalibration(
            calibration(observations), withheld=len(reports) - len(observations)
        )

    async def surprises(self, viewer: Viewer) -> Surprises:
        """What happened that the server expected least, in polls that the viewer may know of."""
        settled = await self._settled(viewer.guild_id)
        reports = {one.poll.id: one for one in settled if may_know(viewer, one.poll)}
        chances = {
            poll_id: chance
            for poll_id, one in reports.items()
            if (chance := chance_in(one)) is not None
        }
        found = [(one, reports[one.poll]) for one in surprises(chances)]
        return Surprises(found, withheld=len(reports) - len(found))

    async def _settled(self, guild_id: int) -> list[Report]:
        """The server's settled polls, as everyone may see them."""
        async with self._database.read() as session:
            found = await forecasts.settled(session, guild_id)
        return [_final(poll, Results.of(tallies)) for poll, tallies in found]


def _row_of(rows: Sequence[Standing], viewer: Viewer) -> Standing | None:
    return next((row for row in rows if row.voter == str(viewer.user_id)), None)


def _last(poll: Poll, one: Scored) -> int | None:
    return last_forecast(
        one.steps, Life(poll.lifecycle.opened_at, poll.lifecycle.closes_at, one.resolved_at)
    )


def _final(poll: Poll, results: Results) -> Report:
    """The report of a poll that is over, which no longer depends on the time."""
    if _is_forecast(poll) and results.ballots:
        results = replace(results, crowd=even_crowd(results.counts))
    return report(poll, results.ballots, results, now=poll.lifecycle.closes_at)


def _is_forecast(poll: Poll) -> bool:
    return poll.question.kind is PollKind.FORECAST
