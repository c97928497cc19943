"""/help: what a member can do here, and how to read a card."""

from bot.client import SummitBot
from cogs.help.commands import Help


async def setup(bot: SummitBot) -> None:
    cog = Help(bot)
    bot.controls.add(cog)
    await bot.add_cog(cog)
