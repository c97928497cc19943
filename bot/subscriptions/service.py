"""Which role stands for which topic in each server. Who may offer them is decided here."""

from collections.abc import Mapping, Sequence

from bot.access import Caller, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.modlog import store as modlog
from bot.modlog.model import Entry
from bot.settings import store as servers
from bot.subscriptions import store as subscriptions
from bot.subscriptions.model import Topic

OFFERED = "posted the subscription buttons"
LAST_OFFERS = 5
"""How many of a server's panels, the newest, a second press may be about."""


class SubscriptionService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow_offering(self, caller: Caller, channel_id: int, *, lacking: Sequence[str]) -> None:
        """UserError unless the caller may post the buttons to subscribe by in a channel.

        `lacking` are the permissions that they lack to write there, as Discord names them.
        """
        require_moderator(caller, "Posting the subscription buttons")
        require_in_channel(channel_id, lacking, "post the subscription buttons")

    async def offered(self, caller: Caller, url: str) -> None:
        """Put on record, once, that the buttons were posted."""
        async with self._database.write() as session:
            # Of two presses at once the second must see what the first has recorded.
            await servers.get(session, caller.guild_id, lock=True)
            last = await modlog.latest(session, caller.guild_id, act=OFFERED, limit=LAST_OFFERS)
            if url in (known.url for known in last):
                return
            entry = Entry(
                guild_id=caller.guild_id,
                by=caller.user_id,
                at=self._clock.now(),
                act=OFFERED,
                subject="here",
                url=url,
            )
            await modlog.record(session, entry)

    async def roles(self, guild_id: int) -> Mapping[Topic, int]:
        """The ids of a server's roles by topic, those that were needed so far."""
        async with self._database.read() as session:
            return await subscriptions.roles(session, guild_id)

    async def keep(self, guild_id: int, topic: Topic, role_id: int, *, lost: int | None) -> int:
        """Have a new role stand for a topic, unless another does by now; returns which one does.

        `lost` is the role that stood for it before and is gone from Discord.
        """
        try:
            async with self._database.write() as session:
                if lost is None:
                    await subscriptions.add(session, guild_id, topic, role_id)
                    return role_id
                if await subscriptions.swap(session, guild_id, topic, lost=lost, role_id=role_id):
                    return role_id
        except subscriptions.TakenError:
            pass
        return (await self.roles(guild_id))[topic]
