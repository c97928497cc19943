"""The /announce commands."""

from bot.client import SummitBot
from cogs.announcements import handlers as items
from cogs.announcements import menus, starting
from cogs.announcements.commands import Announcements


async def setup(bot: SummitBot) -> None:
    bot.add_dynamic_items(*items.ALL, *menus.ALL, *starting.ITEMS)
    await bot.add_cog(Announcements(bot))
