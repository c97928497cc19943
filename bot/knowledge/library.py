"""The library: every loaded pack, and finding things in it by what people type."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b

from bot.errors import UserError
from bot.knowledge.model import DEFAULT_LOCALE, Actor, Issue, Outcome, Pack, Statement, Term, Text
from bot.knowledge.search import CLEAR, WHOLE, Entry, Shelf
from bot.text import fold, joined, shorten

CHOICES = 25
SUGGESTIONS = 3
LEAD = 8.0
"""How far ahead of the next a resembling name must be to be taken as meant."""
PREFERRED = 5.0


class Kind(StrEnum):
    """The kinds of thing that have a name."""

    SUMMIT = "summit"
    SECTION = "section"
    ACTOR = "actor"
    ISSUE = "issue"
    OUTCOME = "outcome"
    TERM = "term"


@dataclass(frozen=True)
class Ref:
    """Names one thing of one pack."""

    kind: Kind
    summit: str
    id: str

    @property
    def value(self) -> str:
        """What an autocomplete choice carries: `<summit>/<id>`; a summit's own is its id."""
        return self.summit if self.kind is Kind.SUMMIT else f"{self.summit}/{self.id}"

    @cached_property
    def handle(self) -> str:
        """8 characters that stand for this thing in custom ids, the same in every process."""
        digest = blake2b(f"{self.summit}/{self.kind}/{self.id}".encode(), digest_size=6)
        return base64.urlsafe_b64encode(digest.digest()).decode()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that matches a query; `label` is at most 100 characters."""

    ref: Ref
    label: str
    score: float


class UnknownNameError(UserError):
    """Nothing has that name. `nearest` are the things that may have been meant."""

    def __init__(self, sentence: str, nearest: Sequence[Ref] = ()) -> None:
        super().__init__(sentence)
        self.nearest = tuple(nearest)


class Library:
    """All packs, in the order given; the first is the default. Does not change once built."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        if not packs:
            raise ValueError("a library needs at least one pack")
        self.packs = tuple(packs)
        self._packs = {pack.id: pack for pack in packs}
        entries = [entry for pack in packs for entry in entries_of(pack)]
        self._shelves = {
            kind: Shelf([entry for entry in entries if entry.ref.kind is kind]) for kind in Kind
        }
        self._by_handle = {entry.ref.handle: entry.ref for entry in entries}
        self._known = frozenset(self._by_handle.values())
        self._refs = {kind: shelf.refs for kind, shelf in self._shelves.items()}
        self._led: dict[str, Library] = {}

    @property
    def default(self) -> Pack:
        return self.packs[0]

    def led_by(self, summit: str | None) -> Library:
        """The same packs with this summit's as the default; as they are if it is not loaded."""
        if summit is None or summit not in self._packs or summit == self.default.id:
            return self
        if summit not in self._led:
            led = copy(self)
            led.packs = tuple(sorted(self.packs, key=lambda pack: pack.id != summit))
            led._refs = {
                kind: tuple(sorted(refs, key=lambda ref: ref.summit != summit))
                for kind, refs in self._refs.items()
            }
            self._led[summit] = led
        return self._led[summit]

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """The languages that anything in the packs is named in."""
        names = (
            name_of(self.pack(ref.summit), ref) for refs in self._refs.values() for ref in refs
        )
        return tuple(sorted({locale for name in names for locale in name.by_locale}))

    def pack(self, summit_id: str) -> Pack:
        """The pack of a summit; KeyError if it is not loaded."""
        return self._packs[summit_id]

    def by_handle(self, handle: str) -> Ref | None:
        """What a handle in a custom id stands for, if it is still in a pack."""
        return self._by_handle.get(handle)

    def __contains__(self, ref: object) -> bool:
        return ref in self._known

    def all(self, kind: Kind, summit: str | None = None) -> tuple[Ref, ...]:
        """Everything of a kind in pack order, of one summit or of all."""
        refs = self._refs[kind]
        return refs if summit is None else tuple(ref for ref in refs if ref.summit == summit)

    def search(
        self,
        kind: Kind,
        query: str,
        limit: int = CHOICES,
        *,
        locale: str = DEFAULT_LOCALE,
        summit: str | None = None,
        prefer: Collection[Ref] = (),
    ) -> list[Hit]:
        """What `query` may mean, best first; with nothing typed, everything in pack order.

        `prefer` lifts things above others that match about as well.
        """
        ranked = self._ranked(kind, query, summit, prefer)
        return [Hit(ref, self.label(ref, locale), score) for ref, score in ranked[:limit]]

    def find(self, kind: Kind, text: str, *, summit: str | None = None) -> Ref:
        """The thing that was picked from a list or typed.

        Raises UnknownNameError, whose text names the nearest, unless exactly one thing is meant.
        """
        exact = self.exact(kind, text, summit=summit)
        if exact is not None:
            return exact
        ranked = [] if self._picked(kind, text) else self._ranked(kind, text, summit)
        if ranked and ranked[0][1] >= CLEAR:
            best, score = ranked[0]
            rivals = [other for ref, other in ranked[1:] if ref.id != best.id]
            if not rivals or score - rivals[0] >= LEAD:
                return best
        raise self._not_found(kind, text, [ref for ref, _ in ranked[:SUGGESTIONS]])

    def exact(self, kind: Kind, text: str, *, summit: str | None = None) -> Ref | None:
        """The thing whose id, name or alias `text` is, else None; the default pack's first."""
        picked = self._picked(kind, text)
        if picked is not None:
            return picked if summit in (None, picked.summit) else None
        ranked = self._ranked(kind, text, summit)
        return ranked[0][0] if ranked and ranked[0][1] >= WHOLE else None

    def find_together(self, *wanted: tuple[Kind, str]) -> tuple[Ref, ...]:
        """Several things of one summit, as `find` finds each.

        A name that several packs have is read in the pack that has all of them.
        """
        for pack in self.packs:
            exact = [self.exact(kind, text, summit=pack.id) for kind, text in wanted]
            if None not in exact:
                return tuple(ref for ref in exact if ref)
        for pack in self.packs:
            try:
                return tuple(self.find(kind, text, summit=pack.id) for kind, text in wanted)
            except UnknownNameError:
                continue
        found = [self.find(kind, text) for kind, text in wanted]
        raise UnknownNameError(
            f"{joined((f'**{self.name(ref)}**' for ref in found), 'and')} belong to different "
            f"summits ({joined((self._summit_name(ref) for ref in found), 'and')}). "
            "Please pick all of them from one summit."
        )

    def name(self, ref: Ref, locale: str = DEFAULT_LOCALE) -> str:
        """The thing's own name, title or question."""
        return name_of(self.pack(ref.summit), ref).read(locale)

    def label(self, ref: Ref, locale: str = DEFAULT_LOCALE) -> str:
        """The thing's name as a list shows it: with other scripts, role and, if several
        summits are loaded, which one it belongs to."""
        line = self.name(ref, locale)
        tail = ""
        if ref.kind is Kind.ACTOR:
            actor = self.pack(ref.summit).actors[ref.id]
            names = dict.fromkeys((line, *actor.name.by_locale.values()))
            line = f"{' · '.join(names)} — {actor.role.read(locale)}"
        if len(self.packs) > 1 and ref.kind is not Kind.SUMMIT:
            tail = f" ({shorten(self._summit_name(ref, locale), 30)})"
        return shorten(line, 100 - len(tail)) + tail

    def _ranked(
        self, kind: Kind, query: str, summit: str | None, prefer: Collection[Ref] = ()
    ) -> list[tuple[Ref, float]]:
        refs = self.all(kind, summit)
        scores = self._shelves[kind].rank(query) if fold(query) else dict.fromkeys(refs, 0.0)
        if prefer:
            scores = {r: s + PREFERRED if r in prefer else s for r, s in scores.items()}
        found = [(ref, scores[ref]) for ref in refs if ref in scores]
        return sorted(found, key=lambda pair: -pair[1])

    def _picked(self, kind: Kind, text: str) -> Ref | None:
        """The thing whose `Ref.value` the text is."""
        head, slash, rest = text.strip().partition("/")
        ref = Ref(kind, head, rest if slash else head)
        return ref if ref in self._known else None

    def _not_found(self, kind: Kind, text: str, nearest: Sequence[Ref]) -> UnknownNameError:
        typed = shorten(text.replace("`", "'"), 60) or " "
        missing = f"There is no {_NOUNS[kind]} called `{typed}`."
        if nearest:
            names = (f"**{shorten(self.name(ref))}**" for ref in nearest)
            return UnknownNameError(f"{missing} Did you mean {joined(names)}?", nearest)
        refs = self.all(kind)
        if not refs:
            return UnknownNameError(f"{missing} None is recorded.")
        names = (f"**{shorten(self.name(ref))}**" for ref in refs[:SUGGESTIONS])
        return UnknownNameError(
            f"{missing} {len(refs)} are known, for example {joined(names, 'and')}. "
            "The list that opens while you type shows them all."
            if len(refs) > 1
            else f"{missing} The only one known is {joined(names)}.",
            refs[:SUGGESTIONS],
        )

    def _summit_name(self, ref: Ref, locale: str = DEFAULT_LOCALE) -> str:
        return self.pack(ref.summit).summit.name.read(locale)


