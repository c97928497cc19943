"""The controls of the settings panel. Who may use them is checked at every use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.errors import UserError
from bot.knowledge.names import shorten
from bot.ui.caller import caller_of
from bot.ui.items import PersistentButton, PersistentSelect
from cogs.settings import forms
from cogs.settings import strings as words
from cogs.settings import views as cards
from cogs.settings.panel import Tab, read_panel

if TYPE_CHECKING:
    from bot.ui.card import Control
    from bot.ui.items import Interaction

NUMBERS = (3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000)
TABS = {"summit": Tab.SPEECH, "language": Tab.SPEECH, "min_forecasters": Tab.POSTS}


async def show(
    interaction: Interaction, tab: Tab, notice: str = "", repairs: Sequence[Control] = ()
) -> None:
    """Turn the panel to a page, as the settings are now."""
    interaction.client.servers.allow(caller_of(interaction))
    view = cards.panel_view(await read_panel(interaction, tab, notice, repairs))
    await interaction.response.edit_message(view=view)


async def change(
    interaction: Interaction,
    tab: Tab,
    changes: Mapping[str, Any],
    repairs: Sequence[Control] = (),
) -> None:
    """Change settings, named as in `ServerSettings`, and show the panel as it is then.

    What cannot be is said in the panel, with `repairs` to mend it.
    """
    servers, caller = interaction.client.servers, caller_of(interaction)
    servers.allow(caller)
    before = servers.of(caller.guild_id)
    try:
        after = await servers.change(caller, **changes)
    except UserError as refusal:
        await show(interaction, tab, cards.refused(refusal), repairs)
    else:
        await show(interaction, tab, cards.saved(before, after))


class TabButton(PersistentButton, template=r"settings:tab:v1:(?P<tab>places|speech|posts|recent)"):
    """Turns the panel to a page."""

    def __init__(self, tab: Tab, *, here: bool = False) -> None:
        self.tab = tab
        style = discord.ButtonStyle.primary if here else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(label=words.TABS[tab], style=style, custom_id=f"settings:tab:v1:{tab}")
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(Tab(groups["tab"]))

    async def act(self, interaction: Interaction) -> None:
        await show(interaction, self.tab)


class Pick(
    PersistentSelect, template=r"settings:pick:v1:(?P<name>summit|language|min_forecasters)"
):
    """Chooses from a list, or nothing, which is the usual; a number is always chosen."""

    def __init__(
        self,
        name: str,
        options: Sequence[tuple[str, str]] = (),
        chosen: str | None = None,
        usual: str = "",
        menu: Any = None,
    ) -> None:
        self.name = name
        super().__init__(
            menu
            or ui.Select(
                min_values=0 if usual else 1,
                placeholder=shorten(usual, 150) or None,
                custom_id=f"settings:pick:v1:{name}",
                options=[
                    discord.SelectOption(
                        label=shorten(label, 100), value=value, default=value == chosen
                    )
                    for value, label in options[:25]
                ],
            )
        )

    @classmethod
    def of_numbers(cls, name: str, chosen: int) -> Self:
        numbers = [(str(n), f"{n:,}") for n in sorted({*NUMBERS, chosen})]
        return cls(name, numbers, str(chosen))

    @classmethod
    def parse(cls, item: Any, /, **groups: str) -> Self:
        return cls(groups["name"], menu=item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        library, tab = interaction.client.library, TABS[self.name]
        chosen = values[0] if values else None
        if self.name == "min_forecasters":
            if chosen is None or not chosen.isdecimal():
                await show(interaction, tab, cards.refused(words.GONE))
                return
            await change(interaction, tab, {self.name: int(chosen)})
            return
        known = library.locales if self.name == "language" else [p.id for p in library.packs]
        if chosen is not None and chosen not in known:
            await show(interaction, tab, cards.refused(words.GONE))
            return
        await change(interaction, tab, {self.name: chosen})


class Turn(
    PersistentButton,
    template=r"settings:turn:v1:(?P<name>second_approval|name_author):(?P<on>[01])",
):
    """Turns something on or off."""

    def __init__(self, name: str, *, on: bool) -> None:
        self.name, self.on = name, on
        super().__init__(
            ui.Button(
                label="Turn on" if on else "Turn off", custom_id=f"settings:turn:v1:{name}:{on:d}"
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(groups["name"], on=groups["on"] == "1")

    async def act(self, interaction: Interaction) -> None:
        await change(interaction, Tab.POSTS, {self.name: self.on})


class ZoneButton(PersistentButton, template=r"settings:zone:v1:(?P<typed>.{0,40})"):
    """Opens the form for the time zone, with what was typed before still in it."""

    def __init__(self, label: str = "–", typed: str = "") -> None:
        self.typed = typed
        super().__init__(ui.Button(label=label, custom_id=f"settings:zone:v1:{typed}"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(typed=groups["typed"])

    async def act(self, interaction: Interaction) -> None:
        servers, caller = interaction.client.servers, caller_of(interaction)
        servers.allow(caller)
        typed = self.typed or servers.of(caller.guild_id).zone
        await interaction.response.send_modal(forms.ZoneForm(typed))


class TakeZoneButton(PersistentButton, template=r"settings:take-zone:v1:(?P<zone>[\w+/-]{1,40})"):
    """Takes one of the time zones that may have been meant."""

    def __init__(self, zone: str, label: str = "–") -> None:
        self.zone = zone
        super().__init__(ui.Button(label=label, custom_id=f"settings:take-zone:v1:{zone}"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(groups["zone"])

    async def act(self, interaction: Interaction) -> None:
        await change(interaction, Tab.SPEECH, {"zone": self.zone})


class QuietButton(
    PersistentButton, template=r"settings:quiet:v1:(?P<start>[^~]{0,20})~(?P<end>[^~]{0,20})"
):
    """Opens the form for the quiet hours, with what was typed before still in it."""

    def __init__(self, label: str = "–", start: str = "", end: str = "") -> None:
        self.start, self.end = start, end
        super().__init__(ui.Button(label=label, custom_id=f"settings:quiet:v1:{start}~{end}"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(start=groups["start"], end=groups["end"])

    async def act(self, interaction: Interaction) -> None:
        servers, caller = interaction.client.servers, caller_of(interaction)
        servers.allow(caller)
        settings = servers.of(caller.guild_id)
        start, end = self.start, self.end
        if not (start or end) and settings.quiet_from and settings.quiet_until:
            start, end = f"{settings.quiet_from:%H:%M}", f"{settings.quiet_until:%H:%M}"
        await interaction.response.send_modal(forms.QuietForm(start, end))


class QuietOffButton(PersistentButton, template=r"settings:quiet-off:v1"):
    """Ends the quiet hours for good."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Turn quiet hours off", custom_id="settings:quiet-off:v1"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls()

    async def act(self, interaction: Interaction) -> None:
        await change(interaction, Tab.POSTS, {"quiet_from": None, "quiet_until": None})


ALL = (
    TabButton,
    Pick,
    Turn,
    ZoneButton,
    TakeZoneButton,
    QuietButton,
    QuietOffButton,
)
