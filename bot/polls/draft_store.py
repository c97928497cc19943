"""Queries on drafts of polls."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls.drafts import PollDraft, Tick, Typed
from bot.polls.tables import PollDraftRow


async def put(session: AsyncSession, draft: PollDraft, at: datetime) -> PollDraft:
    """Store a draft under its id if its author has an unposted draft with it, else as a new one.

    A draft that is replaced keeps its channel.
    """
    replaced = await session.scalar(
        update(PollDraftRow)
        .where(
            PollDraftRow.id == draft.id,
            PollDraftRow.guild_id == draft.guild_id,
            PollDraftRow.author_id == draft.author_id,
            PollDraftRow.poll_id.is_(None),
        )
        .values(typed=_packed(draft), created_at=at)
        .returning(PollDraftRow.channel_id)
    )
    if replaced is not None:
        return replace(draft, channel_id=replaced)
    row = PollDraftRow(
        guild_id=draft.guild_id,
        channel_id=draft.channel_id,
        author_id=draft.author_id,
        created_at=at,
        typed=_packed(draft),
    )
    session.add(row)
    await session.flush()
    return replace(draft, id=row.id)


async def get(session: AsyncSession, draft_id: int, *, lock: bool = False) -> PollDraft | None:
    """The draft, or None; with `lock` locked until the transaction ends."""
    row = await session.get(PollDraftRow, draft_id, with_for_update=lock or None)
    return _draft(row, row.typed) if row else None


async def set_poll(session: AsyncSession, draft_id: int, poll_id: int) -> None:
    """Record the poll that a draft became."""
    await session.execute(
        update(PollDraftRow).where(PollDraftRow.id == draft_id).values(poll_id=poll_id)
    )


async def remove(session: AsyncSession, draft_id: int) -> None:
    await session.execute(delete(PollDraftRow).where(PollDraftRow.id == draft_id))


async def sweep(session: AsyncSession, before: datetime) -> None:
    """Delete the drafts that were last changed before an instant."""
    await session.execute(delete(PollDraftRow).where(PollDraftRow.created_at < before))


def _packed(draft: PollDraft) -> dict[str, object]:
    typed = draft.typed
    return {
        "question": typed.question,
        "options": typed.options,
        "closes": typed.closes,
        "ticks": sorted(typed.ticks),
        "role_id": typed.role_id,
        "closes_at": draft.closes_at.isoformat() if draft.closes_at else None,
        "min_forecasters": draft.min_forecasters,
    }


def _draft(row: PollDraftRow, stored: Mapping[str, Any]) -> PollDraft:
    closes_at = stored["closes_at"]
    return PollDraft(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        author_id=row.author_id,
        typed=Typed(
            question=stored["question"],
            options=stored["options"],
            closes=stored["closes"],
            ticks=frozenset(map(Tick, stored["ticks"])),
            role_id=stored["role_id"],
        ),
        closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
        min_forecasters=stored["min_forecasters"],
        poll_id=row.poll_id,
    )
