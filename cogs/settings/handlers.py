"""What the controls and forms of the settings panel do. Each checks again who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import ui

from bot.errors import UserError
from bot.settings.model import BY_NAME, Kind, Page
from bot.settings.zones import UnknownZoneError, find_zone
from bot.times import read_time_of_day
from bot.ui.dispatch import on_click, on_select
from bot.ui.forms import Form, chosen_id
from bot.ui.viewer import viewer_of
from cogs.settings import custom_ids, strings
from cogs.settings.custom_ids import TIME_LIMIT, ZONE_LIMIT
from cogs.settings.pages import change, show
from cogs.settings.views import quiet_repairs, refused, zone_repairs

if TYPE_CHECKING:
    from bot.settings.model import ServerSettings
    from bot.ui.interaction import Interaction


@on_click(custom_ids.PAGE)
async def turn_page(interaction: Interaction, page: Page) -> None:
    await show(interaction, page)


@on_select(custom_ids.CHANNEL)
async def choose_channel(interaction: Interaction, values: list[str], name: str) -> None:
    chosen, guild, page = chosen_id(values), interaction.guild, BY_NAME[name].page
    if chosen is not None and (guild is None or guild.get_channel(chosen) is None):
        await show(interaction, page, refused(strings.OTHER_CHANNEL))
        return
    await change(interaction, page, {name: chosen})


@on_select(custom_ids.ROLE)
async def choose_role(interaction: Interaction, values: list[str], name: str) -> None:
    chosen, guild, page = chosen_id(values), interaction.guild, BY_NAME[name].page
    role = guild.get_role(chosen) if chosen is not None and guild else None
    refusal = ""
    if chosen is not None and role is None:
        # Storing None instead would take all rights from those who moderate by the role.
        refusal = strings.OTHER_ROLE
    elif role is not None and role.managed:
        refusal = strings.MANAGED_ROLE.format(role=role.id)
    if refusal:
        await show(interaction, page, refused(refusal))
        return
    await change(interaction, page, {name: chosen})


@on_select(custom_ids.PICK)
async def choose_value(interaction: Interaction, values: list[str], name: str) -> None:
    """Choose a summit, a language or a number."""
    library, setting = interaction.client.services.library, BY_NAME[name]
    chosen = values[0] if values else None
    value: Any = chosen
    if setting.kind is Kind.NUMBER:
        is_known = chosen is not None and chosen.isascii() and chosen.isdecimal()
        value = int(chosen) if chosen is not None and is_known else None
    elif setting.kind is Kind.LANGUAGE:
        is_known = chosen is None or chosen in library.locales
    else:
        is_known = chosen is None or chosen in {pack.id for pack in library.packs}
    if not is_known:
        await show(interaction, setting.page, refused(strings.GONE))
        return
    await change(interaction, setting.page, {name: value})


@on_click(custom_ids.SWITCH)
async def switch(interaction: Interaction, name: str, on: bool) -> None:
    await change(interaction, BY_NAME[name].page, {name: on})


@on_click(custom_ids.ZONE)
async def open_zone_form(interaction: Interaction, typed: str) -> None:
    """Open the form with what was typed before, else with the current zone."""
    settings = _current(interaction)
    await interaction.response.send_modal(ZoneForm(typed or settings.zone))


@on_click(custom_ids.TAKE_ZONE)
async def take_zone(interaction: Interaction, zone: str) -> None:
    """Take one of the zones that may have been meant."""
    await change(interaction, Page.SPEECH, {"zone": zone})


@on_click(custom_ids.QUIET)
async def open_quiet_hours_form(interaction: Interaction, typed: str) -> None:
    """Open the form with what was typed before, else with the current hours."""
    settings = _current(interaction)
    start, _, end = typed.partition("~")
    if not (start or end) and settings.quiet_from and settings.quiet_until:
        start, end = f"{settings.quiet_from:%H:%M}", f"{settings.quiet_until:%H:%M}"
    await interaction.response.send_modal(QuietHoursForm(start, end))


@on_click(custom_ids.QUIET_OFF)
async def turn_quiet_hours_off(interaction: Interaction) -> None:
    await change(interaction, Page.POSTS, {"quiet_from": None, "quiet_until": None})


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


def _current(interaction: Interaction) -> ServerSettings:
    """The server's settings; UserError unless the user may change them."""
    service, viewer = interaction.client.services.settings, viewer_of(interaction)
    service.allow(viewer)
    return service.of(viewer.guild_id)


def _plain(typed: str) -> str:
    return " ".join(typed.split())
