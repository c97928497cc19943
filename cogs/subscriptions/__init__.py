"""The buttons by which members subscribe to kinds of announcements."""

from bot.client import SummitBot
from cogs.subscriptions import handlers


async def setup(bot: SummitBot) -> None:
    bot.controls.add(handlers)
