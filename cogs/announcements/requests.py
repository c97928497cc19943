"""What moderators are asked and told about announcements, as messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.announcements.model import AnnouncementState
from bot.announcements.outlook import mention
from bot.ui.card import clipped
from bot.ui.markdown import linkable, member
from cogs.announcements import cards, items, words

if TYPE_CHECKING:
    from discord import ui

    from bot.announcements.model import Announcement, Request, Shown


def request(shown: Shown) -> ui.LayoutView:
    """Asks other moderators whether exactly this may be posted."""
    announcement = shown.announcement
    changed_by = announcement.edited_by
    asked_by = announcement.author_id if changed_by is None else changed_by
    whom = mention(announcement) or "nobody"
    lines = [
        f"**May this be posted?** {member(asked_by)} asks another moderator to approve exactly "
        "what is above.",
        f"In <#{announcement.plan.channel_id}>, {_when(announcement)}. It pings {whom}.",
    ]
    if announcement.plan.publish:
        lines.append("It is published to followers.")
    return cards.with_panel(shown, lines, [answers(announcement)])


def answers(announcement: Announcement) -> list[ui.Item[Any]]:
    """The buttons for another moderator, which stand for this version alone."""
    key = (announcement.id, announcement.revision)
    return [items.ApproveButton(*key), items.DeclineButton(*key)]


def ended(announcement: Announcement, asked: Request) -> ui.LayoutView:
    """What a request turns into once it is answered, or of no use any more."""
    return cards.box([f"**{_title(announcement)}:** {_answer(announcement, asked)}"])


def told(announcement: Announcement) -> list[str]:
    """What went wrong with an announcement, and what to do."""
    return [f"**{_title(announcement)}**", announcement.problem or ""]


def _answer(announcement: Announcement, asked: Request) -> str:
    if asked.revision != announcement.revision:
        return "changed since approval was asked for, so this request is void."
    if announcement.approved_by is not None:
        return f"approved by {member(announcement.approved_by)}."
    match announcement.state:
        case AnnouncementState.DRAFT | AnnouncementState.DISCARDED:
            return announcement.problem or "declined."
        case AnnouncementState.CANCELLED:
            return "cancelled."
    return "no approval is needed any more."


def _when(announcement: Announcement) -> str:
    at = announcement.plan.post_at
    return words.when(announcement) if at else "as soon as it is approved"


def _title(announcement: Announcement) -> str:
    return linkable(clipped(announcement.content.title, 150))
