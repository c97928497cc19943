"""How a server wants the bot to behave.

A setting is declared here: its value as a field of `ServerSettings`, and in `SETTINGS` its name,
its page of the panel and its explanation. The panel, the log and the checks follow from that.
"""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UserError

MIN_FORECASTERS, MOST_FORECASTERS = 3, 1000
"""Range of the number of forecasts from which a poll shows the crowd's forecast."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server's settings, each with its default.

    Channels and roles are Discord ids. `summit` is the id of the pack that commands use where
    several are loaded, None for the first; a pack that is no longer loaded counts as None. `zone`
    is an IANA time zone. `language` is the locale of public messages, None for the server's
    locale in Discord. `quiet_from` and `quiet_until` are times of day in `zone`; both or neither
    are set.
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
        """Whether an instant is in the quiet hours, which may go over midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        now = at.astimezone(self.tz).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until


class Kind(StrEnum):
    """What a setting is set to, and so by which control it is changed."""

    CHANNEL = "channel"
    ROLE = "role"
    SUMMIT = "summit"
    LANGUAGE = "language"
    ZONE = "zone"
    SWITCH = "switch"
    HOURS = "hours"
    NUMBER = "number"


class Page(StrEnum):
    """The pages of the panel. Their values are in custom ids: never change one, only add."""

    PLACES = "places"
    SPEECH = "speech"
    POSTS = "posts"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as people see it. `name` is the attribute of `ServerSettings` that holds it.

    `least` and `most` limit a number.
    """

    name: str
    label: str
    kind: Kind
    page: Page
    about: str
    least: int = 0
    most: int = 0

    def text(self, settings: ServerSettings) -> str:
        """What it is set to, in Markdown."""
        value = getattr(settings, self.name)
        match self.kind:
            case Kind.CHANNEL:
                return "none" if value is None else f"<#{value}>"
            case Kind.ROLE:
                return "none" if value is None else f"<@&{value}>"
            case Kind.SWITCH:
                return "on" if value else "off"
            case Kind.SUMMIT:
                return value or "the first"
            case Kind.LANGUAGE:
                return value or "the server's language in Discord"
            case _:
                return str(value)


SETTINGS = (
    Setting(
        "announcement_channel",
        "Announcement channel",
        Kind.CHANNEL,
        Page.PLACES,
        "Announcements are posted here unless the moderator chooses another channel. With none, "
        "they are posted where the command is used.",
    ),
    Setting(
        "log_channel",
        "Log channel",
        Kind.CHANNEL,
        Page.PLACES,
        "I post here what moderators do, and ask here for approval. With none, I ask where the "
        "announcement was written. Drafts are shown in full only where nobody but moderators can "
        "read them.",
    ),
    Setting(
        "moderator_role",
        "Moderator role",
        Kind.ROLE,
        Page.PLACES,
        "Members with this role are moderators. Other members see those commands too, but are "
        "refused; hide them under Server Settings → Integrations.",
    ),
    Setting(
        "summit",
        "Summit",
        Kind.SUMMIT,
        Page.SPEECH,
        "`/summit`, `/outcomes` and `/help` are about this one. Names are looked up in it first.",
    ),
    Setting(
        "language",
        "Language",
        Kind.LANGUAGE,
        Page.SPEECH,
        "Public messages are in this language, where the summit's texts are translated. Private "
        "replies are in each member's own language.",
    ),
    Setting(
        "zone",
        "Time zone",
        Kind.ZONE,
        Page.SPEECH,
        "Times that moderators type are read in this time zone.",
    ),
    Setting(
        "second_approval",
        "Second approval",
        Kind.SWITCH,
        Page.POSTS,
        "Another moderator must approve an announcement before it is posted.",
    ),
    Setting(
        "name_author",
        "Name the author",
        Kind.SWITCH,
        Page.POSTS,
        "An announcement names the moderator who wrote it. The log always does.",
    ),
    Setting(
        "quiet_hours",
        "Quiet hours",
        Kind.HOURS,
        Page.POSTS,
        "Moderators are warned before an announcement is posted in these hours.",
    ),
    Setting(
        "min_forecasters",
        "Fewest forecasters",
        Kind.NUMBER,
        Page.POSTS,
        "A forecast poll shows the crowd's forecast from this many forecasters on. Applies to "
        "polls opened from now on.",
        least=MIN_FORECASTERS,
        most=MOST_FORECASTERS,
    ),
)
"""All settings, in the order in which people see them."""
BY_NAME = {setting.name: setting for setting in SETTINGS}


def require_valid(settings: ServerSettings) -> None:
    """UserError if the bot cannot work with these settings."""
    if settings.zone not in available_timezones():
        raise UserError(
            f"I do not know the time zone “{settings.zone[:60]}”. Choose one such as Asia/Seoul."
        )
    if settings.moderator_role == settings.guild_id:
        raise UserError(
            "@everyone cannot be the moderator role: every member would be a moderator. "
            "Choose a role that only moderators have."
        )
    for setting in SETTINGS:
        if setting.kind is not Kind.NUMBER:
            continue
        if not setting.least <= getattr(settings, setting.name) <= setting.most:
            raise UserError(
                f"{setting.label} must be a number from {setting.least:,} to {setting.most:,}."
            )
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        raise UserError("Quiet hours need both a start and an end, or neither.")
    if settings.quiet_from is not None and settings.quiet_from == settings.quiet_until:
        raise UserError("Quiet hours must not end at the time when they start.")


def difference(before: ServerSettings, after: ServerSettings) -> str:
    """What changed, one line each: `Time zone: UTC → Asia/Seoul`."""
    return "\n".join(
        f"{setting.label}: {setting.text(before)} → {setting.text(after)}"
        for setting in SETTINGS
        if setting.text(before) != setting.text(after)
    )
