"""The wording of announcements for moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.utils import format_dt

from bot.announcements.model import (
    TOO_LATE_AFTER,
    Announcement,
    AnnouncementState,
    ApprovalRequest,
)
from bot.polls.model import PollKind
from bot.polls.visibility import Report
from bot.text import DELETED_MEMBER, counted, linkable, member, shorten
from bot.ui.polls.strings import counted_ballots, percent

if TYPE_CHECKING:
    from bot.announcements.model import AnnouncementDetails, PostingConditions
    from bot.settings.model import ServerSettings

QUESTION_SHOWN = 150
TOO_LATE_HOURS = int(TOO_LATE_AFTER.total_seconds() // 3600)
STATES = {
    AnnouncementState.DRAFT: "Your drafts",
    AnnouncementState.WAITING: "Waiting for approval",
    AnnouncementState.FAILED: "Could not be posted",
    AnnouncementState.SCHEDULED: "Scheduled",
    AnnouncementState.POSTING: "Being posted",
    AnnouncementState.POSTED: "Posted",
}
"""The headings of the list, in order."""
ROLE_GONE = (
    "It is posted, but the role to ping no longer exists, so nobody was pinged. If that matters, "
    "ping another role yourself."
)
NOT_NEWS = (
    "It is posted, but its channel is no longer an announcement channel, so it was not published "
    "to followers."
)
PROBLEM_IN_PUBLIC = (
    "An announcement needs a moderator. `/announce list` shows which one, `/announce show` what to "
    "do."
)
BLANK = "**Nothing is written yet.** Choose what to start from, or press Edit to write."
APPROVAL_EXPIRED = (
    "No other moderator approved it before its posting time, so it was not posted. Use `/announce "
    "edit` to give another time, or `/announce cancel`."
)
REQUEST_FAILED = (
    "It waits for approval, but Discord did not accept the request after several attempts, so "
    "nobody was asked. Another moderator can approve it with `/announce show`."
)
NO_CHANNEL_TO_ASK_IN = (
    "It waits for approval, but I may not write in the log channel or where it was written, so "
    "nobody was asked. Another moderator can approve it with `/announce show`."
)
DISCARDED = "The draft is discarded. Nothing was posted."
ALREADY_WRITTEN = "This draft has a text already, so it was not filled in. Here it is as it is now."
NOTHING_DONE_YET = "**Nothing is done until you confirm.**"


def poll_lines(report: Report) -> list[str]:
    """An attached poll's question and what everyone may see of its results."""
    poll, results = report.poll, report.results
    standing = counted_ballots(report.ballots, poll.question.kind)
    if results is not None and results.ballots:
        if poll.question.kind is PollKind.FORECAST and results.crowd is not None:
            standing = f"The crowd says **{percent(results.crowd)}** · {standing}"
        elif poll.question.kind is not PollKind.FORECAST:
            first = max(
                range(len(poll.question.labels)), key=lambda place: results.counts.get(place, 0)
            )
            share = results.counts.get(first, 0) / results.ballots
            standing = f"{poll.question.labels[first]}: **{share:.0%}** · {standing}"
    return [f"**Poll:** {shorten(poll.question.text, QUESTION_SHOWN)}", standing]


def pinged(announcement: Announcement, conditions: PostingConditions) -> str:
    """Whom it pings, and about how many people that is."""
    whom = announcement.mention
    if not whom:
        return "It pings nobody."
    if conditions.reach is None:
        return f"It pings {whom}."
    people = counted(conditions.reach, "person", "people")
    return f"It pings {whom}, which is about {people}."


def planned(draft: Announcement, settings: ServerSettings) -> str:
    """What happens when the button under a preview is pressed."""
    moment = draft.plan.post_at
    published = " and published to followers" if draft.plan.publish else ""
    if settings.second_approval:
        then = when(draft) if moment else "at once"
        return f"Once another moderator has approved it, it is posted {then}{published}."
    if moment:
        return f"It is posted {when(draft)}{published}."
    return f"It is posted{published} when you press Post."


