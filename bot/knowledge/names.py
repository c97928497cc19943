"""What a thing is called: by the packs, by people, and in a custom id."""

import base64
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b

LABEL_LIMIT = 100
ELLIPSIS = "…"

_DROPPED = re.compile(r"[.'’`´]")
_BREAKS = re.compile(r"[\W_]+")


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


def fold(text: str) -> str:
    """`text` as it is compared: without case, width, accents and punctuation.

    Hangul is left in single letters, so that a half-typed syllable is a prefix of the whole one.
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return " ".join(_BREAKS.sub(" ", _DROPPED.sub("", plain)).split())


def shorten(text: str, limit: int = LABEL_LIMIT) -> str:
    """`text` on one line, cut at a word where possible, in at most `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:·—-") + ELLIPSIS


def joined(things: Iterable[str], last: str = "or") -> str:
    """ "a", "a or b", "a, b or c"."""
    names = list(things)
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
