"""The tables in code are those that the migrations make."""

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Connection, Integer, MetaData, Table, inspect

import bot.services  # noqa: F401 - so that all tables are known
from bot.db.base import Base
from bot.db.engine import Database
from bot.polls.model import PollState

LITERAL = re.compile(r"'(\w+)'")


def differences(connection: Connection, metadata: MetaData) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def checks_in(metadata: MetaData) -> dict[str, set[str]]:
    """The values that each check constraint in code names, by the constraint's name."""
    return {
        str(constraint.name): set(LITERAL.findall(_sql(constraint)))
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def _sql(constraint: CheckConstraint) -> str:
    return str(constraint.sqltext.compile(compile_kwargs={"literal_binds": True}))


def checks_stored(connection: Connection) -> dict[str, set[str]]:
    found = inspect(connection)
    return {
        str(check["name"]): set(LITERAL.findall(check["sqltext"]))
        for table in found.get_table_names()
        for check in found.get_check_constraints(table)
    }


async def test_the_migrated_database_has_the_tables_in_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences, Base.metadata)
    assert found == []


async def test_the_migrated_database_admits_the_values_of_the_enums_in_code(
    database: Database,
) -> None:
    async with database.engine.connect() as connection:
        stored = await connection.run_sync(checks_stored)
    assert stored == checks_in(Base.metadata)
    assert stored["ck_polls_state"] == set(PollState)


async def test_a_difference_would_be_found(database: Database) -> None:
    other = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(other)
    other.tables["polls"].append_column(Column("extra", Integer))
    Table("unknown", other, Column("id", Integer, primary_key=True))
    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences, other)
    assert {difference[0] for difference in found} == {"add_column", "add_table"}


@pytest.mark.parametrize("name", ["ck_jobs_state", "ck_announcements_state", "ck_polls_hide"])
def test_enum_columns_are_checked(name: str) -> None:
    assert checks_in(Base.metadata)[name]
