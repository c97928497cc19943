"""The /forecast commands."""

from bot.client import SummitBot
from cogs.forecasts import handlers
from cogs.forecasts.commands import Forecasts


async def setup(bot: SummitBot) -> None:
    bot.controls.add(handlers)
    await bot.add_cog(Forecasts(bot))
