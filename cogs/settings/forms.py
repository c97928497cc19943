"""The forms of the settings panel. What cannot be read is said in the panel, to be mended there.

What was typed goes into the custom id of the button that opens the form again: it is short, and
so it is still there after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from discord import ui

from bot.errors import UserError
from bot.settings.zones import UnknownZoneError, find_zone
from bot.times import read_time_of_day
from bot.ui.items import Form
from cogs.settings import handlers as items
from cogs.settings import views as cards
from cogs.settings.panel import Tab

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ui.card import Control
    from bot.ui.items import Interaction

ZONE_LIMIT, TIME_LIMIT = 40, 20


class ZoneForm(Form):
    """Takes the name of a time zone, or a place in it."""

    def __init__(self, typed: str) -> None:
        super().__init__(title="Time zone")
        self.zone: ui.TextInput[Any] = ui.TextInput(
            default=typed, placeholder="for example Seoul", max_length=ZONE_LIMIT
        )
        self.add_item(
            ui.Label(
                text="Time zone",
                description="A city, a country, or a name such as Asia/Seoul.",
                component=self.zone,
            )
        )

    async def submit(self, interaction: Interaction) -> None:
        typed, now = _plain(self.zone.value), interaction.client.clock.now()
        try:
            zone = find_zone(typed, now)
        except UnknownZoneError as unknown:
            notice, repairs = cards.refused(unknown), _zone_repairs(unknown, typed, now)
            await items.show(interaction, Tab.SPEECH, notice, repairs)
        else:
            await items.change(interaction, Tab.SPEECH, {"zone": zone})


class QuietForm(Form):
    """Takes when the quiet hours begin and end."""

    def __init__(self, start: str, end: str) -> None:
        super().__init__(title="Quiet hours")
        self.start: ui.TextInput[Any] = ui.TextInput(
            default=start, placeholder="for example 22:00", max_length=TIME_LIMIT
        )
        self.end: ui.TextInput[Any] = ui.TextInput(
            default=end, placeholder="for example 07:00", max_length=TIME_LIMIT
        )
        self.add_item(
            ui.Label(text="From", description="In the server's time zone.", component=self.start)
        )
        self.add_item(
            ui.Label(text="Until", description="May be on the next day.", component=self.end)
        )

    async def submit(self, interaction: Interaction) -> None:
        start, end = (_plain(field.value).replace("~", "-") for field in (self.start, self.end))
        repairs = [items.QuietButton("Type again…", start, end)] if start or end else []
        try:
            hours = {
                "quiet_from": read_time_of_day(start),
                "quiet_until": read_time_of_day(end),
            }
        except UserError as unreadable:
            await items.show(interaction, Tab.POSTS, cards.refused(unreadable), repairs)
        else:
            await items.change(interaction, Tab.POSTS, hours, repairs)


def _zone_repairs(unknown: UnknownZoneError, typed: str, now: datetime) -> list[Control]:
    """A button for each zone that may be meant, with the time there, and one to type again."""
    near = [
        items.TakeZoneButton(zone, f"{zone} · {now.astimezone(ZoneInfo(zone)):%H:%M}")
        for zone in unknown.nearest
    ]
    return [*near, items.ZoneButton("Type again…", typed)] if typed else [*near]


def _plain(typed: str) -> str:
    return " ".join(typed.split())
