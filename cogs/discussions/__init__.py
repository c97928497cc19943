"""The /discuss command, and the threads that it opens."""

from bot.client import SummitBot
from cogs.discussions.commands import Discussions
from cogs.discussions.handlers import PositionsButton


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(PositionsButton)
    await bot.add_cog(Discussions(bot))
