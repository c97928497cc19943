"""Queries on what moderators do to polls."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls.model import Action, ActionState, Proposal, Verdict
from bot.polls.tables import ActionRow, PollRow, ScoreRow


async def propose(session: AsyncSession, proposal: Proposal, *, by: int, at: datetime) -> Action:
    """Store a proposal."""
    row = ActionRow(
        poll_id=proposal.poll_id,
        kind=proposal.kind,
        state=ActionState.PROPOSED,
        by=by,
        at=at,
        reason=proposal.reason,
        evidence=proposal.evidence,
        verdict=proposal.verdict,
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
    """What was done to a poll, in order. Proposals that nobody confirmed are left out."""
    rows = await session.scalars(
        select(ActionRow)
        .where(ActionRow.poll_id == poll_id, ActionRow.state != ActionState.PROPOSED)
        .order_by(ActionRow.at, ActionRow.id)
    )
    return [_action(row) for row in rows]


async def unposted(session: AsyncSession, poll_id: int) -> list[str]:
    """Keys of the jobs that have yet to post what was done to a poll."""
    rows = await session.scalars(
        select(ActionRow.id).where(
            ActionRow.poll_id == poll_id, ActionRow.state == ActionState.CONFIRMED
        )
    )
    return [str(action_id) for action_id in rows]


async def changed_polls(session: AsyncSession, guild_id: int, since: datetime) -> list[int]:
    """Ids of a server's polls that were opened, closed or acted on after `since`."""
    acted_on = select(ActionRow.poll_id).where(
        ActionRow.at > since, ActionRow.state != ActionState.PROPOSED
    )
    ids = await session.scalars(
        select(PollRow.id)
        .where(
            PollRow.guild_id == guild_id,
            PollRow.hope_for.is_(None),
            or_(
                PollRow.opened_at > since,
                PollRow.closed_at > since,
                PollRow.id.in_(acted_on),
            ),
        )
        .order_by(PollRow.id)
    )
    return list(ids)


async def confirmed_since(session: AsyncSession, guild_id: int, since: datetime) -> list[Action]:
    """What was done to a server's polls after `since`, in order."""
    rows = await session.scalars(
        select(ActionRow)
        .join(PollRow, PollRow.id == ActionRow.poll_id)
        .where(
            PollRow.guild_id == guild_id,
            ActionRow.at > since,
            ActionRow.state != ActionState.PROPOSED,
        )
        .order_by(ActionRow.at, ActionRow.id)
    )
    return [_action(row) for row in rows]


async def remove(session: AsyncSession, action_id: int) -> None:
    await session.execute(delete(ActionRow).where(ActionRow.id == action_id))


async def mark(
    session: AsyncSession, action_id: int, state: ActionState, at: datetime | None = None
) -> None:
    """Record how far an action has come; `at` is when it was confirmed."""
    values: dict[str, object] = {"state": state}
    if at is not None:
        values["at"] = at
    await session.execute(update(ActionRow).where(ActionRow.id == action_id).values(values))


async def set_resolution(
    session: AsyncSession,
    poll_id: int,
    *,
    verdict: Verdict | None,
    result: int | None,
    action_id: int | None,
) -> None:
    """Set how a poll is resolved, or undo that with None; its scores are deleted."""
    await session.execute(
        update(PollRow)
        .where(PollRow.id == poll_id)
        .values(
            verdict=verdict,
            result=result,
            ruling_id=action_id,
            scored_ruling_id=None,
            revision=PollRow.revision + 1,
        )
    )
    await session.execute(delete(ScoreRow).where(ScoreRow.poll_id == poll_id))


def _action(row: ActionRow) -> Action:
    proposal = Proposal(
        kind=row.kind,
        poll_id=row.poll_id,
        reason=row.reason,
        evidence=row.evidence,
        verdict=row.verdict,
        value=row.value,
        closes_at=row.closes_at,
        readouts=tuple((who, said) for who, said in row.readouts),
    )
    return Action(row.id, proposal, row.by, row.at, row.state)
