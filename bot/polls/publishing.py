"""What an open anonymous poll shows: results that are always some voters behind.

Two results that differ by one voter's ballot tell that ballot to whoever knows who voted in
between. So results are taken in steps, between which `MIN_ANONYMOUS` voters or more have another
ballot than before, and a step is shown only once the next one is complete: when the poll closes
and all ballots are shown, they too differ from the last step shown by that many.

That many voters who work together can subtract their own ballots, as they can from any result;
against them nothing helps but hiding results until the close, which a poll may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.polls.model import MIN_ANONYMOUS


@dataclass(frozen=True, slots=True)
class Step:
    """An anonymous poll's tallies when the log of ballots had come to its row `upto`."""

    tallies: Mapping[int, int]
    upto: int


@dataclass(slots=True)
class Held:
    """The step to be shown next. `before` has the voters whose ballots differ by now, each with
    the answer that the step holds; None where it holds none.
    """

    step: Step
    before: dict[str, int | None] = field(default_factory=dict)

    def change(self, voter: str, old: int | None, new: int | None) -> None:
        """A voter's standing ballot has become another."""
        if self.before.setdefault(voter, old) == new:
            # Back to what the step holds: this voter does not help to hide another.
            del self.before[voter]

    @property
    def may_be_shown(self) -> bool:
        """Whether enough ballots have changed since for another step to follow this one."""
        return len(self.before) >= MIN_ANONYMOUS
