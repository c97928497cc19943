"""The menus of a draft's panel, with which a moderator plans where it goes and whom it pings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.ui.items import PersistentButton, PersistentSelect, chosen_id
from cogs.announcements import panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.polls.model import Poll
    from bot.ui.items import Interaction

ANNOUNCEMENT = r"(?P<announcement_id>\d{1,18})"
MOST_POLLS = 25


class ChannelMenu(PersistentSelect, template=rf"announce:channel:v1:{ANNOUNCEMENT}"):
    """Chooses the channel."""

    def __init__(self, announcement_id: int, channel_id: int | None, menu: Any = None) -> None:
        self.announcement_id = announcement_id
        made: Any = menu or ui.ChannelSelect(
            custom_id=f"announce:channel:v1:{announcement_id}",
            placeholder="Channel",
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            default_values=[discord.Object(channel_id)] if channel_id else [],
        )
        super().__init__(made)

    @classmethod
    def parse(cls, menu: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]), None, menu)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        # A forged choice of nothing is as good as a channel that does not exist.
        channel_id = chosen_id(values) or 0
        await panel.replan(interaction, self.announcement_id, channel_id=channel_id)


class RoleMenu(PersistentSelect, template=rf"announce:role:v1:{ANNOUNCEMENT}"):
    """Chooses whom to ping; nobody unless asked for."""

    def __init__(self, announcement_id: int, role_id: int | None, menu: Any = None) -> None:
        self.announcement_id = announcement_id
        made: Any = menu or ui.RoleSelect(
            custom_id=f"announce:role:v1:{announcement_id}",
            placeholder="Ping nobody",
            min_values=0,
            default_values=[discord.Object(role_id)] if role_id else [],
        )
        super().__init__(made)

    @classmethod
    def parse(cls, menu: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]), None, menu)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        await panel.replan(interaction, self.announcement_id, role_id=chosen_id(values))


class PollMenu(PersistentSelect, template=rf"announce:poll:v1:{ANNOUNCEMENT}"):
    """Attaches an open poll, or none."""

    def __init__(
        self,
        announcement_id: int,
        polls: Sequence[Poll],
        chosen: int | None,
        menu: Any = None,
    ) -> None:
        self.announcement_id = announcement_id
        made = menu or ui.Select(
            custom_id=f"announce:poll:v1:{announcement_id}",
            placeholder="No poll attached",
            min_values=0,
            options=[
                discord.SelectOption(
                    label=poll.question.text[:100], value=str(poll.id), default=poll.id == chosen
                )
                for poll in polls[:MOST_POLLS]
            ],
        )
        super().__init__(made)

    @classmethod
    def parse(cls, menu: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]), (), None, menu)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        await panel.replan(interaction, self.announcement_id, poll_id=chosen_id(values))


class PublishButton(
    PersistentButton, template=rf"announce:publish:v1:{ANNOUNCEMENT}:(?P<wanted>[01])"
):
    """Has the announcement published to followers, or not."""

    def __init__(self, announcement_id: int, wanted: bool) -> None:
        self.announcement_id, self.wanted = announcement_id, wanted
        label = "Publish to followers" if wanted else "Do not publish to followers"
        custom_id = f"announce:publish:v1:{announcement_id}:{wanted:d}"
        super().__init__(ui.Button(label=label, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]), groups["wanted"] == "1")

    async def act(self, interaction: Interaction) -> None:
        await panel.replan(interaction, self.announcement_id, publish=self.wanted)


ALL = (ChannelMenu, RoleMenu, PollMenu, PublishButton)
