"""The command line, and the one place where everything is put together."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import discord
from dotenv import load_dotenv

from bot import __version__
from bot import logs as log
from bot.announcements.service import AnnouncementService
from bot.announcements.templates import TemplateService
from bot.client import SummitBot
from bot.clock import Clock
from bot.config import WHERE_TOKENS_COME_FROM, Settings, read_settings
from bot.db.engine import Database
from bot.db.upgrade import current_revision, head_revision, is_newer, upgrade
from bot.db.url import async_url
from bot.discussions.service import DiscussionService
from bot.errors import StartupError
from bot.health import beat
from bot.jobs.scheduler import Scheduler
from bot.knowledge.commands import check, print_schema
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from bot.knowledge.problems import PackError
from bot.modlog.service import ModlogService
from bot.polls.crowd_history import HistoryService
from bot.polls.draft_service import DraftService
from bot.polls.export.service import ExportService
from bot.polls.resolution import ResolutionService
from bot.polls.scoring.service import ForecastService
from bot.polls.service import PollService
from bot.privacy.service import PrivacyService
from bot.retention.service import RetentionService
from bot.settings.service import SettingsService
from bot.settings.store import log_channel
from bot.subscriptions.service import SubscriptionService

SECONDS_TO_HANG_UP = 5.0


def build(library: Library, database: Database, clock: Clock) -> SummitBot:
    """The bot with its services, not connected to anything yet."""
    scheduler = Scheduler(database, clock)
    servers = SettingsService(database, clock)
    polls = PollService(database, clock)
    resolutions = ResolutionService(database, clock)
    discussions = DiscussionService(database, clock)
    return SummitBot(
        library=library,
        servers=servers,
        polls=polls,
        drafts=DraftService(database, clock),
        resolutions=resolutions,
        forecasts=ForecastService(database),
        histories=HistoryService(database, clock),
        exports=ExportService(database, clock),
        announcements=AnnouncementService(database, clock, servers.of),
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


async def _show_revision(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        found = await current_revision(database)
    finally:
        await database.close()
    state = "up to date" if found == head_revision() else "run `summit-bot db upgrade`"
    if is_newer(found):
        state = "made by a newer version of this bot"
    sys.stdout.write(f"{database.shown_url}: {found or 'no tables yet'} ({state})\n")


async def _upgrade(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await upgrade(database)
    finally:
        await database.close()
    await _show_revision(settings)


async def _preview(settings: Settings, port: int, database_url: str | None) -> None:
    try:
        from bot.preview.serving import serve
    except ImportError as error:
        raise StartupError(
            "The preview page needs an extra that is not installed. "
            "Run: pip install 'summit-bot[preview]'"
        ) from error
    await serve(settings.knowledge_dir, port=port, database_url=database_url, build=build)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="summit-bot", description="A Discord bot for discussing a diplomatic summit."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="serve Discord (needs DISCORD_TOKEN)")
    preview = commands.add_parser("preview", help="the bot in a local browser page, no token")
    preview.add_argument("--port", type=_port, default=0, help="port of the page (default: any)")
    preview.add_argument("--database-url", help="keep the data (default: a temporary folder)")
    check = commands.add_parser("check", help="look for mistakes in packs")
    check.add_argument("path", nargs="*", type=Path, help="pack folders (default: KNOWLEDGE_DIR)")
    schema = commands.add_parser("schema", help="print the JSON Schema of the pack files")
    schema.add_argument("file", nargs="?", help="only this file, for example actors")
    database = commands.add_parser("db", help="the database").add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )
    database.add_parser("upgrade", help="bring the tables up to date")
    database.add_parser("current", help="show what version the tables are at")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _dispatch(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "check":
            return check(arguments.path or [settings.knowledge_dir])
        case "schema":
            return print_schema(arguments.file)
        case "run":
            log.set_up(settings.log_level)
            asyncio.run(run(settings))
        case "preview":
            log.set_up("ERROR")
            url = arguments.database_url
            asyncio.run(_preview(settings, arguments.port, async_url(url) if url else None))
        case "db" if arguments.action == "upgrade":
            asyncio.run(_upgrade(settings))
        case _:
            asyncio.run(_show_revision(settings))
    return 0


def _load_dotenv(path: Path) -> None:
    try:
        load_dotenv(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{path} cannot be read as UTF-8 text: {error}.") from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        _load_dotenv(Path.cwd() / ".env")
        return _dispatch(arguments, read_settings())
    except StartupError as error:
        sys.stderr.write(f"summit-bot: {error}\n")
        return 1
    except PackError as error:
        sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
