"""Announcements on a bad line: letting them go, and what the database and Discord then have."""

from datetime import timedelta

from bot.access import SYSTEM
from bot.announcements.model import (
    Announcement,
    AnnouncementState,
    Content,
    Plan,
    PostingConditions,
)
from bot.announcements.service import AnnouncementInput, DraftOrigin
from tests.standin.conftest import Connected
from tests.standin.payloads import CHANNEL_ID, DM_ID

HOUR = timedelta(hours=1)


async def drafted(here: Connected, *, later: bool = True) -> Announcement:
    """Write an announcement, for an hour later or for as soon as it is let go."""
    post_at = here.discord.now() + HOUR if later else None
    typed = AnnouncementInput(Content("Doors open at nine", "The **press room** opens early."))
    start = DraftOrigin(CHANNEL_ID, Plan(CHANNEL_ID, post_at=post_at))
    return await here.bot.services.announcements.draft(here.mod, typed, start)


async def let_go(here: Connected) -> Announcement:
    """Have an announcement posted in an hour, or, where the server wants that, ask for approval."""
    draft = await drafted(here)
    decisions = here.bot.services.announcements.approval
    return await decisions.confirm(here.mod, draft.id, draft.revision, PostingConditions())


async def stored(here: Connected, announcement_id: int) -> Announcement:
    found = await here.bot.services.announcements.delivery.get(SYSTEM, announcement_id)
    assert found is not None
    return found


async def reached(here: Connected, announcement_id: int, state: AnnouncementState) -> Announcement:
    """Wait, past the pauses between attempts, until an announcement is in a state."""

    async def there() -> bool:
        await here.pass_time(timedelta(seconds=5))
        return (await stored(here, announcement_id)).state is state

    await here.until(there)
    return await stored(here, announcement_id)


async def quiet(here: Connected) -> None:
    """Let a day pass and wait until there is nothing to do any more."""
    await here.pass_time(timedelta(days=1))
    await here.until(here.is_idle)


def announced(here: Connected) -> list[str]:
    """The ids of the announcements in the channel."""
    return [post["id"] for post in here.discord.posts() if "Doors open" in str(post)]


def told(here: Connected) -> list[str]:
    """What the moderator was written to directly."""
    return [str(message["components"]) for message in here.discord.posts(DM_ID)]


def tries(here: Connected, channel_id: int = CHANNEL_ID) -> int:
    """How often the bot tried to post in a channel."""
    return here.discord.requests.count(("POST", f"/channels/{channel_id}/messages"))


def looks(here: Connected, channel_id: int = CHANNEL_ID) -> int:
    """How often the bot read a channel's history."""
    return here.discord.requests.count(("GET", f"/channels/{channel_id}/messages"))
