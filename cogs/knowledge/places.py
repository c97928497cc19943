"""Where a reader can be: every card of the knowledge as a value that fits in a custom id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bot.errors import UserError
from bot.knowledge.library import Kind, Library, Ref
from cogs.knowledge import strings as words


class Name(StrEnum):
    """The kinds of card. Their values are in custom ids: never change one, only add."""

    SUMMIT = "summit"
    SECTION = "section"
    ACTORS = "actors"
    ACTOR = "actor"
    ISSUES = "issues"
    ISSUE = "issue"
    STANDS = "stands"
    POSITION = "position"
    COMPARE = "compare"
    OUTCOMES = "outcomes"
    OUTCOME = "outcome"
    GLOSSARY = "glossary"
    TERM = "term"


_SHAPES: dict[Name, frozenset[tuple[Kind, ...]]] = {
    Name.SUMMIT: frozenset({(Kind.SUMMIT,)}),
    Name.SECTION: frozenset({(Kind.SECTION,)}),
    Name.ACTORS: frozenset({(Kind.SUMMIT,)}),
    Name.ACTOR: frozenset({(Kind.ACTOR,)}),
    Name.ISSUES: frozenset({(Kind.SUMMIT,)}),
    Name.ISSUE: frozenset({(Kind.ISSUE,)}),
    Name.STANDS: frozenset({(Kind.ACTOR,), (Kind.ISSUE,)}),
    Name.POSITION: frozenset({(Kind.ACTOR, Kind.ISSUE)}),
    Name.COMPARE: frozenset({(Kind.ACTOR, Kind.ACTOR), (Kind.ACTOR, Kind.ACTOR, Kind.ISSUE)}),
    Name.OUTCOMES: frozenset({(Kind.SUMMIT,), (Kind.ISSUE,)}),
    Name.OUTCOME: frozenset({(Kind.OUTCOME,)}),
    Name.GLOSSARY: frozenset({(Kind.SUMMIT,)}),
    Name.TERM: frozenset({(Kind.TERM,)}),
}
_CARDS = {
    Kind.SUMMIT: Name.SUMMIT,
    Kind.SECTION: Name.SECTION,
    Kind.ACTOR: Name.ACTOR,
    Kind.ISSUE: Name.ISSUE,
    Kind.OUTCOME: Name.OUTCOME,
    Kind.TERM: Name.TERM,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One card about one to three things of one summit, and the page it is open at."""

    name: Name
    refs: tuple[Ref, ...]
    page: int = 0

    @classmethod
    def of(cls, ref: Ref) -> Self:
        """The thing's own card."""
        return cls(_CARDS[ref.kind], (ref,))

    @property
    def key(self) -> str:
        """The place without its page, at most 40 characters."""
        return f"{self.name}:{'.'.join(ref.handle for ref in self.refs)}"

    @property
    def summit(self) -> str:
        return self.refs[0].summit

    def at(self, page: int) -> Self:
        return replace(self, page=page)


def read_place(library: Library, key: str, page: int = 0) -> Place:
    """The place that a key stands for; UserError if the packs no longer have it."""
    name, _, handles = key.partition(":")
    refs = tuple(ref for handle in handles.split(".") if (ref := library.by_handle(handle)))
    shapes = _SHAPES[Name(name)] if name in set(Name) else frozenset()
    if tuple(ref.kind for ref in refs) not in shapes:
        raise UserError(words.GONE)
    return Place(Name(name), refs, page)


def position(actor: Ref, issue: Ref) -> Place:
    return Place(Name.POSITION, (actor, issue))


def comparison(first: Ref, second: Ref, *issue: Ref) -> Place:
    """Two actors side by side; UserError if they are one."""
    if first == second:
        raise UserError(words.SAME_TWICE)
    return Place(Name.COMPARE, (first, second, *issue))


def summit_list(name: Name, summit: str) -> Place:
    """A list of all that a summit has of something."""
    return Place(name, (Ref(Kind.SUMMIT, summit, summit),))


def outcomes_on(issue: Ref) -> Place:
    return Place(Name.OUTCOMES, (issue,))
