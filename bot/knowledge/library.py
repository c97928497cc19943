"""The library: every loaded pack, and finding things in it by what people type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from bot.errors import UserError
from bot.knowledge.entries import entries_of, name_of
from bot.knowledge.model import DEFAULT_LOCALE, Pack
from bot.knowledge.names import Kind, Ref
from bot.knowledge.search import CLEAR, WHOLE, Shelf
from bot.text import fold, joined, shorten

__all__ = ["Hit", "Kind", "Library", "Ref", "UnknownNameError"]

CHOICES = 25
SUGGESTIONS = 3
LEAD = 8.0
"""How far ahead of the next a resembling name must be to be taken as meant."""
PREFERRED = 5.0


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
