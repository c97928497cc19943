"""The roles of topics in each server. Only moderators may post the panel to subscribe."""

from collections.abc import Mapping, Sequence

from bot.access import System, Viewer, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.settings import service as settings
from bot.subscriptions import store as subscriptions
from bot.subscriptions.model import Topic

OFFERED = "posted the subscription buttons"
LAST_OFFERS = 5
"""How many of the newest panels are checked, to log a second press on one only once."""


class SubscriptionService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow_offering(self, viewer: Viewer, channel_id: int, *, lacking: Sequence[str]) -> None:
        """UserError unless the viewer may post the panel in a channel.

        `lacking` are the permissions, as Discord names them, that they lack to write there.
        """
        require_moderator(viewer, "Posting the subscription buttons")
        require_in_channel(channel_id, lacking, "post the subscription buttons")

    async def offered(self, viewer: Viewer, url: str) -> None:
        """Log, once, that the panel was posted."""
        async with self._database.write() as session:
            # If two people press at once, the second sees what the first has logged.
            await settings.read(session, viewer.guild_id, lock=True)
            entry = Entry(
                guild_id=viewer.guild_id,
                by=viewer.user_id,
                at=self._clock.now(),
                act=OFFERED,
                subject="here",
                url=url,
            )
            await modlog.record_once(session, entry, among=LAST_OFFERS)

    async def roles(self, viewer: Viewer | System, guild_id: int) -> Mapping[Topic, int]:
        """The role ids of a server by topic; none of a server that the viewer is not in.

        A topic that nobody has subscribed to has none yet.
        """
        if not viewer.is_in(guild_id):
            return {}
        async with self._database.read() as session:
            return await subscriptions.roles(session, guild_id)

    async def keep(self, viewer: Viewer, topic: Topic, role_id: int, *, lost: int | None) -> int:
        """Store the new role of a topic, unless another process stored one; returns the stored one.

        `lost` is the previous role, which was deleted in Discord.
        """
        guild_id = viewer.guild_id
        try:
            async with self._database.write() as session:
                if lost is None:
                    await subscriptions.add(session, guild_id, topic, role_id)
                    return role_id
                if await subscriptions.swap(session, guild_id, topic, lost=lost, role_id=role_id):
                    return role_id
        except subscriptions.TakenError:
            pass
        return (await self.roles(viewer, guild_id))[topic]
