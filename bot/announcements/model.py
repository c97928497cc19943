"""Announcements as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.polls.model import Poll
from bot.polls.visibility import Report
from bot.text import DELETED_MEMBER

# Kinds of jobs. The key of each is the announcement's id.
POST_JOB = "announcement.post"
PUBLISH_JOB = "announcement.publish"
MARK_CORRECTED_JOB = "announcement.mark"
REQUEST_APPROVAL_JOB = "announcement.ask"
APPROVAL_EXPIRY_JOB = "announcement.lapse"
REPORT_PROBLEM_JOB = "announcement.tell"

TITLE_LIMIT = 150
# The announcement and the controls under its preview share Discord's 4,000 characters.
BODY_LIMIT = 2400
BODY_BYTES = 7200
"""UTF-8 bytes of a text: enough for 2,400 characters of Korean or Chinese. With a title, a poll and
what the bot adds, a message then stays below the 10,170 bytes that Discord accepts."""
FORM_TEXT_LIMIT = 4000
"""The form takes longer texts than can be posted, so that a moderator can shorten them."""
REASON_LIMIT = 300
ALT_LIMIT = 300
CORRECTION = "Correction: "
"""The default start of a correction's title."""
TOO_LATE_AFTER = timedelta(hours=24)
"""An announcement that is this late is not posted. Moderators decide what to do instead."""
MANY_PEOPLE = 100
LARGE_SHARE = 0.1


class AnnouncementState(StrEnum):
    """`POSTING`: Discord may have the message already. `FAILED`: a moderator has to act."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


TO_BE_POSTED = (AnnouncementState.SCHEDULED, AnnouncementState.POSTING)
EDITABLE = (AnnouncementState.WAITING, AnnouncementState.SCHEDULED, AnnouncementState.FAILED)


@dataclass(frozen=True, slots=True)
class Content:
    """The text of an announcement. `body` is Markdown."""

    title: str
    body: str
    link: str | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.title or self.body)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be posted. `alt` describes it for people who cannot see it."""

    filename: str
    data: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an announcement is posted, whom it pings and when.

    `role_id` is None for nobody and the server's own id for everyone. `publish` sends it to the
    servers that follow the channel. `post_at` is None to post as soon as it is confirmed.
    """

    channel_id: int
    role_id: int | None = None
    publish: bool = False
    poll_id: int | None = None
    post_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """The message that asks other moderators to approve `revision`."""

    channel_id: int
    message_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """A moderator's message in its current version, which `revision` counts.

    `origin_id`: the channel where it was written. `edited_by`: who last changed it, if not the
    author. `decided_at`: when a moderator last confirmed, approved or declined it.
    `posting_since`: when the first attempt to post began whose result is unknown; Discord may
    have the message. `signed`: whether the message names its author; None before the first
    attempt to post. `problem`: what went wrong and what to do. `corrects_id`: the posted
    announcement that this one corrects. `edits_id` and `edits_revision`: the announcement that
    this draft will replace, and its version when the edit began.
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
    request: ApprovalRequest | None

    @property
    def nonce(self) -> str:
        """Lets Discord recognise a repeated attempt to post. At most 25 characters."""
        return f"announce-{self.id}-{self.revision}"

    @property
    def url(self) -> str | None:
        """A link to the posted message."""
        if self.message_id is None:
            return None
        return (
            f"https://discord.com/channels/{self.guild_id}/{self.plan.channel_id}/{self.message_id}"
        )

    @property
    def due_at(self) -> datetime:
        """When it is or was meant to be posted."""
        return self.plan.post_at or self.decided_at or self.created_at

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed or cancelled."""
        return self.state in EDITABLE

    def may_approve(self, user_id: int) -> bool:
        """Whether somebody neither wrote nor changed this version.

        Nobody may approve a version whose writer had their data deleted: it could be their own.
        """
        return self.last_writer_id != DELETED_MEMBER and user_id not in (
            self.author_id,
            self.edited_by,
        )

    @property
    def last_writer_id(self) -> int:
        """Who wrote or last changed this version."""
        return self.author_id if self.edited_by is None else self.edited_by

    @property
    def mention(self) -> str:
        """The text that pings whom the announcement pings; empty for nobody."""
        role_id = self.plan.role_id
        if role_id is None:
            return ""
        return "@everyone" if role_id == self.guild_id else f"<@&{role_id}>"


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """A draft that is about to be stored."""

    guild_id: int
    origin_id: int
    author_id: int
    content: Content
    plan: Plan
    at: datetime
    corrects_id: int | None = None
    edits_id: int | None = None
    edits_revision: int | None = None


@dataclass(frozen=True, slots=True)
class AnnouncementDetails:
    """All that a reader sees of an announcement; rendering needs nothing else.

    `signed`: whether the message names the author, and who changed it if that is somebody else.
    `poll`: the attached poll as everyone may see it. `corrects`: the posted announcement that this
    one corrects. `corrections`: those that correct this one.
    """

    announcement: Announcement
    signed: bool
    picture: Picture | None = None
    poll: Report | None = None
    corrects: Announcement | None = None
    corrections: Sequence[Announcement] = ()

    @property
    def attached(self) -> Poll | None:
        """The attached poll itself."""
        return self.poll.poll if self.poll else None


@dataclass(frozen=True, slots=True)
class PostingConditions:
    """What Discord says now about the channel, the role and the people.

    `author_may_ping` and `bot_may_ping` are about the chosen role. `poll_is_visible`: whether all
    readers of the channel may see the attached poll. `reach`: how many people a ping reaches at
    most. `members`: how many members the server has. Both are None where Discord does not say.
    """

    channel_exists: bool = True
    author_may_write: bool = True
    author_may_ping: bool = True
    bot_may_write: bool = True
    bot_may_attach: bool = True
    bot_may_ping: bool = True
    bot_may_read_history: bool = True
    is_news: bool = False
    poll_is_visible: bool = True
    role_exists: bool = True
    reach: int | None = None
    members: int | None = None

    @property
    def reaches_many(self) -> bool:
        if self.reach is None:
            return False
        share = LARGE_SHARE * self.members if self.members else MANY_PEOPLE
        return self.reach >= MANY_PEOPLE or self.reach > share
