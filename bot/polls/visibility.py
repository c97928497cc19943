"""What may be shown of a poll, and to whom.

An open anonymous poll shows results that are always some voters behind. Two results that differ by
one voter's ballot tell that ballot to anybody who knows who voted in between. So results are taken
in steps. Between two steps at least `MIN_ANONYMOUS` voters have changed their ballot, and a step is
shown only once the next one is complete. When the poll closes and all ballots are shown, they
differ from the last step shown by at least that many voters too.

As many voters who work together can subtract their own ballots, as they can from any result. The
only help against that is to hide results until the poll closes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.access import System, Viewer
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
class Report:
    """A poll as one person, or everyone, may see it: `results` is None if they may not see them.

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
    """A poll as one member may see it, and what only they may see.

    That is their ballot, its last `MOST_VOTES_TOLD` changes (oldest first), what they hope for, and
    whether they asked for a reminder.
    """

    report: Report
    ballot: Ballot | None
    votes: Sequence[Vote] = ()
    hope: Ballot | None = None
    reminder: bool = False


def may_know(viewer: Viewer | System, poll: Poll) -> bool:
    """Whether somebody may know of a poll: those may who may view its channel."""
    return viewer.is_in(poll.guild_id) and viewer.may_view(poll.audience_id)


def report(
    poll: Poll,
    ballots: int,
    results: Results,
    *,
    now: datetime,
    has_voted: bool = False,
) -> Report:
    """What may be shown of a poll at `now`.

    `has_voted` says whether the reader has a standing ballot; leave it False for what everyone
    sees. Everything that a person reads of a poll's counts goes through this function.
    """
    withheld = _withheld(poll, results, ended=not poll.is_open(now), has_voted=has_voted)
    return Report(poll, ballots, None if withheld else results, withheld)


def _withheld(poll: Poll, results: Results, *, ended: bool, has_voted: bool) -> str | None:
    if not ended and poll.terms.hide_results is HideResults.UNTIL_CLOSE:
        return "Results are hidden until the poll closes."
    if not ended and poll.terms.hide_results is HideResults.UNTIL_BALLOT and not has_voted:
        return "Results are hidden until you vote. Vote, then press Your ballot."
    return too_few(poll, results.ballots, ended=ended)


def too_few(poll: Poll, ballots: int, *, ended: bool = True) -> str | None:
    """A sentence that says why the result of so few ballots is hidden; None if it may be shown."""
    if poll.terms.anonymous and ballots < MIN_ANONYMOUS:
        if ended:
            return (
                f"This poll is anonymous, and fewer than {MIN_ANONYMOUS} members voted, so its "
                "results stay hidden."
            )
        return (
            f"This poll is anonymous: results are shown once {MIN_ANONYMOUS} members have voted "
            f"and {MIN_ANONYMOUS} more after them. Until it closes, the last votes are left out."
        )
    if poll.question.kind is PollKind.FORECAST and ballots < poll.terms.min_forecasters:
        return f"The crowd's forecast is shown after {poll.terms.min_forecasters} forecasts."
    if poll.hope_for is not None and ballots < poll.terms.min_forecasters:
        return f"What members hope for is shown after {poll.terms.min_forecasters} answers."
    return None


def chance_in(found: Report) -> int | None:
    """The probability that the crowd gave to what happened, in tenths of a percent.

    None if the poll is not settled, or if its results are withheld. In a choice or approval poll
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
    """An anonymous poll's tallies at the time when the log's last row was `upto`."""

    tallies: Mapping[int, int]
    upto: int


@dataclass(slots=True)
class Held:
    """The step to show next.

    `before` maps each voter whose ballot has changed since to their answer in the step, or to None
    if they had no ballot then.
    """

    step: Step
    before: dict[str, int | None] = field(default_factory=dict)

    def change(self, voter: str, old: int | None, new: int | None) -> None:
        """Note that a voter's standing ballot changed."""
        if self.before.setdefault(voter, old) == new:
            # The ballot is again as in the step, so this voter does not help to hide another.
            del self.before[voter]

    @property
    def may_be_shown(self) -> bool:
        """Whether enough ballots have changed since then for another step to follow this one."""
        return len(self.before) >= MIN_ANONYMOUS
