"""What all tables share."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

NEVER_TWICE = {"sqlite_autoincrement": True}
"""For tables whose ids are in buttons. SQLite then never uses an id twice, so an old button cannot
act on something newer. PostgreSQL never does that."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
