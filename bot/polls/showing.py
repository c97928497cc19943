"""What may be shown of a poll. This is the only way from counts to anything a person reads."""

from datetime import datetime

from bot.polls.model import (
    MIN_ANONYMOUS,
    SCALE,
    HideResults,
    Poll,
    PollKind,
    Report,
    Results,
    Verdict,
)


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
