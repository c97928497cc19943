"""Reads what moderators did."""

from bot.modlog.model import Entry
from bot.storage import modlog
from bot.storage.engine import Database


class ModlogService:
    """Entries are written by the services that do things, in their transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, entry_id: int) -> Entry | None:
        async with self._database.read() as session:
            return await modlog.get(session, entry_id)
