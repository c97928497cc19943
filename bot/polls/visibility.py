"""What may be shown of a poll, and to whom.

An open anonymous poll shows results that are always some voters behind. Two results that differ by
one voter's ballot tell that ballot to anybody who knows who voted in between. So results are taken
in steps. Between two steps at least `MIN_ANONYMOUS` voters have changed their ballot, and a step is
shown only once the next one is complete. When the poll closes and all ballots are shown, they
differ from the last step shown by at least that many voters too.

As many voters who work together can subtract their own ballots, as they can from any result. The
only help against that is to hide results until the poll closes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from bot.polls.model import (
    MIN_ANONYMOUS,
    SCALE,
    Action,
    Ballot,
    HideResults,
    Poll,
    PollKind,
    Results,
    Verdict,
    Vote,
)


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


@dataclass(frozen=True, slots=True)
class Report:
    """A poll as one person, or everyone, may see it: `results` is None where they may not.

    `withheld` then says why, in a sentence. Views show only what is in here. `hope` is the report
    of the poll on what members hope for, if this poll asks that too. `resolved_by` is the action
    that resolved or annulled the poll.
    """

    poll: Poll
    ballots: int
    results: Results | None
    withheld: str | None = None
    hope: "Report | None" = None
    resolved_by: Action | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """A poll as one member may see it, with what they alone may see: their ballot, its changes
    (oldest first, the last `MOST_VOTES_TOLD`), what they hope for, and whether they asked to be
    reminded.
    """

    report: Report
    ballot: Ballot | None
    votes: Sequence[Vote] = ()
    hope: Ballot | None = None
    reminder: bool = False


def report(
    poll: Poll,
    ballots: int,
    results: Results,
    *,
    now: datetime,
    has_voted: bool = False,
) -> Report:
    """What may be shown of a poll at `now`.

    `has_voted` tells whether the person who looks has a standing ballot; leave it False for what
    everyone sees. This is the only way from counts to anything a person reads.
    """
    withheld = _withheld(poll, results, ended=not poll.is_open(now), has_voted=has_voted)
    return Report(poll, ballots, None if withheld else results, withheld)


def _withheld(poll: Poll, results: Results, *, ended: bool, has_voted: bool) -> str | None:
    if not ended and poll.terms.hide_results is HideResults.UNTIL_CLOSE:
        return "Results are hidden until the poll closes."
    if not ended and poll.terms.hide_results is HideResults.UNTIL_BALLOT and not has_voted:
        return "Results are hidden until you have voted: vote, then press Your ballot."
    return too_few(poll, results.ballots, ended=ended)


def too_few(poll: Poll, ballots: int, *, ended: bool = True) -> str | None:
    """Why what so many ballots come to is not shown, in a sentence; None where it may be."""
    if poll.terms.anonymous and ballots < MIN_ANONYMOUS:
        if ended:
            return f"This poll is anonymous: fewer than {MIN_ANONYMOUS} voted, so none is shown."
        return (
            f"This poll is anonymous: results show once {MIN_ANONYMOUS} have voted and "
            f"{MIN_ANONYMOUS} more after them, and stay so many behind until it closes."
        )
    if poll.question.kind is PollKind.FORECAST and ballots < poll.terms.min_forecasters:
        return f"What the crowd says is shown once {poll.terms.min_forecasters} have forecast."
    if poll.hope_for is not None and ballots < poll.terms.min_forecasters:
        return f"What is hoped for is shown once {poll.terms.min_forecasters} have answered."
    return None


def chance_in(found: Report) -> int | None:
    """The chance that the crowd gave to what happened, in tenths of a percent.

    None while the poll is not settled or its results are withheld. In a choice or approval poll
    it is the share of the voters.
    """
    poll, results = found.poll, found.results
    if poll.verdict is not Verdict.SETTLED or poll.result is None or results is None:
        return None
    if poll.question.kind is PollKind.FORECAST:
        return results.crowd if poll.result or results.crowd is None else SCALE - results.crowd
    if not results.ballots:
        return None
    return round(SCALE * results.counts.get(poll.result, 0) / results.ballots)


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
