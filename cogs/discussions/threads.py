"""Threads in Discord: who may open one, its tags, and creating it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import discord

from bot.errors import UserError
from bot.text import fold, joined
from bot.ui.permissions import VIEW, WRITE, lacking
from cogs.discussions import strings

if TYPE_CHECKING:
    from discord import ui

    from bot.knowledge.model import Pack
    from bot.ui.interaction import Interaction

Home = discord.TextChannel | discord.ForumChannel

MOST_TAGS = 5
A_WEEK: Final = 10080
"""Minutes without a message after which Discord archives the thread; it allows no more."""
NEEDED = {
    **VIEW,
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
NEEDED_IN_FORUM = {
    **VIEW,
    "send_messages": "Create Posts",
    "send_messages_in_threads": "Send Messages in Posts",
}


def home_of(interaction: Interaction, given: Home | None) -> Home:
    """The channel or forum to open a thread in: the given one, else where the command was run.

    UserError if no thread can be opened there.
    """
    here = given or interaction.channel
    if isinstance(here, discord.Thread):
        here = here.parent
    if not isinstance(here, discord.TextChannel | discord.ForumChannel):
        raise UserError(strings.NOT_HERE)
    return here


def require_permissions(home: Home) -> None:
    """UserError unless the bot may open a thread there. It names the missing permissions."""
    needed = NEEDED_IN_FORUM if isinstance(home, discord.ForumChannel) else NEEDED
    if missing := lacking(home.permissions_for(home.guild.me), needed):
        listed = joined((f"**{label}**" for label in missing), "and")
        raise UserError(strings.MISSING.format(channel=home.id, missing=listed))


def lacking_to_open(interaction: Interaction, home: Home) -> list[str]:
    """The permissions, as Discord names them, that the member lacks to open a thread there.

    A thread is shown in its text channel, so the member must be allowed to write there too.
    """
    member = interaction.user
    if not isinstance(member, discord.Member):
        return []
    needed = NEEDED_IN_FORUM if isinstance(home, discord.ForumChannel) else {**WRITE, **NEEDED}
    return lacking(home.permissions_for(member), needed)


async def make(
    home: Home, name: str, first: ui.LayoutView, tag_names: Iterable[str]
) -> tuple[discord.Thread, int]:
    """Create a public thread. Returns it and its number of messages: a forum post has the first."""
    if isinstance(home, discord.ForumChannel):
        made = await home.create_thread(
            name=name, view=first, applied_tags=_tags(home, tag_names), auto_archive_duration=A_WEEK
        )
        return made.thread, 1
    kind = discord.ChannelType.news_thread if home.is_news() else discord.ChannelType.public_thread
    return await home.create_thread(name=name, type=kind, auto_archive_duration=A_WEEK), 0


def tag_names(pack: Pack, issue: str) -> list[str]:
    """Names of suitable tags, best first: those of the issue, the summit and the actors."""
    matter, summit = pack.issues[issue], pack.summit
    involved = [pack.actors[stand.actor] for stand in pack.positions_by_issue.get(issue, ())]
    named = [(thing.id, thing.name, thing.aliases) for thing in (matter, summit)]
    named += [(actor.id, actor.name, actor.aliases) for actor in involved]
    return [found for id_, name, also in named for found in (id_, *name.by_locale.values(), *also)]


def fitting(
    tags: Sequence[discord.ForumTag], wanted: Iterable[str], *, moderated: bool, required: bool
) -> list[discord.ForumTag]:
    """The tags for a post, at most five, best first.

    `moderated`: tags for moderators may be used. If a tag is `required` and none is suitable, the
    first usable one is taken.
    """
    usable = [tag for tag in tags if moderated or not tag.moderated]
    by_name = {fold(tag.name): tag for tag in usable}
    found = [by_name[name] for name in dict.fromkeys(map(fold, wanted)) if name in by_name]
    return found[:MOST_TAGS] or (usable[:1] if required else [])


def _tags(forum: discord.ForumChannel, wanted: Iterable[str]) -> list[discord.ForumTag]:
    required = forum.flags.require_tag
    moderated = forum.permissions_for(forum.guild.me).manage_threads
    found = fitting(forum.available_tags, wanted, moderated=moderated, required=required)
    if required and not found:
        raise UserError(strings.NO_TAG.format(channel=forum.id))
    return found
