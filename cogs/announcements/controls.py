"""The buttons and menus of announcements. Pure; `handlers` says what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.text import shorten
from cogs.announcements import custom_ids as ids
from cogs.announcements import templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.announcements.model import Announcement
    from bot.polls.model import Poll
    from bot.ui.knowledge.reader import PackReader
    from cogs.announcements.templates import Template

MOST_POLLS = 25
OPTION_LIMIT = 100
OPTIONS_A_MENU = 25
MOST_ISSUES = 4 * OPTIONS_A_MENU
START_FROM = "Start from…"
START_FROM_ISSUE = "Start from an issue briefing…"

Button = ui.Button[Any]
Item = ui.Item[Any]


def post(draft: Announcement, label: str, *, disabled: bool) -> Button:
    """Confirms what the preview shows: it posts, schedules or asks for approval."""
    return ui.Button(
        label=label,
        style=discord.ButtonStyle.success,
        disabled=disabled,
        custom_id=ids.POST(announcement_id=draft.id, revision=draft.revision),
    )


def draft_buttons(draft: Announcement) -> list[Item]:
    """The buttons of a draft except the one that confirms it."""
    found: list[Item] = [
        edit(draft.id),
        ui.Button(label="Time …", custom_id=ids.TIME(announcement_id=draft.id)),
    ]
    if draft.has_picture:
        custom_id = ids.REMOVE_PICTURE(announcement_id=draft.id)
        found.append(ui.Button(label="Remove picture", custom_id=custom_id))
    return [*found, discard(draft.id)]


def answer_buttons(announcement: Announcement) -> list[Item]:
    """Approve and decline, for exactly this version."""
    version = {"announcement_id": announcement.id, "revision": announcement.revision}
    return [
        ui.Button(
            label="Approve", style=discord.ButtonStyle.success, custom_id=ids.APPROVE(**version)
        ),
        ui.Button(
            label="Decline", style=discord.ButtonStyle.danger, custom_id=ids.DECLINE(**version)
        ),
    ]


def edit(announcement_id: int) -> Button:
    return ui.Button(label="Edit", custom_id=ids.EDIT(announcement_id=announcement_id))


def look(announcement_id: int) -> Button:
    return ui.Button(
        label="Look at it",
        style=discord.ButtonStyle.primary,
        custom_id=ids.LOOK(announcement_id=announcement_id),
    )


def discard(draft_id: int) -> Button:
    return ui.Button(label="Discard", custom_id=ids.DISCARD(announcement_id=draft_id))


def cancel(announcement_id: int) -> Button:
    return ui.Button(
        label="Cancel the announcement",
        style=discord.ButtonStyle.danger,
        custom_id=ids.CANCEL(announcement_id=announcement_id),
    )


def publish(draft_id: int, *, wanted: bool) -> Button:
    label = "Publish to followers" if wanted else "Do not publish to followers"
    return ui.Button(label=label, custom_id=ids.PUBLISH(announcement_id=draft_id, wanted=wanted))


def channel_menu(draft_id: int, channel_id: int | None) -> Item:
    return ui.ChannelSelect(
        custom_id=ids.CHANNEL(announcement_id=draft_id),
        placeholder="Channel",
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
        default_values=[discord.Object(channel_id)] if channel_id else [],
    )


def role_menu(draft_id: int, role_id: int | None) -> Item:
    """Whom to ping: nobody unless a moderator chooses a role."""
    return ui.RoleSelect(
        custom_id=ids.ROLE(announcement_id=draft_id),
        placeholder="Ping nobody",
        min_values=0,
        default_values=[discord.Object(role_id)] if role_id else [],
    )


def poll_menu(draft_id: int, polls: Sequence[Poll], chosen: int | None) -> Item:
    return ui.Select(
        custom_id=ids.POLL(announcement_id=draft_id),
        placeholder="No poll attached",
        min_values=0,
        options=[
            discord.SelectOption(
                label=poll.question.text[:100], value=str(poll.id), default=poll.id == chosen
            )
            for poll in polls[:MOST_POLLS]
        ],
    )


def start_menus(reader: PackReader, draft_id: int) -> list[ui.Select[Any]]:
    """What a blank draft can be filled from: one general menu, and as many as the issues need."""
    on_issues = templates.on_issues(reader)[:MOST_ISSUES]
    return [
        _start_menu(draft_id, 0, START_FROM, templates.general()),
        *(
            _start_menu(draft_id, slot, START_FROM_ISSUE, on_issues[start : start + OPTIONS_A_MENU])
            for slot, start in enumerate(range(0, len(on_issues), OPTIONS_A_MENU), 1)
        ),
    ]


def _start_menu(
    draft_id: int, slot: int, placeholder: str, found: Sequence[Template]
) -> ui.Select[Any]:
    return ui.Select(
        placeholder=placeholder,
        custom_id=ids.START(announcement_id=draft_id, slot=slot),
        options=[
            discord.SelectOption(
                label=shorten(template.label, OPTION_LIMIT),
                value=template.key,
                description=shorten(template.description, OPTION_LIMIT),
            )
            for template in found
        ],
    )
