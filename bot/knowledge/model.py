"""The knowledge of a summit as immutable values.

Built by `bot.knowledge.loader` from the YAML of a pack; everything else only reads it. Ids are
unique within their kind and pack. Order is the order of the files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from bot.text import same_key

DEFAULT_LOCALE = "en"
UNCLEAR, SILENT = "unclear", "says nothing of it"
"""What a readout can say besides one of the answers."""
RESERVED_LABELS = frozenset((UNCLEAR, SILENT, "ambiguous", "annulled"))
"""Words with a meaning of their own when a poll is resolved: no option can be called so."""

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim, with where it comes from.

    `sources` are section ids of the pack's source, at least one. `by` is the id of the actor who
    said or expects it; a `stated` claim always names one.
    """

    text: Text
    standing: Standing
    sources: tuple[str, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class SourceSection:
    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Source:
    """The text a pack's claims come from. `note` says what it is and what it lacks."""

    title: Text
    note: Text
    sections: tuple[SourceSection, ...]
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SummitSection:
    """A part of the summit's own card: why now, background, stakes and so on."""

    id: str
    title: Text
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Summit:
    """The event itself. `date` and `venue` are None where the source gives none."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    summary: Text
    date: Text | None
    venue: Text | None
    sections: tuple[SummitSection, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """How an actor stands to the actor `to`."""

    to: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, state, bloc, institution or public that has a stake.

    `affiliation` is the id of the actor it belongs to or leads.
    """

    id: str
    kind: ActorKind
    name: Text
    aliases: tuple[str, ...]
    role: Text
    affiliation: str | None
    profile: tuple[Statement, ...]
    aims: tuple[Statement, ...]
    constraints: tuple[Statement, ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """A matter on or around the agenda, with `questions` to discuss it by."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    summary: tuple[Statement, ...]
    why: tuple[Statement, ...]
    questions: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """One actor's stand on one issue. At least one of the lists holds something."""

    actor: str
    issue: str
    wants: tuple[Statement, ...]
    offers: tuple[Statement, ...]
    fears: tuple[Statement, ...]
    stance: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing the summit may bring, worded so that it can be settled later.

    A yes/no outcome has no options. `readouts` are ids of the actors whose accounts of the
    meeting settle it; `decided_by` is the one that counts where they contradict each other.
    """

    id: str
    issue: str
    kind: OutcomeKind
    question: Text
    options: tuple[Option, ...]
    criteria: Text
    readouts: tuple[str, ...]
    decided_by: str
    expectation: Statement | None


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    definition: tuple[Statement, ...]


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
