"""The forms of the settings panel. If an input is refused, the panel says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import ui

from bot.errors import UserError
from bot.settings.model import Page
from bot.settings.zones import UnknownZoneError, find_zone
from bot.times import read_time_of_day
from bot.ui.forms import Form
from cogs.settings.custom_ids import TIME_LIMIT, ZONE_LIMIT
from cogs.settings.panel import change, show
from cogs.settings.views import quiet_repairs, refused, zone_repairs

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction


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
        typed, now = _plain(self.zone.value), interaction.client.services.clock.now()
        try:
            zone = find_zone(typed, now)
        except UnknownZoneError as unknown:
            repairs = zone_repairs(unknown.nearest, typed, now)
            await show(interaction, Page.SPEECH, refused(unknown), repairs)
        else:
            await change(interaction, Page.SPEECH, {"zone": zone})


class QuietHoursForm(Form):
    """Takes the start and the end of the quiet hours."""

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
        repairs = quiet_repairs(start, end)
        try:
            hours = {
                "quiet_from": read_time_of_day(start),
                "quiet_until": read_time_of_day(end),
            }
        except UserError as unreadable:
            await show(interaction, Page.POSTS, refused(unreadable), repairs)
        else:
            await change(interaction, Page.POSTS, hours, repairs)


def _plain(typed: str) -> str:
    return " ".join(typed.split())
