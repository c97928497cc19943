"""The list of announcements, and finding the one that a command's option names. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.utils import format_dt

from bot.announcements.model import AnnouncementState
from bot.announcements.rules import NO_SUCH_ANNOUNCEMENT
from bot.errors import UserError
from bot.knowledge.search import Entry, Shelf
from bot.text import linkable, member, shorten
from bot.ui.cards import Block, Card, card_view, pager
from bot.ui.subscriptions import preview_button
from cogs.announcements import custom_ids, strings, views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.announcements.model import Announcement

MOST_CHOICES = 25
UNTITLED = "(no title yet)"


def card(found: Sequence[Announcement], page: int) -> ui.LayoutView:
    """A page of the list: first what needs a moderator, then scheduled, then posted ones."""
    order = list(strings.STATES)
    ranked = sorted(found, key=lambda announcement: order.index(announcement.state))
    blocks = [
        Block(_line(announcement), heading=strings.STATES[announcement.state])
        for announcement in ranked
    ]
    if not blocks:
        blocks = [Block("There are none yet. `/announce post` writes one.")]
    content = Card("Announcements of this server", tuple(blocks), accent=views.COLOUR)
    return card_view(content, page, pager=pager(custom_ids.LIST_PAGE), tools=(preview_button(),))


def choices(found: Sequence[Announcement], typed: str) -> list[app_commands.Choice[str]]:
    """The announcements that `typed` may mean."""
    return [
        app_commands.Choice(name=_label(announcement), value=str(announcement.id))
        for announcement in _ranked(found, typed)[:MOST_CHOICES]
    ]


def id_in(typed: str) -> int | None:
    """The id that was picked or typed; None if a title was typed."""
    number = typed.strip().removeprefix("#")
    return int(number[:18]) if number.isdecimal() else None


def find_by_title(found: Sequence[Announcement], typed: str) -> int:
    """The id of the announcement whose title was typed; UserError if there is none."""
    ranked = _ranked(found, typed)
    if not ranked:
        raise UserError(NO_SUCH_ANNOUNCEMENT)
    if len(ranked) > 1 and ranked[0].content.title.casefold() != typed.strip().casefold():
        near = "\n".join(f"• {title_of(announcement)}" for announcement in ranked[:3])
        raise UserError(f"Which one do you mean? Pick it from the list that appears:\n{near}")
    return ranked[0].id


def _ranked(found: Sequence[Announcement], typed: str) -> list[Announcement]:
    if not typed.strip():
        return list(found)
    by_id = {announcement.id: announcement for announcement in found}
    titles = [Entry(one.id, (title_of(one),), one.content.body[:300]) for one in found]
    scores = Shelf(titles).rank(typed)
    return [by_id[key] for key in sorted(scores, key=lambda key: -scores[key])]


def _line(announcement: Announcement) -> str:
    title = linkable(shorten(title_of(announcement), 150))
    linked = f"[{title}]({announcement.url})" if announcement.url else f"**{title}**"
    details = [
        f"<#{announcement.plan.channel_id}>",
        f"{member(announcement.author_id)}",
        _when(announcement),
    ]
    if announcement.corrects_id:
        details.insert(0, "correction")
    if announcement.edits_id:
        details.insert(0, "change that is not confirmed yet")
    return f"{linked}\n-# {' · '.join(details)}"


def _when(announcement: Announcement) -> str:
    if announcement.posted_at:
        return format_dt(announcement.posted_at, "f")
    if announcement.plan.post_at:
        return f"for {format_dt(announcement.plan.post_at, 'f')}"
    return f"written {format_dt(announcement.created_at, 'R')}"


def _label(announcement: Announcement) -> str:
    state = "draft" if announcement.state is AnnouncementState.DRAFT else announcement.state.value
    return shorten(f"{title_of(announcement)} · {state}")


def title_of(announcement: Announcement) -> str:
    """The title, or a stand-in for a draft without one."""
    return announcement.content.title.strip() or UNTITLED
