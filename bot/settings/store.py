"""Queries for server settings."""

from dataclasses import asdict, fields

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.upsert import upsert
from bot.settings.model import ServerSettings
from bot.settings.tables import ServerSettingsRow

_FIELDS = [field.name for field in fields(ServerSettings)]


async def all_settings(session: AsyncSession) -> dict[int, ServerSettings]:
    """The settings of every server that has changed any."""
    rows = await session.scalars(select(ServerSettingsRow))
    return {row.guild_id: _settings(row) for row in rows}


async def get(session: AsyncSession, guild_id: int, *, lock: bool = False) -> ServerSettings:
    """A server's settings. `lock` holds them until the transaction ends, even if none are stored:
    when two people change settings for the first time at once, the second sees the first's change.
    """
    if lock:
        new = upsert(session, ServerSettingsRow).values(guild_id=guild_id)
        await session.execute(new.on_conflict_do_nothing())
    row = await session.get(ServerSettingsRow, guild_id, with_for_update=lock or None)
    return _settings(row) if row else ServerSettings(guild_id)


async def put(session: AsyncSession, settings: ServerSettings) -> None:
    """Insert or replace a server's settings."""
    await session.merge(ServerSettingsRow(**asdict(settings)))


def _settings(row: ServerSettingsRow) -> ServerSettings:
    return ServerSettings(**{name: getattr(row, name) for name in _FIELDS})
