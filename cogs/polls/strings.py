"""Texts about polls."""

import re

from discord.utils import format_dt

from bot.errors import UserError
from bot.knowledge.model import SILENT
from bot.polls.ballots import Receipt
from bot.polls.model import SCALE, Action, Poll, PollKind, PollState, Verdict, answers_of
from bot.polls.rules import approved
from bot.polls.scoring.calibration import surprise
from bot.polls.visibility import Report, chance_in
from bot.text import linkable, member, shorten

BAR_CELLS = 10
ANSWER_FITS = 500
CHANGE_FITS = 40
DRAWN_LABEL = 50
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9])?")
KIND_NAMES = {
    PollKind.FORECAST: "Forecast: how likely is it?",
    PollKind.CHOICE: "Choose one",
    PollKind.APPROVAL: "Choose all that you approve of",
}
COULD_NOT_SHOW = "could not update the message of a poll"
NOT_SHOWN = (
    "Its message could not be updated, so it may still look open: Discord refused it every time I "
    "tried. Use `/poll show` to make me try again. I also try again when I restart."
)
NOT_POSTED = (
    "What was done to it could not be posted in <#{channel}>, or its message could not be updated: "
    "Discord refused it every time I tried. Tell people there yourself, or wait. I try again when "
    "I restart, or when something else is done to the poll."
)
NOT_DISCUSSED = (
    "What was done to it could not be posted in the discussion <#{channel}>: Discord refused it "
    "every time I tried. Tell people there yourself, or wait. I try again when I restart."
)
MAY_NOT_EDIT = (
    "I am not allowed to change its message, so it may still look open. Allow me View Channel in "
    "<#{channel}>, or reopen the thread if it is one. Then use `/poll show` to make me try again."
)


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


def answer(poll: Poll, value: int, limit: int = ANSWER_FITS) -> str:
    """A ballot's value in words, in about `limit` characters: of many options the first."""
    if poll.question.kind is PollKind.FORECAST:
        return percent(value)
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


def linked(poll: Poll) -> str:
    """A poll's question, as a link to its message where that is posted."""
    question = linkable(poll.question.text)
    return f"[{question}]({poll.url})" if poll.url else question


def counted(ballots: int, kind: PollKind) -> str:
    """`1 vote`, `12 forecasts`."""
    noun = "forecast" if kind is PollKind.FORECAST else "vote"
    return f"{ballots:,} {noun}" if ballots == 1 else f"{ballots:,} {noun}s"


def bar(share: float) -> str:
    """A bar of text for a share of 0..1."""
    full = round(share * BAR_CELLS)
    return "█" * full + "░" * (BAR_CELLS - full)


def standing_lines(report: Report, *, drawn: bool = False) -> list[str]:
    """What is known of the result, line by line; only the count if the results are withheld.

    `drawn` leaves out the bars, since a chart shows them.
    """
    poll = report.poll
    lines = [f"**{counted(report.ballots, poll.question.kind)}**"]
    if not report.ballots and poll.question.kind is not PollKind.FORECAST:
        lines = ["**No votes yet**" if poll.lifecycle.state is PollState.OPEN else "**No votes**"]
    if report.results is None:
        return [*lines, f"-# {report.withheld}"] if report.withheld else lines
    if report.results.ballots != report.ballots:
        shown = counted(report.results.ballots, poll.question.kind)
        lines.append(f"-# As of {shown}. Anonymous results stay a few votes behind.")
    if poll.question.kind is PollKind.FORECAST:
        crowd = report.results.crowd
        if crowd is not None:
            picture = "" if drawn else f"{bar(crowd / SCALE)} "
            lines.append(f"{picture}The crowd says **{percent(crowd)}**")
            lines += hope_lines(report, crowd)
        return lines
    total = report.results.ballots
    if not total:
        return lines
    for position, label in enumerate(poll.question.labels):
        votes = report.results.counts.get(position, 0)
        numbers = f"**{votes / total:.0%}** · {votes:,}"
        if drawn:
            lines.append(f"{shorten(label, DRAWN_LABEL)}: {numbers}")
        else:
            lines.append(f"{label}\n{bar(votes / total)} {numbers}")
    return lines


