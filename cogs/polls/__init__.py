"""The /poll commands and the messages of polls."""

from bot.client import SummitBot
from cogs.polls import draft_handlers, resolution_handlers
from cogs.polls import handlers as items
from cogs.polls.commands import Polls


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(*items.ALL, *draft_handlers.ITEMS)
    bot.controls.add(resolution_handlers)
    await bot.add_cog(Polls(bot))
