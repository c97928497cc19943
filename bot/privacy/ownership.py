"""Whom the rows of a table belong to. It is read from the table, so that no new one is forgotten.

A table with a `guild_id` belongs to servers, and so does one that refers to such a table. A column
of the type `PersonId` holds a person's id, and one of the type `OwnText` may mention persons (see
`bot.db.columns`). In a table of `poll_id` and `voter`, the voter stands for a person.
"""

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Table, or_, select

from bot.db.base import Base
from bot.db.columns import MENTIONS, PERSON
from bot.text import mentions


def tables() -> Sequence[Table]:
    """All tables, each after those that it refers to."""
    return Base.metadata.sorted_tables


def table_of(row: type[Base]) -> Table:
    return Base.metadata.tables[row.__tablename__]


def in_server(table: Table, guild_id: int) -> ColumnElement[bool] | None:
    """The condition for a server's rows of a table; None for a table that belongs to no server."""
    if "guild_id" in table.c:
        return table.c.guild_id == guild_id
    for key in table.foreign_keys:
        referred = None if key.column.table is table else in_server(key.column.table, guild_id)
        if referred is not None:
            return key.parent.in_(select(key.column).where(referred))
    return None


def person_columns(table: Table) -> list[Column[int]]:
    """The columns of a table that hold persons' ids."""
    return [column for column in table.c if PERSON in column.info]


def mention_columns(table: Table) -> list[Column[str]]:
    """The columns of a table with texts of the bot's own, which may mention persons."""
    return [column for column in table.c if MENTIONS in column.info]


def of_person(table: Table, user_id: int) -> ColumnElement[bool] | None:
    """The condition for the rows of a table that name a person; None if the table names nobody."""
    named = [
        *(column == user_id for column in person_columns(table)),
        *(
            column.contains(written)
            for column in mention_columns(table)
            for written in mentions(user_id)
        ),
    ]
    return or_(*named) if named else None


def ballot_tables() -> list[Table]:
    """The tables of what voters did and how they did, by poll and voter."""
    return [table for table in tables() if {"poll_id", "voter"} <= set(table.c.keys())]
