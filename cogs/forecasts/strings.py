"""Texts of the forecast cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.polls.model import PollKind
from bot.polls.scoring.leaderboard import MINIMUM, PRIOR
from bot.polls.visibility import Report
from bot.text import counted
from bot.ui.polls.strings import counted_ballots, linked, percent, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.polls.model import Ballot, Poll
    from bot.polls.scoring.calibration import Bin, Surprise
    from bot.polls.scoring.leaderboard import Standing
    from bot.polls.scoring.scores import Score

POLLS_NEEDED = counted(MINIMUM, "scored poll")
HOW_TO_START = (
    "`/poll list` shows the open polls: press a percentage under a forecast poll. Your forecast is "
    "scored once a moderator says what happened (`/poll resolve`)."
)
NO_PLACE = (
    f"You are not on the leaderboard yet: it takes {POLLS_NEEDED}. {HOW_TO_START} Forecasts in "
    "anonymous polls do not count."
)
NOBODY_RANKED = f"Nobody is ranked yet: it takes {POLLS_NEEDED}. {HOW_TO_START}"
NO_FORECASTS = f"You have no forecasts yet. {HOW_TO_START}"
POINTS = (
    "Points are peer scores (how much better than the other forecasters; below 0 is worse): their "
    f"sum divided by the polls covered, but by at least {PRIOR:g}, so that luck in one poll is not "
    "enough."
)
BOARD_PRINT = (
    f"{POINTS} N is the number of scored polls; you are ranked from N = {MINIMUM} on. "
    "Anonymous polls do not count."
)
SCORES_PRINT = (
    "Brier: how far off, 0 is best and 1 is worst. Peer: above 0 is better than the others. "
    "Coverage: the share of the poll's time that you had a forecast. Anonymous polls do not count."
)
CROWD_PRINT = (
    "The crowd is the median forecast when a poll closed. In brackets: where the true share lies "
    "with 95% confidence. With few forecasts this range is wide and says little."
)
BITS_PRINT = (
    "Bits measure surprise: 1 bit is a coin toss (the crowd gave it 50%), and each further bit "
    "halves the chance: 2 bits are 25%, 3 bits 12.5%. Near 0 everybody expected it; 10 is the "
    "maximum."
)
VOTE_FIRST = (
    "Vote in an open poll (`/poll list`). It appears here once a moderator says what happened "
    "(`/poll resolve`)."
)
NOTHING_SETTLED = f"No poll in this server is settled yet. {VOTE_FIRST}"
NO_FORECAST_SETTLED = f"No forecast poll in this server is settled yet. {VOTE_FIRST}"


def points(value: float) -> str:
    """Peer points with their sign: `+25.0`, `-3.2`, `0.0`."""
    shown = f"{value:+.1f}"
    return "0.0" if float(shown) == 0 else shown


def polls(count: int) -> str:
    return counted(count, "scored poll")


def place(row: Standing, ranked: int) -> str:
    """`Place 2 of 14`, with the points and the number of polls."""
    return f"**Place {row.rank:,} of {ranked:,}** · {points(row.value)} points · {polls(row.polls)}"


def ranked(row: Standing) -> str:
    """A line of the leaderboard."""
    return f"**{row.rank:,}.** <@{row.voter}> **{points(row.value)}** · N = {row.polls:,}"


def result(poll: Poll) -> str:
    """How a poll was resolved."""
    return verdict(poll, poll.verdict, poll.result)


def scored(poll: Poll, score: Score) -> str:
    """A settled poll: what happened, and the member's scores."""
    return (
        f"{linked(poll)}\n**{result(poll)}** · "
        f"Brier {score.brier:.2f} · peer {points(score.peer)} · coverage {covered(score.coverage)}"
    )


def covered(share: float) -> str:
    """A share of 0..1 of a poll's time in whole percent, never 0%."""
    return "<1%" if round(share * 100) < 1 else f"{share:.0%}"


def forecast(poll: Poll, ballot: Ballot) -> str:
    """A member's forecast that has no score."""
    return f"{linked(poll)}\nYour forecast: **{percent(ballot.value)}**"


def bins(found: Sequence[Bin]) -> list[str]:
    """A line per bin: the forecast, and how often it came true."""
    return [
        f"About **{one.mean / 10:.0f}%**: happened **{one.share:.0%}** of {one.count:,} "
        f"({one.low:.0%} to {one.high:.0%})"
        for one in found
    ]


def too_few_to_draw(count: int, needed: int) -> str:
    return f"-# A picture is drawn from {needed} settled forecasts on; there are {count} so far."


def withheld(count: int) -> str:
    """How many settled polls are left out because they had too few voters."""
    if count == 1:
        return "1 settled poll is left out: it had too few voters."
    return f"{count:,} settled polls are left out: they had too few voters."


def surprising(found: Surprise, report: Report) -> str:
    """A surprise: the question, what came true, and how likely the crowd thought it."""
    poll, results = report.poll, report.results
    votes = counted_ballots(results.ballots if results else 0, poll.question.kind)
    gave = (
        f"the crowd gave it **{percent(found.chance)}**"
        if poll.question.kind is PollKind.FORECAST
        else f"**{percent(found.chance)}** had voted for it"
    )
    return (
        f"**{found.rank:,}.** {linked(poll)}\n**{result(poll)}** came "
        f"true; {gave}: **{found.bits:.1f} bits**\n-# {votes}"
    )