def summary_lines(report: Report) -> list[str]:
    """A short form of a poll for other messages: the question, its state, what is known."""
    poll = report.poll
    question = linkable(shorten(poll.question.text, 250))
    closes = (
        f" · closes {format_dt(poll.lifecycle.closes_at, 'R')}"
        if poll.lifecycle.state is PollState.OPEN
        else ""
    )
    became = f": {verdict(poll, poll.verdict, poll.result)}" if poll.verdict else ""
    return [
        f"**[{question}]({poll.url})**" if poll.url else f"**{question}**",
        f"-# {state(poll)}{became if state(poll) == 'resolved' else ''}{closes}",
        *standing_lines(report),
    ]


def chance_lines(report: Report) -> list[str]:
    """How likely the crowd thought what happened, if that may be shown."""
    chance = chance_in(report)
    if chance is None:
        return []
    bits = surprise(chance)
    return [f"The crowd gave this **{percent(chance)}** ({bits:.1f} bits of surprise)."]


def hope_lines(report: Report, crowd: int) -> list[str]:
    """What members hope for, compared with what they expect, once both may be shown."""
    if report.hope is None or report.hope.results is None or not report.hope.results.ballots:
        return []
    results = report.hope.results
    want, dont, either = (
        round(SCALE * results.counts.get(position, 0) / results.ballots) for position in range(3)
    )
    gap = round((want - crowd) / 10)
    compared = (
        "hope and expectation agree"
        if gap == 0
        else f"hope is {abs(gap)} points {'above' if gap > 0 else 'below'} expectation"
    )
    voters = counted(results.ballots, PollKind.CHOICE)
    shares = (
        f"**{want / 10:.0f}%** want it, {dont / 10:.0f}% do not, {either / 10:.0f}% do not mind"
    )
    return [f"Of {voters} on what is hoped for, {shares}: {compared}."]


def state(poll: Poll) -> str:
    """`open`, `closed`, `resolved` or `annulled`."""
    if poll.verdict is None:
        return "open" if poll.lifecycle.state is PollState.OPEN else "closed"
    return "annulled" if poll.verdict is Verdict.ANNULLED else "resolved"


def verdict(poll: Poll, found: Verdict | None, value: int | None) -> str:
    """How a question was resolved: `Yes`, an option, `Ambiguous` or `Annulled`."""
    if found is not Verdict.SETTLED or value is None:
        return (found or "").capitalize()
    return dict(answers_of(poll))[value]


def resolution_lines(poll: Poll, action: Action) -> list[str]:
    """How a poll was resolved: the result, the reason, by whom, and what each readout says."""
    proposal = action.proposal
    head = verdict(poll, poll.verdict, poll.result)
    lines = [f"### {'Annulled' if poll.verdict is Verdict.ANNULLED else f'Resolved: {head}'}"]
    lines.append(proposal.reason)
    lines += readout_lines(action)
    source = f" · [evidence]({proposal.evidence})" if proposal.evidence else ""
    done = "Annulled" if poll.verdict is Verdict.ANNULLED else "Resolved"
    lines.append(f"-# {done} by {member(action.by)} {format_dt(action.at, 'f')}{source}")
    return lines


def readout_lines(action: Action) -> list[str]:
    """What each readout says, and whether they differ."""
    said = action.proposal.readouts
    lines = [
        f"**{who}**'s readout {what if what == SILENT else f'says: {what}'}" for who, what in said
    ]
    if action.readouts_differ:
        return [*lines, "**The readouts differ.**"]
    silent = sum(what == SILENT for _, what in said)
    return [f"{'; '.join(lines)}."] if 0 < silent < len(said) else lines


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
