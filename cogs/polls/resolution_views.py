"""Messages about what moderators do to polls: to be confirmed, and posted for all. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from discord import ButtonStyle, ui
from discord.utils import format_dt

from bot.knowledge.model import SILENT
from bot.polls.model import ActionKind, PollKind, Verdict
from bot.polls.scoring.leaderboard import best_of
from bot.polls.visibility import too_few
from bot.text import member
from bot.ui.cards import MessageView
from bot.ui.posting import lines_view
from cogs.polls import strings
from cogs.polls.custom_ids import CANCEL, CONFIRM
from cogs.polls.views import CLOSED_COLOUR

if TYPE_CHECKING:
    from bot.polls.model import Action, Poll, Proposal
    from bot.polls.resolution import Confirmation, Proposed
    from bot.polls.visibility import Report

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
CONFIRMED = {
    ActionKind.CLOSE: "The poll is closed.",
    ActionKind.EXTEND: "The poll stays open longer.",
    ActionKind.RESOLVE: "The poll is resolved.",
    ActionKind.ANNUL: "The poll is annulled.",
    ActionKind.UNRESOLVE: "The resolution is undone.",
}


def proposal_card(found: Proposed) -> ui.LayoutView:
    """What a moderator is about to do, with the buttons to confirm or cancel it."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=CLOSED_COLOUR)
    lines = [f"### {_question(found.action, found.poll)}\n{found.poll.question.text}"]
    lines += _reason_lines(found.action)
    lines += _consequences(found)
    box.add_item(ui.TextDisplay("\n".join(lines)))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    action_id = found.action.id
    confirm, cancel = CONFIRM(action_id=action_id), CANCEL(action_id=action_id)
    row.add_item(ui.Button(label="Confirm", style=ButtonStyle.danger, custom_id=confirm))
    row.add_item(ui.Button(label="Cancel", custom_id=cancel))
    box.add_item(row)
    box.add_item(ui.TextDisplay("-# Only you can see this. Nothing is done until you confirm."))
    view = MessageView()
    view.add_item(box)
    return view


def confirmed(action: Action) -> ui.LayoutView:
    return lines_view(f"{CONFIRMED[action.kind]} This is posted in the poll's channel.")


def cancelled() -> ui.LayoutView:
    return lines_view("Cancelled. Nothing was done.")


def action_post(confirmation: Confirmation, report: Report) -> ui.LayoutView:
    """What was done to a poll, for everybody in its channel."""
    action, poll = confirmation.action, confirmation.poll
    head = ACTION_TITLES.get(action.kind) or f"Resolved: {_named(action.proposal, poll)}"
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=CLOSED_COLOUR)
    lines = [f"### {head}\n{strings.linked(poll)}", *_reason_lines(action)]
    if action.kind is ActionKind.EXTEND:
        lines.append(f"It now closes {format_dt(poll.lifecycle.closes_at, 'f')}.")
    lines += _result_lines(confirmation, report)
    lines.append(f"-# {DONE_BY[action.kind]} {member(action.by)}")
    box.add_item(ui.TextDisplay("\n".join(lines)))
    view = MessageView()
    view.add_item(box)
    return view


def _question(action: Action, poll: Poll) -> str:
    proposal = action.proposal
    match action.kind:
        case ActionKind.CLOSE:
            return "Close this poll now?"
        case ActionKind.EXTEND if proposal.closes_at:
            return f"Let this poll close {format_dt(proposal.closes_at, 'f')}?"
        case ActionKind.RESOLVE:
            return f"Resolve this poll: {_named(proposal, poll)}?"
        case ActionKind.ANNUL:
            return "Annul this poll?"
        case _:
            return "Undo how this poll was resolved?"


def _named(proposal: Proposal, poll: Poll) -> str:
    return strings.verdict(poll, proposal.verdict, proposal.value)


def _reason_lines(action: Action) -> list[str]:
    proposal = action.proposal
    lines = [proposal.reason] if proposal.reason else []
    lines += strings.readout_lines(action)
    if proposal.evidence:
        lines.append(f"[Evidence]({proposal.evidence})")
    return lines


def _consequences(found: Proposed) -> list[str]:
    """What confirming changes."""
    action, poll, lines = found.action, found.poll, []
    decides = action.proposal.readouts[:1]
    if decides and action.proposal.verdict is Verdict.SETTLED:
        who, what = decides[0]
        if what == SILENT:
            lines.append(
                f"⚠ **{who}**'s readout says nothing of it. Check what the criteria say about that."
            )
        elif what != _named(action.proposal, poll):
            lines.append(f"⚠ **{who}**'s readout decides, but it says something else: {what}.")
    if action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL) and poll.lifecycle.closed_at is None:
        lines.append("The poll is still open. This closes it.")
    if found.scored and action.kind is ActionKind.RESOLVE:
        lines.append(f"Scores are computed for {_people(found.scored)}.")
    elif found.scored:
        lines.append(f"The scores of {_people(found.scored)} are removed.")
    return lines


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
    head = f"{_people(len(scores)).capitalize()} scored"
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


def _people(count: int) -> str:
    return "1 forecaster" if count == 1 else f"{count:,} forecasters"
