"""The preview of a draft, or what is wrong with it; only its author sees it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.polls.drafts import preview_report
from bot.text import shorten
from bot.ui.cards import MessageView
from cogs.polls import views
from cogs.polls.custom_ids import DISCARD_DRAFT, EDIT_DRAFT, POST_DRAFT

if TYPE_CHECKING:
    from datetime import datetime

    from bot.polls.drafts import PollDraft

COLOUR = discord.Colour(0x80848E)
WRONG_COLOUR = discord.Colour(0xE6A23C)
QUESTION_FITS = 80


def draft_card(draft: PollDraft, now: datetime, zone: str) -> ui.LayoutView:
    """The poll exactly as it will be posted, or everything that is wrong with it.

    `zone` names the time zone that the closing time was read in.
    """
    problems = draft.problems(now)
    return _to_mend(draft, problems) if problems else _preview(draft, now, zone)


def _preview(draft: PollDraft, now: datetime, zone: str) -> ui.LayoutView:
    view = views.message(preview_report(draft.ready(now)))
    for item in view.walk_children():
        # There is no poll to vote in yet.
        if isinstance(item, ui.Button | ui.Select):
            item.disabled = True
    typed = discord.utils.escape_markdown(shorten(draft.typed.closes, QUESTION_FITS))
    view.add_item(
        _box(
            COLOUR,
            f"**Preview. Only you can see this.** Above is exactly what <#{draft.channel_id}> will "
            f"get. Members can vote once you post it. It pings nobody.\n"
            f"-# Closing time: “{typed}”, read in the time zone {zone}.",
            ui.Button(
                label="Post",
                style=discord.ButtonStyle.success,
                custom_id=POST_DRAFT(draft_id=draft.id),
            ),
            *_edit_or_discard(draft),
        )
    )
    return view


def _to_mend(draft: PollDraft, problems: list[str]) -> ui.LayoutView:
    about = shorten(draft.typed.question, QUESTION_FITS)
    lines = [f"### Not ready to be posted\n{about}", *(f"- {problem}" for problem in problems)]
    box = _box(
        WRONG_COLOUR,
        "\n".join(lines),
        *_edit_or_discard(draft),
    )
    box.add_item(
        ui.TextDisplay("-# Only you can see this. Press Edit: everything you typed is still there.")
    )
    view = MessageView()
    view.add_item(box)
    return view


def _edit_or_discard(draft: PollDraft) -> tuple[ui.Button[ui.LayoutView], ...]:
    return (
        ui.Button(label="Edit", custom_id=EDIT_DRAFT(draft_id=draft.id)),
        ui.Button(label="Discard", custom_id=DISCARD_DRAFT(draft_id=draft.id)),
    )


def _box(
    colour: discord.Colour, text: str, *buttons: ui.Button[ui.LayoutView]
) -> ui.Container[ui.LayoutView]:
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    box.add_item(ui.TextDisplay(text))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    for button in buttons:
        row.add_item(button)
    box.add_item(row)
    return box
