"""Announcements as messages. Pure: what a preview shows is built by what posting sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.announcements.model import BODY_LIMIT, Announcement, AnnouncementDetails
from bot.links import is_link
from bot.ui.card import clipped
from bot.ui.markdown import linkable, member
from cogs.announcements import strings as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.announcements.model import Picture

COLOUR = discord.Colour(0xE6A23C)
PANEL_COLOUR = discord.Colour(0x80848E)
TEXT_IN_ALL = 4000
# Parts of a message that are not given an id get small ones; other messages have those above.
FIRST_MARK = 1_000_000_000
LINK_TITLE = 60
MOST_CORRECTIONS = 3


def message(shown: AnnouncementDetails, *, marked: bool = False) -> ui.LayoutView:
    """The announcement as the channel gets it.

    `marked` gives its container an id by which it is known again; nobody sees that.
    """
    view = ui.LayoutView(timeout=None)
    ping = shown.announcement.mention
    if ping:
        view.add_item(ui.TextDisplay(ping))
    view.add_item(_body(shown, mark(shown.announcement) if marked else None))
    return view


def mark(announcement: Announcement) -> int:
    """By what a posted announcement is known again, in whatever version it was posted."""
    return FIRST_MARK + announcement.id


def pings(announcement: Announcement) -> discord.AllowedMentions:
    """Lets a message ping whom the announcement pings and nobody else, whatever its text says."""
    role_id = announcement.plan.role_id
    everyone = role_id == announcement.guild_id
    roles = [discord.Object(role_id)] if role_id is not None and not everyone else False
    return discord.AllowedMentions(everyone=everyone, users=False, roles=roles, replied_user=False)


def with_panel(
    shown: AnnouncementDetails, lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]]
) -> ui.LayoutView:
    """The announcement exactly as it will be posted; under it, in a box of its own, what is said
    of it and what can be done with it. Of `lines` the last ones go first where room is short."""
    view = message(shown)
    room = TEXT_IN_ALL - view.content_length()
    view.add_item(_panel(lines, rows, room))
    return view


def box(lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]] = ()) -> ui.LayoutView:
    """The box alone, such as what a preview turns into once it is decided."""
    view = ui.LayoutView(timeout=None)
    view.add_item(_panel(lines, rows, TEXT_IN_ALL))
    return view


def _panel(
    lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]], room: int
) -> ui.Container[ui.LayoutView]:
    kept: list[str] = []
    for line in lines:
        if sum(len(text) + 1 for text in kept) + len(line) > room:
            break
        kept.append(line)
    panel: ui.Container[ui.LayoutView] = ui.Container(accent_colour=PANEL_COLOUR)
    panel.add_item(ui.TextDisplay("\n".join(kept)))
    for row in rows:
        if row:
            panel.add_item(ui.ActionRow(*row))
    return panel


def _body(shown: AnnouncementDetails, part_id: int | None) -> ui.Container[ui.LayoutView]:
    content = shown.announcement.content
    body: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR, id=part_id)
    for correction in shown.corrections[-MOST_CORRECTIONS:]:
        body.add_item(ui.TextDisplay(_corrected(correction)))
    if shown.corrections:
        body.add_item(ui.Separator())
    body.add_item(ui.TextDisplay(f"## {content.title}\n{content.body[:BODY_LIMIT]}"))
    if shown.picture:
        body.add_item(_gallery(shown.picture))
    if shown.poll:
        body.add_item(ui.Separator())
        body.add_item(ui.TextDisplay("\n".join(words.poll_lines(shown.poll))))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if content.link and is_link(content.link):
        row.add_item(ui.Button(label="Read more", url=content.link))
    if shown.poll and shown.poll.poll.url:
        row.add_item(ui.Button(label="Go to the poll", url=shown.poll.poll.url))
    if row.children:
        body.add_item(row)
    small = _small_print(shown)
    if small:
        # No text can draw a line, so nothing above it passes for what the bot says.
        body.add_item(ui.Separator())
        body.add_item(ui.TextDisplay("\n".join(small)))
    return body


def _gallery(picture: Picture) -> ui.MediaGallery[ui.LayoutView]:
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    gallery.add_item(media=f"attachment://{picture.filename}", description=picture.alt or None)
    return gallery


def _small_print(shown: AnnouncementDetails) -> list[str]:
    announcement, lines = shown.announcement, []
    if shown.corrects:
        lines.append(f"-# Corrects {_linked(shown.corrects)}")
    if shown.signed:
        lines.append(f"-# Announced by {_signature(announcement)}")
    if announcement.late:
        lines.append(f"-# Posted late: it was due <t:{int(announcement.due_at.timestamp())}:f>")
    return lines


def _corrected(correction: Announcement) -> str:
    at = correction.posted_at
    when = f" · {format_dt(at, 'f')}" if at else ""
    return f"⚠️ **Corrected:** [read the correction]({correction.url}){when}"


def _signature(announcement: Announcement) -> str:
    author, changed_by = announcement.author_id, announcement.edited_by
    changed = f", changed by {member(changed_by)}" if changed_by not in (None, author) else ""
    return f"{member(author)}{changed}"


def _linked(announcement: Announcement) -> str:
    title = linkable(clipped(announcement.content.title, LINK_TITLE))
    return f"[{title}]({announcement.url})" if announcement.url else title
