"""Announcements as values, and the rules that need nothing but them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.privacy.model import DELETED_MEMBER

if TYPE_CHECKING:
    from bot.announcements.pictures import Picture
    from bot.polls.model import Poll, Report

TITLE_LIMIT = 150
# What is posted and the panel under its preview share Discord's 4,000 characters.
BODY_LIMIT = 2400
TYPED_LIMIT = 4000
"""How long a text the form takes, so that one that is too long can be shortened, not lost."""
REASON_LIMIT = 300
CORRECTION = "Correction: "
"""How the title of a correction begins, unless its author says otherwise."""
TOO_LATE_AFTER = timedelta(hours=24)
"""An announcement that could not be posted for so long is not posted: people are asked instead."""
NO_SUCH_ANNOUNCEMENT = (
    "This server has no such announcement. Use `/announce list` to see those it has."
)


class AnnouncementState(StrEnum):
    """`POSTING` may have reached Discord already; `FAILED` needs a moderator to go on."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


UNDER_WAY = (AnnouncementState.SCHEDULED, AnnouncementState.POSTING)
EDITABLE = (AnnouncementState.WAITING, AnnouncementState.SCHEDULED, AnnouncementState.FAILED)


@dataclass(frozen=True, slots=True)
class Content:
    """What an announcement says. `body` is Markdown."""

    title: str
    body: str
    link: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written yet."""
        return not (self.title or self.body)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an announcement goes, whom it pings and when it is posted.

    `role_id` is None for nobody and the server's own id for everyone; `publish` sends it on to
    the servers that follow an announcement channel; `post_at` is None for as soon as it may be.
    """

    channel_id: int
    role_id: int | None = None
    publish: bool = False
    poll_id: int | None = None
    post_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """The message by which other moderators were asked to approve `revision`."""

    channel_id: int
    message_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """A moderator's message as stored, in its current version, which `revision` counts.

    `origin_id` is the channel in which it was written. `decided_at` is when a moderator last let
    it go, `edited_by` who last changed it if not the author. `posting_since` is when an attempt
    began whose end is not known: Discord may have the message. `signed` is whether it names who
    stands behind it, None until it is first tried to post it. `problem` says what went wrong, and
    what to do. A correction knows what it `corrects_id`; a draft that will take the place of
    an announcement what it `edits_id`, and which of its versions it set out from,
    `edits_revision`.
    """

    id: int
    guild_id: int
    origin_id: int
    author_id: int
    content: Content
    plan: Plan
    state: AnnouncementState
    revision: int
    created_at: datetime
    edited_by: int | None
    decided_at: datetime | None
    approved_by: int | None
    posting_since: datetime | None
    posted_at: datetime | None
    message_id: int | None
    late: bool
    signed: bool | None
    problem: str | None
    corrects_id: int | None
    edits_id: int | None
    edits_revision: int | None
    has_picture: bool
    request: Request | None

    @property
    def nonce(self) -> str:
        """What tells Discord that two attempts to post are the same. At most 25 characters."""
        return f"announce-{self.id}-{self.revision}"

    @property
    def url(self) -> str | None:
        """A link to the message, once it is posted."""
        if self.message_id is None:
            return None
        return (
            f"https://discord.com/channels/{self.guild_id}/{self.plan.channel_id}/{self.message_id}"
        )

    @property
    def due_at(self) -> datetime:
        """When it is, or was, to be posted."""
        return self.plan.post_at or self.decided_at or self.created_at

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed or cancelled."""
        return self.state in EDITABLE

    def may_approve(self, user_id: int) -> bool:
        """Whether somebody had no hand in this version; of a deleted member's nobody knows it."""
        hand = self.author_id if self.edited_by is None else self.edited_by
        return hand != DELETED_MEMBER and user_id not in (self.author_id, self.edited_by)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that a reader sees of an announcement: rendering shows what is in here.

    `signed` names the author, and who changed it if that is somebody else. `poll` is the attached
    poll as everyone may see it. `corrects` is the posted announcement that this one corrects,
    `corrections` those that correct this one.
    """

    announcement: Announcement
    signed: bool
    picture: "Picture | None" = None
    poll: "Report | None" = None
    corrects: Announcement | None = None
    corrections: Sequence[Announcement] = ()

    @property
    def attached(self) -> "Poll | None":
        """The attached poll itself."""
        return self.poll.poll if self.poll else None


def require_current(announcement: Announcement, revision: int) -> None:
    """UserError unless `revision`, which somebody has seen, is what is stored."""
    if announcement.revision != revision:
        raise UserError(
            "This announcement has been changed since, so what you see here is not what would be "
            "posted. Use `/announce show` to see it as it is now."
        )
