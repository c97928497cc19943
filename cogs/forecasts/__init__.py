"""The /forecast commands."""

from bot.client import SummitBot
from cogs.forecasts.commands import Forecasts
from cogs.forecasts.handlers import PageButton


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(Forecasts(bot))
