"""The knowledge of a summit as immutable values.

The classes are the schema too: the loader has pydantic read them from the YAML of a pack, and
editors get a JSON Schema made of them. Ids are unique within their kind and pack. Order is that of
the files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.dataclasses import dataclass as checked

from bot.knowledge.fields import DEFAULT_LOCALE, Id, Name, Names, String, Text, Texts
from bot.knowledge.yaml_source import Unquoted
from bot.text import same_key

__all__ = ["DEFAULT_LOCALE", "Text"]

MOST_OPTIONS = 20
UNCLEAR, SILENT = "unclear", "says nothing of it"
"""What a readout can say besides one of the answers."""
RESERVED_LABELS = frozenset((UNCLEAR, SILENT, "ambiguous", "annulled"))
"""Words with a meaning of their own when a poll is resolved: no option can be called so."""

T = TypeVar("T")
CONFIG = ConfigDict(extra="forbid")


class Standing(StrEnum):
    """What kind of claim a statement is."""

    FACT = "fact"
    STATED = "stated"
    EXPECTED = "expected"
    ANALYSIS = "analysis"


class ActorKind(StrEnum):
    PERSON = "person"
    STATE = "state"
    BLOC = "bloc"
    INSTITUTION = "institution"
    PUBLIC = "public"


class OutcomeKind(StrEnum):
    YES_NO = "yes_no"
    OPTIONS = "options"


def is_reserved(label: str) -> bool:
    """Whether an option with this label would be confused with one of `RESERVED_LABELS`."""
    return same_key(label) in RESERVED_LABELS


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | Unquoted) else value


@checked(frozen=True, slots=True, config=CONFIG)
class Statement:
    """One claim, its standing, and the source sections it comes from."""

    text: Annotated[Text, Texts(600)]
    standing: Annotated[Standing, Field(description="What kind of claim this is.")]
    source: Annotated[
        tuple[Id, ...],
        Field(min_length=1, description="Ids of sections in source.yaml."),
        BeforeValidator(_one_or_many),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ]
    by: Annotated[
        Id | None,
        Field(description="Id of the actor who says or expects it. A stated claim needs one."),
    ] = None


Statements = Annotated[tuple[Statement, ...], Field(min_length=1)]


@checked(frozen=True, slots=True, config=CONFIG)
class Relation(Statement):
    """How this actor stands to another."""

    to: Annotated[Id, Field(description="Id of the other actor.")] = field(kw_only=True)


@checked(frozen=True, slots=True, config=CONFIG)
class SourceSection:
    id: Id
    title: Name


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Source:
    """The text that the claims come from. The note says what it is and what it lacks."""

    title: Annotated[Text, Texts(200)]
    url: Annotated[str, String(500)] | None = None
    note: Annotated[Text, Texts(900)]
    sections: Annotated[tuple[SourceSection, ...], Field(min_length=1)]


@checked(frozen=True, slots=True, config=CONFIG)
class SummitSection:
    """A part of the summit's own card: why now, background, stakes and so on."""

    id: Id
    title: Name
    statements: Statements


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Summit:
    """The event itself. Leave out a date or a venue that the source does not give."""

    id: Annotated[Id, Field(description="Equals the name of the folder.")]
    name: Name
    aliases: Names = ()
    summary: Annotated[Text, Texts(500)]
    date: Annotated[Text, Texts(200)] | None = None
    venue: Annotated[Text, Texts(200)] | None = None
    sections: Annotated[tuple[SummitSection, ...], Field(min_length=1)]


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Actor:
    """A person, state, bloc, institution or public that has a stake."""

    id: Id
    kind: ActorKind
    name: Name
    aliases: Names = ()
    role: Annotated[Text, Texts(200)]
    affiliation: Annotated[
        Id | None, Field(description="Id of the actor it belongs to or leads.")
    ] = None
    profile: Statements
    aims: tuple[Statement, ...] = ()
    constraints: tuple[Statement, ...] = ()
    relations: tuple[Relation, ...] = ()


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Issue:
    """A matter on or around the agenda, with questions to discuss it by."""

    id: Id
    name: Name
    aliases: Names = ()
    summary: Statements
    why: Statements
    questions: Annotated[tuple[Annotated[Text, Texts(300)], ...], Field(min_length=1)]


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Position:
    """One actor's stand on one issue; at least one list holds something."""

    actor: Id
    issue: Id
    stance: tuple[Statement, ...] = ()
    wants: tuple[Statement, ...] = ()
    offers: tuple[Statement, ...] = ()
    fears: tuple[Statement, ...] = ()


@checked(frozen=True, slots=True, config=CONFIG)
class Option:
    id: Id
    label: Annotated[Text, Texts(75)]


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Outcome:
    """One thing the summit may bring, worded so that it can be settled later.

    A yes/no outcome has no options. The accounts of the actors in `readouts` settle it; that of
    `decided_by` counts where they contradict each other.
    """

    id: Id
    issue: Id
    kind: OutcomeKind
    question: Annotated[Text, Texts(250)]
    options: Annotated[tuple[Option, ...], Field(max_length=MOST_OPTIONS)] = ()
    criteria: Annotated[Text, Texts(900)]
    readouts: Annotated[tuple[Id, ...], Field(min_length=1)]
    decided_by: Id
    expectation: Statement | None = None


@checked(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Term:
    """A glossary entry."""

    id: Id
    name: Name
    aliases: Names = ()
    definition: Statements


@dataclass(frozen=True)
class Pack:
    """Everything known of one summit. Lookups are by id and raise KeyError for an unknown one."""

    summit: Summit
    source: Source
    actors: Mapping[str, Actor]
    issues: Mapping[str, Issue]
    positions: Mapping[tuple[str, str], Position]
    outcomes: Mapping[str, Outcome]
    glossary: Mapping[str, Term]

    @property
    def id(self) -> str:
        return self.summit.id

    @cached_property
    def positions_by_actor(self) -> Mapping[str, tuple[Position, ...]]:
        return _grouped(self.positions.values(), "actor")

    @cached_property
    def positions_by_issue(self) -> Mapping[str, tuple[Position, ...]]:
        return _grouped(self.positions.values(), "issue")

    @cached_property
    def outcomes_by_issue(self) -> Mapping[str, tuple[Outcome, ...]]:
        return _grouped(self.outcomes.values(), "issue")


def _grouped(things: Iterable[T], key: str) -> Mapping[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for thing in things:
        groups.setdefault(getattr(thing, key), []).append(thing)
    return {name: tuple(group) for name, group in groups.items()}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a pack file holds: one `item`, or a list of such under `key`."""

    item: type[Any]
    key: str | None = None
    may_be_empty: bool = False


FILES: Mapping[str, FileFormat] = {
    "summit": FileFormat(Summit),
    "source": FileFormat(Source),
    "actors": FileFormat(Actor, "actors"),
    "issues": FileFormat(Issue, "issues"),
    "positions": FileFormat(Position, "positions", may_be_empty=True),
    "outcomes": FileFormat(Outcome, "outcomes", may_be_empty=True),
    "glossary": FileFormat(Term, "terms", may_be_empty=True),
}
