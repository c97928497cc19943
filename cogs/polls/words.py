"""How polls are worded."""

import re

from discord.utils import format_dt

from bot.errors import UserError
from bot.polls.ballots import Receipt
from bot.polls.model import SCALE, Poll, PollKind, Report, approved

BAR_CELLS = 10
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9])?")
KIND_NAMES = {
    PollKind.FORECAST: "Forecast: how likely is it?",
    PollKind.CHOICE: "Choose one",
    PollKind.APPROVAL: "Choose all that you approve of",
}


def percent(permille: int) -> str:
    """Tenths of a percent as people write them: `62%`, `62.5%`."""
    return f"{permille / 10:g}%"


def read_percent(text: str) -> int:
    """Tenths of a percent from what a person typed; UserError outside 0 to 100."""
    typed = text.strip().removesuffix("%").strip().replace(",", ".")
    permille = round(float(typed) * 10) if _PERCENT.fullmatch(typed) else -1
    if not 0 <= permille <= SCALE:
        raise UserError(
            f"“{text[:40]}” is not a probability this poll takes. Type a number from 0 to 100, "
            "with at most one decimal, such as 35 or 62.5."
        )
    return permille


def answer(poll: Poll, value: int) -> str:
    """A ballot's value in words."""
    if poll.kind is PollKind.FORECAST:
        return percent(value)
    if poll.kind is PollKind.APPROVAL:
        return ", ".join(poll.options[position] for position in approved(value))
    return poll.options[value]


def counted(ballots: int, kind: PollKind) -> str:
    """`1 vote`, `12 forecasts`."""
    noun = "forecast" if kind is PollKind.FORECAST else "vote"
    return f"{ballots:,} {noun}" if ballots == 1 else f"{ballots:,} {noun}s"


def bar(share: float) -> str:
    """A bar of text for a share of 0..1."""
    full = round(share * BAR_CELLS)
    return "█" * full + "░" * (BAR_CELLS - full)


def standing_lines(report: Report, *, drawn: bool = False) -> list[str]:
    """What is known of the result, a line each; only the count where more is withheld.

    `drawn` leaves out the bars, for a chart shows them.
    """
    poll = report.poll
    lines = [f"**{counted(report.ballots, poll.kind)}**"]
    if report.results is None:
        return [*lines, f"-# {report.withheld}"] if report.withheld else lines
    if report.results.ballots != report.ballots:
        shown = counted(report.results.ballots, poll.kind)
        lines.append(f"-# As of {shown}: anonymous results change a few votes at a time.")
    if poll.kind is PollKind.FORECAST:
        crowd = report.results.crowd
        if crowd is not None:
            picture = "" if drawn else f"{bar(crowd / SCALE)} "
            lines.append(f"{picture}The crowd says **{percent(crowd)}**")
        return lines
    total = max(report.results.ballots, 1)
    for position, label in enumerate(poll.options):
        votes = report.results.counts.get(position, 0)
        numbers = f"**{votes / total:.0%}** · {votes:,}"
        lines.append(f"{label}: {numbers}" if drawn else f"{label}\n{bar(votes / total)} {numbers}")
    return lines


def receipt(stored: Receipt) -> str:
    """What a member is told once their ballot is stored."""
    poll = stored.poll
    if stored.now is None:
        return "Your ballot is withdrawn. You can vote again until the poll closes."
    now = answer(poll, stored.now)
    until = format_dt(poll.closes_at, "R")
    if stored.before is None:
        said = f"Stored: **{now}**."
    elif stored.before == stored.now:
        said = f"Your ballot is **{now}** already."
    else:
        said = f"Changed from {answer(poll, stored.before)} to **{now}**."
    return f"{said} You can change or withdraw it until the poll closes {until}."


def closed(poll: Poll) -> str:
    """What a moderator is told who has closed a poll."""
    where = f"[Its message]({poll.url}) turns into the result" if poll.url else "It has no message"
    return f"The poll is closed. {where}; `/poll show` shows the result anywhere."


def privacy_note(poll: Poll) -> str:
    """Who can see a ballot."""
    if not poll.anonymous:
        return "The bot shows nobody who voted how. Votes are stored with your user id."
    return (
        "Anonymous: votes are stored under a keyed hash instead of your user id. Whoever runs "
        "the bot holds the key and could still test whether a known member voted."
    )
