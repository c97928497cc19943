"""No table and no column that tells of a server or a person may be overlooked."""

import pytest
from sqlalchemy import BigInteger

from bot.privacy.model import SECTIONS
from bot.privacy.ownership import ballot_tables, in_server, person_columns, tables
from tests.db.rows import of_servers

NOBODYS = {
    "guild_id",
    "channel_id",
    "origin_id",
    "thread_id",
    "message_id",
    "request_channel_id",
    "request_message_id",
    "role_id",
    "ruling_id",
    "scored_ruling_id",
    "audience_id",
    "published_upto",
    "announcement_channel",
    "log_channel",
    "moderator_role",
}
"""Columns of large numbers that hold no person's id."""
OF_NO_SERVER = {"jobs"}


def test_every_table_belongs_to_servers_or_is_known_not_to() -> None:
    assert {table.name for table in tables() if in_server(table, 1) is None} == OF_NO_SERVER


def test_every_large_number_is_a_persons_id_or_is_known_not_to_be() -> None:
    unknown = {
        str(column)
        for table in tables()
        for column in table.c
        if isinstance(column.type, BigInteger)
        and column not in person_columns(table)
        and not (column.primary_key and column.name == "id")
        and not column.foreign_keys
        and column.name not in NOBODYS
    }
    assert unknown == set(), (
        "Name a column that holds a member's id `..._by`, `author_id` or `user_id`, so that "
        "members get and can delete what is stored about them; list others in NOBODYS."
    )


@pytest.mark.parametrize("table", of_servers(), ids=str)
def test_every_table_that_tells_of_members_is_explained_to_them(table) -> None:  # type: ignore[no-untyped-def]
    tells = bool(person_columns(table)) or table in ballot_tables()
    assert not tells or table.name in SECTIONS, "Say in SECTIONS what the table holds."
