"""Polls as messages. Pure: a report in, a view out. Views show only what is in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.polls.export.archive import Form
from bot.polls.model import QUICK_FORECASTS, HideResults, Poll, PollKind, PollState, Vote
from bot.polls.rules import approved
from bot.polls.visibility import Own, Report
from bot.text import member, shorten
from bot.ui.cards import ACCENT, Block, Card, MessageView, card_view, gallery, pager
from bot.ui.polls import actions
from bot.ui.polls import strings as shared
from cogs.polls import custom_ids, strings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.polls.export.service import Export
    from bot.ui.cards import Picture

EXPORT_NOTE = (
    "-# README.txt in it explains every file and column. Only you can see it. Think of the "
    "voters before you pass it on."
)
ONLY_CSV = "JSON is left out, because the file would be too large for Discord. CSV says the same.\n"
OPEN_COLOUR = discord.Colour(0x5865F2)
MOST_BUTTONS = 5
BUTTON_LABEL_FITS = 40


def message(report: Report, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """The poll's own message: with its controls while it is open, then with its result.

    `pictures` are attached to it.
    """
    poll = report.poll
    is_open = poll.lifecycle.state is PollState.OPEN
    box = _box(report, pictures, lists_options=not (is_open and _has_buttons(poll)))
    box.add_item(ui.Separator())
    if is_open:
        for row in _answers(poll):
            box.add_item(row)
    box.add_item(_more(poll))
    if is_open and report.hope:
        box.add_item(ui.TextDisplay(f"**{report.hope.poll.question.text}**"))
        box.add_item(_hopes(report.hope.poll))
    if is_open:
        box.add_item(ui.TextDisplay(f"-# {strings.privacy_note(poll)}"))
    return _view(box)


def snapshot(report: Report, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """The poll as it stands, for other channels, with a link to its message."""
    box = _box(report, pictures, lists_options=True)
    url = report.poll.url
    if url:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(ui.Button(label="Go to the poll", url=url))
        row.add_item(_own_ballot_button(report.poll))
        box.add_item(row)
    return _view(box)


def own_ballot(own: Own) -> ui.LayoutView:
    """A member's own ballot, which only they see, with what they may see of the result."""
    report, poll = own.report, own.report.poll
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=OPEN_COLOUR)
    box.add_item(ui.TextDisplay("\n".join((f"### Your ballot\n{poll.question.text}", *_told(own)))))
    box.add_item(ui.Separator())
    box.add_item(ui.TextDisplay("\n".join(shared.standing_lines(report))))
    if (
        poll.lifecycle.state is PollState.OPEN
        and poll.question.kind is PollKind.APPROVAL
        and own.ballot is not None
    ):
        menu: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        standing = approved(own.ballot.value)
        menu.add_item(_approval_menu(poll, standing))
        box.add_item(menu)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if poll.lifecycle.state is PollState.OPEN and own.ballot is not None:
        row.add_item(_withdraw_button(poll, "Withdraw"))
    elif poll.lifecycle.state is PollState.OPEN:
        row.add_item(_reminder_button(poll, wanted=not own.reminder))
    if poll.lifecycle.state is PollState.OPEN and report.hope and own.hope is not None:
        row.add_item(_withdraw_button(report.hope.poll, "Withdraw hope"))
    if row.children:
        box.add_item(row)
    box.add_item(ui.TextDisplay(f"-# {strings.privacy_note(poll)}"))
    return _view(box)


def _told(own: Own) -> list[str]:
    """A member's ballot and its history, line by line."""
    poll, ballot = own.report.poll, own.ballot
    if ballot is None:
        lines = ["You have no ballot in this poll."]
        if own.reminder:
            lines.append(f"-# You will be reminded {format_dt(poll.reminds_at, 'R')}.")
    else:
        lines = [
            f"**{strings.answer(poll, ballot.value)}**\n-# Cast {format_dt(ballot.cast_at, 'R')}"
        ]
    if len(own.votes) > 1:
        lines.append("-# Your changes, oldest first:")
        lines += [f"-# {format_dt(vote.at, 'f')}: {_voted(poll, vote)}" for vote in own.votes]
    if own.report.hope and own.hope:
        hope = own.report.hope.poll
        lines.append(f"{hope.question.text} **{strings.answer(hope, own.hope.value)}**")
    return lines


