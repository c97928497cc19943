"""Queries on polls."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.access import Viewer
from bot.polls.model import (
    Draft,
    Lifecycle,
    OutcomeRef,
    Poll,
    PollKind,
    PollState,
    Question,
    Resolution,
    Terms,
)
from bot.polls.tables import BallotRow, OptionRow, PollRow
from bot.polls.visibility import may_know

Options = tuple[tuple[str, str], ...]
"""A poll's options as (key, label) pairs, by position."""
_Hope = aliased(PollRow)
_ASKS_HOPE = exists().where(_Hope.hope_for == PollRow.id).correlate(PollRow)


class AlreadyOpenError(Exception):
    """The server has an open poll on this outcome. The transaction has failed."""


async def add(session: AsyncSession, draft: Draft, secret: bytes | None) -> int:
    """Store a new poll and return its id; AlreadyOpenError if its outcome has an open poll here."""
    asked, terms, life = draft.question, draft.terms, draft.lifecycle
    row = PollRow(
        guild_id=draft.guild_id,
        channel_id=draft.channel_id,
        audience_id=draft.channel_id,
        summit_id=asked.about.summit if asked.about else None,
        outcome_id=asked.about.outcome if asked.about else None,
        kind=asked.kind,
        state=PollState.OPEN,
        question=asked.text,
        criteria=asked.criteria,
        anonymous=terms.anonymous,
        secret=secret,
        hide_results=terms.hide_results,
        opened_by=life.opened_by,
        opened_at=life.opened_at,
        closes_at=life.closes_at,
        role_id=terms.role_id,
        hope_for=draft.hope_for,
        min_forecasters=terms.min_forecasters,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyOpenError from error
    if asked.options:
        await session.execute(
            insert(OptionRow),
            [
                {"poll_id": row.id, "position": position, "key": key, "label": label}
                for position, (key, label) in enumerate(asked.options)
            ],
        )
    return row.id


async def get(session: AsyncSession, poll_id: int, *, lock: bool = False) -> Poll | None:
    """The poll, or None; with `lock` locked until the transaction ends."""
    found = await _polls(session, PollRow.id == poll_id, lock=lock)
    return found[0] if found else None


async def by_ids(
    session: AsyncSession, poll_ids: Collection[int], *, lock: bool = False
) -> list[Poll]:
    """Those of these polls that exist; with `lock` locked until the transaction ends."""
    return await _polls(session, PollRow.id.in_(poll_ids), lock=lock) if poll_ids else []


async def listed(session: AsyncSession, viewer: Viewer, *, limit: int) -> list[Poll]:
    """The server's polls that a viewer may know of, open ones first, then the newest.

    Without polls on hopes.
    """
    here = (PollRow.guild_id == viewer.guild_id, PollRow.hope_for.is_(None))
    places = await session.scalars(select(PollRow.audience_id).where(*here).distinct())
    viewable = PollRow.audience_id.in_([place for place in places if viewer.may_view(place)])
    return await _polls(session, *here, viewable, limit=limit)


async def open_polls(session: AsyncSession, viewer: Viewer) -> list[Poll]:
    """The open polls of the server that a viewer may know of."""
    found = await _polls(
        session,
        PollRow.guild_id == viewer.guild_id,
        PollRow.state == PollState.OPEN,
        PollRow.hope_for.is_(None),
    )
    return [poll for poll in found if may_know(viewer, poll)]


async def hope(session: AsyncSession, poll_id: int) -> Poll | None:
    """The poll on what members hope for beside a forecast poll, if it has one."""
    found = await _polls(session, PollRow.hope_for == poll_id)
    return found[0] if found else None


async def open_poll_about(session: AsyncSession, guild_id: int, about: OutcomeRef) -> Poll | None:
    """The server's open poll on this outcome, if there is one."""
    found = await _polls(
        session,
        PollRow.guild_id == guild_id,
        PollRow.state == PollState.OPEN,
        PollRow.summit_id == about.summit,
        PollRow.outcome_id == about.outcome,
        limit=1,
    )
    return found[0] if found else None


async def unposted(session: AsyncSession, before: datetime) -> list[int]:
    """Open polls, opened before an instant, that have neither a message nor a ballot."""
    rows = await session.scalars(
        select(PollRow.id).where(
            PollRow.state == PollState.OPEN,
            PollRow.message_id.is_(None),
            PollRow.hope_for.is_(None),
            PollRow.opened_at < before,
            ~select(BallotRow.poll_id).where(BallotRow.poll_id == PollRow.id).exists(),
        )
    )
    return list(rows)


async def set_message(
    session: AsyncSession, poll_id: int, message_id: int, audience_id: int
) -> None:
    await session.execute(
        update(PollRow).where(PollRow.id == poll_id).values(message_id=message_id)
    )
    await session.execute(
        update(PollRow).where(_with_hope(poll_id)).values(audience_id=audience_id)
    )


async def remove(session: AsyncSession, poll_id: int) -> None:
    """Delete a poll that could not be posted."""
    row = await session.get(PollRow, poll_id)
    if row is not None:
        await session.delete(row)


async def mark_closed(
    session: AsyncSession, poll_id: int, *, by: int | None, at: datetime, late: bool
) -> bool:
    """Close an open poll. False if it was closed already; nothing changes then."""
    closed = await session.scalars(
        update(PollRow)
        .where(_with_hope(poll_id), PollRow.state == PollState.OPEN)
        .values(
            state=PollState.CLOSED,
            closed_by=by,
            closed_at=at,
            closed_late=late,
            revision=PollRow.revision + 1,
        )
        .returning(PollRow.id)
    )
    return poll_id in closed.all()


async def move_close(session: AsyncSession, poll_id: int, closes_at: datetime) -> None:
    """Change the closing time of a poll."""
    await session.execute(
        update(PollRow)
        .where(_with_hope(poll_id))
        .values(closes_at=closes_at, revision=PollRow.revision + 1)
    )


async def to_refresh(session: AsyncSession) -> list[int]:
    """Polls of all servers that are open, or whose messages are out of date."""
    is_behind = and_(PollRow.revision > PollRow.shown_revision, PollRow.message_id.is_not(None))
    rows = await session.scalars(
        select(PollRow.id).where(
            PollRow.hope_for.is_(None),
            or_(PollRow.state == PollState.OPEN, is_behind),
        )
    )
    return list(rows)


async def mark_shown(session: AsyncSession, poll_id: int, revision: int) -> None:
    """Record that the poll's message shows this revision."""
    behind = (_with_hope(poll_id), PollRow.shown_revision < revision)
    # An update locks rows in any order; a vote in both polls locks the forecast first.
    await session.execute(select(PollRow.id).where(*behind).order_by(PollRow.id).with_for_update())
    await session.execute(
        update(PollRow).where(*behind).values(shown_revision=revision, problem=None)
    )


async def set_problem(session: AsyncSession, poll_id: int, problem: str) -> None:
    await session.execute(update(PollRow).where(PollRow.id == poll_id).values(problem=problem))


async def secret(session: AsyncSession, poll_id: int) -> bytes | None:
    return await session.scalar(select(PollRow.secret).where(PollRow.id == poll_id))


def _with_hope(poll_id: int) -> ColumnElement[bool]:
    """A poll and the poll on hopes beside it, which open and close together."""
    return or_(PollRow.id == poll_id, PollRow.hope_for == poll_id)


async def _polls(
    session: AsyncSession, *conditions: object, limit: int | None = None, lock: bool = False
) -> list[Poll]:
    query = (
        select(PollRow, _ASKS_HOPE)
        .where(*conditions)  # type: ignore[arg-type]  # SQLAlchemy's conditions have no public type
        .limit(limit)
    )
    if lock:
        # Always in the same order, so that two transactions cannot block each other.
        query = query.order_by(PollRow.id).with_for_update()
    else:
        query = query.order_by((PollRow.state == PollState.OPEN).desc(), PollRow.id.desc())
    rows = (await session.execute(query)).all()
    asked = [row.id for row, _ in rows if row.kind != PollKind.FORECAST]
    options = await _options(session, asked)
    return [_poll(row, options.get(row.id, ()), asks_hope) for row, asks_hope in rows]


async def _options(session: AsyncSession, poll_ids: Sequence[int]) -> dict[int, Options]:
    if not poll_ids:
        return {}
    rows = await session.execute(
        select(OptionRow.poll_id, OptionRow.key, OptionRow.label)
        .where(OptionRow.poll_id.in_(poll_ids))
        .order_by(OptionRow.poll_id, OptionRow.position)
    )
    options: dict[int, Options] = {}
    for poll_id, key, label in rows:
        options[poll_id] = (*options.get(poll_id, ()), (key, label))
    return options


def _poll(row: PollRow, options: Options, asks_hope: bool) -> Poll:
    return Poll(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        question=_question(row, options),
        terms=_terms(row, asks_hope),
        lifecycle=_lifecycle(row),
        resolution=_resolution(row),
        message_id=row.message_id,
        audience_id=row.audience_id,
        hope_for=row.hope_for,
        revision=row.revision,
        shown_revision=row.shown_revision,
        problem=row.problem,
    )


def _question(row: PollRow, options: Options) -> Question:
    about = OutcomeRef(row.summit_id, row.outcome_id) if row.summit_id and row.outcome_id else None
    return Question(row.kind, row.question, options, row.criteria, about)


def _terms(row: PollRow, asks_hope: bool) -> Terms:
    return Terms(
        anonymous=row.anonymous,
        hide_results=row.hide_results,
        role_id=row.role_id,
        asks_hope=asks_hope,
        min_forecasters=row.min_forecasters,
    )


def _lifecycle(row: PollRow) -> Lifecycle:
    return Lifecycle(
        state=row.state,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        closed_late=row.closed_late,
    )


def _resolution(row: PollRow) -> Resolution | None:
    if row.verdict is None:
        return None
    return Resolution(row.verdict, row.result, row.ruling_id)