_NOUNS = {
    Kind.SUMMIT: "summit",
    Kind.SECTION: "part of the summit's overview",
    Kind.ACTOR: "actor",
    Kind.ISSUE: "issue",
    Kind.OUTCOME: "outcome",
    Kind.TERM: "glossary term",
}

_NAMES: dict[Kind, Callable[[Pack, str], Text]] = {
    Kind.SUMMIT: lambda pack, _: pack.summit.name,
    Kind.SECTION: lambda pack, id_: next(s.title for s in pack.summit.sections if s.id == id_),
    Kind.ACTOR: lambda pack, id_: pack.actors[id_].name,
    Kind.ISSUE: lambda pack, id_: pack.issues[id_].name,
    Kind.OUTCOME: lambda pack, id_: pack.outcomes[id_].question,
    Kind.TERM: lambda pack, id_: pack.glossary[id_].name,
}


def name_of(pack: Pack, ref: Ref) -> Text:
    """The thing's own name, title or question."""
    return _NAMES[ref.kind](pack, ref.id)


def entries_of(pack: Pack) -> Iterator[Entry[Ref]]:
    """Everything of a pack that can be looked up, kind by kind in pack order."""
    summit = pack.summit
    yield Entry(Ref(Kind.SUMMIT, pack.id, pack.id), _called(summit.id, summit.name, summit.aliases))
    for section in summit.sections:
        yield Entry(
            Ref(Kind.SECTION, pack.id, section.id),
            _called(section.id, section.title),
            _said(section.statements),
        )
    things: tuple[Actor | Issue | Term, ...] = (
        *pack.actors.values(),
        *pack.issues.values(),
        *pack.glossary.values(),
    )
    for thing in things:
        yield _entry(pack, thing)
    for outcome in pack.outcomes.values():
        yield Entry(
            Ref(Kind.OUTCOME, pack.id, outcome.id),
            _called(outcome.id, outcome.question),
            _outcome_words(pack, outcome),
        )


def _entry(pack: Pack, thing: Actor | Issue | Term) -> Entry[Ref]:
    names = _called(thing.id, thing.name, thing.aliases)
    if isinstance(thing, Actor):
        return Entry(Ref(Kind.ACTOR, pack.id, thing.id), names, _all(thing.role))
    if isinstance(thing, Issue):
        described = f"{_said(thing.summary)} {_said(thing.why)}"
        return Entry(Ref(Kind.ISSUE, pack.id, thing.id), names, described)
    return Entry(Ref(Kind.TERM, pack.id, thing.id), names, _said(thing.definition))


def _called(id_: str, name: Text, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    return (id_, *name.by_locale.values(), *aliases)


def _outcome_words(pack: Pack, outcome: Outcome) -> str:
    issue = pack.issues[outcome.issue]
    labels = (_all(option.label) for option in outcome.options)
    return " ".join((_all(issue.name), *issue.aliases, *labels))


def _said(statements: Sequence[Statement]) -> str:
    return " ".join(_all(statement.text) for statement in statements)


def _all(text: Text) -> str:
    return " ".join(text.by_locale.values())
