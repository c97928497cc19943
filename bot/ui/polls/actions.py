"""The news that a moderator closed, extended, resolved or annulled a poll. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import discord
from discord import ui
from discord.utils import format_dt

from bot.polls.model import ActionKind, PollKind
from bot.polls.scoring.leaderboard import best_of
from bot.polls.visibility import too_few
from bot.text import counted, member
from bot.ui.cards import MessageView
from bot.ui.polls import strings

if TYPE_CHECKING:
    from bot.polls.model import Action, Poll, Proposal
    from bot.polls.resolution import Confirmation
    from bot.polls.visibility import Report

COLOUR = discord.Colour(0x80848E)
"""The colour of closed polls and of news about polls."""
ACTION_TITLES = {
    ActionKind.CLOSE: "Closed early",
    ActionKind.EXTEND: "Extended",
    ActionKind.ANNUL: "Annulled",
    ActionKind.UNRESOLVE: "Resolution undone",
}
DONE_BY = {
    ActionKind.CLOSE: "Closed by",
    ActionKind.EXTEND: "Extended by",
    ActionKind.RESOLVE: "Resolved by",
    ActionKind.ANNUL: "Annulled by",
    ActionKind.UNRESOLVE: "Undone by",
}
UNSCORED = {
    ActionKind.RESOLVE: "Nobody is scored.",
    ActionKind.ANNUL: "Nobody is scored.",
    ActionKind.UNRESOLVE: "Its scores are removed.",
}
MOST_NAMED = 3


def action_post(confirmation: Confirmation, report: Report) -> ui.LayoutView:
    """The news of an action, for everybody in the channel of the poll."""
    action, poll = confirmation.action, confirmation.poll
    head = ACTION_TITLES.get(action.kind) or f"Resolved: {proposed_verdict(action.proposal, poll)}"
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR)
    lines = [f"### {head}\n{strings.linked(poll)}", *reason_lines(action)]
    if action.kind is ActionKind.EXTEND:
        lines.append(f"It now closes {format_dt(poll.lifecycle.closes_at, 'f')}.")
    lines += _result_lines(confirmation, report)
    lines.append(f"-# {DONE_BY[action.kind]} {member(action.by)}")
    box.add_item(ui.TextDisplay("\n".join(lines)))
    view = MessageView()
    view.add_item(box)
    return view


def proposed_verdict(proposal: Proposal, poll: Poll) -> str:
    return strings.verdict(poll, proposal.verdict, proposal.value)


def reason_lines(action: Action) -> list[str]:
    proposal = action.proposal
    lines = [proposal.reason] if proposal.reason else []
    lines += strings.readout_lines(action)
    if proposal.evidence:
        lines.append(f"[Evidence]({proposal.evidence})")
    return lines


def people(count: int) -> str:
    return counted(count, "forecaster")


def _result_lines(confirmation: Confirmation, report: Report) -> list[str]:
    """What the crowd said, and what happens to the forecasters' scores."""
    action, poll = confirmation.action, confirmation.poll
    lines = strings.chance_lines(report) if action.kind is ActionKind.RESOLVE else []
    if action.kind is ActionKind.CLOSE:
        lines += strings.standing_lines(report, drawn=True)
    if confirmation.scores:
        lines += _scored(confirmation, report)
    elif poll.question.kind is PollKind.FORECAST and action.kind in UNSCORED:
        lines.append(UNSCORED[action.kind])
    return lines


def _scored(confirmation: Confirmation, report: Report) -> list[str]:
    """How many were scored, how well, and who was best, if the report may show results."""
    scores, poll = confirmation.scores, confirmation.poll
    head = f"{people(len(scores)).capitalize()} scored"
    if report.results is None or too_few(poll, len(scores)):
        # With few forecasters, a score would reveal what somebody forecast.
        return [f"{head}. See `/forecast mine`."]
    middle = median(score.brier for score in scores.values())
    lines = [
        f"{head}; the middle Brier score is **{middle:.2f}** (0 is best, 1 is worst). "
        "See `/forecast mine`."
    ]
    best = [] if poll.terms.anonymous else best_of(scores)
    if best and round(scores[best[0]].peer, 1) > 0:
        names = ", ".join(f"<@{voter}>" for voter in best[:MOST_NAMED])
        more = f" and {len(best) - MOST_NAMED} more" if len(best) > MOST_NAMED else ""
        lines.append(f"Best: {names}{more} (peer score {scores[best[0]].peer:+.1f}).")
    return lines
