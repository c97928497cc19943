"""The /poll commands and the messages of polls."""

from bot.client import SummitBot
from cogs.polls import creating, items, settling
from cogs.polls.cog import Polls


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(*items.ALL, *settling.ITEMS, *creating.ITEMS)
    await bot.add_cog(Polls(bot))
