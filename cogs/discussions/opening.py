"""Opens a discussion, or finds the open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.access import SYSTEM
from bot.discussions.model import Claim, Discussion, DiscussionState, IssueRef, state_of_thread
from bot.errors import UserError
from bot.text import shorten
from bot.ui.delivery import BROKEN_LINE, cannot_post, find_or_post, is_final, mark
from bot.ui.knowledge.reader import PackReader
from cogs.discussions import strings, threads
from cogs.discussions.views import opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.access import Viewer
    from bot.client import SummitBot
    from bot.polls.visibility import Report

MOST_TRIES = 3
MOST_POLLS = 10


@dataclass(frozen=True)
class Request:
    """What a moderator wants to be discussed, and where. The reader has the server's language.

    `viewer` is the moderator, for what all readers of `home` will read too. `lacking` are the
    permissions that they lack to open a thread in `home` themselves.
    """

    viewer: Viewer
    reader: PackReader
    issue: str
    home: threads.Home
    lacking: Sequence[str]

    @property
    def about(self) -> IssueRef:
        return IssueRef(self.reader.pack.id, self.issue)

    @property
    def name(self) -> str:
        return name_of(self.reader, self.issue)


def name_of(reader: PackReader, issue: str) -> str:
    """The name of a thread on an issue."""
    return shorten(reader.issue(issue))


async def find_open(bot: SummitBot, viewer: Viewer, about: IssueRef) -> Discussion | None:
    """The open discussion of an issue, if its thread is open on Discord too.

    UserError while somebody else is opening one.
    """
    found = await bot.services.discussions.find_open(viewer, about)
    return found if found is not None and await _is_open(bot, found) else None


async def open_discussion(bot: SummitBot, request: Request) -> tuple[Discussion, bool]:
    """The discussion of an issue, and whether it is a new one."""
    for _ in range(MOST_TRIES):
        claim = await bot.services.discussions.claim(
            request.viewer, request.about, request.home.id, lacking=request.lacking
        )
        if claim.is_new:
            return await _open(bot, request, claim), True
        if await _is_open(bot, claim.discussion):
            return claim.discussion, False
    raise UserError(strings.TRY_AGAIN)


async def reports_on(bot: SummitBot, request: Request) -> list[Report]:
    """The server's newest poll on each outcome of an issue, with public results."""
    reader, issue = request.reader, request.issue
    outcomes = {outcome.id for outcome in reader.pack.outcomes_by_issue.get(issue, ())}
    newest: dict[str, int] = {}
    for poll, _ in await bot.services.polls.listed(request.viewer):
        about = poll.question.about
        if about and about.summit == reader.pack.id and about.outcome in outcomes:
            newest.setdefault(about.outcome, poll.id)
    found = [
        await bot.services.polls.public(request.viewer, poll_id)
        for poll_id in list(newest.values())[:MOST_POLLS]
    ]
    return [report for report in found if report is not None]


async def _is_open(bot: SummitBot, found: Discussion) -> bool:
    """Whether the thread of an open discussion is still open. Changes are recorded.

    A thread that the bot can no longer see counts as open: the member may be able to see it.
    """
    if found.thread_id is None:
        return False
    try:
        thread = await _fetched(bot, found.thread_id)
    except discord.NotFound:
        await bot.services.discussions.thread_deleted(SYSTEM, found.thread_id)
        return False
    except discord.Forbidden:
        return True
    await bot.services.discussions.thread_changed(
        SYSTEM, thread.id, archived=thread.archived, locked=thread.locked
    )
    state = state_of_thread(archived=thread.archived, locked=thread.locked)
    return state is DiscussionState.OPEN


async def _fetched(bot: SummitBot, thread_id: int) -> discord.Thread:
    found = await bot.fetch_channel(thread_id)
    if not isinstance(found, discord.Thread):
        raise TypeError(f"{thread_id} is no thread")
    return found


async def _open(bot: SummitBot, request: Request, claim: Claim) -> Discussion:
    begun = claim.discussion
    try:
        reports = await reports_on(bot, request)
        views = opening(request.reader, request.issue, reports, bot.services.clock.now())
        nonces = [f"discuss-{begun.id}-{number}" for number in range(len(views))]
        # A forum post is created with the first message, which must be found again like the others.
        mark(views[0], nonces[0])
        thread, said = await _thread(bot, request, claim, views[0])
        since = begun.opened_at if claim.was_begun else None
        for nonce, view in list(zip(nonces, views, strict=True))[said:]:
            await find_or_post(bot, thread, since=since, nonce=nonce, view=view)
    except Exception as error:
        await bot.services.discussions.opening_failed(
            request.viewer, begun.id, is_refused=_is_refusal(error)
        )
        if isinstance(error, discord.Forbidden | discord.NotFound):
            raise cannot_post(request.home.id, error) from error
        if isinstance(error, (discord.HTTPException, *BROKEN_LINE)):
            raise UserError(strings.UNFINISHED) from error
        raise
    return await bot.services.discussions.opened(request.viewer, begun.id, request.name)


def _is_refusal(error: Exception) -> bool:
    """Whether Discord has certainly refused the last request. If only its reply was lost, the
    request may have worked."""
    return isinstance(error, UserError) or (
        isinstance(error, discord.HTTPException) and is_final(error)
    )


async def _thread(
    bot: SummitBot, request: Request, claim: Claim, first: ui.LayoutView
) -> tuple[discord.Thread, int]:
    """The thread of the discussion, and how many of its first messages it certainly has: in a
    thread of an interrupted opening, any may be missing."""
    if claim.was_begun:
        left = await _find_interrupted(bot, request, claim.discussion)
        if left is not None:
            parent = left.parent_id
            await bot.services.discussions.record_thread(
                request.viewer, claim.discussion.id, left.id, parent
            )
            return left, 0
        await bot.services.discussions.record_attempt(
            request.viewer, claim.discussion.id, request.home.id
        )
    names = threads.tag_names(request.reader.pack, request.issue)
    thread, said = await threads.make(request.home, request.name, first, names)
    await bot.services.discussions.record_thread(
        request.viewer, claim.discussion.id, thread.id, request.home.id
    )
    return thread, said


async def _find_interrupted(
    bot: SummitBot, request: Request, begun: Discussion
) -> discord.Thread | None:
    """The thread of an interrupted opening, even if the thread was not recorded."""
    if begun.thread_id is not None:
        try:
            found = await _fetched(bot, begun.thread_id)
        except discord.NotFound:
            return None
        return None if found.locked else found
    for thread in request.home.guild.threads:
        ours = bot.user is not None and thread.owner_id == bot.user.id
        if ours and thread.parent_id == begun.channel_id and thread.name == request.name:
            known = await bot.services.discussions.of_thread(SYSTEM, thread.id)
            if known is None and not thread.locked:
                return thread
    return None
