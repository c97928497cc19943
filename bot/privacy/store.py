"""Queries on everything that is stored about one member in one server."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    Table,
    case,
    delete,
    func,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.announcements.model import AnnouncementState
from bot.announcements.tables import AnnouncementRow
from bot.db.base import Base
from bot.polls.model import ActionState, PollState
from bot.polls.rules import voter_key
from bot.polls.tables import ActionRow, BallotLogRow, PollDraftRow, PollRow, ReminderRow
from bot.privacy.model import Row
from bot.privacy.ownership import (
    ballot_tables,
    in_server,
    mention_columns,
    of_person,
    person_columns,
    table_of,
    tables,
)
from bot.text import DELETED_MEMBER, member, mentions

# A statement can take only so many values, and needs room for others.
KEYS_AT_ONCE = 400
_UNTOLD = {"voter", "published", "published_upto", "held"}
"""Keys of voters, and the inner state of anonymous polls, which may contain such keys."""
_SOMEONE_ELSE = "another member"
_MENTION = re.compile(r"<@!?(\d+)>")

# What concerns only the member, besides ballots: the table, its owner's column, and a condition.
_OWN: tuple[tuple[type[Base], InstrumentedAttribute[int], ColumnElement[bool]], ...] = (
    (ReminderRow, ReminderRow.user_id, true()),
    (PollDraftRow, PollDraftRow.author_id, true()),
    (ActionRow, ActionRow.by, ActionRow.state == ActionState.PROPOSED),
    (
        AnnouncementRow,
        # A draft belongs to its author, even if somebody else changed it while it waited.
        AnnouncementRow.author_id,
        AnnouncementRow.state.in_([AnnouncementState.DRAFT, AnnouncementState.DISCARDED]),
    ),
)


async def voter_keys(session: AsyncSession, guild_id: int, user_id: int) -> dict[int, str]:
    """The member's key as a voter in each of a server's polls."""
    found = await session.execute(
        select(PollRow.id, PollRow.secret).where(PollRow.guild_id == guild_id)
    )
    return {poll_id: voter_key(poll_id, secret, user_id) for poll_id, secret in found}


async def ballots(session: AsyncSession, keys: Mapping[int, str]) -> dict[str, list[Row]]:
    """What the voter with these keys did, by table."""
    found: dict[str, list[Row]] = {}
    for table in ballot_tables():
        for some in _chunks(keys):
            query = select(table).where(_of_voter(table, some)).order_by(*table.primary_key)
            for row in await session.execute(query):
                found.setdefault(table.name, []).append(_told(table, row._mapping))
    return found


async def records(session: AsyncSession, guild_id: int, user_id: int) -> dict[str, list[Row]]:
    """The rows of a server that name a member, by table. Other members are not named."""
    found: dict[str, list[Row]] = {}
    for table in tables():
        theirs, here = of_person(table, user_id), in_server(table, guild_id)
        if theirs is None or here is None:
            continue
        rows = await session.execute(select(table).where(here, theirs).order_by(*table.primary_key))
        told = [_told(table, row._mapping, user_id) for row in rows]
        if told:
            found[table.name] = told
    return found


async def hold_records(session: AsyncSession, guild_id: int, user_id: int) -> None:
    """Hold a moderator's announcements, and what they do to polls, until the transaction ends.

    They are locked in the same order as in posting and confirming: before the polls, and an edit,
    which is newer, before the announcement that it edits.
    """
    for table in (table_of(AnnouncementRow), table_of(ActionRow)):
        theirs, here = of_person(table, user_id), in_server(table, guild_id)
        if theirs is not None and here is not None:
            query = select(table.c.id).where(here, theirs).order_by(table.c.id.desc())
            await session.execute(query.with_for_update())


async def polls_to_change(
    session: AsyncSession, guild_id: int, user_id: int, keys: Mapping[int, str]
) -> set[int]:
    """The polls that name a member, those with anything of the voter with these keys, and all that
    are still open."""
    named_in = of_person(table_of(PollRow), user_id)
    concerned = PollRow.state == PollState.OPEN
    if named_in is not None:
        concerned |= named_in
    found = set(
        await session.scalars(select(PollRow.id).where(PollRow.guild_id == guild_id, concerned))
    )
    for some in _chunks(keys):
        log = select(BallotLogRow.poll_id).where(_of_voter(table_of(BallotLogRow), some))
        found.update(await session.scalars(log.distinct()))
    return found


async def rename_voter(session: AsyncSession, poll_id: int, voter: str, new: str) -> int:
    """Replace a voter's key in a poll by another one; returns in how many rows."""
    renamed = 0
    for table in ballot_tables():
        rows = await session.execute(
            update(table)
            .where(table.c.poll_id == poll_id, table.c.voter == voter)
            .values(voter=new)
            .returning(table.c.poll_id)
        )
        renamed += len(rows.all())
    return renamed


