"""What a thing is called: by the packs, by people, and in a custom id."""

import base64
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b


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
