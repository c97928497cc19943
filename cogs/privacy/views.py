"""What is stored about a member, as messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.text import counted
from bot.ui.cards import Block, Card, card_view, lines_view
from cogs.privacy.custom_ids import DELETE, KEEP

if TYPE_CHECKING:
    from bot.privacy.model import Deleted, Stored

FILE_NAME = "my-data.json"
DANGER = discord.Colour(0xC0392B)

HEADING = "What is deleted, and what stays"
IN_POLLS = (
    "- **Polls still open:** your ballot is withdrawn and no longer counts. You may vote again.",
    "- **Closed polls:** your ballot still counts, so that results stay right, but without your "
    "name. Your scores leave the leaderboard and your record for good.",
    "- **Reminders and drafts** are removed.",
)
AS_MODERATOR = (
    "- **What you did as a moderator** stays on the server's record, with “a deleted member” in "
    "place of your name. Your announcements stay, also those that are still to be posted.",
)
IN_DISCORD = (
    "- **Anonymous polls:** the same applies to them.",
    "- **Messages in channels** are not changed. If you vote or moderate again, that is stored "
    "again.",
)
LAST_WORD = (
    "Only you see this · this server only · cannot be undone. `/privacy export` gives you a copy "
    "first. Nothing is deleted until you confirm."
)


def exported(stored: Stored) -> ui.LayoutView:
    """What the file holds, and the file."""
    card = Card(
        "What is stored about you here",
        (Block(_counted(stored)),),
        subtitle="Only you see this · this server only",
        footer="JSON: open it with any text editor. `/privacy delete` deletes it.",
    )
    view = card_view(card)
    view.add_item(ui.File(f"attachment://{FILE_NAME}"))
    return view


def to_confirm(stored: Stored) -> ui.LayoutView:
    """What a deletion does, and the buttons that do it or drop it."""
    points = (*IN_POLLS, *(AS_MODERATOR if stored.records else ()), *IN_DISCORD)
    card = Card(
        "Delete what is stored about you here?",
        (Block(_counted(stored), "Stored now"), *(Block(point, HEADING) for point in points)),
        footer=LAST_WORD,
        accent=DANGER,
    )
    row: tuple[ui.Button[Any], ...] = (
        ui.Button(
            label="Delete my data",
            style=discord.ButtonStyle.danger,
            custom_id=DELETE(user_id=stored.user_id),
        ),
        ui.Button(label="Cancel", custom_id=KEEP(user_id=stored.user_id)),
    )
    return card_view(card, rows=(row,))


def deleted(found: Deleted) -> ui.LayoutView:
    """What a deletion has done."""
    done = [
        (found.withdrawn, "withdrawn in open polls"),
        (found.unnamed, "without your name in closed polls"),
    ]
    parts = [f"{counted(count, 'ballot')} {what}" for count, what in done if count]
    if found.removed:
        parts.append(
            f"{counted(found.removed, 'reminder or draft', 'reminders and drafts')} removed"
        )
    if found.records:
        parts.append(f"{counted(found.records, 'record')} without your name")
    return lines_view(
        f"What was stored about you in this server is deleted: {_listed(parts)}."
        if parts
        else "What was stored about you in this server is deleted."
    )


def _counted(stored: Stored) -> str:
    parts = [
        (stored.count("ballots"), "ballot", "ballots"),
        (
            stored.count("ballot_log"),
            "entry in the history of your ballots",
            "entries in the history of your ballots",
        ),
        (stored.count("scores"), "score", "scores"),
        (stored.count("reminders"), "reminder", "reminders"),
        (stored.count("poll_drafts"), "poll draft", "poll drafts"),
        (
            stored.records,
            "record of what you did as a moderator",
            "records of what you did as a moderator",
        ),
    ]
    return f"{_listed([counted(count, one, more) for count, one, more in parts if count])}."


def _listed(parts: list[str]) -> str:
    """`a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
