"""No table and no column that tells of a server or a person may be overlooked."""

import re

import pytest
from sqlalchemy import BigInteger

from bot.db.columns import PERSON, THING
from bot.privacy.model import SECTIONS
from bot.privacy.ownership import ballot_tables, in_server, person_columns, tables
from tests.db.rows import of_servers

NO_DISCORD_IDS = {"ruling_id", "scored_ruling_id", "published_upto"}
"""Columns of large numbers that refer to rows of the bot's own."""
NAMES_OF_PERSONS = re.compile(r"by|\w+_by|author_id|user_id")
OF_NO_SERVER = {"jobs"}


def test_every_table_belongs_to_servers_or_is_known_not_to() -> None:
    assert {table.name for table in tables() if in_server(table, 1) is None} == OF_NO_SERVER


def test_every_large_number_has_a_type_that_says_whose_it_is() -> None:
    unknown = {
        str(column)
        for table in tables()
        for column in table.c
        if isinstance(column.type, BigInteger)
        and not {PERSON, THING} & column.info.keys()
        and not (column.primary_key and column.name == "id")
        and not column.foreign_keys
        and column.name not in NO_DISCORD_IDS
    }
    assert unknown == set(), (
        "Declare a column that holds a member's id as PersonId, so that members get and can delete "
        "what is stored about them; declare ids of servers, channels and roles as SnowflakeId."
    )


def test_a_column_that_is_named_after_a_person_is_declared_as_one() -> None:
    named = {
        str(column)
        for table in tables()
        for column in table.c
        if NAMES_OF_PERSONS.fullmatch(column.name)
    }
    assert named == {str(column) for table in tables() for column in person_columns(table)}
    assert "announcements.approved_by" in named
    assert "modlog.by" in named


@pytest.mark.parametrize("table", of_servers(), ids=str)
def test_every_table_that_tells_of_members_is_explained_to_them(table) -> None:  # type: ignore[no-untyped-def]
    tells = bool(person_columns(table)) or table in ballot_tables()
    assert not tells or table.name in SECTIONS, "Say in SECTIONS what the table holds."
