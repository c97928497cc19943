"""Ranking names against what a person typed.

Scores run from 0 to 100. What was typed literally always ranks above what only resembles it:

    100      the whole name                     76      somewhere inside a name
    91..97   the beginning of a name            56..80  resembles a whole name (typos)
    86..90   the beginning of a word in it      52..65  resembles a part of a name
    82       all words, in any order            40..60  words of the description
    72       half of the query or more is       ..40    some of the words
             a whole name; 66 if less is
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process

from bot.text import fold

K = TypeVar("K", bound=Hashable)

WHOLE = 100.0
CLEAR = 68.0
"""From here on a match resembles a whole name closely enough to be meant by it."""

_FUZZY_FROM = 3
_MANY = 25
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Entry(Generic[K]):
    """One thing with everything it may be called, and the words that describe it."""

    ref: K
    names: tuple[str, ...]
    described: str = ""


class Shelf(Generic[K]):
    """The things of one kind, in order; answers which of them a query means."""

    def __init__(self, entries: Sequence[Entry[K]]) -> None:
        self.refs = tuple(entry.ref for entry in entries)
        self._keys: list[str] = []
        self._shuffled: list[str] = []
        self._owners: list[int] = []
        named: dict[str, set[int]] = defaultdict(set)
        described: dict[str, set[int]] = defaultdict(set)
        for owner, entry in enumerate(entries):
            for key in dict.fromkeys(key for name in entry.names for key in _variants(fold(name))):
                self._keys.append(key)
                self._owners.append(owner)
                self._shuffled.append(_in_any_order(key))
                _collect(named, key, owner)
            _collect(described, fold(entry.described), owner)
        self._named = _Words(named)
        self._described = _Words(described)

    def rank(self, query: str) -> dict[K, float]:
        """The score of every thing that matches; an empty query matches nothing."""
        typed = fold(query[:_LONGEST])
        if not typed:
            return {}
        best: dict[int, float] = {}
        for owner, score in self._literal(typed):
            best[owner] = max(score, best.get(owner, 0.0))
        if len(typed) >= _FUZZY_FROM and len(best) < _MANY:
            for owner, score in self._alike(typed):
                best[owner] = max(score, best.get(owner, 0.0))
        return {self.refs[owner]: score for owner, score in best.items()}

    def _literal(self, typed: str) -> Iterator[tuple[int, float]]:
        inside = len(typed) >= _FUZZY_FROM or not typed.isascii()
        word, within = f" {typed}", f" {typed} "
        squashed = typed.replace(" ", "")
        for key, owner in zip(self._keys, self._owners, strict=True):
            if typed not in key and squashed not in key:
                if key in typed and f" {key} " in within:
                    # "President Xi Jinping" means him; a long sentence about him may mean more.
                    yield owner, 72 if 2 * len(key) >= len(typed) else 66
                continue
            share = len(typed) / len(key)
            if key in (typed, squashed):
                yield owner, WHOLE
            elif key.startswith((typed, squashed)):
                yield owner, 91 + 6 * share
            elif word in key:
                yield owner, 86 + 4 * share
            elif inside and typed in key:
                yield owner, 76
        for owner in self._named.owners(typed, fuzzy=False):
            yield owner, 82
        for owner in self._described.owners(typed, fuzzy=False):
            yield owner, 60

    def _alike(self, typed: str) -> Iterator[tuple[int, float]]:
        for query, keys in ((typed, self._keys), (_in_any_order(typed), self._shuffled)):
            for _, score, index in process.extract(
                query, keys, scorer=fuzz.ratio, score_cutoff=70, limit=2 * _MANY
            ):
                yield self._owners[index], score * 0.8
        for key, score, index in process.extract(
            typed, self._keys, scorer=fuzz.partial_ratio, score_cutoff=80, limit=2 * _MANY
        ):
            if len(typed) < len(key):
                yield self._owners[index], score * 0.65
        for owner in self._named.owners(typed, fuzzy=True):
            yield owner, 56
        for owner in self._described.owners(typed, fuzzy=True):
            yield owner, 40
        tokens = [token for token in typed.split() if len(token) >= _FUZZY_FROM]
        for token in tokens if len(tokens) > 1 else ():
            for owner in self._named.owners(token, fuzzy=False):
                yield owner, 40 * len(token) / len(typed)


class _Words:
    """Which things have which words."""

    def __init__(self, owners: dict[str, set[int]]) -> None:
        self._owners = owners
        self._sorted = sorted(owners)

    def owners(self, typed: str, *, fuzzy: bool) -> set[int]:
        """The things that have every word typed, at least its beginning or something like it."""
        found: set[int] | None = None
        for token in typed.split():
            words = set(self._beginning(token))
            if fuzzy and len(token) > _FUZZY_FROM:
                words.update(
                    word
                    for word, _, _ in process.extract(
                        token, self._sorted, scorer=fuzz.ratio, score_cutoff=78, limit=_MANY
                    )
                )
            having = set().union(*(self._owners[word] for word in words))
            found = having if found is None else found & having
            if not found:
                return set()
        return found or set()

    def _beginning(self, token: str) -> Iterable[str]:
        start = bisect_left(self._sorted, token)
        return takewhile(lambda word: word.startswith(token), islice(self._sorted, start, None))


def _variants(key: str) -> Iterator[str]:
    """The key, and the key without its spaces."""
    if key:
        yield key
        yield key.replace(" ", "")


def _in_any_order(key: str) -> str:
    return " ".join(sorted(key.split()))


def _collect(index: dict[str, set[int]], text: str, owner: int) -> None:
    for word in text.split():
        index[word].add(owner)
