"""The moderation log in the server's log channel."""

from bot.client import SummitBot
from cogs.modlog.jobs import Modlog


async def setup(bot: SummitBot) -> None:
    await bot.add_cog(Modlog(bot))
