"""How a server wants the bot to behave."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UserError
from bot.polls.model import MIN_FORECASTERS

MOST_FORECASTERS = 1000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server's settings, each with what holds until somebody changes it.

    Channels, roles: Discord ids. `summit` is the pack that commands speak of where several are
    loaded, None for the first; a pack that is no longer loaded counts as None. `zone` is an IANA
    time zone; `language` the locale of what everybody sees, None for the one that the server has
    in Discord. From `quiet_from` to `quiet_until`, in `zone`, announcements need a second
    thought; both or neither are set. `second_approval`: another moderator must approve an
    announcement. `name_author`: an announcement says who stands behind it. A forecast poll's
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

    @property
    def quiet_hours(self) -> str:
        """`22:00 to 07:00`, or `off`."""
        if self.quiet_from is None or self.quiet_until is None:
            return "off"
        return f"{self.quiet_from:%H:%M} to {self.quiet_until:%H:%M}"

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
    if settings.moderator_role == settings.guild_id:
        raise UserError(
            "@everyone cannot be the moderator role: every member would be a moderator. "
            "Choose a role that only moderators have."
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


def in_words(settings: ServerSettings) -> dict[str, str]:
    """Each setting's name and what it is set to, in Markdown."""
    return {
        "Announcement channel": _mention("#", settings.announcement_channel),
        "Log channel": _mention("#", settings.log_channel),
        "Moderator role": _mention("@&", settings.moderator_role),
        "Summit": settings.summit or "the first",
        "Language": settings.language or "as the server has it in Discord",
        "Time zone": settings.zone,
        "Second approval": _switch(settings.second_approval),
        "Quiet hours": settings.quiet_hours,
        "Name the author": _switch(settings.name_author),
        "Fewest forecasters": str(settings.min_forecasters),
    }


def difference(before: ServerSettings, after: ServerSettings) -> str:
    """What changed, a line each: `Time zone: UTC → Asia/Seoul`."""
    old, new = in_words(before), in_words(after)
    return "\n".join(f"{name}: {old[name]} → {new[name]}" for name in old if old[name] != new[name])


def _mention(mark: str, id_: int | None) -> str:
    return "none" if id_ is None else f"<{mark}{id_}>"


def _switch(on: bool) -> str:
    return "on" if on else "off"
