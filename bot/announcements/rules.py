"""Rules of announcements: who sees one, what can be done in which state, what can be posted."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.access import System, Viewer
from bot.announcements.model import (
    BODY_BYTES,
    BODY_LIMIT,
    EDITABLE,
    TITLE_LIMIT,
    Announcement,
    AnnouncementState,
    Content,
    Picture,
    PostingConditions,
)
from bot.errors import UserError
from bot.polls.model import Poll
from bot.settings.model import ServerSettings
from bot.text import byte_length, hidden_problem, is_link, is_visible, member, refuse_hidden

NO_SUCH_ANNOUNCEMENT = (
    "This server has no such announcement. Use `/announce list` to see those it has."
)
PICTURE_LIMIT = 8 * 1024 * 1024
_FILE_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_SIGNATURE = re.compile(r"[\W_]*announced\s+by\b", re.IGNORECASE)
_WRONG_STATE = {
    AnnouncementState.POSTED: "This announcement is already posted. Use `/announce correct` to "
    "correct it.",
    AnnouncementState.POSTING: "This announcement is being posted right now. Look in the "
    "channel in a minute. If it is not there, `/announce cancel` stops it.",
    AnnouncementState.CANCELLED: "This announcement was cancelled. Use `/announce post` for a "
    "new one.",
    AnnouncementState.DISCARDED: "This draft was discarded. Use `/announce post` for a new one.",
    AnnouncementState.DRAFT: "This is a draft that nobody has confirmed yet.",
    AnnouncementState.WAITING: "This announcement is already waiting for approval. Use `/announce "
    "edit` to change it.",
    AnnouncementState.SCHEDULED: "This announcement is already scheduled. Use `/announce edit` to "
    "change it.",
    AnnouncementState.FAILED: "This announcement could not be posted. Use `/announce edit` to "
    "try again.",
}


def may_see(viewer: Viewer | System, found: Announcement) -> bool:
    """Whether an announcement is shown to somebody.

    They see their own, and others' that are not drafts and whose channel they may view.
    """
    if isinstance(viewer, System):
        return True
    if not viewer.is_in(found.guild_id):
        return False
    if found.author_id == viewer.user_id:
        return True
    return found.state is not AnnouncementState.DRAFT and viewer.may_view(found.plan.channel_id)


def require_current(announcement: Announcement, revision: int) -> None:
    """UserError unless `revision`, which somebody has seen, is the stored one."""
    if announcement.revision != revision:
        raise UserError(
            "This announcement was changed, so this is not what would be posted. Use "
            "`/announce show` to see it as it is now."
        )


def require_draft(found: Announcement) -> Announcement:
    if found.state is not AnnouncementState.DRAFT:
        raise UserError(_WRONG_STATE[found.state])
    return found


def require_editable(found: Announcement) -> Announcement:
    """UserError unless it is confirmed and not posted yet."""
    if found.state not in EDITABLE:
        raise UserError(_WRONG_STATE[found.state])
    return found


def require_cancellable(found: Announcement, *, is_idle: bool) -> Announcement:
    """UserError unless it can still be stopped.

    `is_idle`: no attempt to post it is running just now.
    """
    if found.state is AnnouncementState.POSTING and is_idle:
        return found
    return require_editable(found)


def require_posted(found: Announcement) -> Announcement:
    if found.state is not AnnouncementState.POSTED:
        raise UserError(
            "This announcement is not posted, so there is nothing to correct. Use `/announce edit`."
        )
    return found


def require_waiting(found: Announcement) -> Announcement:
    """UserError unless it waits for approval."""
    if found.state is not AnnouncementState.WAITING:
        if found.state is AnnouncementState.SCHEDULED and found.approved_by is not None:
            who = member(found.approved_by)
            raise UserError(f"{who[0].upper()}{who[1:]} has already approved this announcement.")
        raise UserError(_WRONG_STATE[found.state])
    return found


def require_unchanged(edit: Announcement, target: Announcement) -> None:
    """UserError if somebody changed the announcement after this edit of it began."""
    if edit.edits_revision not in (None, target.revision):
        who = member(target.last_writer_id)
        raise UserError(
            f"{who[0].upper()}{who[1:]} has changed this announcement since you began, so your "
            "change is not made. Use `/announce edit` to start from the new version. What you "
            "wrote stays in `/announce list`."
        )


def posting_problems(
    announcement: Announcement, conditions: PostingConditions, now: datetime
) -> list[str]:
    """One sentence for each thing that must change before this can be posted."""
    found = [*content_problems(announcement.content)]
    plan = announcement.plan
    place = f"<#{plan.channel_id}>"
    if plan.post_at is not None and plan.post_at <= now:
        found.append("The posting time is past. Press Time and give another.")
    if not conditions.channel_exists:
        found.append("I cannot see the channel to post in. Choose another.")
    elif not conditions.author_may_write:
        found.append(
            f"You may not write in {place} yourself, so you cannot announce there. Choose another "
            "channel, or ask someone who may."
        )
    elif not conditions.bot_may_write:
        found.append(
            f"I may not post in {place}. Allow me View Channel and Send Messages there, or choose "
            "another channel."
        )
    elif announcement.has_picture and not conditions.bot_may_attach:
        found.append(f"I may not post pictures in {place}. Allow me Attach Files there.")
    if plan.poll_id is not None and not conditions.poll_is_visible:
        found.append(
            f"Not all readers of {place} may see the channel of the attached poll. Remove the poll "
            "or choose another channel."
        )
    if plan.role_id is not None:
        found += _ping_problems(announcement, conditions)
    return found


def _ping_problems(announcement: Announcement, conditions: PostingConditions) -> list[str]:
    if not conditions.role_exists:
        return ["The role to ping no longer exists. Choose another, or none."]
    if not conditions.author_may_ping:
        return [
            f"You may not ping {announcement.mention} yourself. You need Mention Everyone, or a "
            "role that anyone may mention. Choose another role, or none."
        ]
    return []


def content_problems(content: Content) -> Iterator[str]:
    """One sentence for each fault of the text that was typed."""
    if not is_visible(content.title) or not is_visible(content.body):
        yield "An announcement needs a title and a text. Neither may be blank."
    for name, text in (("The title", content.title), ("The text", content.body)):
        if is_visible(text) and (problem := hidden_problem(text, name)):
            yield problem
    if "\n" in content.title:
        yield "The title must be one line."
    if len(content.title) > TITLE_LIMIT:
        yield f"The title has {len(content.title):,} characters; {TITLE_LIMIT} fit."
    if len(content.body) > BODY_LIMIT:
        over = len(content.body) - BODY_LIMIT
        yield f"The text is too long: shorten it by {over:,} characters to {BODY_LIMIT:,}."
    elif byte_length(content.body) > BODY_BYTES:
        yield "The text is too long for Discord, which counts emoji as more. Shorten it."
    if any(_SIGNATURE.match(line) for line in content.body.splitlines()):
        yield "A line of the text begins like my line “Announced by …”. Reword it."
    if content.link and not is_link(content.link):
        yield "The link must be one full address without spaces, such as https://example.org/page."


def posting_warnings(
    announcement: Announcement,
    conditions: PostingConditions,
    settings: ServerSettings,
    poll: Poll | None,
    now: datetime,
) -> list[str]:
    """One sentence for each thing that a moderator should know before this is posted."""
    plan, found = announcement.plan, []
    when = plan.post_at or now
    if plan.role_id is not None and conditions.role_exists:
        found += _ping_warnings(announcement, conditions)
    if settings.is_quiet(when):
        found.append("It would be posted in this server's quiet hours.")
    if plan.publish and not conditions.is_news:
        found.append("This is not an announcement channel, so nothing is published to followers.")
    if poll is not None and not poll.is_open(when):
        found.append("The attached poll will be closed by then.")
    if not conditions.bot_may_read_history:
        found.append(
            f"I may not read the history of <#{plan.channel_id}>. If Discord fails while I post, "
            "I will ask you to check whether it is there."
        )
    return found


def _ping_warnings(announcement: Announcement, conditions: PostingConditions) -> list[str]:
    found = []
    if not conditions.bot_may_ping:
        found.append(
            f"I may not ping {announcement.mention}, so nobody would be notified. Allow me "
            "Mention Everyone in that channel."
        )
    if conditions.reach is None:
        found.append(
            "I cannot count how many people the ping reaches. To let me, allow me Manage Roles."
        )
    elif conditions.reaches_many:
        share = (
            f", {conditions.reach / conditions.members:.0%} of this server"
            if conditions.members
            else ""
        )
        found.append(f"The ping reaches many{share}.")
    return found


def read_picture(data: bytes, alt: str) -> Picture:
    """The uploaded bytes as a picture; UserError unless Discord can show them.

    The first bytes decide what kind of file it is, whatever its name says.
    """
    check_picture_size(len(data))
    kind = next((kind for start, kind in _FILE_STARTS if data.startswith(start)), None)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        kind = "webp"
    if kind is None:
        raise UserError("The file is not a picture. Upload a PNG, JPEG, GIF or WebP file.")
    refuse_hidden(alt, "The description")
    return Picture(f"picture.{kind}", data, alt)


def check_picture_size(size: int) -> None:
    """UserError for a size in bytes above the limit."""
    if size > PICTURE_LIMIT:
        raise UserError(
            f"The picture has {size / 1024 / 1024:.1f} MiB; the limit is 8 MiB. "
            "Upload a smaller one."
        )
