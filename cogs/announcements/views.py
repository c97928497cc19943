"""Announcements, previews and requests for approval as messages. Pure.

A preview is built by the same code as the posted message.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.announcements.model import BODY_BYTES, BODY_LIMIT, Announcement, AnnouncementDetails
from bot.text import byte_length, is_link, linkable, member, shorten
from bot.ui.cards import BYTE_LIMIT, BYTES_A_TEXT, MessageView
from cogs.announcements import controls, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.announcements.model import ApprovalRequest, Picture, PostingConditions

COLOUR = discord.Colour(0xE6A23C)
PANEL_COLOUR = discord.Colour(0x80848E)
TEXT_IN_ALL = 4000
# Discord gives parts without an id small numbers; `bot.ui.delivery` uses those above this range.
FIRST_MARK = 1_000_000_000
LINK_TITLE = 60
MOST_CORRECTIONS = 3


def message(details: AnnouncementDetails, *, marked: bool = False) -> ui.LayoutView:
    """The message that is posted in the channel.

    `marked` gives its container an invisible id by which the bot finds it again.
    """
    view = MessageView()
    ping = details.announcement.mention
    if ping:
        view.add_item(ui.TextDisplay(ping))
    view.add_item(_body(details, mark(details.announcement) if marked else None))
    return view


def mark(announcement: Announcement) -> int:
    """The id in a posted announcement by which it is found, the same for all its versions."""
    return FIRST_MARK + announcement.id


def allowed_mentions(announcement: Announcement) -> discord.AllowedMentions:
    """Allows only the planned ping, whatever the text says."""
    role_id = announcement.plan.role_id
    everyone = role_id == announcement.guild_id
    roles = [discord.Object(role_id)] if role_id is not None and not everyone else False
    return discord.AllowedMentions(everyone=everyone, users=False, roles=roles, replied_user=False)


def preview(
    details: AnnouncementDetails, lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]]
) -> ui.LayoutView:
    """The announcement as it will be posted, and under it a box with `lines` and controls.

    If there is not enough room, the last lines are left out.
    """
    view = message(details)
    texts = [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    room = TEXT_IN_ALL - sum(len(text) for text in texts)
    byte_room = BYTE_LIMIT - sum(byte_length(text) + BYTES_A_TEXT for text in texts)
    view.add_item(_panel(lines, rows, room, byte_room))
    return view


def notice(lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]] = ()) -> ui.LayoutView:
    """The box alone, such as the outcome that replaces a preview."""
    view = MessageView()
    view.add_item(_panel(lines, rows, TEXT_IN_ALL, BYTE_LIMIT))
    return view


def _panel(
    lines: Sequence[str], rows: Sequence[Sequence[ui.Item[Any]]], room: int, byte_room: int
) -> ui.Container[ui.LayoutView]:
    kept: list[str] = []
    for line in lines:
        text = "\n".join((*kept, line))
        if len(text) > room or byte_length(text) + BYTES_A_TEXT > byte_room:
            break
        kept.append(line)
    panel: ui.Container[ui.LayoutView] = ui.Container(accent_colour=PANEL_COLOUR)
    panel.add_item(ui.TextDisplay("\n".join(kept)))
    for row in rows:
        if row:
            panel.add_item(ui.ActionRow(*row))
    return panel


def _body(details: AnnouncementDetails, part_id: int | None) -> ui.Container[ui.LayoutView]:
    content = details.announcement.content
    body: ui.Container[ui.LayoutView] = ui.Container(accent_colour=COLOUR, id=part_id)
    for correction in details.corrections[-MOST_CORRECTIONS:]:
        body.add_item(ui.TextDisplay(_corrected(correction)))
    if details.corrections:
        body.add_item(ui.Separator())
    # A draft may be longer than what can be posted; its preview says so.
    text = content.body[:BODY_LIMIT].encode()[:BODY_BYTES].decode(errors="ignore")
    body.add_item(ui.TextDisplay(f"## {content.title}\n{text}"))
    if details.picture:
        body.add_item(_gallery(details.picture))
    if details.poll:
        body.add_item(ui.Separator())
        body.add_item(ui.TextDisplay("\n".join(strings.poll_lines(details.poll))))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if content.link and is_link(content.link):
        row.add_item(ui.Button(label="Read more", url=content.link))
    if details.poll and details.poll.poll.url:
        row.add_item(ui.Button(label="Go to the poll", url=details.poll.poll.url))
    if row.children:
        body.add_item(row)
    small = _small_print(details)
    if small:
        # Text cannot draw this line, so an author cannot imitate what the bot says below it.
        body.add_item(ui.Separator())
        body.add_item(ui.TextDisplay("\n".join(small)))
    return body


def _gallery(picture: Picture) -> ui.MediaGallery[ui.LayoutView]:
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    gallery.add_item(media=f"attachment://{picture.filename}", description=picture.alt or None)
    return gallery


def _small_print(details: AnnouncementDetails) -> list[str]:
    announcement, lines = details.announcement, []
    if details.corrects:
        lines.append(f"-# Corrects {_linked(details.corrects)}")
    if details.signed:
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
    title = linkable(shorten(announcement.content.title, LINK_TITLE))
    return f"[{title}]({announcement.url})" if announcement.url else title


def files(details: AnnouncementDetails) -> list[discord.File]:
    """The attachments that the message refers to, new objects for each sending."""
    picture = details.picture
    if picture is None:
        return []
    return [discord.File(BytesIO(picture.data), picture.filename, description=picture.alt or None)]


def approval_request(
    details: AnnouncementDetails, found: PostingConditions | None, warnings: Sequence[str]
) -> ui.LayoutView:
    """Asks other moderators to approve exactly this; `found` is None if it is unknown."""
    announcement = details.announcement
    lines = [
        *strings.approval_request(announcement, found),
        *(f"⚠️ {text}" for text in warnings),
    ]
    if announcement.plan.publish:
        lines.append("It is published to followers.")
    return preview(details, lines, [controls.answer_buttons(announcement)])


def public_approval_request(announcement: Announcement) -> ui.LayoutView:
    """Asks other moderators where everybody can read it, so it does not show the text."""
    line = strings.public_approval_request(announcement)
    return notice([line], [[controls.look(announcement.id)]])


def ended_request(
    announcement: Announcement, asked: ApprovalRequest, *, in_public: bool
) -> ui.LayoutView:
    """Replaces a request that is answered or out of date. `in_public`: everybody can read it."""
    return notice([strings.ended_request(announcement, asked, in_public=in_public)])
