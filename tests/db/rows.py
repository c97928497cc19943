"""A row in every table for a server, made from what the tables say of themselves."""

from datetime import UTC, datetime, time
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Table,
    Time,
)
from sqlalchemy.ext.asyncio import AsyncSession

import bot.services  # noqa: F401 - so that all tables are known
from bot.db.columns import UtcDateTimeType
from bot.privacy.ownership import in_server, mention_columns, person_columns, tables
from bot.text import mention

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1000)


def of_servers() -> list[Table]:
    """The tables that belong to servers."""
    return [table for table in tables() if in_server(table, 0) is not None]


def persons(table: Table) -> list[Column[Any]]:
    """The columns of a table in which persons are named."""
    return [*person_columns(table), *mention_columns(table)]


async def furnish(session: AsyncSession, guild_id: int, person: int) -> dict[str, dict[str, Any]]:
    """Put one row into every table that belongs to servers, with `person` wherever one is named."""
    rows: dict[str, dict[str, Any]] = {}
    for table in of_servers():
        row = {
            column.name: _value(table, column, guild_id, person, rows)
            for column in table.c
            if not column.nullable or column in persons(table)
        }
        await session.execute(table.insert().values(row))
        rows[table.name] = row
    return rows


def _value(
    table: Table,
    column: Column[Any],
    guild_id: int,
    person: int,
    rows: dict[str, dict[str, Any]],
) -> object:
    for key in column.foreign_keys:
        return rows[key.column.table.name][key.column.name]
    if column.name == "guild_id":
        return guild_id
    if column in person_columns(table):
        return person
    if column in mention_columns(table):
        return f"Changed by {mention(person)}."
    return _plain(column)


def _plain(column: Column[Any]) -> object:
    match column.type:
        case UtcDateTimeType():
            return NOW
        case Enum(enum_class=values):
            return next(iter(values))
        case Boolean():
            return False
        case Time():
            return time(12)
        case JSON():
            return {}
        case LargeBinary():
            return b"x"
        case Float():
            return 0.5
        case BigInteger() | Integer():
            return next(_numbers)
        case _:
            return "UTC"
