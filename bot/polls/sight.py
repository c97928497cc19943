"""Whose business a poll is: that of those who may view the channel it is in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Sight:
    """Which of a server's channels somebody, or everybody somewhere, may view.

    `sees` tells that of a channel by its id. It is asked of those alone that polls are in: a server
    may have hundreds of others.
    """

    sees: Callable[[int], bool]

    def __and__(self, other: Self) -> "Sight":
        """What both may view."""
        return Sight(lambda channel_id: self.sees(channel_id) and other.sees(channel_id))


EVERYTHING = Sight(lambda _: True)
"""What the bot itself goes by."""
