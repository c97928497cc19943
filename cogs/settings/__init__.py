"""The /settings command and its panel."""

from bot.client import SummitBot
from cogs.settings import handlers
from cogs.settings.commands import SettingsCog


async def setup(bot: SummitBot) -> None:
    bot.controls.add(handlers)
    await bot.add_cog(SettingsCog(bot))
