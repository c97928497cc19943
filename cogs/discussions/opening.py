"""Opening a discussion, or finding the one there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.discussions.model import Claim, Discussion, DiscussionState, IssueRef, state_of_thread
from bot.errors import UserError
from bot.text import shorten
from bot.ui.once import BROKEN_LINE, find_or_post, mark
from bot.ui.posting import cannot_post, is_final
from cogs.discussions import strings as words
from cogs.discussions import threads
from cogs.discussions import views as cards
from cogs.knowledge.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.access import Caller
    from bot.client import SummitBot
    from bot.polls.visibility import Report, Sight

MOST_TRIES = 3
MOST_POLLS = 10


@dataclass(frozen=True)
class Wish:
    """What a moderator wants to be discussed and where; the reader reads the server's language.

    `lacking` are the permissions that they lack to open it there themselves, `sight` is what they
    and all who read that place may know of.
    """

    caller: Caller
    reader: Reader
    issue: str
    home: threads.Home
    lacking: Sequence[str]
    sight: Sight

    @property
    def about(self) -> IssueRef:
        return IssueRef(self.reader.pack.id, self.issue)

    @property
    def name(self) -> str:
        return name_of(self.reader, self.issue)


def name_of(reader: Reader, issue: str) -> str:
    """What a thread on an issue is called."""
    return shorten(reader.issue(issue))


async def discussed(bot: SummitBot, caller: Caller, about: IssueRef) -> Discussion | None:
    """The open discussion of an issue, if its thread is open on Discord too.

    UserError while somebody else is opening one.
    """
    found = await bot.discussions.led_to(caller, about)
    return found if found is not None and await _is_there(bot, found) else None


async def open_discussion(bot: SummitBot, wish: Wish) -> tuple[Discussion, bool]:
    """The discussion of an issue, and whether it is a new one."""
    for _ in range(MOST_TRIES):
        claim = await bot.discussions.claim(
            wish.caller, wish.about, wish.home.id, lacking=wish.lacking
        )
        if claim.is_new:
            return await _open(bot, wish, claim), True
        if await _is_there(bot, claim.discussion):
            return claim.discussion, False
    raise UserError(words.TRY_AGAIN)


async def reports_on(bot: SummitBot, wish: Wish) -> list[Report]:
    """The server's newest poll on each of an issue's outcomes, as everybody there may see it."""
    reader, issue = wish.reader, wish.issue
    outcomes = {outcome.id for outcome in reader.pack.outcomes_by_issue.get(issue, ())}
    newest: dict[str, int] = {}
    for poll, _ in await bot.polls.listed(wish.caller.guild_id, wish.sight):
        about = poll.question.about
        if about and about.summit == reader.pack.id and about.outcome in outcomes:
            newest.setdefault(about.outcome, poll.id)
    found = [await bot.polls.public(poll_id) for poll_id in list(newest.values())[:MOST_POLLS]]
    return [report for report in found if report is not None]


async def _is_there(bot: SummitBot, found: Discussion) -> bool:
    """Whether the thread of an open discussion is still open; what has changed is recorded.

    What the bot may not see any more is taken to be: the person asking may see it.
    """
    if found.thread_id is None:
        return False
    try:
        thread = await _fetched(bot, found.thread_id)
    except discord.NotFound:
        await bot.discussions.gone(found.thread_id)
        return False
    except discord.Forbidden:
        return True
    await bot.discussions.seen(thread.id, archived=thread.archived, locked=thread.locked)
    state = state_of_thread(archived=thread.archived, locked=thread.locked)
    return state is DiscussionState.OPEN


async def _fetched(bot: SummitBot, thread_id: int) -> discord.Thread:
    found = await bot.fetch_channel(thread_id)
    if not isinstance(found, discord.Thread):
        raise TypeError(f"{thread_id} is no thread")
    return found


async def _open(bot: SummitBot, wish: Wish, claim: Claim) -> Discussion:
    begun = claim.discussion
    try:
        reports = await reports_on(bot, wish)
        views = cards.opening(wish.reader, wish.issue, reports, bot.clock.now())
        nonces = [f"discuss-{begun.id}-{number}" for number in range(len(views))]
        # A forum's post is made with the first, which must be found again like the others.
        mark(views[0], nonces[0])
        thread, said = await _thread(bot, wish, claim, views[0])
        since = begun.opened_at if claim.was_begun else None
        for nonce, view in list(zip(nonces, views, strict=True))[said:]:
            await find_or_post(bot, thread, since=since, nonce=nonce, view=view)
    except Exception as error:
        await bot.discussions.not_opened(begun.id, is_refused=_is_refusal(error))
        if isinstance(error, discord.Forbidden | discord.NotFound):
            raise cannot_post(wish.home.id, error) from error
        if isinstance(error, (discord.HTTPException, *BROKEN_LINE)):
            raise UserError(words.UNFINISHED) from error
        raise
    return await bot.discussions.opened(wish.caller, begun.id, wish.name)


def _is_refusal(error: Exception) -> bool:
    """Whether Discord has certainly not done what was asked last; it may have where its reply was
    lost."""
    return isinstance(error, UserError) or (
        isinstance(error, discord.HTTPException) and is_final(error)
    )


async def _thread(
    bot: SummitBot, wish: Wish, claim: Claim, first: ui.LayoutView
) -> tuple[discord.Thread, int]:
    """The thread to open the discussion in, and how many of its messages it has for certain: in
    one that was left behind, any may be missing."""
    if claim.was_begun:
        left = await _left_behind(bot, wish, claim.discussion)
        if left is not None:
            parent = left.parent_id
            await bot.discussions.thread_made(claim.discussion.id, left.id, parent)
            return left, 0
        await bot.discussions.to_be_made_in(claim.discussion.id, wish.home.id)
    names = threads.tag_names(wish.reader.pack, wish.issue)
    thread, said = await threads.make(wish.home, wish.name, first, names)
    await bot.discussions.thread_made(claim.discussion.id, thread.id, wish.home.id)
    return thread, said


async def _left_behind(bot: SummitBot, wish: Wish, begun: Discussion) -> discord.Thread | None:
    """The thread of an opening that was cut short, also where it could not be recorded."""
    if begun.thread_id is not None:
        try:
            found = await _fetched(bot, begun.thread_id)
        except discord.NotFound:
            return None
        return None if found.locked else found
    for thread in wish.home.guild.threads:
        ours = bot.user is not None and thread.owner_id == bot.user.id
        if ours and thread.parent_id == begun.channel_id and thread.name == wish.name:
            known = await bot.discussions.of_thread(thread.id)
            if known is None and not thread.locked:
                return thread
    return None