def _voted(poll: Poll, vote: Vote) -> str:
    return (
        "withdrawn" if vote.value is None else strings.answer(poll, vote.value, strings.CHANGE_FITS)
    )


def reminder(poll: Poll) -> ui.LayoutView:
    """The reminder that a member asked for. It does not say how the poll stands."""
    closes = format_dt(poll.lifecycle.closes_at, "R")
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=OPEN_COLOUR)
    box.add_item(
        ui.TextDisplay(
            f"You asked to be reminded: this poll closes {closes}.\n### {poll.question.text}"
        )
    )
    if poll.url:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(ui.Button(label="Go to the poll", url=poll.url))
        box.add_item(row)
    return _view(box)


def listing(found: Sequence[tuple[Poll, int]], page: int) -> ui.LayoutView:
    """The server's polls with their counts of ballots, open ones first."""
    blocks = [
        Block(
            f"{shared.linked(poll)}\n"
            f"-# {shared.counted_ballots(ballots, poll.question.kind)} · {_status(poll)}",
            heading=shared.state(poll).capitalize(),
        )
        for poll, ballots in found
    ]
    if not blocks:
        blocks = [Block("There are no polls yet. Moderators open one with `/poll open`.")]
    card = Card("Polls of this server", tuple(blocks), accent=OPEN_COLOUR)
    return card_view(card, page, pager=pager(custom_ids.LIST))


def _box(
    report: Report, pictures: Sequence[Picture], *, lists_options: bool
) -> ui.Container[ui.LayoutView]:
    """The poll as it stands. `lists_options` lists the options if there are no results to show."""
    poll = report.poll
    colour = OPEN_COLOUR if poll.lifecycle.state is PollState.OPEN else actions.COLOUR
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    box.add_item(ui.TextDisplay(f"## {poll.question.text}\n-# {_status(poll)}"))
    if report.resolved_by and poll.verdict:
        box.add_item(ui.TextDisplay("\n".join(strings.resolution_lines(poll, report.resolved_by))))
    lines = shared.standing_lines(report, drawn=bool(pictures))
    if lists_options and (report.results is None or not report.results.ballots):
        lines += [f"- {option}" for option in poll.question.labels]
    box.add_item(ui.TextDisplay("\n".join(lines)))
    for picture in pictures:
        box.add_item(gallery(picture))
    return box


def _status(poll: Poll) -> str:
    parts, life = [strings.KIND_NAMES[poll.question.kind]], poll.lifecycle
    if life.state is PollState.OPEN:
        parts.append(f"closes {format_dt(life.closes_at, 'R')} ({format_dt(life.closes_at, 'f')})")
        if poll.terms.hide_results is HideResults.UNTIL_CLOSE:
            parts.append("results hidden until then")
        elif poll.terms.hide_results is HideResults.UNTIL_BALLOT:
            parts.append("results shown only to members who voted")
    else:
        by = "" if life.closed_by is None else f"by {member(life.closed_by)} "
        parts.append(f"closed {by}{format_dt(life.ended_at, 'f')}")
        if life.closed_late:
            parts.append("closed late: the bot was away; no vote after the closing time counted")
    if poll.terms.anonymous:
        parts.append("anonymous")
    if poll.terms.role_id:
        parts.append(f"only <@&{poll.terms.role_id}> may vote")
    return " · ".join(parts)


def _answers(poll: Poll) -> list[ui.ActionRow[ui.LayoutView]]:
    if poll.question.kind is PollKind.FORECAST:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        for permille in QUICK_FORECASTS:
            row.add_item(_answer_button(poll, permille, shared.percent(permille)))
        return [row]
    if poll.question.kind is PollKind.APPROVAL:
        row = ui.ActionRow()
        row.add_item(_approval_menu(poll))
        return [row]
    if _has_buttons(poll):
        rows = []
        for position, label in enumerate(poll.question.labels):
            row = ui.ActionRow()
            row.add_item(_answer_button(poll, position, label))
            rows.append(row)
        return rows
    row = ui.ActionRow()
    row.add_item(_choice_menu(poll))
    return [row]


