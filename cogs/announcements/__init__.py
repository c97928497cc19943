"""The /announce commands."""

from bot.client import SummitBot
from cogs.announcements.commands import Announcements
from cogs.announcements.delivery import Delivery
from cogs.announcements.handlers import Handlers
from cogs.announcements.jobs import AnnouncementJobs
from cogs.announcements.previews import Previews


async def setup(bot: SummitBot) -> None:
    delivery = Delivery(bot)
    jobs = AnnouncementJobs(bot, delivery)
    previews = Previews(bot, delivery)
    jobs.register()
    bot.controls.add(Handlers(bot, previews))
    await bot.add_cog(Announcements(bot, previews))
