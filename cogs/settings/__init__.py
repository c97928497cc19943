"""The /settings command and its panel."""

from bot.client import SummitBot
from cogs.settings import handlers as items
from cogs.settings import places
from cogs.settings.commands import SettingsPanel


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(*items.ALL, *places.ALL)
    await bot.add_cog(SettingsPanel(bot))