def when(announcement: Announcement) -> str:
    """The posting time, as a Discord timestamp."""
    moment = announcement.plan.post_at
    return f"{format_dt(moment, 'F')} ({format_dt(moment, 'R')})" if moment else "at once"


def outcome(announcement: Announcement) -> str:
    """What became of an announcement that was confirmed just now."""
    place = f"<#{announcement.plan.channel_id}>"
    match announcement.state:
        case AnnouncementState.POSTED:
            posted = f"[Posted]({announcement.url}) in {place}."
            return f"{posted}\n⚠️ {announcement.problem}" if announcement.problem else posted
        case AnnouncementState.WAITING:
            moment = announcement.plan.post_at
            then = when(announcement) if moment else "as soon as it is approved"
            return f"I ask another moderator to approve it. It is posted in {place} {then}."
        case AnnouncementState.FAILED:
            return announcement.problem or "It could not be posted."
        case AnnouncementState.SCHEDULED if announcement.plan.post_at and (
            not announcement.posting_since
        ):
            return f"Scheduled: it is posted in {place} {when(announcement)}."
    return (
        f"Discord does not accept it right now. I will keep trying to post it in {place} for about "
        "two hours, and tell you if that fails."
    )


def cancelled(announcement: Announcement) -> str:
    """The reply to a moderator who cancelled it."""
    if announcement.posting_since is not None:
        return (
            "The announcement is cancelled. I no longer try to post it. An attempt failed before, "
            f"so please check whether it is in <#{announcement.plan.channel_id}>."
        )
    return "The announcement is cancelled. It will not be posted."


def declined(announcement: Announcement) -> str:
    """The reply to a moderator who declined it."""
    if announcement.author_id == DELETED_MEMBER:
        return "Declined. Its author had their data deleted, so it is discarded."
    return f"Declined. It is a draft of {member(announcement.author_id)} again; I tell them why."


def status(announcement: Announcement) -> list[str]:
    """The state of an announcement, who had part in it, and its problem."""
    plan, place = announcement.plan, f"<#{announcement.plan.channel_id}>"
    by = f"by {member(announcement.author_id)}"
    if announcement.edited_by is not None:
        by += f", changed by {member(announcement.edited_by)}"
    if announcement.approved_by is not None:
        by += f", approved by {member(announcement.approved_by)}"
    match announcement.state:
        case AnnouncementState.POSTED if announcement.posted_at:
            posted = format_dt(announcement.posted_at, "f")
            lines = [f"**[Posted]({announcement.url})** in {place} {posted}, {by}."]
        case AnnouncementState.WAITING:
            then = when(announcement) if plan.post_at else "as soon as it is approved"
            lines = [f"**Waits for approval.** It is posted in {place} {then}, {by}."]
        case AnnouncementState.SCHEDULED:
            lines = [f"**Scheduled.** It is posted in {place} {when(announcement)}, {by}."]
        case AnnouncementState.POSTING:
            lines = [f"**Being posted** in {place}, {by}."]
        case AnnouncementState.FAILED:
            lines = [f"**Could not be posted** in {place}, {by}."]
        case _:
            lines = [f"**{announcement.state.value.capitalize()}**, {by}."]
    if plan.role_id is not None and announcement.state is not AnnouncementState.POSTED:
        lines.append(f"It pings {announcement.mention}.")
    if announcement.problem:
        lines.append(announcement.problem)
    return lines


def refusal(announcement: Announcement, error: discord.HTTPException) -> str:
    """Why Discord refuses an announcement for good, and what to do."""
    place = f"<#{announcement.plan.channel_id}>"
    if isinstance(error, discord.Forbidden):
        return (
            f"I may not post in {place}, so it was not posted. Allow me View Channel, Send "
            "Messages and Attach Files there, then use `/announce edit` to post it."
        )
    if isinstance(error, discord.NotFound):
        return (
            "The channel to post in no longer exists, so it was not posted. "
            "Use `/announce edit` to choose another."
        )
    return (
        f"Discord refused it, so it was not posted: {_reason(error)}. "
        "Use `/announce edit` to change it."
    )


