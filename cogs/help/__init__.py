"""/help: what this person may do here, and how to read a card."""

from bot.client import SummitBot
from cogs.help.commands import Help, HelpPage


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(HelpPage)
    await bot.add_cog(Help(bot))
