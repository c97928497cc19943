"""Previews of drafts with their controls, and what the moderator sees after confirming one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.announcements.model import AnnouncementState
from bot.announcements.rules import content_problems, posting_problems, posting_warnings
from bot.ui.failures import tell
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge.reader import PackReader
from bot.ui.viewer import viewer_among_readers, viewer_of
from cogs.announcements import controls, strings, views
from cogs.announcements.conditions import conditions_for, expected_conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord import ui

    from bot.announcements.model import Announcement, PostingConditions
    from bot.client import SummitBot
    from bot.polls.model import Poll
    from bot.ui.interaction import Interaction
    from cogs.announcements.delivery import Delivery

SECONDS_TO_POST = 8.0


class Previews:
    """Shows announcements to moderators privately."""

    def __init__(self, bot: SummitBot, delivery: Delivery) -> None:
        self._bot = bot
        self._delivery = delivery
        self._service = bot.services.announcements

    async def show(
        self, interaction: Interaction, draft: Announcement, notices: Sequence[str] = ()
    ) -> None:
        """Show a draft's preview in reply to an acknowledged interaction."""
        bot = self._bot
        details = await self._delivery.details(draft)
        attached = details.attached
        found = await conditions_for(interaction, draft, attached)
        readers = viewer_among_readers(interaction, draft.plan.channel_id)
        polls = list(await bot.services.polls.open_ones(readers))
        settings = bot.services.settings.of(draft.guild_id)
        now = bot.services.clock.now()
        if attached and all(poll.id != attached.id for poll in polls):
            # It has closed, or not all readers may see it; it must be possible to remove it.
            polls.insert(0, attached)
        label = "Ask for approval" if settings.second_approval else "Post"
        if draft.plan.post_at and not settings.second_approval:
            label = "Schedule"
        rows = _rows(draft, found, polls, label)
        if draft.content.is_blank:
            rows[:0] = [[menu] for menu in self._start_menus(interaction, draft.id)]
            lines = [strings.BLANK, *(f"⛔ {notice}" for notice in notices)]
            await _answer(interaction, views.notice(lines, rows))
            return
        problems = posting_problems(draft, found, now)
        lines = [
            strings.preview_heading(draft),
            f"{strings.pinged(draft, found)} {strings.planned(draft, settings)}",
            *(f"⛔ {text}" for text in (*notices, *problems)),
            *(f"⚠️ {text}" for text in posting_warnings(draft, found, settings, attached, now)),
        ]
        await _answer(interaction, views.preview(details, lines, rows), views.files(details))

    async def change_plan(self, interaction: Interaction, draft_id: int, **changes: Any) -> None:
        """Change fields of a draft's plan, named as in `Plan`, and show the new preview."""
        await acknowledge(interaction)
        draft = await self._service.change_plan(viewer_of(interaction), draft_id, **changes)
        await self.show(interaction, draft)

    async def confirm(self, interaction: Interaction, draft_id: int, revision: int) -> None:
        """Post, schedule or ask for approval, and show the outcome in place of the preview."""
        viewer = viewer_of(interaction)
        draft = await self._service.get(viewer, draft_id)
        if draft.edits_id is not None:
            # If Discord accepted it after all, it can no longer be changed.
            edited = await self._service.get(viewer, draft.edits_id)
            await self._delivery.look_again(edited)
        report = await self._delivery.attached(draft)
        found = await conditions_for(interaction, draft, report.poll if report else None)
        decided = await self._service.approval.confirm(viewer, draft_id, revision, found)
        await self.report_outcome(interaction, decided)

    async def cancel(self, interaction: Interaction, announcement_id: int) -> None:
        """Cancel an announcement, unless it turns out to be posted already."""
        viewer = viewer_of(interaction)
        found = await self._service.get(viewer, announcement_id)
        await self._delivery.look_again(found)
        cancelled = await self._service.approval.cancel(viewer, announcement_id)
        view = views.notice([strings.cancelled(cancelled)])
        await interaction.edit_original_response(view=view, attachments=[])

    async def report_outcome(
        self, interaction: Interaction, decided: Announcement, *, before: str = ""
    ) -> None:
        """Say what became of an announcement that was confirmed or approved just now."""
        at_once = decided.plan.post_at is None and decided.state is AnnouncementState.SCHEDULED
        if at_once:
            await self._delivery.wait_for_attempt(decided, SECONDS_TO_POST)
            decided = await self._service.get(viewer_of(interaction), decided.id)
        said = f"{before}{strings.outcome(decided)}"
        failed = decided.state is AnnouncementState.FAILED
        rows = [[controls.edit(decided.id)]] if failed else []
        try:
            view = views.notice([said], rows)
            await interaction.edit_original_response(view=view, attachments=[])
        except discord.HTTPException:
            # The preview was dismissed; the moderator must learn the outcome nevertheless.
            await tell(interaction, said)
        if decided.problem is not None and at_once:
            await self._service.delivery.problem_seen(viewer_of(interaction), decided.id)

    async def present(self, interaction: Interaction, found: Announcement) -> None:
        """Show an announcement with its state and what this person can do with it."""
        if found.state is AnnouncementState.DRAFT:
            await self.show(interaction, found)
            return
        details = await self._delivery.details(found)
        row: list[ui.Item[Any]] = []
        lines = strings.status(found)
        if found.is_open:
            _, warnings = await expected_conditions(self._bot, details)
            lines += [f"⚠️ {text}" for text in warnings]
        if found.state is AnnouncementState.WAITING and found.may_approve(interaction.user.id):
            row += controls.answer_buttons(found)
        if found.is_open:
            row.append(controls.edit(found.id))
        if found.is_open or found.state is AnnouncementState.POSTING:
            row.append(controls.cancel(found.id))
        await _answer(interaction, views.preview(details, lines, [row]), views.files(details))

    def _start_menus(self, interaction: Interaction, draft_id: int) -> list[ui.Select[Any]]:
        library = library_of(interaction)
        reader = PackReader(library, library.default, locale_of(interaction, private=False))
        return controls.start_menus(reader, draft_id)


async def acknowledge(interaction: Interaction) -> None:
    """Answer at once: on the message with the control or form, or with a new private one."""
    if interaction.message is not None:
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


async def _answer(
    interaction: Interaction, view: ui.LayoutView, attached: Sequence[discord.File] = ()
) -> None:
    try:
        await interaction.edit_original_response(view=view, attachments=attached)
    except discord.NotFound:
        # The message was dismissed.
        for file in attached:
            file.reset()
        await interaction.followup.send(view=view, files=attached, ephemeral=True)


def _rows(
    draft: Announcement, found: PostingConditions, polls: Sequence[Poll], label: str
) -> list[list[ui.Item[Any]]]:
    rows: list[list[ui.Item[Any]]] = [
        [controls.channel_menu(draft.id, draft.plan.channel_id if found.channel_exists else None)],
        [controls.role_menu(draft.id, draft.plan.role_id if found.role_exists else None)],
    ]
    if polls:
        rows.append([controls.poll_menu(draft.id, polls, draft.plan.poll_id)])
    if found.is_news:
        rows.append([controls.publish(draft.id, wanted=not draft.plan.publish)])
    # Problems with the server can be solved there; pressing the button checks them again.
    unfinished = any(content_problems(draft.content))
    post = controls.post(draft, label, disabled=unfinished)
    return [*rows, [post, *controls.draft_buttons(draft)]]