def may_not_ping(announcement: Announcement) -> str:
    """What to do if the posted announcement notified nobody."""
    return (
        f"It is posted, but I may no longer ping {announcement.mention} in "
        f"<#{announcement.plan.channel_id}>, so nobody was pinged. If that matters, ping them "
        "yourself. Allow me Mention Everyone there for the next time."
    )


def given_up(announcement: Announcement) -> str:
    """What to do after the last attempt to post it."""
    return (
        "Discord did not accept it after several attempts. Please check whether it is in "
        f"<#{announcement.plan.channel_id}>. If it is not, use `/announce edit` to post it."
    )


def cannot_tell(announcement: Announcement) -> str:
    """What to do if the bot cannot see whether the message is there."""
    return (
        "Discord failed while I posted it, and I cannot see whether it is in "
        f"<#{announcement.plan.channel_id}>. Please check. If it is not, use `/announce edit` to "
        "post it. With Read Message History there I can check myself."
    )


def missed(announcement: Announcement) -> str:
    """What to do with an announcement that is too late to be posted."""
    return (
        f"It was due {format_dt(announcement.due_at, 'f')}, more than {TOO_LATE_HOURS} hours ago, "
        "and was not posted then. Use `/announce edit` to give another time or post it now."
    )


def unpublished(error: Exception) -> str:
    """What to do if a posted announcement was not published to followers."""
    return (
        "It is posted, but Discord did not publish it to followers: "
        f"{_reason(error)}. Press Publish under it in the channel."
    )


def unmarked(details: AnnouncementDetails, error: Exception) -> str:
    """What to do if a posted announcement could not be marked as corrected."""
    announcement = details.announcement
    correction = f"[Its correction]({details.corrections[-1].url})" if details.corrections else "It"
    return (
        f"{correction} is posted, but Discord did not let me mark "
        f"[what it corrects]({announcement.url}): {_reason(error)}. Please reply to it yourself "
        "with a link to the correction."
    )


def _reason(error: Exception) -> str:
    """Discord's own reason, in quotation marks."""
    said = error.text if isinstance(error, discord.HTTPException) else ""
    return f"“{shorten(said or 'no reason given', 150)}”"


def preview_heading(draft: Announcement) -> str:
    place = f"<#{draft.plan.channel_id}>"
    first = f"**Preview, seen by you alone.** Above is exactly what {place} will get."
    if draft.edits_id:
        return f"{first} Until you confirm it, the announcement stays as it was."
    return f"{first}\n{draft.problem}" if draft.problem else first


def approval_request(
    announcement: Announcement, conditions: PostingConditions | None
) -> tuple[str, str]:
    """Asks other moderators to approve the announcement that is shown above."""
    at = when(announcement) if announcement.plan.post_at else "as soon as it is approved"
    whom = f"It pings {announcement.mention or 'nobody'}."
    if conditions is not None:
        whom = pinged(announcement, conditions)
    return (
        f"**May this be posted?** {member(announcement.last_writer_id)} asks another moderator to "
        "approve exactly what is above.",
        f"In <#{announcement.plan.channel_id}>, {at}. {whom}",
    )


def public_approval_request(announcement: Announcement) -> str:
    return (
        "**An announcement waits for approval.** "
        f"{member(announcement.last_writer_id)} asks another moderator to look at it."
    )


def ended_request(announcement: Announcement, asked: ApprovalRequest, *, in_public: bool) -> str:
    """The answer to a request. `in_public` it says neither the title nor the reason."""
    title = "The announcement" if in_public else _title(announcement)
    return f"**{title}:** {_answer(announcement, asked, in_public=in_public)}"


def problem_lines(announcement: Announcement, *, in_public: bool = False) -> list[str]:
    """What went wrong and what to do; `in_public` only where a moderator can read it."""
    if in_public:
        return [PROBLEM_IN_PUBLIC]
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
    return "approval is no longer needed."


def _title(announcement: Announcement) -> str:
    return linkable(shorten(announcement.content.title, 150))
