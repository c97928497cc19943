"""Column types, named for what the columns hold.

Tables use the annotated ones: `author_id: Mapped[PersonId]`. What a column holds beyond its type
is in its `info`, where `bot.privacy` reads which columns name persons.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

PERSON: Final = "person"
"""Key in `info` of a column that holds a person's id."""
THING: Final = "thing"
"""Key in `info` of a column that holds the id of a server, channel, message or role."""
MENTIONS: Final = "mentions"
"""Key in `info` of a column with texts of the bot's own, which may mention persons."""
ENUM_LENGTH = 16

# SQLite numbers rows by itself only in an INTEGER primary key.
RowIdType = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTimeType(TypeDecorator[datetime]):
    """An aware instant, stored in UTC and read back aware. Refuses naive values.

    SQLite has no time zones: there the naive UTC value is stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def enum_type(values: type[StrEnum], check: str | None = None) -> Enum:
    """The values of an enum as text. `check` names the constraint that admits no others."""
    return Enum(
        values,
        native_enum=False,
        length=ENUM_LENGTH,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=check is not None,
        name=check,
    )


RowId = Annotated[int, mapped_column(RowIdType, primary_key=True)]
"""A number that the database gives."""
SnowflakeId = Annotated[int, mapped_column(BigInteger, info={THING: True})]
"""The id of a server, channel, message or role in Discord."""
PersonId = Annotated[int, mapped_column(BigInteger, info={PERSON: True})]
"""The id of a member in Discord. `/privacy` exports and deletes the row or takes out the id."""
UtcDateTime = Annotated[datetime, mapped_column(UtcDateTimeType)]
OwnText = Annotated[str, mapped_column(Text, info={MENTIONS: True})]
"""A text of the bot's own, which may mention persons."""
