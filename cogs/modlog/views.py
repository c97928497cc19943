"""Entries of the moderation log as messages."""

from discord import ui
from discord.utils import format_dt

from bot.modlog.model import Entry
from bot.text import linkable, member
from bot.ui.cards import lines_view


def line(entry: Entry) -> ui.LayoutView:
    """Who did what to what, why, and when."""
    who = "The bot" if entry.by is None else member(entry.by).capitalize()
    subject = linkable(entry.subject)
    if subject and entry.url:
        subject = f"[{subject}]({entry.url})"
    head = f"{who} {entry.act}{f': {subject}' if subject else ''} · {format_dt(entry.at, 'f')}"
    return lines_view(f"{head}\n>>> {entry.detail}" if entry.detail else head)
