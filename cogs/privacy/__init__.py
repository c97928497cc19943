"""What is stored about a member, and for how long."""

from bot.client import SummitBot
from cogs.privacy import handlers
from cogs.privacy.commands import Privacy
from cogs.privacy.jobs import Keeping


async def setup(bot: SummitBot) -> None:
    bot.controls.add(handlers)
    await bot.add_cog(Privacy(bot))
    await bot.add_cog(Keeping(bot))
