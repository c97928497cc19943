"""What would happen if an announcement were posted: what forbids it, and what to think about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.announcements.model import BODY_LIMIT, TITLE_LIMIT, Announcement, Content
from bot.labels import is_visible
from bot.links import is_link
from bot.polls.model import Poll
from bot.settings.model import ServerSettings

MANY_PEOPLE = 100
LARGE_SHARE = 0.1
_SIGNATURE = re.compile(r"[\W_]*announced\s+by\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What Discord says about the channel, the role and the people, as things are now.

    `reach` is how many people a ping would reach at most, `members` how many the server has;
    None where Discord does not say. The rights to ping are those for the chosen role.
    `poll_is_theirs` tells whether all who read the channel may know of the attached poll.
    """

    channel_exists: bool = True
    author_may_write: bool = True
    author_may_ping: bool = True
    bot_may_write: bool = True
    bot_may_attach: bool = True
    bot_may_ping: bool = True
    bot_may_look_back: bool = True
    is_news: bool = False
    poll_is_theirs: bool = True
    role_exists: bool = True
    reach: int | None = None
    members: int | None = None

    @property
    def is_large(self) -> bool:
        """Whether a ping would reach so many that one should think twice."""
        if self.reach is None:
            return False
        share = LARGE_SHARE * self.members if self.members else MANY_PEOPLE
        return self.reach >= MANY_PEOPLE or self.reach > share


def problems(announcement: Announcement, outlook: Outlook, now: datetime) -> list[str]:
    """What must change before this can be posted, a sentence each; none if it can be."""
    found = [*content_problems(announcement.content)]
    plan = announcement.plan
    place = f"<#{plan.channel_id}>"
    if plan.post_at is not None and plan.post_at <= now:
        found.append("The time it is to be posted at is past. Press Time and give another.")
    if not outlook.channel_exists:
        found.append("I do not see the channel it is to be posted in. Choose another.")
    elif not outlook.author_may_write:
        found.append(
            f"You may not write in {place} yourself, so you cannot announce there. Choose another "
            "channel, or ask someone who may."
        )
    elif not outlook.bot_may_write:
        found.append(
            f"I may not post in {place}. Allow me View Channel and Send Messages there, or choose "
            "another channel."
        )
    elif announcement.has_picture and not outlook.bot_may_attach:
        found.append(f"I may not post pictures in {place}. Allow me Attach Files there.")
    if plan.poll_id is not None and not outlook.poll_is_theirs:
        found.append(
            f"Not all who read {place} may view the channel of the attached poll. Take the poll "
            "out, or choose another channel."
        )
    if plan.role_id is not None:
        found += _ping_problems(announcement, outlook)
    return found


def _ping_problems(announcement: Announcement, outlook: Outlook) -> list[str]:
    if not outlook.role_exists:
        return ["The role to ping does not exist any more. Choose another, or none."]
    if not outlook.author_may_ping:
        return [
            f"You may not ping {mention(announcement)} yourself: it takes Mention Everyone, or a "
            "role that anyone may mention. Choose another role, or none."
        ]
    return []


def content_problems(content: Content) -> Iterator[str]:
    """What cannot be posted in what was typed."""
    if not is_visible(content.title) or not is_visible(content.body):
        yield "An announcement needs a title and a text; blank ones cannot be posted."
    if "\n" in content.title:
        yield "The title of an announcement is one line."
    if len(content.title) > TITLE_LIMIT:
        yield f"The title has {len(content.title):,} characters; {TITLE_LIMIT} fit."
    if len(content.body) > BODY_LIMIT:
        over = len(content.body) - BODY_LIMIT
        yield f"The text is too long: shorten it by {over:,} characters to {BODY_LIMIT:,}."
    if any(_SIGNATURE.match(line) for line in content.body.splitlines()):
        yield "A line of the text begins as the one in which I say who announces. Reword it."
    if content.link and not is_link(content.link):
        yield "The link must be one full address, such as https://example.org/page, without spaces."


def warnings(
    announcement: Announcement,
    outlook: Outlook,
    settings: ServerSettings,
    poll: Poll | None,
    now: datetime,
) -> list[str]:
    """What a moderator should know before this is posted, a sentence each."""
    plan, found = announcement.plan, []
    when = plan.post_at or now
    if plan.role_id is not None and outlook.role_exists:
        found += _ping_warnings(announcement, outlook)
    if settings.is_quiet(when):
        found.append("It would be posted in this server's quiet hours.")
    if plan.publish and not outlook.is_news:
        found.append("This is no announcement channel, so nothing is published to followers.")
    if poll is not None and not poll.is_open(when):
        found.append("The attached poll is closed by then.")
    if not outlook.bot_may_look_back:
        found.append(
            f"I may not read the history of <#{plan.channel_id}>. If Discord fails while I post, "
            "I will ask you to look whether it is there."
        )
    return found


def _ping_warnings(announcement: Announcement, outlook: Outlook) -> list[str]:
    found = []
    if not outlook.bot_may_ping:
        found.append(
            f"I may not ping {mention(announcement)}, so nobody would be notified. Allow me "
            "Mention Everyone in that channel."
        )
    if outlook.reach is None:
        found.append(
            "I cannot count how many people the ping reaches. Allow me Manage Roles, and I can."
        )
    elif outlook.is_large:
        share = f", {outlook.reach / outlook.members:.0%} of this server" if outlook.members else ""
        found.append(f"The ping reaches many{share}.")
    return found


def mention(announcement: Announcement) -> str:
    """What pings whom the announcement pings; empty for nobody."""
    role_id = announcement.plan.role_id
    if role_id is None:
        return ""
    return "@everyone" if role_id == announcement.guild_id else f"<@&{role_id}>"
