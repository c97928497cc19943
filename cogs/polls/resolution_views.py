"""Private messages in which a moderator confirms what to do to a poll. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import ButtonStyle, ui
from discord.utils import format_dt

from bot.knowledge.model import SILENT
from bot.polls.model import ActionKind, Verdict
from bot.ui.cards import MessageView, lines_view
from bot.ui.polls.actions import COLOUR, people, proposed_verdict, reason_lines
from cogs.polls.custom_ids import CANCEL, CONFIRM

if TYPE_CHECKING:
    from bot.polls.model import Action, Poll
    from bot.polls.resolution import Proposed

CONFIRMED = {
    ActionKind.CLOSE: "The poll is closed.",
    ActionKind.EXTEND: "The poll stays open longer.",
    ActionKind.RESOLVE: "The poll is resolved.",
    ActionKind.ANNUL: "The poll is annulled.",
    ActionKind.UNRESOLVE: "The resolution is undone.",
}


def proposal_card(found: Proposed) -> ui.LayoutView:
    """What a moderator is about to do, with the buttons to confirm or cancel it."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR)
    lines = [f"### {_question(found.action, found.poll)}\n{found.poll.question.text}"]
    lines += reason_lines(found.action)
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


def _question(action: Action, poll: Poll) -> str:
    proposal = action.proposal
    match action.kind:
        case ActionKind.CLOSE:
            return "Close this poll now?"
        case ActionKind.EXTEND if proposal.closes_at:
            return f"Let this poll close {format_dt(proposal.closes_at, 'f')}?"
        case ActionKind.RESOLVE:
            return f"Resolve this poll: {proposed_verdict(proposal, poll)}?"
        case ActionKind.ANNUL:
            return "Annul this poll?"
        case _:
            return "Undo how this poll was resolved?"


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
        elif what != proposed_verdict(action.proposal, poll):
            lines.append(f"⚠ **{who}**'s readout decides, but it says something else: {what}.")
    if action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL) and poll.lifecycle.closed_at is None:
        lines.append("The poll is still open. This closes it.")
    if found.scored and action.kind is ActionKind.RESOLVE:
        lines.append(f"Scores are computed for {people(found.scored)}.")
    elif found.scored:
        lines.append(f"The scores of {people(found.scored)} are removed.")
    return lines
