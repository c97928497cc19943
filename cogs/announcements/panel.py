"""The preview of a draft with its panel, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord

from bot.announcements.model import AnnouncementState
from bot.announcements.rules import content_problems, posting_problems, posting_warnings
from bot.ui.caller import caller_of
from bot.ui.guard import tell
from bot.ui.sight import shown_in
from cogs.announcements import forms, menus, requests, starting
from cogs.announcements import handlers as items
from cogs.announcements import strings as words
from cogs.announcements import views as cards
from cogs.announcements.poster import files
from cogs.announcements.prospects import expected, outlook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.announcements.model import Announcement, AnnouncementDetails, PostingConditions
    from bot.polls.model import Poll
    from bot.ui.items import Interaction
    from cogs.announcements.commands import Announcements
    from cogs.announcements.jobs import Duties

SECONDS_TO_POST = 8.0


async def show(interaction: Interaction, draft: Announcement, notices: Sequence[str] = ()) -> None:
    """Show a draft's preview, privately, as the answer to an acknowledged interaction."""
    bot = interaction.client
    shown = await _duties(interaction).poster.shown(draft)
    attached = shown.attached
    found = await outlook(interaction, draft, attached)
    told = shown_in(interaction, draft.plan.channel_id)
    polls = list(await bot.polls.open_ones(draft.guild_id, told))
    settings = bot.servers.of(draft.guild_id)
    now = bot.clock.now()
    faults = posting_problems(draft, found, now)
    if attached and all(poll.id != attached.id for poll in polls):
        # Closed meanwhile, or not for all who read the channel; it must be possible to take it out.
        polls.insert(0, attached)
    lines = [
        _what_this_is(shown),
        f"{words.pinged(draft, found)} {words.planned(draft, settings)}",
        *(f"⛔ {fault}" for fault in (*notices, *faults)),
        *(f"⚠️ {text}" for text in posting_warnings(draft, found, settings, attached, now)),
    ]
    label = "Ask for approval" if settings.second_approval else "Post"
    if draft.plan.post_at and not settings.second_approval:
        label = "Schedule"
    # What is amiss with the server may be mended there; pressing the button looks again.
    unfinished = any(content_problems(draft.content))
    rows = _rows(draft, found, polls, label, blocked=unfinished)
    if draft.content.is_blank:
        rows[:0] = [[menu] for menu in starting.selects(interaction, draft.id)]
        faults = [f"⛔ {notice}" for notice in notices]
        await _answer(interaction, cards.box([words.BLANK, *faults], rows))
        return
    await _answer(interaction, cards.with_panel(shown, lines, rows), files(shown))


async def replan(interaction: Interaction, draft_id: int, **changes: Any) -> None:
    """Change a draft's plan, named as in `Plan`, and show the preview anew."""
    await forms.acknowledge(interaction)
    draft = await interaction.client.announcements.change_plan(
        caller_of(interaction), draft_id, **changes
    )
    await show(interaction, draft)


async def let_go(interaction: Interaction, draft_id: int, revision: int) -> None:
    """Post, schedule or ask for approval, and say what came of it, in place of the preview."""
    bot, caller, poster = interaction.client, caller_of(interaction), _duties(interaction).poster
    draft = await bot.announcements.get(caller, draft_id)
    if draft.edits_id is not None:
        # What was given up may be there all the same; then it cannot be changed any more.
        edited = await bot.announcements.get(caller, draft.edits_id)
        await poster.look_again(edited)
    report = await poster.attached(draft)
    found = await outlook(interaction, draft, report.poll if report else None)
    decided = await bot.announcements.approval.confirm(caller, draft_id, revision, found)
    await tell_outcome(interaction, decided)


