"""Announcements as messages. Pure: what the preview shows is built by what posting sends."""

import discord
from discord import ui

from bot.announcements.model import Announcement
from bot.ui.markdown import member
from cogs.announcements import items

COLOUR = discord.Colour(0xE6A23C)
PREVIEW_COLOUR = discord.Colour(0x80848E)


def message(announcement: Announcement) -> ui.LayoutView:
    """The announcement as the channel gets it."""
    view = ui.LayoutView(timeout=None)
    view.add_item(_body(announcement))
    return view


def preview(announcement: Announcement) -> ui.LayoutView:
    """The announcement exactly as it will be posted, and under it what to do with it."""
    view = message(announcement)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(items.PostButton(announcement.id))
    row.add_item(items.DiscardButton(announcement.id))
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=PREVIEW_COLOUR)
    box.add_item(
        ui.TextDisplay(
            f"**Preview, seen by you alone.** Above is exactly what <#{announcement.channel_id}> "
            "will get. It pings nobody."
        )
    )
    box.add_item(row)
    view.add_item(box)
    return view


def done(sentence: str) -> ui.LayoutView:
    """What the preview turns into once it is decided on."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(sentence))
    return view


def _body(announcement: Announcement) -> "ui.Container[ui.LayoutView]":
    content = announcement.content
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR)
    box.add_item(ui.TextDisplay(f"## {content.title}\n{content.body}"))
    if content.link:
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        row.add_item(ui.Button(label="Read more", url=content.link))
        box.add_item(row)
    box.add_item(ui.TextDisplay(f"-# Announced by {member(announcement.author_id)}"))
    return box