async def remove_own(session: AsyncSession, guild_id: int, user_id: int) -> int:
    """Delete what concerns only the member, such as drafts; returns how many rows."""
    removed = 0
    for row, owner, condition in _OWN:
        table = table_of(row)
        here = in_server(table, guild_id)
        if here is None:
            raise LookupError(f"{table.name} belongs to no server")
        own = delete(table).where(here, owner == user_id, condition)
        gone = await session.execute(own.returning(*table.primary_key))
        removed += len(gone.all())
    return removed


async def unname(session: AsyncSession, guild_id: int, user_id: int) -> int:
    """Remove a member's name from every remaining row of a server; returns how many rows."""
    unnamed = 0
    for table in tables():
        theirs, here = of_person(table, user_id), in_server(table, guild_id)
        if theirs is None or here is None:
            continue
        values: dict[Column[Any], object] = {
            column: case((column == user_id, DELETED_MEMBER), else_=column)
            for column in person_columns(table)
        }
        for column in mention_columns(table):
            text: ColumnElement[str] = column
            for written in mentions(user_id):
                text = func.replace(text, written, member(DELETED_MEMBER))
            values[column] = text
        changed = await session.execute(
            update(table).where(here, theirs).values(values).returning(*table.primary_key)
        )
        unnamed += len(changed.all())
    return unnamed


def _of_voter(table: Table, keys: Collection[tuple[int, str]]) -> ColumnElement[bool]:
    return tuple_(table.c.poll_id, table.c.voter).in_(keys)


def _chunks(keys: Mapping[int, str]) -> Iterator[list[tuple[int, str]]]:
    pairs = iter(keys.items())
    while some := list(islice(pairs, KEYS_AT_ONCE)):
        yield some


def _told(table: Table, row: RowMapping, user_id: int | None = None) -> Row:
    """A row for its member to read: without secrets, and without other members' ids."""
    persons = {column.name for column in person_columns(table)}
    texts = {column.name for column in mention_columns(table)}
    told: dict[str, object] = {}
    for column in table.c:
        value = row[column.name]
        if column.name in _UNTOLD or isinstance(column.type, LargeBinary):
            continue
        if column.name in persons and value not in (None, user_id):
            value = member(DELETED_MEMBER) if value == DELETED_MEMBER else _SOMEONE_ELSE
        if column.name in texts and isinstance(value, str):
            value = _MENTION.sub(lambda found: _unmentioned(found, user_id), value)
        told[column.name] = _plain(column, value)
    return told


def _unmentioned(found: re.Match[str], user_id: int | None) -> str:
    return found[0] if found[1] == str(user_id) else _SOMEONE_ELSE


def _plain(column: Column[object], value: object) -> object:
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, int) and not isinstance(value, bool) and _is_id(column):
        return str(value)
    return value


def _is_id(column: Column[object]) -> bool:
    return isinstance(column.type, BigInteger) or bool(column.foreign_keys)
