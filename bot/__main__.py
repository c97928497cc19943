"""The command line: parses what was typed and dispatches it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import __version__
from bot import logs as log
from bot.app import build, run
from bot.config import Settings, read_settings
from bot.db.engine import Database
from bot.db.upgrade import current_revision, head_revision, is_newer, upgrade
from bot.db.url import async_url
from bot.errors import StartupError
from bot.knowledge.commands import check, print_schema
from bot.knowledge.yaml_source import PackError


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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
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