async def cancel(interaction: Interaction, announcement_id: int) -> None:
    """Have an announcement never posted, unless it turns out to be there already."""
    bot, caller = interaction.client, caller_of(interaction)
    found = await bot.announcements.get(caller, announcement_id)
    await _duties(interaction).poster.look_again(found)
    cancelled = await bot.announcements.approval.cancel(caller, announcement_id)
    view = cards.box([words.cancelled(cancelled)])
    await interaction.edit_original_response(view=view, attachments=[])


async def tell_outcome(
    interaction: Interaction, decided: Announcement, *, before: str = ""
) -> None:
    """Say what has become of an announcement that was let go just now."""
    bot, duties = interaction.client, _duties(interaction)
    at_once = decided.plan.post_at is None and decided.state is AnnouncementState.SCHEDULED
    if at_once:
        await duties.attempted(decided, SECONDS_TO_POST)
        decided = await bot.announcements.get(caller_of(interaction), decided.id)
    said = f"{before}{words.outcome(decided)}"
    failed = decided.state is AnnouncementState.FAILED
    rows = [[items.EditButton(decided.id)]] if failed else []
    try:
        await interaction.edit_original_response(view=cards.box([said], rows), attachments=[])
    except discord.HTTPException:
        # The preview was dismissed meanwhile; what came of it must be said all the same.
        await tell(interaction, said)
    if decided.problem is not None and at_once:
        await bot.announcements.delivery.problem_seen(decided.id)


async def present(interaction: Interaction, found: Announcement) -> None:
    """Show an announcement: a draft to be gone on with, any other with how it stands and what
    this person can do with it."""
    if found.state is AnnouncementState.DRAFT:
        await show(interaction, found)
        return
    shown = await _duties(interaction).poster.shown(found)
    row: list[ui.Item[Any]] = []
    lines = words.status(found)
    if found.is_open:
        _, concerns = await expected(interaction.client, shown)
        lines += [f"⚠️ {text}" for text in concerns]
    if found.state is AnnouncementState.WAITING and found.may_approve(interaction.user.id):
        row += requests.answers(found)
    if found.is_open:
        row.append(items.EditButton(found.id))
    if found.is_open or found.state is AnnouncementState.POSTING:
        row.append(items.CancelButton(found.id))
    await _answer(interaction, cards.with_panel(shown, lines, [row]), files(shown))


async def _answer(
    interaction: Interaction, view: ui.LayoutView, attached: Sequence[discord.File] = ()
) -> None:
    try:
        await interaction.edit_original_response(view=view, attachments=attached)
    except discord.NotFound:
        # The message was dismissed meanwhile.
        for file in attached:
            file.reset()
        await interaction.followup.send(view=view, files=attached, ephemeral=True)


def _rows(
    draft: Announcement,
    found: PostingConditions,
    polls: Sequence[Poll],
    label: str,
    *,
    blocked: bool,
) -> list[list[ui.Item[Any]]]:
    rows: list[list[ui.Item[Any]]] = [
        [menus.ChannelMenu(draft.id, draft.plan.channel_id if found.channel_exists else None)],
        [menus.RoleMenu(draft.id, draft.plan.role_id if found.role_exists else None)],
    ]
    if polls:
        rows.append([menus.PollMenu(draft.id, polls, draft.plan.poll_id)])
    if found.is_news:
        rows.append([menus.PublishButton(draft.id, wanted=not draft.plan.publish)])
    post = items.PostButton(draft.id, draft.revision, label=label, disabled=blocked)
    return [*rows, [post, *items.controls(draft)]]


def _what_this_is(shown: AnnouncementDetails) -> str:
    draft = shown.announcement
    place = f"<#{draft.plan.channel_id}>"
    first = f"**Preview, seen by you alone.** Above is exactly what {place} will get."
    if draft.edits_id:
        return f"{first} Until you confirm it, the announcement stays as it was."
    if draft.problem:
        return f"{first}\n{draft.problem}"
    return first


def _duties(interaction: Interaction) -> Duties:
    return cast("Announcements", interaction.client.get_cog("Announcements")).duties
