"""How a server wants the bot to behave."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UserError
from bot.polls.model import MIN_FORECASTERS

MOST_FORECASTERS = 1000


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

    def is_quiet(self, at: datetime) -> bool:
        """Whether an instant falls into the quiet hours, which may go over midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        now = at.astimezone(self.tz).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until


def check(settings: ServerSettings) -> None:
    """UserError unless a server can be run with these settings."""
    if settings.zone not in available_timezones():
        raise UserError(
            f"“{settings.zone[:60]}” is no time zone I know. Choose one such as Asia/Seoul."
        )
    if not MIN_FORECASTERS <= settings.min_forecasters <= MOST_FORECASTERS:
        raise UserError(
            f"The crowd of a forecast can be shown from {MIN_FORECASTERS} to {MOST_FORECASTERS:,} "
            "forecasters on. Give a number in that range."
        )
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        raise UserError("Quiet hours need both a beginning and an end, or neither.")
    if settings.quiet_from is not None and settings.quiet_from == settings.quiet_until:
        raise UserError("Quiet hours must end at another time than they begin.")


def difference(before: ServerSettings, after: ServerSettings) -> str:
    """What changed, a line each: `zone: UTC → Asia/Seoul`."""
    old, new = asdict(before), asdict(after)
    return "\n".join(
        f"{name}: {_shown(old[name])} → {_shown(new[name])}"
        for name in old
        if old[name] != new[name]
    )


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
