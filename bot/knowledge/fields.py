"""The types of what stands in a pack: texts, ids and names, with their limits.

Each says what is wrong with a value in words of our own, and what an editor may check.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bot.knowledge.yaml_source import Unquoted, nearest

DEFAULT_LOCALE = "en"
Locale = Literal[
    "en", "ko", "zh-CN", "zh-TW", "ja", "id", "da", "de", "es-ES", "es-419", "fr", "hr", "it",
    "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg",
    "ru", "uk", "hi", "th",
]  # fmt: skip
LOCALES = get_args(Locale)
ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_ID = re.compile(ID)
ID_LIMIT = 32
_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "yes or no",
    "timestamp": "a date",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages; it always has one in `DEFAULT_LOCALE`.

    Locales are Discord's (`en`, `ko`, `zh-CN`); `en-US` and `en-GB` are read as `en`.
    """

    by_locale: Mapping[str, str]

    def __str__(self) -> str:
        return self.by_locale[DEFAULT_LOCALE]

    def read(self, locale: str) -> str:
        """The text in `locale`, else in its language, else in the default language."""
        return (
            self.by_locale.get(locale)
            or self.by_locale.get(locale.partition("-")[0])
            or self.by_locale[DEFAULT_LOCALE]
        )


def wrong(message: str) -> PydanticCustomError:
    """A mistake with a message of our own, which people read as it is."""
    # The message is a value and no template, because people may write braces in a pack.
    return PydanticCustomError("pack", "{message}", {"message": message})


def _string(value: Any, limit: int) -> str:
    if isinstance(value, Unquoted):
        raise wrong(
            f"{value.written} is read as {_KINDS[value.kind]} here. "
            f'Put it in quotes: "{value.written}".'
        )
    if not isinstance(value, str):
        # A value that cannot be read is None, and its problem is noted already.
        raise wrong("A text belongs here, not a list or a mapping.")
    if not value.strip():
        raise wrong("This text is blank. Write something, or remove the key.")
    if len(value) > limit:
        raise wrong(f"This text has {len(value)} characters; at most {limit} fit. Shorten it.")
    return value.strip()


class String:
    """A string of at most `limit` characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def read(self, value: Any) -> Any:
        return _string(value, self.limit)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.limit}

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        return self.schema()


class Texts(String):
    """A string, or a mapping of languages to strings, of at most `limit` characters each.

    Read as a `Text`.
    """

    def read(self, value: Any) -> Text:
        if isinstance(value, Text):
            return value
        if not isinstance(value, dict):
            return Text({DEFAULT_LOCALE: _string(value, self.limit)})
        for locale in value:
            if locale not in LOCALES:
                hint = nearest(locale, LOCALES)
                raise wrong(f'Discord has no language "{locale}".{hint}')
        if DEFAULT_LOCALE not in value:
            raise wrong('A text in several languages needs an English one: add "en".')
        return Text({locale: _string(words, self.limit) for locale, words in value.items()})

    def schema(self) -> dict[str, Any]:
        one = super().schema()
        many = {
            "type": "object",
            "properties": dict.fromkeys(LOCALES, one),
            "required": [DEFAULT_LOCALE],
            "additionalProperties": False,
        }
        return {"anyOf": [one, many]}


class _Id(String):
    def read(self, value: Any) -> str:
        word = _string(value, self.limit)
        if not _ID.fullmatch(word):
            raise wrong(
                f'"{word}" cannot be an id. Use small letters, digits and single hyphens, as in '
                '"south-korea".'
            )
        return word

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "pattern": ID}


Id = Annotated[str, _Id(ID_LIMIT)]
Name = Annotated[Text, Texts(80)]
Alias = Annotated[str, String(80)]
Names = Annotated[tuple[Alias, ...], Field(description="What else people call it.")]
