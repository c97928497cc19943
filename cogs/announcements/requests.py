"""What moderators are asked and told about announcements, as messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.announcements.model import AnnouncementState
from bot.ui.card import clipped
from bot.ui.markdown import linkable, member
from cogs.announcements import handlers as items
from cogs.announcements import strings as words
from cogs.announcements import views as cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.announcements.model import (
        Announcement,
        AnnouncementDetails,
        ApprovalRequest,
        PostingConditions,
    )


def request(
    shown: AnnouncementDetails, found: PostingConditions | None, concerns: Sequence[str]
) -> ui.LayoutView:
    """Asks other moderators whether exactly this may be posted.

    `found` is what would happen, where that is known, and `concerns` is what to think about.
    """
    announcement = shown.announcement
    pinged = f"It pings {announcement.mention or 'nobody'}."
    if found is not None:
        pinged = words.pinged(announcement, found)
    lines = [
        f"**May this be posted?** {_asked_by(announcement)} asks another moderator to approve "
        "exactly what is above.",
        f"In <#{announcement.plan.channel_id}>, {_when(announcement)}. {pinged}",
        *(f"⚠️ {text}" for text in concerns),
    ]
    if announcement.plan.publish:
        lines.append("It is published to followers.")
    return cards.with_panel(shown, lines, [answers(announcement)])


def pointer(announcement: Announcement) -> ui.LayoutView:
    """Asks other moderators where everybody can read it: what is not approved is not shown."""
    line = (
        f"**An announcement waits for approval.** {_asked_by(announcement)} asks another "
        "moderator to look at it."
    )
    return cards.box([line], [[items.LookButton(announcement.id)]])


def _asked_by(announcement: Announcement) -> str:
    changed_by = announcement.edited_by
    return member(announcement.author_id if changed_by is None else changed_by)


def answers(announcement: Announcement) -> list[ui.Item[Any]]:
    """The buttons for another moderator, which stand for this version alone."""
    key = (announcement.id, announcement.revision)
    return [items.ApproveButton(*key), items.DeclineButton(*key)]


def ended(announcement: Announcement, asked: ApprovalRequest, *, in_public: bool) -> ui.LayoutView:
    """What a request turns into once it is answered, or of no use any more.

    `in_public` everybody can read it, so it says neither what was to be posted nor why it is not.
    """
    answer = _answer(announcement, asked, in_public=in_public)
    title = "The announcement" if in_public else _title(announcement)
    return cards.box([f"**{title}:** {answer}"])


def told(announcement: Announcement, *, in_public: bool = False) -> list[str]:
    """What went wrong with an announcement, and what to do; `in_public` where to read that."""
    if in_public:
        return [words.SOMETHING_TO_READ]
    return [f"**{_title(announcement)}**", announcement.problem or ""]


def _answer(announcement: Announcement, asked: ApprovalRequest, *, in_public: bool) -> str:
    if asked.revision != announcement.revision:
        return "changed since approval was asked for, so this request is void."
    match announcement.state:
        case AnnouncementState.DRAFT | AnnouncementState.DISCARDED:
            return (not in_public and announcement.problem) or "declined."
        case AnnouncementState.CANCELLED:
            return "cancelled."
    if announcement.approved_by is not None:
        return f"approved by {member(announcement.approved_by)}."
    return "no approval is needed any more."


def _when(announcement: Announcement) -> str:
    at = announcement.plan.post_at
    return words.when(announcement) if at else "as soon as it is approved"


def _title(announcement: Announcement) -> str:
    return linkable(clipped(announcement.content.title, 150))
