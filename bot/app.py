"""Where everything is put together: settings, then services, then the client."""

from __future__ import annotations

import asyncio
import gc
import signal

import discord

from bot.announcements.service import AnnouncementService
from bot.announcements.templates import TemplateService
from bot.client import SummitBot
from bot.clock import Clock
from bot.config import WHERE_TOKENS_COME_FROM, Settings
from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.discussions.service import DiscussionService
from bot.errors import StartupError
from bot.health import beat
from bot.jobs.scheduler import Scheduler
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from bot.modlog.service import ModlogService
from bot.polls.crowd_history import HistoryService
from bot.polls.draft_service import DraftService
from bot.polls.export.service import ExportService
from bot.polls.resolution import ResolutionService
from bot.polls.scoring.service import ForecastService
from bot.polls.service import PollService
from bot.privacy.service import PrivacyService
from bot.retention.service import RetentionService
from bot.services import Services
from bot.settings.service import SettingsService, log_channel
from bot.subscriptions.service import SubscriptionService

SECONDS_TO_HANG_UP = 5.0


def build(library: Library, database: Database, clock: Clock) -> SummitBot:
    """The bot with its services, not connected to anything yet."""
    return SummitBot(build_services(library, database, clock))


def build_services(library: Library, database: Database, clock: Clock) -> Services:
    scheduler = Scheduler(database, clock)
    settings = SettingsService(database, clock)
    polls = PollService(database, clock)
    resolutions = ResolutionService(database, clock)
    discussions = DiscussionService(database, clock)
    return Services(
        library=library,
        settings=settings,
        polls=polls,
        drafts=DraftService(database, clock),
        resolutions=resolutions,
        forecasts=ForecastService(database),
        histories=HistoryService(database, clock),
        exports=ExportService(database, clock),
        announcements=AnnouncementService(database, clock, settings.of),
        templates=TemplateService(database, clock, polls, resolutions, discussions),
        discussions=discussions,
        subscriptions=SubscriptionService(database, clock),
        modlog=ModlogService(database, clock, log_channel),
        privacy=PrivacyService(database, clock, polls.tell_watchers),
        retention=RetentionService(database, clock),
        scheduler=scheduler,
        clock=clock,
    )


async def run(settings: Settings) -> None:
    """Serve Discord until SIGTERM or Ctrl-C."""
    token = settings.require_token()
    library = Library(load_library(settings.knowledge_dir))
    database = Database(settings.database_url)
    try:
        await upgrade(database)
        bot = build(library, database, Clock(discord.utils.utcnow))
        # What is loaded by now stays; without this each full collection goes through all of it,
        # and every click that comes meanwhile waits.
        gc.collect()
        gc.freeze()
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, stop.set)
        await _serve(bot, token, stop)
    finally:
        await database.close()


async def _serve(bot: SummitBot, token: str, stop: asyncio.Event) -> None:
    serving = asyncio.create_task(bot.start(token))
    stopping = asyncio.create_task(stop.wait())
    beating = asyncio.create_task(beat(lambda: bot.is_ready() and not bot.is_closed()))
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await bot.close()
    for helper in (stopping, beating):
        helper.cancel()
    await asyncio.gather(stopping, beating, return_exceptions=True)
    try:
        await asyncio.wait_for(serving, SECONDS_TO_HANG_UP)
    except TimeoutError:
        return
    except discord.LoginFailure as error:
        raise StartupError(f"Discord refused DISCORD_TOKEN. {WHERE_TOKENS_COME_FROM}") from error
    except (OSError, discord.GatewayNotFound, discord.HTTPException) as error:
        raise StartupError(f"Discord cannot be reached: {error}") from error
