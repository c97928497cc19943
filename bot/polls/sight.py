"""Whose business a poll is: that of those who may view the channel it is in."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Sight:
    """Which of a server's channels somebody, or everybody somewhere, may view.

    `known` are the channels that the bot knows, `viewable` those of them that may be viewed. With
    `unknown` polls are seen too whose channel the bot does not know, as it was deleted or is a
    private thread that rests.
    """

    viewable: frozenset[int]
    known: frozenset[int]
    unknown: bool

    def sees(self, channel_id: int) -> bool:
        return channel_id in self.viewable or (self.unknown and channel_id not in self.known)

    def __and__(self, other: Self) -> "Sight":
        """What both may view."""
        return Sight(
            self.viewable & other.viewable,
            self.known | other.known,
            self.unknown and other.unknown,
        )


EVERYTHING = Sight(frozenset(), frozenset(), unknown=True)
"""What the bot itself goes by."""
