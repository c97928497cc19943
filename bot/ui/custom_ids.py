"""Custom ids of buttons and menus. They say what a click means, also after a restart.

Each kind of id is declared once, with its fields and their types. It builds and parses:

    ANSWER = CustomId("poll:answer:v1", poll_id=int, value=Int(most=9_999))
    ANSWER(poll_id=7, value=250)              # "poll:answer:v1:7:250"
    ANSWER.parse("poll:answer:v1:7:250")      # {"poll_id": 7, "value": 250}

Messages that are already posted keep their ids: never change one, only add.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

LONGEST = 100
"""Characters that Discord allows in a custom id."""
_LARGEST = 2**63 - 1
_PREFIX = re.compile(r"[a-z]+:[a-z-]+:v[0-9]+")


class Field(Protocol):
    """A typed part of a custom id. `pattern` has no groups that capture."""

    @property
    def pattern(self) -> str: ...

    @property
    def longest(self) -> Any:
        """A value with the longest text."""

    def read(self, text: str) -> Any:
        """The value; ValueError if the text fits the pattern but is not a valid value."""

    def write(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number in a range. Ids in the database are positive, with at most 63 bits."""

    least: int = 0
    most: int = _LARGEST
    optional: bool = False
    """Whether the field may be missing; it is None then. Only the last field may."""

    @property
    def pattern(self) -> str:
        sign = "-?" if self.least < 0 else ""
        return f"{sign}[0-9]{{1,{len(str(self.most))}}}"

    @property
    def longest(self) -> int:
        return self.least if len(str(self.least)) > len(str(self.most)) else self.most

    def read(self, text: str) -> int:
        value = int(text)
        if not self.least <= value <= self.most:
            raise ValueError(f"{value} is not between {self.least} and {self.most}")
        return value

    def write(self, value: int) -> str:
        return f"{value:d}"


@dataclass(frozen=True, slots=True)
class Text:
    """Text that fits a pattern. `longest` is an example of the longest text."""

    pattern: str
    longest: str

    def read(self, text: str) -> str:
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class _Switch:
    """True or false, written as 1 or 0."""

    pattern: str = "[01]"
    longest: bool = True

    def read(self, text: str) -> bool:
        return text == "1"

    def write(self, value: bool) -> str:
        return f"{value:d}"


@dataclass(frozen=True, slots=True)
class _Choice:
    """A member of an enum, written as its value."""

    enum: type[StrEnum]

    @property
    def pattern(self) -> str:
        return "|".join(re.escape(member.value) for member in self.enum)

    @property
    def longest(self) -> StrEnum:
        return max(self.enum, key=len)

    def read(self, text: str) -> StrEnum:
        return self.enum(text)

    def write(self, value: str) -> str:
        return self.enum(value).value


PAGE = Int(-1, 999_999)
"""The number of a page, from 0. The disabled button before the first page says -1."""
Declared = type[int] | type[bool] | type[StrEnum] | Int | Text


class CustomId:
    """One kind of custom id: `feature:action:v1`, followed by a value for each field.

    A field is `int` (an id in the database), `bool`, a `StrEnum`, or an exact `Int` or `Text`.
    """

    def __init__(self, prefix: str, **fields: Declared) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"a custom id begins with feature:action:v1, not {prefix!r}")
        self.prefix = prefix
        self.fields: dict[str, Field] = {name: _field(kind) for name, kind in fields.items()}
        parts = (
            f"(?::(?P<{name}>{field.pattern}))" + ("?" if _is_optional(field) else "")
            for name, field in self.fields.items()
        )
        self._pattern = re.compile(re.escape(prefix) + "".join(parts))

    def __call__(self, **values: Any) -> str:
        """The custom id with these values; ValueError if parsing it would not return them."""
        given = {name: value for name, value in values.items() if value is not None}
        required = {name for name, field in self.fields.items() if not _is_optional(field)}
        if not required <= given.keys() <= self.fields.keys():
            raise ValueError(f"{self.prefix} has the fields {list(self.fields)}, not {list(given)}")
        written = (field.write(given[name]) for name, field in self.fields.items() if name in given)
        text = ":".join((self.prefix, *written))
        if len(text) > LONGEST or self.parse(text) is None:
            raise ValueError(f"the custom id {text!r} would not be read back")
        return text

    def parse(self, text: str) -> dict[str, Any] | None:
        """The values in a custom id, by field; None if it is of another kind."""
        match = self._pattern.fullmatch(text)
        if match is None:
            return None
        try:
            return {
                name: None if part is None else self.fields[name].read(part)
                for name, part in match.groupdict().items()
            }
        except ValueError:
            return None

    def longest(self) -> dict[str, Any]:
        """Values that make the longest custom id of the kind."""
        return {name: field.longest for name, field in self.fields.items()}

    def __repr__(self) -> str:
        return f"CustomId({self.prefix!r})"


def prefix_of(custom_id: str) -> str:
    """The prefix of a custom id, such as `poll:answer:v1`."""
    return ":".join(custom_id.split(":", 3)[:3])


def _field(kind: Declared) -> Field:
    if isinstance(kind, Int | Text):
        return kind
    if kind is int:
        return Int()
    if kind is bool:
        return _Switch()
    if issubclass(kind, StrEnum):
        return _Choice(kind)
    raise TypeError(f"a custom id cannot have a field of {kind!r}")


def _is_optional(field: Field) -> bool:
    return isinstance(field, Int) and field.optional
