"""Queries on scores, and on a server's forecasts and settled polls.

Anonymous polls are part of nobody's record.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.upsert import upsert
from bot.polls import store as polls
from bot.polls.ballot_store import logged
from bot.polls.model import Ballot, Poll, PollKind, Verdict
from bot.polls.scoring.leaderboard import Total
from bot.polls.scoring.scores import Score, Step
from bot.polls.tables import (
    ActionRow,
    BallotLogRow,
    BallotRow,
    PollRow,
    ScoreRow,
    TallyRow,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A member's score in a settled poll, with what it comes from."""

    score: Score
    resolved_at: datetime
    steps: Sequence[Step]


async def unscored(session: AsyncSession, guild_id: int, voter: str) -> dict[int, Ballot]:
    """A member's standing forecasts in polls that are not settled, by poll."""
    rows = await session.execute(
        select(BallotRow.poll_id, BallotRow.value, BallotRow.cast_at, BallotRow.changed_at)
        .join(PollRow, PollRow.id == BallotRow.poll_id)
        .where(
            _named_forecasts(guild_id),
            BallotRow.voter == voter,
            or_(PollRow.verdict.is_(None), PollRow.verdict != Verdict.SETTLED),
        )
    )
    return {poll_id: Ballot(value, cast, changed) for poll_id, value, cast, changed in rows}


async def scored(session: AsyncSession, guild_id: int, voter: str) -> dict[int, Scored]:
    """A member's scores in a server, by poll: what was resolved last comes first."""
    found = await session.execute(
        select(ScoreRow.poll_id, ActionRow.at, ScoreRow.brier, ScoreRow.coverage, ScoreRow.peer)
        .join(PollRow, PollRow.id == ScoreRow.poll_id)
        .join(ActionRow, ActionRow.id == PollRow.ruling_id)
        .where(_scored(guild_id), ScoreRow.voter == voter)
        .order_by(ActionRow.at.desc(), ScoreRow.poll_id.desc())
    )
    heads = {poll_id: (Score(*numbers), at) for poll_id, at, *numbers in found}
    log = await session.execute(
        select(BallotLogRow.poll_id, BallotLogRow.at, BallotLogRow.value)
        .join(
            ScoreRow,
            and_(ScoreRow.poll_id == BallotLogRow.poll_id, ScoreRow.voter == BallotLogRow.voter),
        )
        .join(PollRow, PollRow.id == ScoreRow.poll_id)
        .where(_scored(guild_id), ScoreRow.voter == voter)
        .order_by(BallotLogRow.id)
    )
    steps: dict[int, list[Step]] = {}
    for poll_id, at, value in log:
        steps.setdefault(poll_id, []).append(Step(at, value))
    return {
        poll_id: Scored(score, at, steps.get(poll_id, ())) for poll_id, (score, at) in heads.items()
    }


async def totals(session: AsyncSession, guild_id: int) -> list[Total]:
    """The summed scores of each voter in a server, members who are gone included."""
    rows = await session.execute(
        select(
            ScoreRow.voter,
            func.count(),
            func.sum(ScoreRow.coverage),
            func.sum(ScoreRow.peer),
            func.sum(ScoreRow.brier * ScoreRow.coverage),
        )
        .join(PollRow, PollRow.id == ScoreRow.poll_id)
        .where(_scored(guild_id))
        .group_by(ScoreRow.voter)
    )
    return [Total(*row) for row in rows]


async def settled(session: AsyncSession, guild_id: int) -> Sequence[tuple[Poll, Mapping[int, int]]]:
    """A server's settled polls of every kind, newest first, with their tallies."""
    rows = await session.execute(
        select(PollRow.id, TallyRow.value, TallyRow.count)
        .outerjoin(TallyRow, and_(TallyRow.poll_id == PollRow.id, TallyRow.count > 0))
        .where(
            PollRow.guild_id == guild_id,
            PollRow.hope_for.is_(None),
            PollRow.verdict == Verdict.SETTLED,
        )
        .order_by(PollRow.id, TallyRow.value)
    )
    tallies: dict[int, dict[int, int]] = {}
    for poll_id, value, count in rows:
        counts = tallies.setdefault(poll_id, {})
        if value is not None:
            counts[value] = count
    return [(poll, tallies[poll.id]) for poll in await polls.by_ids(session, tallies)]


async def forecasters(session: AsyncSession, poll_id: int) -> int:
    """How many voters a poll has had, those who withdrew included."""
    return (
        await session.scalar(
            select(func.count(BallotLogRow.voter.distinct())).where(BallotLogRow.poll_id == poll_id)
        )
        or 0
    )


async def histories(session: AsyncSession, poll_id: int) -> dict[str, list[Step]]:
    """Every voter's changes in a poll, in order."""
    found: dict[str, list[Step]] = {}
    async for part in logged(session, poll_id):
        for at, voter, value in part:
            found.setdefault(voter, []).append(Step(at, value))
    return found


async def all_voters_left(session: AsyncSession, poll_id: int, voters: Collection[str]) -> bool:
    """Whether all these voters, a few thousand at most, are still in a poll's log.

    Somebody who had their data deleted is there under another key.
    """
    found = await session.scalar(
        select(func.count(BallotLogRow.voter.distinct())).where(
            BallotLogRow.poll_id == poll_id, BallotLogRow.voter.in_(voters)
        )
    )
    return found == len(voters)


async def put_scores(session: AsyncSession, poll_id: int, scores: Mapping[str, Score]) -> None:
    """Store some of a poll's scores; those of an earlier attempt are replaced."""
    if not scores:
        return
    statement = upsert(session, ScoreRow)
    numbers = ("brier", "coverage", "peer")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["poll_id", "voter"],
            set_={name: statement.excluded[name] for name in numbers},
        ),
        [
            {
                "poll_id": poll_id,
                "voter": voter,
                "brier": score.brier,
                "coverage": score.coverage,
                "peer": score.peer,
            }
            for voter, score in scores.items()
        ],
    )


async def mark_scored(session: AsyncSession, poll_id: int, action_id: int) -> None:
    """All scores of a resolution are stored, and count from now on."""
    await session.execute(
        update(PollRow).where(PollRow.id == poll_id).values(scored_ruling_id=action_id)
    )


def _named_forecasts(guild_id: int) -> ColumnElement[bool]:
    return and_(
        PollRow.guild_id == guild_id,
        PollRow.kind == PollKind.FORECAST,
        PollRow.anonymous.is_(False),
    )


def _scored(guild_id: int) -> ColumnElement[bool]:
    """Of such polls those whose scores are all there."""
    return and_(_named_forecasts(guild_id), PollRow.scored_ruling_id == PollRow.ruling_id)
