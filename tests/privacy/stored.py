"""What is stored of members and of a server."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.db.engine import Database
from bot.polls.model import Poll, PollKind
from bot.polls.rules import tallied
from bot.polls.tables import BallotLogRow, BallotRow, PollRow, ScoreRow, TallyRow
from bot.privacy.ownership import in_server, tables
from tests.factories import App


async def voters(app: App, row: Any, poll: Poll) -> Sequence[str]:
    async with app.database.read() as session:
        found = await session.scalars(
            select(row.voter).where(row.poll_id == poll.id).order_by(row.voter)
        )
        return list(found)


async def deleted_voters(app: App, poll: Poll) -> set[str]:
    """The keys of the poll's deleted voters, the same wherever they have left anything."""
    found = [
        {voter for voter in await voters(app, row, poll) if voter.startswith("deleted:")}
        for row in (BallotLogRow, BallotRow, ScoreRow)
    ]
    assert found[1] <= found[0]
    assert found[2] <= found[0]
    return found[0]


async def scores(app: App, poll: Poll) -> dict[str, tuple[float, float]]:
    async with app.database.read() as session:
        rows = await session.scalars(select(ScoreRow).where(ScoreRow.poll_id == poll.id))
        return {row.voter: (row.brier, row.peer) for row in rows}


async def tallies_are_right(app: App) -> bool:
    """Whether every poll's tallies are those of its standing ballots."""
    counted: Counter[tuple[int, int]] = Counter()
    async with app.database.read() as session:
        kinds = dict((await session.execute(select(PollRow.id, PollRow.kind))).all())
        for ballot in await session.scalars(select(BallotRow)):
            kind = PollKind(kinds[ballot.poll_id])
            counted.update((ballot.poll_id, tally) for tally in tallied(kind, ballot.value))
        stored = {
            (row.poll_id, row.value): row.count
            for row in await session.scalars(select(TallyRow))
            if row.count
        }
    return stored == dict(counted)


async def everything(database: Database, guild_id: int) -> str:
    """All that is stored of a server, as text."""
    lines: list[str] = []
    async with database.read() as session:
        for table in tables():
            here = in_server(table, guild_id)
            if here is not None:
                rows = await session.execute(select(table).where(here))
                lines += (f"{table.name} {tuple(row)}" for row in rows)
    return "\n".join(lines)
