"""Texts about polls that no other cog uses."""

import re

from discord.utils import format_dt

from bot.errors import UserError
from bot.polls.ballots import Receipt
from bot.polls.model import SCALE, Action, Poll, PollKind, Verdict
from bot.polls.rules import approved
from bot.text import member, shorten
from bot.ui.polls import strings as shared

ANSWER_FITS = 500
CHANGE_FITS = 40
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9])?")
KIND_NAMES = {
    PollKind.FORECAST: "Forecast: how likely is it?",
    PollKind.CHOICE: "Choose one",
    PollKind.APPROVAL: "Choose all that you approve of",
}
NOT_SHOWN = (
    "Its message could not be updated, so it may still look open: Discord refused it every time I "
    "tried. Use `/poll show` to make me try again. I also try again when I restart."
)
NOT_POSTED = (
    "What was done to it could not be posted in <#{channel}>, or its message could not be updated: "
    "Discord refused it every time I tried. Tell people there yourself, or wait. I try again when "
    "I restart, or when something else is done to the poll."
)
MAY_NOT_EDIT = (
    "I am not allowed to change its message, so it may still look open. Allow me View Channel in "
    "<#{channel}>, or reopen the thread if it is one. Then use `/poll show` to make me try again."
)


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


def answer(poll: Poll, value: int, limit: int = ANSWER_FITS) -> str:
    """A ballot's value in words, in about `limit` characters: of many options the first."""
    if poll.question.kind is PollKind.FORECAST:
        return shared.percent(value)
    if poll.question.kind is PollKind.CHOICE:
        return shorten(poll.question.labels[value], limit)
    labels = [poll.question.labels[position] for position in approved(value)]
    shown = [shorten(labels[0], limit)]
    for label in labels[1:]:
        if len(", ".join((*shown, label))) > limit:
            break
        shown.append(label)
    more = len(labels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def resolution_lines(poll: Poll, action: Action) -> list[str]:
    """How a poll was resolved: the result, the reason, by whom, and what each readout says."""
    proposal = action.proposal
    head = shared.verdict(poll, poll.verdict, poll.result)
    lines = [f"### {'Annulled' if poll.verdict is Verdict.ANNULLED else f'Resolved: {head}'}"]
    lines.append(proposal.reason)
    lines += shared.readout_lines(action)
    source = f" · [evidence]({proposal.evidence})" if proposal.evidence else ""
    done = "Annulled" if poll.verdict is Verdict.ANNULLED else "Resolved"
    lines.append(f"-# {done} by {member(action.by)} {format_dt(action.at, 'f')}{source}")
    return lines


def receipt(stored: Receipt) -> str:
    """The reply to a member whose ballot was stored."""
    poll = stored.poll
    if stored.now is None:
        return "Your ballot is withdrawn. You can vote again until the poll closes."
    now = answer(poll, stored.now)
    until = format_dt(poll.lifecycle.closes_at, "R")
    if stored.before is None:
        said = f"Stored: **{now}**."
    elif stored.before == stored.now:
        said = f"Your ballot is already **{now}**."
    else:
        said = f"Changed from {answer(poll, stored.before)} to **{now}**."
    return f"{said} You can change or withdraw it until the poll closes {until}."


def privacy_note(poll: Poll) -> str:
    """Who can see a ballot."""
    if not poll.terms.anonymous:
        scores = (
            ""
            if poll.question.kind is not PollKind.FORECAST
            else " Once the poll is settled, your score counts on the public leaderboard."
        )
        return (
            "Other members cannot see how you voted. Votes are stored with your user id, and "
            f"moderators can export them.{scores}"
        )
    return (
        "Anonymous: votes are stored under a keyed hash instead of your user id. Whoever runs "
        "the bot holds the key and could still test whether a known member voted."
    )
