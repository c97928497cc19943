"""Texts about polls: results, states, verdicts, readouts."""

from discord.utils import format_dt

from bot.knowledge.model import SILENT
from bot.polls.model import SCALE, Action, Poll, PollKind, PollState, Verdict, answers_of
from bot.polls.scoring.calibration import surprise
from bot.polls.visibility import Report, chance_in
from bot.text import counted, linkable, shorten

BAR_CELLS = 10
DRAWN_LABEL = 50
COULD_NOT_SHOW = "could not update the message of a poll"


def percent(permille: int) -> str:
    """Tenths of a percent as people write them: `62%`, `62.5%`."""
    return f"{permille / 10:g}%"


def linked(poll: Poll) -> str:
    """A poll's question, as a link to its message where that is posted."""
    question = linkable(poll.question.text)
    return f"[{question}]({poll.url})" if poll.url else question


def counted_ballots(ballots: int, kind: PollKind) -> str:
    """`1 vote`, `12 forecasts`."""
    noun = "forecast" if kind is PollKind.FORECAST else "vote"
    return counted(ballots, noun)


def bar(share: float) -> str:
    """A bar of text for a share of 0..1."""
    full = round(share * BAR_CELLS)
    return "█" * full + "░" * (BAR_CELLS - full)


def standing_lines(report: Report, *, drawn: bool = False) -> list[str]:
    """What is known of the result, line by line; only the count if the results are withheld.

    `drawn` leaves out the bars, since a chart shows them.
    """
    poll = report.poll
    lines = [f"**{counted_ballots(report.ballots, poll.question.kind)}**"]
    if not report.ballots and poll.question.kind is not PollKind.FORECAST:
        lines = ["**No votes yet**" if poll.lifecycle.state is PollState.OPEN else "**No votes**"]
    if report.results is None:
        return [*lines, f"-# {report.withheld}"] if report.withheld else lines
    if report.results.ballots != report.ballots:
        shown = counted_ballots(report.results.ballots, poll.question.kind)
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
    voters = counted_ballots(results.ballots, PollKind.CHOICE)
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
