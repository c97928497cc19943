"""The shape of the pack files: which keys there are and what may stand in them.

Also the source of the JSON Schemas that editors use.
"""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bot.knowledge.model import ActorKind, OutcomeKind, Standing
from bot.knowledge.yaml_source import Unquoted, nearest

Locale = Literal[
    "en", "ko", "zh-CN", "zh-TW", "ja", "id", "da", "de", "es-ES", "es-419", "fr", "hr", "it",
    "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg",
    "ru", "uk", "hi", "th",
]  # fmt: skip
LOCALES = get_args(Locale)
ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_ID = re.compile(ID)
ID_LIMIT = 32
MOST_OPTIONS = 20
_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "yes or no",
    "timestamp": "a date",
}


def wrong(message: str) -> PydanticCustomError:
    """A mistake in our own words, which go to the person as they are."""
    # The words are a value, not a template: braces in what people wrote are no placeholders.
    return PydanticCustomError("pack", "{message}", {"message": message})


def _string(value: Any, limit: int) -> str:
    if isinstance(value, Unquoted):
        raise wrong(
            f"{value.written} is read as {_KINDS[value.kind]} here. "
            f'Put it in quotes: "{value.written}".'
        )
    if not isinstance(value, str):
        # What cannot be read at all is None and was complained of when it was read.
        raise wrong("A text belongs here, not a list or a mapping.")
    if not value.strip():
        raise wrong("This text is blank. Write something, or remove the key.")
    if len(value) > limit:
        raise wrong(f"This text has {len(value)} characters; at most {limit} fit. Shorten it.")
    return value.strip()


class Plain:
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


class Texts(Plain):
    """A string, or a mapping of languages to strings, of at most `limit` characters each."""

    def read(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            return {"en": _string(value, self.limit)}
        for locale in value:
            if locale not in LOCALES:
                hint = nearest(locale, LOCALES)
                raise wrong(f'"{locale}" is no language that Discord has.{hint}')
        if "en" not in value:
            raise wrong('A text in several languages needs an English one: add "en".')
        return {locale: _string(words, self.limit) for locale, words in value.items()}

    def schema(self) -> dict[str, Any]:
        one = super().schema()
        many = {
            "type": "object",
            "properties": dict.fromkeys(LOCALES, one),
            "required": ["en"],
            "additionalProperties": False,
        }
        return {"anyOf": [one, many]}


class _Id(Plain):
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


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | Unquoted) else value


Id = Annotated[str, _Id(ID_LIMIT)]
Name = Annotated[dict[str, str], Texts(80)]
Alias = Annotated[str, Plain(80)]
Names = Annotated[list[Alias], Field(description="What else people call it.")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatementShape(Shape):
    """One claim, its standing, and the source section it comes from."""

    text: Annotated[dict[str, str], Texts(600)]
    standing: Standing = Field(description="What kind of claim this is.")
    source: Annotated[
        list[Id],
        Field(min_length=1, description="Ids of sections in source.yaml."),
        BeforeValidator(_one_or_many),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ]
    by: Id | None = Field(None, description="Id of the actor who says or expects it.")


Statements = Annotated[list[StatementShape], Field(min_length=1)]


class RelationShape(StatementShape):
    """How this actor stands to another."""

    to: Id = Field(description="Id of the other actor.")


class SummitSectionShape(Shape):
    id: Id
    title: Name
    statements: Statements


class SummitShape(Shape):
    """The event itself."""

    id: Id = Field(description="Equals the name of the folder.")
    name: Name
    aliases: Names = []
    summary: Annotated[dict[str, str], Texts(500)]
    date: Annotated[dict[str, str], Texts(200)] | None = None
    venue: Annotated[dict[str, str], Texts(200)] | None = None
    sections: Annotated[list[SummitSectionShape], Field(min_length=1)]


class SourceSectionShape(Shape):
    id: Id
    title: Name


class SourceShape(Shape):
    """The text that the claims come from."""

    title: Annotated[dict[str, str], Texts(200)]
    url: Annotated[str, Plain(500)] | None = None
    note: Annotated[dict[str, str], Texts(900)]
    sections: Annotated[list[SourceSectionShape], Field(min_length=1)]


class ActorShape(Shape):
    """A person, state, bloc, institution or public that has a stake."""

    id: Id
    kind: ActorKind
    name: Name
    aliases: Names = []
    role: Annotated[dict[str, str], Texts(200)]
    affiliation: Id | None = Field(None, description="Id of the actor it belongs to or leads.")
    profile: Statements
    aims: list[StatementShape] = []
    constraints: list[StatementShape] = []
    relations: list[RelationShape] = []


class IssueShape(Shape):
    """A matter on or around the agenda."""

    id: Id
    name: Name
    aliases: Names = []
    summary: Statements
    why: Statements
    questions: Annotated[list[Annotated[dict[str, str], Texts(300)]], Field(min_length=1)]


class PositionShape(Shape):
    """One actor's stand on one issue; at least one list holds something."""

    actor: Id
    issue: Id
    stance: list[StatementShape] = []
    wants: list[StatementShape] = []
    offers: list[StatementShape] = []
    fears: list[StatementShape] = []


class OptionShape(Shape):
    id: Id
    label: Annotated[dict[str, str], Texts(75)]


class OutcomeShape(Shape):
    """One thing the summit may bring, worded so that it can be settled later."""

    id: Id
    issue: Id
    kind: OutcomeKind
    question: Annotated[dict[str, str], Texts(250)]
    options: Annotated[list[OptionShape], Field(max_length=MOST_OPTIONS)] = []
    criteria: Annotated[dict[str, str], Texts(900)]
    readouts: Annotated[list[Id], Field(min_length=1)]
    decided_by: Id
    expectation: StatementShape | None = None


class TermShape(Shape):
    """A glossary entry."""

    id: Id
    name: Name
    aliases: Names = []
    definition: Statements


class ActorsFile(Shape):
    actors: Annotated[list[ActorShape], Field(min_length=1)]


class IssuesFile(Shape):
    issues: Annotated[list[IssueShape], Field(min_length=1)]


class PositionsFile(Shape):
    positions: list[PositionShape]


class OutcomesFile(Shape):
    outcomes: list[OutcomeShape]


class GlossaryFile(Shape):
    terms: list[TermShape]


FILES: dict[str, type[Shape]] = {
    "summit": SummitShape,
    "source": SourceShape,
    "actors": ActorsFile,
    "issues": IssuesFile,
    "positions": PositionsFile,
    "outcomes": OutcomesFile,
    "glossary": GlossaryFile,
}
