"""The addresses of knowledge cards: values that fit in a custom id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bot.errors import UserError
from bot.knowledge.library import Kind, Library, Ref
from bot.ui.knowledge import strings


class CardKind(StrEnum):
    """The kinds of card. Their values are in custom ids: never change one, only add."""

    SUMMIT = "summit"
    SECTION = "section"
    ACTORS = "actors"
    ACTOR = "actor"
    ISSUES = "issues"
    ISSUE = "issue"
    POSITIONS = "stands"
    POSITION = "position"
    COMPARISON = "compare"
    OUTCOMES = "outcomes"
    OUTCOME = "outcome"
    GLOSSARY = "glossary"
    TERM = "term"


_SUBJECTS: dict[CardKind, frozenset[tuple[Kind, ...]]] = {
    CardKind.SUMMIT: frozenset({(Kind.SUMMIT,)}),
    CardKind.SECTION: frozenset({(Kind.SECTION,)}),
    CardKind.ACTORS: frozenset({(Kind.SUMMIT,)}),
    CardKind.ACTOR: frozenset({(Kind.ACTOR,)}),
    CardKind.ISSUES: frozenset({(Kind.SUMMIT,)}),
    CardKind.ISSUE: frozenset({(Kind.ISSUE,)}),
    CardKind.POSITIONS: frozenset({(Kind.ACTOR,), (Kind.ISSUE,)}),
    CardKind.POSITION: frozenset({(Kind.ACTOR, Kind.ISSUE)}),
    CardKind.COMPARISON: frozenset(
        {(Kind.ACTOR, Kind.ACTOR), (Kind.ACTOR, Kind.ACTOR, Kind.ISSUE)}
    ),
    CardKind.OUTCOMES: frozenset({(Kind.SUMMIT,), (Kind.ISSUE,)}),
    CardKind.OUTCOME: frozenset({(Kind.OUTCOME,)}),
    CardKind.GLOSSARY: frozenset({(Kind.SUMMIT,)}),
    CardKind.TERM: frozenset({(Kind.TERM,)}),
}
"""The things that a card of each kind can be about."""
_OWN_CARDS = {
    Kind.SUMMIT: CardKind.SUMMIT,
    Kind.SECTION: CardKind.SECTION,
    Kind.ACTOR: CardKind.ACTOR,
    Kind.ISSUE: CardKind.ISSUE,
    Kind.OUTCOME: CardKind.OUTCOME,
    Kind.TERM: CardKind.TERM,
}


@dataclass(frozen=True, slots=True)
class CardAddress:
    """One card about one to three things of one summit, and the page it is open at."""

    kind: CardKind
    refs: tuple[Ref, ...]
    page: int = 0

    @classmethod
    def of(cls, ref: Ref) -> Self:
        """The address of a thing's own card."""
        return cls(_OWN_CARDS[ref.kind], (ref,))

    @property
    def key(self) -> str:
        """The address without its page, at most 40 characters."""
        return f"{self.kind}:{'.'.join(ref.handle for ref in self.refs)}"

    @property
    def summit(self) -> str:
        return self.refs[0].summit

    def at(self, page: int) -> Self:
        return replace(self, page=page)


def read_key(library: Library, key: str, page: int = 0) -> CardAddress:
    """The address with a key; UserError if the packs no longer have what it is about."""
    kind, _, handles = key.partition(":")
    refs = tuple(ref for handle in handles.split(".") if (ref := library.by_handle(handle)))
    subjects = _SUBJECTS[CardKind(kind)] if kind in set(CardKind) else frozenset()
    if tuple(ref.kind for ref in refs) not in subjects:
        raise UserError(strings.GONE)
    return CardAddress(CardKind(kind), refs, page)


def position(actor: Ref, issue: Ref) -> CardAddress:
    return CardAddress(CardKind.POSITION, (actor, issue))


def positions(about: Ref) -> CardAddress:
    """All positions of an actor or on an issue."""
    return CardAddress(CardKind.POSITIONS, (about,))


def comparison(first: Ref, second: Ref, *issue: Ref) -> CardAddress:
    """Two actors side by side; UserError if they are the same."""
    if first == second:
        raise UserError(strings.SAME_TWICE)
    return CardAddress(CardKind.COMPARISON, (first, second, *issue))


def summit_list(kind: CardKind, summit: str) -> CardAddress:
    """The list of everything of one kind in a summit."""
    return CardAddress(kind, (Ref(Kind.SUMMIT, summit, summit),))


def outcomes_on(issue: Ref) -> CardAddress:
    return CardAddress(CardKind.OUTCOMES, (issue,))
