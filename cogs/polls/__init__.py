"""The /poll commands and the messages of polls."""

from bot.client import SummitBot
from cogs.polls import handlers, resolution_handlers
from cogs.polls.commands import Polls
from cogs.polls.draft_handlers import DraftHandlers
from cogs.polls.poll_messages import PollPublisher


async def setup(bot: SummitBot) -> None:
    publisher = PollPublisher(bot)
    for source in (handlers, resolution_handlers, DraftHandlers(publisher)):
        bot.controls.add(source)
    await bot.add_cog(Polls(bot, publisher))
