"""The panel of buttons to subscribe."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.subscriptions.model import Topic
from bot.ui.cards import ACCENT, MessageView
from cogs.subscriptions import custom_ids, strings


def panel_view() -> ui.LayoutView:
    """The panel that members use."""
    lines = [f"**{strings.LABELS[topic]}**: {strings.MEANINGS[topic]}" for topic in Topic]
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=ACCENT)
    box.add_item(ui.TextDisplay("\n".join((strings.PANEL, *lines))))
    row: ui.ActionRow[Any] = ui.ActionRow(
        *(
            ui.Button(label=strings.LABELS[topic], custom_id=custom_ids.TOGGLE(topic=topic))
            for topic in Topic
        )
    )
    box.add_item(row)
    box.add_item(ui.TextDisplay(f"-# {strings.PANEL_NOTE}"))
    view = MessageView()
    view.add_item(box)
    return view


def preview_view(channel_id: int) -> ui.LayoutView:
    """The panel as it will be posted in a channel, and a button that posts it."""
    view = panel_view()
    box: ui.Container[ui.LayoutView] = ui.Container()
    box.add_item(ui.TextDisplay(strings.PREVIEW.format(channel=channel_id)))
    button: ui.Button[Any] = ui.Button(
        label=strings.POST, style=discord.ButtonStyle.success, custom_id=custom_ids.POST()
    )
    box.add_item(ui.ActionRow(button))
    view.add_item(box)
    return view
