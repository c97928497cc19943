"""Announcements as values, and their rules."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import UserError
from bot.links import is_link

TITLE_LIMIT = 150
BODY_LIMIT = 3000
# An announcement that stays "posting" longer than this was cut short by a crash.
POSTING_TAKES_AT_MOST = timedelta(minutes=2)


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    POSTING = "posting"
    POSTED = "posted"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Content:
    """What an announcement says. `body` is Markdown."""

    title: str
    body: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    id: int
    guild_id: int
    channel_id: int
    author_id: int
    content: Content
    state: AnnouncementState
    created_at: datetime
    posting_since: datetime | None
    posted_at: datetime | None
    message_id: int | None

    @property
    def nonce(self) -> str:
        """What tells Discord that two attempts to post are the same announcement."""
        return f"announcement-{self.id}"

    @property
    def url(self) -> str | None:
        """A link to the message, once it is posted."""
        if self.message_id is None:
            return None
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


def content(title: str, body: str, link: str) -> Content:
    """Content from what was typed; UserError if it cannot be posted."""
    title, body, link = title.strip(), body.strip(), link.strip()
    if not _has_ink(title) or not _has_ink(body):
        raise UserError("An announcement needs a title and a text; blank ones cannot be posted.")
    if "\n" in title:
        raise UserError("The title of an announcement is one line.")
    if link and not is_link(link):
        raise UserError(
            "The link must be one full address, such as https://example.org/page, without spaces."
        )
    return Content(title, body, link or None)


def _has_ink(text: str) -> bool:
    """Whether anything in `text` can be seen: not only spaces and invisible characters."""
    return any(unicodedata.category(letter)[0] not in "CZM" for letter in text)
