"""The menus of channels and roles in the settings panel. What is gone cannot be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.ui.items import PersistentSelect, chosen_id
from cogs.settings import handlers as items
from cogs.settings import strings as words
from cogs.settings import views as cards
from cogs.settings.panel import Tab

if TYPE_CHECKING:
    from bot.ui.items import Interaction

TEXT_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news]


class ChannelPick(
    PersistentSelect, template=r"settings:channel:v1:(?P<name>announcement_channel|log_channel)"
):
    """Chooses a channel, or none."""

    def __init__(self, name: str, chosen: int | None = None, menu: Any = None) -> None:
        self.name = name
        super().__init__(
            menu
            or ui.ChannelSelect(
                channel_types=TEXT_CHANNELS,
                min_values=0,
                placeholder="None",
                custom_id=f"settings:channel:v1:{name}",
                default_values=_chosen(chosen, discord.SelectDefaultValueType.channel),
            )
        )

    @classmethod
    def parse(cls, item: Any, /, **groups: str) -> Self:
        return cls(groups["name"], menu=item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        chosen, guild = chosen_id(values), interaction.guild
        if chosen is not None and (guild is None or guild.get_channel(chosen) is None):
            await items.show(interaction, Tab.PLACES, cards.refused(words.OTHER_CHANNEL))
            return
        await items.change(interaction, Tab.PLACES, {self.name: chosen})


class RolePick(PersistentSelect, template=r"settings:role:v1:moderator_role"):
    """Chooses the moderators' role, or none."""

    def __init__(self, chosen: int | None = None, menu: Any = None) -> None:
        super().__init__(
            menu
            or ui.RoleSelect(
                min_values=0,
                placeholder="None",
                custom_id="settings:role:v1:moderator_role",
                default_values=_chosen(chosen, discord.SelectDefaultValueType.role),
            )
        )

    @classmethod
    def parse(cls, item: Any, /, **groups: str) -> Self:
        return cls(menu=item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        chosen, guild = chosen_id(values), interaction.guild
        role = guild.get_role(chosen) if chosen is not None and guild else None
        refusal = ""
        if chosen is not None and role is None:
            # Taken for none it would take their rights from all who moderate by a role.
            refusal = words.OTHER_ROLE
        elif role is not None and role.managed:
            refusal = words.MANAGED_ROLE.format(role=role.id)
        if refusal:
            await items.show(interaction, Tab.PLACES, cards.refused(refusal))
            return
        await items.change(interaction, Tab.PLACES, {"moderator_role": chosen})


ALL = (ChannelPick, RolePick)


def _chosen(
    id_: int | None, type_: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=id_, type=type_)] if id_ else []
