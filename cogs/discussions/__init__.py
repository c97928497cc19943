"""The /discuss command, and the threads that it opens."""

from bot.client import SummitBot
from cogs.discussions import handlers
from cogs.discussions.commands import DiscussionsCog
from cogs.discussions.jobs import DiscussionUpdates


async def setup(bot: SummitBot) -> None:
    bot.controls.add(handlers)
    await bot.add_cog(DiscussionsCog(bot))
    await bot.add_cog(DiscussionUpdates(bot))
