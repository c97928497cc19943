"""Queries on what moderators do to polls, and on the scores that come of it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.upsert import upsert
from bot.polls.actions import Action, ActionKind, Proposal
from bot.polls.ballots_store import logged
from bot.polls.model import Verdict
from bot.polls.resolution_tables import ActionRow, ScoreRow
from bot.polls.scoring.scores import Score, Step
from bot.polls.tables import BallotLogRow, PollRow


async def propose(session: AsyncSession, proposal: Proposal, *, by: int, at: datetime) -> Action:
    """Put a proposal on record; nothing is done yet."""
    row = ActionRow(
        poll_id=proposal.poll_id,
        kind=proposal.kind.value,
        state="proposed",
        by=by,
        at=at,
        reason=proposal.reason,
        evidence=proposal.evidence,
        verdict=proposal.verdict.value if proposal.verdict else None,
        value=proposal.value,
        closes_at=proposal.closes_at,
        readouts=[list(pair) for pair in proposal.readouts],
    )
    session.add(row)
    await session.flush()
    return _action(row)


async def get(session: AsyncSession, action_id: int, *, lock: bool = False) -> Action | None:
    row = await session.get(ActionRow, action_id, with_for_update=lock or None)
    return _action(row) if row else None


async def confirmed(session: AsyncSession, poll_id: int) -> list[Action]:
    """What was done to a poll, in order; mere proposals are left out."""
    rows = await session.scalars(
        select(ActionRow)
        .where(ActionRow.poll_id == poll_id, ActionRow.state != "proposed")
        .order_by(ActionRow.at, ActionRow.id)
    )
    return [_action(row) for row in rows]


async def untold(session: AsyncSession, poll_id: int) -> list[str]:
    """What was done to a poll and its channel was not told of, as keys of jobs."""
    rows = await session.scalars(
        select(ActionRow.id).where(ActionRow.poll_id == poll_id, ActionRow.state == "done")
    )
    return [str(action_id) for action_id in rows]


async def remove(session: AsyncSession, action_id: int) -> None:
    await session.execute(delete(ActionRow).where(ActionRow.id == action_id))


async def forecasters(session: AsyncSession, poll_id: int) -> int:
    """How many voters a poll has had, standing or withdrawn."""
    return (
        await session.scalar(
            select(func.count(BallotLogRow.voter.distinct())).where(BallotLogRow.poll_id == poll_id)
        )
        or 0
    )


async def mark(
    session: AsyncSession, action_id: int, state: str, at: datetime | None = None
) -> None:
    """Record how far an action has come; `at` is when it was done."""
    values: dict[str, object] = {"state": state}
    if at is not None:
        values["at"] = at
    await session.execute(update(ActionRow).where(ActionRow.id == action_id).values(values))


async def rule(
    session: AsyncSession,
    poll_id: int,
    *,
    verdict: Verdict | None,
    result: int | None,
    ruling_id: int | None,
) -> None:
    """Set or, with None, take back what became of a poll's question; its scores are dropped."""
    await session.execute(
        update(PollRow)
        .where(PollRow.id == poll_id)
        .values(
            verdict=verdict.value if verdict else None,
            result=result,
            ruling_id=ruling_id,
            scored_ruling_id=None,
            revision=PollRow.revision + 1,
        )
    )
    await session.execute(delete(ScoreRow).where(ScoreRow.poll_id == poll_id))


async def histories(session: AsyncSession, poll_id: int) -> dict[str, list[Step]]:
    """Every voter's changes in a poll, in order."""
    found: dict[str, list[Step]] = {}
    async for part in logged(session, poll_id):
        for at, voter, value in part:
            found.setdefault(voter, []).append(Step(at, value))
    return found


async def voters_left(session: AsyncSession, poll_id: int, voters: Collection[str]) -> bool:
    """Whether all these, of whom there are a few thousand at most, are in a poll's log still:
    whoever has their data deleted is there under another key."""
    found = await session.scalar(
        select(func.count(BallotLogRow.voter.distinct())).where(
            BallotLogRow.poll_id == poll_id, BallotLogRow.voter.in_(voters)
        )
    )
    return found == len(voters)


async def put_scores(session: AsyncSession, poll_id: int, scores: Mapping[str, Score]) -> None:
    """Store some of a poll's scores, in place of those that an earlier attempt has left."""
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


async def mark_scored(session: AsyncSession, poll_id: int, ruling_id: int) -> None:
    """All scores that a ruling gives are there, and count from now on."""
    await session.execute(
        update(PollRow).where(PollRow.id == poll_id).values(scored_ruling_id=ruling_id)
    )


def _action(row: ActionRow) -> Action:
    proposal = Proposal(
        kind=ActionKind(row.kind),
        poll_id=row.poll_id,
        reason=row.reason,
        evidence=row.evidence,
        verdict=Verdict(row.verdict) if row.verdict else None,
        value=row.value,
        closes_at=row.closes_at,
        readouts=tuple((who, said) for who, said in row.readouts),
    )
    return Action(row.id, proposal, row.by, row.at, row.state)
