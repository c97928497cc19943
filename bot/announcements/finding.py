"""Finding an announcement for somebody who wants to do something with it."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller
from bot.announcements import store as announcements
from bot.announcements.model import (
    EDITABLE,
    NO_SUCH_ANNOUNCEMENT,
    Announcement,
    AnnouncementState,
)
from bot.errors import UserError
from bot.privacy.model import named

_SETTLED = {
    AnnouncementState.POSTED: "This announcement is posted already. Use `/announce correct` to "
    "correct it.",
    AnnouncementState.POSTING: "This announcement is being posted at this moment. Look in the "
    "channel in a minute. If it is not there, because Discord fails, `/announce cancel` stops it.",
    AnnouncementState.CANCELLED: "This announcement was cancelled. Use `/announce post` for a "
    "new one.",
    AnnouncementState.DISCARDED: "This draft was discarded. Use `/announce post` for a new one.",
    AnnouncementState.DRAFT: "This is a draft that nobody has let go yet.",
    AnnouncementState.WAITING: "This announcement waits for approval already. Use `/announce "
    "edit` to change it.",
    AnnouncementState.SCHEDULED: "This announcement is scheduled already. Use `/announce edit` to "
    "change it.",
    AnnouncementState.FAILED: "This announcement could not be posted. Use `/announce edit` to "
    "try again.",
}


async def in_server(
    session: AsyncSession, caller: Caller, announcement_id: int, *, lock: bool = True
) -> Announcement:
    """What the caller may see; UserError if there is none.

    `lock` holds it until the transaction ends.
    """
    found = await announcements.get(session, announcement_id, lock=lock)
    if found is None or found.guild_id != caller.guild_id or not may_see(caller, found):
        raise UserError(NO_SUCH_ANNOUNCEMENT)
    return found


def may_see(caller: Caller, found: Announcement) -> bool:
    """Whether an announcement of the caller's server is shown to them: their own, and all but
    drafts that are for a channel which they may view."""
    if found.author_id == caller.user_id:
        return True
    return found.state is not AnnouncementState.DRAFT and caller.may_view(found.plan.channel_id)


def draft(found: Announcement) -> Announcement:
    """A draft; UserError if it is none any more."""
    if found.state is not AnnouncementState.DRAFT:
        raise UserError(_SETTLED[found.state])
    return found


def unposted(found: Announcement) -> Announcement:
    """One that was let go and is yet to be posted; UserError for any other."""
    if found.state not in EDITABLE:
        raise UserError(_SETTLED[found.state])
    return found


def cancellable(found: Announcement, *, is_resting: bool) -> Announcement:
    """One that can be kept from being posted; UserError for any other.

    `is_resting` tells of one under way that no attempt is made at just now.
    """
    if found.state is AnnouncementState.POSTING and is_resting:
        return found
    return unposted(found)


def posted(found: Announcement) -> Announcement:
    """One that is posted, and so can be corrected; UserError for any other."""
    if found.state is not AnnouncementState.POSTED:
        raise UserError(
            "This announcement is not posted, so there is nothing to correct. Use `/announce edit`."
        )
    return found


def waiting(found: Announcement) -> Announcement:
    """One that waits for approval; UserError for any other."""
    if found.state is not AnnouncementState.WAITING:
        if found.state is AnnouncementState.SCHEDULED and found.approved_by is not None:
            who = named(found.approved_by)
            raise UserError(f"{who[0].upper()}{who[1:]} has approved this announcement already.")
        raise UserError(_SETTLED[found.state])
    return found
