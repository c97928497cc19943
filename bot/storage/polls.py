"""Queries on polls."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls.model import (
    Ballot,
    Draft,
    HideResults,
    OutcomeRef,
    Poll,
    PollKind,
    PollState,
)
from bot.storage.tables import BallotLogRow, BallotRow, OptionRow, PollRow, TallyRow


class AlreadyOpenError(Exception):
    """The server has an open poll on this outcome. The transaction cannot go on."""


async def add(session: AsyncSession, draft: Draft, secret: bytes | None) -> int:
    """Store a new poll and return its id; AlreadyOpenError if its outcome has an open poll here."""
    row = PollRow(
        guild_id=draft.guild_id,
        channel_id=draft.channel_id,
        summit_id=draft.about.summit if draft.about else None,
        outcome_id=draft.about.outcome if draft.about else None,
        kind=draft.kind.value,
        state=PollState.OPEN.value,
        question=draft.question,
        criteria=draft.criteria,
        anonymous=draft.anonymous,
        secret=secret,
        hide_results=draft.hide_results.value,
        opened_by=draft.opened_by,
        opened_at=draft.opened_at,
        closes_at=draft.closes_at,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyOpenError from error
    if draft.options:
        await session.execute(
            insert(OptionRow),
            [
                {"poll_id": row.id, "position": position, "key": key, "label": label}
                for position, (key, label) in enumerate(draft.options)
            ],
        )
    return row.id


async def get(session: AsyncSession, poll_id: int, *, lock: bool = False) -> Poll | None:
    """The poll, or None. `lock` holds it against other writers until the transaction ends."""
    found = await _polls(session, PollRow.id == poll_id, lock=lock)
    return found[0] if found else None


async def with_secrets(
    session: AsyncSession, poll_ids: Collection[int]
) -> dict[int, tuple[Poll, bytes | None]]:
    """These polls with the secrets of their anonymous ballots, held against other writers."""
    found = await _polls(session, PollRow.id.in_(poll_ids), lock=True)
    secrets = await session.execute(
        select(PollRow.id, PollRow.secret).where(PollRow.id.in_(poll_ids))
    )
    by_id = dict(secrets.all())
    return {poll.id: (poll, by_id[poll.id]) for poll in found}


async def in_server(session: AsyncSession, guild_id: int, *, limit: int) -> list[Poll]:
    """A server's polls: open ones first, then the newest."""
    return await _polls(session, PollRow.guild_id == guild_id, limit=limit)


async def open_polls(session: AsyncSession, guild_id: int | None = None) -> list[Poll]:
    """The open polls of one server, or of all."""
    conditions = [PollRow.state == PollState.OPEN.value]
    if guild_id is not None:
        conditions.append(PollRow.guild_id == guild_id)
    return await _polls(session, *conditions)


async def open_poll_about(session: AsyncSession, guild_id: int, about: OutcomeRef) -> Poll | None:
    """The server's open poll on this outcome, if there is one."""
    found = await _polls(
        session,
        PollRow.guild_id == guild_id,
        PollRow.state == PollState.OPEN.value,
        PollRow.summit_id == about.summit,
        PollRow.outcome_id == about.outcome,
        limit=1,
    )
    return found[0] if found else None


async def unposted(session: AsyncSession, before: datetime) -> list[int]:
    """Open polls from before an instant that have neither a message nor a ballot."""
    rows = await session.scalars(
        select(PollRow.id).where(
            PollRow.state == PollState.OPEN.value,
            PollRow.message_id.is_(None),
            PollRow.opened_at < before,
            ~select(BallotRow.poll_id).where(BallotRow.poll_id == PollRow.id).exists(),
        )
    )
    return list(rows)


async def set_message(session: AsyncSession, poll_id: int, message_id: int) -> None:
    await session.execute(
        update(PollRow).where(PollRow.id == poll_id).values(message_id=message_id)
    )


async def remove(session: AsyncSession, poll_id: int) -> None:
    """Forget a poll that could not be posted."""
    row = await session.get(PollRow, poll_id)
    if row is not None:
        await session.delete(row)


async def mark_closed(
    session: AsyncSession, poll_id: int, *, by: int | None, at: datetime, late: bool
) -> bool:
    """Close an open poll. False if it was closed already; its first closing then stands."""
    closed = await session.execute(
        update(PollRow)
        .where(PollRow.id == poll_id, PollRow.state == PollState.OPEN.value)
        .values(state=PollState.CLOSED.value, closed_by=by, closed_at=at, closed_late=late)
        .returning(PollRow.id)
    )
    return closed.scalar_one_or_none() is not None


