"""What a server's forecasts come to: one's own record, the leaderboard, the crowd's."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.access import Caller
from bot.polls.crowd import even_crowd
from bot.polls.model import Ballot, Poll, PollKind
from bot.polls.scores import Score
from bot.polls.standings import (
    Bin,
    Settled,
    Standing,
    Surprise,
    calibration,
    leaderboard,
    surprises,
)
from bot.storage import actions, polls
from bot.storage.ballots import standing
from bot.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Record:
    """A member's forecasts in open polls, and how those in settled polls did."""

    open: Sequence[tuple[Poll, Ballot]]
    settled: Sequence[tuple[Poll, Score]]
    place: Standing | None
    calibration: Sequence[Bin]


@dataclass(frozen=True, slots=True)
class CrowdRecord:
    """How the crowd's final forecasts held: bins, and outcomes by how little they were expected."""

    questions: dict[int, str]
    bins: Sequence[Bin]
    surprises: Sequence[Surprise]


class ForecastService:
    """Reads only; all of it is of one server. Anonymous polls have no part in anyone's record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mine(self, caller: Caller) -> Record:
        """The caller's own record."""
        voter = str(caller.user_id)
        async with self._database.read() as session:
            running = {
                poll.id: poll
                for poll in await polls.open_polls(session, caller.guild_id)
                if poll.kind is PollKind.FORECAST and not poll.anonymous
            }
            own = await standing(session, [(poll_id, voter) for poll_id in running])
            scores = await actions.scores_in(session, caller.guild_id)
            mine = {poll_id: found[voter] for poll_id, found in scores.items() if voter in found}
            settled = {poll.id: poll for poll in await polls.by_ids(session, mine)}
            last = {}
            for poll_id in mine:
                ballot = await standing(session, [(poll_id, voter)])
                if ballot:
                    last[poll_id] = ballot[poll_id, voter].value
        place = next((row for row in leaderboard(scores.values()) if row.voter == voter), None)
        observed = [
            Settled(poll_id, value, bool(settled[poll_id].result))
            for poll_id, value in last.items()
        ]
        return Record(
            open=[(running[poll_id], ballot) for (poll_id, _), ballot in own.items()],
            settled=[(settled[poll_id], score) for poll_id, score in mine.items()],
            place=place,
            calibration=calibration(observed),
        )

    async def leaderboard(self, guild_id: int) -> Sequence[Standing]:
        """The server's forecasters, best first."""
        async with self._database.read() as session:
            scores = await actions.scores_in(session, guild_id)
        return leaderboard(scores.values())

    async def crowd(self, guild_id: int) -> CrowdRecord:
        """How the crowd did in the server's settled forecasts."""
        async with self._database.read() as session:
            tallies = await actions.settled_tallies(session, guild_id)
        observed = [
            Settled(poll_id, even_crowd(counts), bool(result))
            for poll_id, _, result, counts in tallies
        ]
        return CrowdRecord(
            questions={poll_id: question for poll_id, question, _, _ in tallies},
            bins=calibration(observed),
            surprises=surprises(observed),
        )