def _has_buttons(poll: Poll) -> bool:
    """Whether every answer has a button of its own that shows its whole text."""
    if poll.question.kind is PollKind.CHOICE:
        fits = all(len(label) <= BUTTON_LABEL_FITS for label in poll.question.labels)
        return fits and len(poll.question.labels) <= MOST_BUTTONS
    return poll.question.kind is PollKind.FORECAST


def _hopes(poll: Poll) -> ui.ActionRow[ui.LayoutView]:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    for position, label in enumerate(poll.question.labels):
        row.add_item(_answer_button(poll, position, label, discord.ButtonStyle.secondary))
    return row


def _more(poll: Poll) -> ui.ActionRow[ui.LayoutView]:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if poll.question.kind is PollKind.FORECAST and poll.lifecycle.state is PollState.OPEN:
        row.add_item(ui.Button(label="Exact …", custom_id=custom_ids.EXACT(poll_id=poll.id)))
    row.add_item(_own_ballot_button(poll))
    if poll.question.criteria:
        custom_id = custom_ids.CRITERIA(poll_id=poll.id)
        row.add_item(ui.Button(label="How it is settled", custom_id=custom_id))
    return row


def _answer_button(
    poll: Poll,
    value: int,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.primary,
) -> ui.Button[ui.LayoutView]:
    custom_id = custom_ids.ANSWER(poll_id=poll.id, value=value)
    return ui.Button(label=label, style=style, custom_id=custom_id)


def _choice_menu(poll: Poll) -> ui.Select[ui.LayoutView]:
    return ui.Select(
        placeholder="Choose your answer",
        custom_id=custom_ids.CHOOSE(poll_id=poll.id),
        options=_menu_options(poll),
    )


def _approval_menu(poll: Poll, standing: Collection[int] = ()) -> ui.Select[ui.LayoutView]:
    """`standing` are the positions that are chosen to begin with."""
    return ui.Select(
        placeholder="Choose all that you approve of",
        custom_id=custom_ids.APPROVE(poll_id=poll.id),
        max_values=len(poll.question.labels),
        options=_menu_options(poll, standing),
    )


def _menu_options(poll: Poll, standing: Collection[int] = ()) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=label, value=str(position), default=position in standing)
        for position, label in enumerate(poll.question.labels)
    ]


def _own_ballot_button(poll: Poll) -> ui.Button[ui.LayoutView]:
    return ui.Button(label="Your ballot", custom_id=custom_ids.OWN_BALLOT(poll_id=poll.id))


def _withdraw_button(poll: Poll, label: str) -> ui.Button[ui.LayoutView]:
    return ui.Button(
        label=label,
        style=discord.ButtonStyle.danger,
        custom_id=custom_ids.WITHDRAW(poll_id=poll.id),
    )


def _reminder_button(poll: Poll, *, wanted: bool) -> ui.Button[ui.LayoutView]:
    return ui.Button(
        label="Remind me before it closes" if wanted else "Do not remind me",
        custom_id=custom_ids.REMIND(poll_id=poll.id, wanted=wanted),
    )


def _view(box: ui.Container[ui.LayoutView]) -> ui.LayoutView:
    view = MessageView()
    view.add_item(box)
    return view


def export_card(exported: Export, file: discord.File) -> ui.LayoutView:
    """The exported file, and what is left out of it."""
    box: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    for found in exported.disclosures:
        poll = found.poll
        question = shorten(poll.question.text, 300)
        lines = [
            f"### {question}",
            f"**{shared.counted_ballots(found.ballots, poll.question.kind)}**",
        ]
        lines += [found.note] if found.note else []
        box.add_item(ui.TextDisplay("\n".join(lines)))
    box.add_item(ui.File(file))
    lacking = "" if Form.JSON in exported.forms else ONLY_CSV
    box.add_item(ui.TextDisplay(f"{lacking}{EXPORT_NOTE}"))
    return _view(box)
