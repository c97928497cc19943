"""The /discuss command, and the threads that it opens."""

from bot.client import SummitBot
from cogs.discussions.cog import Discussions


async def setup(bot: SummitBot) -> None:
    await bot.add_cog(Discussions(bot))