async def secret(session: AsyncSession, poll_id: int) -> bytes | None:
    return await session.scalar(select(PollRow.secret).where(PollRow.id == poll_id))


async def counts(session: AsyncSession, poll_id: int) -> dict[int, int]:
    """How many standing ballots have each value."""
    rows = await session.execute(
        select(TallyRow.value, TallyRow.count)
        .where(TallyRow.poll_id == poll_id, TallyRow.count > 0)
        .order_by(TallyRow.value)
    )
    return {value: count for value, count in rows}  # noqa: C416 - typed rows


async def published(session: AsyncSession, poll_id: int) -> dict[int, int]:
    """The tallies of an anonymous poll when they were last published."""
    pairs = await session.scalar(select(PollRow.published).where(PollRow.id == poll_id))
    return {int(value): int(count) for value, count in pairs or ()}


async def publish(session: AsyncSession, poll_id: int, *, voters: int) -> None:
    """Publish the tallies if at least so many voters changed theirs since the last time."""
    upto = await session.scalar(select(PollRow.published_upto).where(PollRow.id == poll_id))
    changed, last = (
        await session.execute(
            select(func.count(BallotLogRow.voter.distinct()), func.max(BallotLogRow.id)).where(
                BallotLogRow.poll_id == poll_id, BallotLogRow.id > (upto or 0)
            )
        )
    ).one()
    if changed >= voters:
        tallies = [list(pair) for pair in (await counts(session, poll_id)).items()]
        await session.execute(
            update(PollRow)
            .where(PollRow.id == poll_id)
            .values(published=tallies, published_upto=last)
        )


async def ballot_counts(session: AsyncSession, poll_ids: Sequence[int]) -> dict[int, int]:
    """How many standing ballots each of these polls has; a poll without any is left out."""
    rows = await session.execute(
        select(TallyRow.poll_id, func.sum(TallyRow.count))
        .where(TallyRow.poll_id.in_(poll_ids))
        .group_by(TallyRow.poll_id)
    )
    return {poll_id: int(total) for poll_id, total in rows}


async def newest_values(session: AsyncSession, poll_id: int, limit: int) -> list[int]:
    """The values of the `limit` ballots changed last, oldest first."""
    rows = await session.scalars(
        select(BallotRow.value)
        .where(BallotRow.poll_id == poll_id)
        .order_by(BallotRow.changed_at.desc(), BallotRow.voter.desc())
        .limit(limit)
    )
    return list(rows)[::-1]


async def ballot(session: AsyncSession, poll_id: int, voter: str) -> Ballot | None:
    row = await session.get(BallotRow, (poll_id, voter))
    return Ballot(row.value, row.cast_at, row.changed_at) if row else None


async def _polls(
    session: AsyncSession, *conditions: object, limit: int | None = None, lock: bool = False
) -> list[Poll]:
    query = (
        select(PollRow)
        .where(*conditions)  # type: ignore[arg-type]  # SQLAlchemy's conditions have no public type
        .order_by((PollRow.state == PollState.OPEN.value).desc(), PollRow.id.desc())
        .limit(limit)
    )
    if lock:
        query = query.with_for_update()
    rows = (await session.scalars(query)).all()
    labels = await _labels(session, [row.id for row in rows])
    return [_poll(row, labels.get(row.id, ())) for row in rows]


async def _labels(session: AsyncSession, poll_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    if not poll_ids:
        return {}
    rows = await session.execute(
        select(OptionRow.poll_id, OptionRow.label)
        .where(OptionRow.poll_id.in_(poll_ids))
        .order_by(OptionRow.poll_id, OptionRow.position)
    )
    labels: dict[int, tuple[str, ...]] = {}
    for poll_id, label in rows:
        labels[poll_id] = (*labels.get(poll_id, ()), label)
    return labels


def _poll(row: PollRow, options: tuple[str, ...]) -> Poll:
    about = OutcomeRef(row.summit_id, row.outcome_id) if row.summit_id and row.outcome_id else None
    return Poll(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        message_id=row.message_id,
        about=about,
        kind=PollKind(row.kind),
        state=PollState(row.state),
        question=row.question,
        criteria=row.criteria,
        options=options,
        anonymous=row.anonymous,
        hide_results=HideResults(row.hide_results),
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        closed_late=row.closed_late,
    )
