"""What the modules of the /poll group share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.ui.caller import caller_of
from bot.ui.once import post_once
from bot.ui.posting import cannot_post
from bot.ui.sight import audience_id, sight_of
from cogs.polls import choices

if TYPE_CHECKING:
    from discord import app_commands

    from bot.client import SummitBot
    from bot.polls.model import Poll
    from bot.polls.visibility import Report
    from bot.ui.items import Interaction
    from cogs.polls.board import PollBoard


class PollCommands(commands.Cog):
    """Finds the poll that an option names, among those of the server; posts new ones."""

    bot: SummitBot
    board: PollBoard

    async def listed(self, interaction: Interaction) -> list[Poll]:
        guild_id = caller_of(interaction).guild_id
        found = await self.bot.polls.listed(guild_id, sight_of(interaction))
        return [poll for poll, _ in found]

    async def chosen(self, interaction: Interaction, typed: str) -> Report:
        """The poll that was picked or typed; UserError if there is none that the person may know
        of."""
        poll_id = choices.chosen_poll(await self.listed(interaction), typed)
        guild_id = caller_of(interaction).guild_id
        return await self.bot.polls.show(guild_id, poll_id, sight_of(interaction))

    async def any_poll(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offers every poll of the server."""
        return choices.poll_choices(await self.listed(interaction), typed)

    async def open_poll_choices(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offers the server's open polls."""
        guild_id = caller_of(interaction).guild_id
        found = await self.bot.polls.open_ones(guild_id, sight_of(interaction))
        return choices.poll_choices(found, typed)

    async def post(self, poll: Poll) -> Poll:
        """Post a new poll's message; if that fails the poll is forgotten and the person told."""
        place = self.bot.get_partial_messageable(poll.channel_id, guild_id=poll.guild_id)
        try:
            report = await self.bot.polls.show(poll.guild_id, poll.id)
            view, _ = await self.board.rendered(report)
            message = await post_once(place, nonce=f"poll-{poll.id}", view=view)
        except Exception as error:
            await self.bot.polls.discard(poll.id)
            if isinstance(error, discord.HTTPException):
                raise cannot_post(poll.channel_id, error) from error
            raise
        guild = self.bot.get_guild(poll.guild_id)
        audience = audience_id(guild, poll.channel_id)
        posted = await self.bot.polls.posted(poll.id, message.id, audience)
        # Somebody may have voted, or the poll may have ended, before its place was recorded.
        now = await self.bot.polls.show(poll.guild_id, poll.id)
        if (now.ballots, now.poll.lifecycle.state) != (report.ballots, report.poll.lifecycle.state):
            self.board.touch({poll.id})
        return posted


def role_limit(role: discord.Role | None) -> int | None:
    """Whom a poll is limited to: the role that stands for everybody limits it to nobody."""
    return None if role is None or role.is_default() else role.id
