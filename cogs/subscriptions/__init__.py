"""The buttons by which members subscribe to kinds of announcements."""

from bot.client import SummitBot
from cogs.subscriptions import handlers as items


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(*items.ITEMS)
