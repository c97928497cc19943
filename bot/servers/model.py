"""How a server wants the bot to behave."""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from bot.polls.model import MIN_FORECASTERS


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server's settings, each with what holds until somebody changes it.

    Channels, roles: Discord ids. `summit` is the pack that commands speak of where several are
    loaded, None for the first; `zone` an IANA time zone; `language` a locale of the packs, None
    for the reader's own. From `quiet_from` to `quiet_until`, in `zone`, announcements need
    a second thought; both or neither are set. `second_approval`: another moderator must approve
    an announcement. `name_author`: an announcement says who stands behind it. A forecast poll's
    crowd is shown from `min_forecasters` on.
    """

    guild_id: int
    announcement_channel: int | None = None
    log_channel: int | None = None
    moderator_role: int | None = None
    summit: str | None = None
    zone: str = "UTC"
    language: str | None = None
    second_approval: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    name_author: bool = True
    min_forecasters: int = MIN_FORECASTERS

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
