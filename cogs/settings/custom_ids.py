"""The custom ids of the settings panel."""

from bot.settings.model import SETTINGS, Kind, Page
from bot.ui.custom_ids import CustomId, Text

ZONE_LIMIT, TIME_LIMIT = 40, 20


def _names(*kinds: Kind) -> Text:
    names = [setting.name for setting in SETTINGS if setting.kind in kinds]
    return Text("|".join(names), max(names, key=len))


PAGE = CustomId("settings:tab:v1", page=Page)
CHANNEL = CustomId("settings:channel:v1", name=_names(Kind.CHANNEL))
ROLE = CustomId("settings:role:v1", name=_names(Kind.ROLE))
PICK = CustomId("settings:pick:v1", name=_names(Kind.SUMMIT, Kind.LANGUAGE, Kind.NUMBER))
SWITCH = CustomId("settings:turn:v1", name=_names(Kind.SWITCH), on=bool)
TAKE_ZONE = CustomId("settings:take-zone:v1", zone=Text(r"[\w+/-]{1,40}", "x" * 40))
QUIET_OFF = CustomId("settings:quiet-off:v1")

# A form that was refused is opened again with what was typed. That is short, so it is kept in the
# custom id, where it outlives a restart.
ZONE = CustomId("settings:zone:v1", typed=Text(f".{{0,{ZONE_LIMIT}}}", "x" * ZONE_LIMIT))
_TIME = f"[^~]{{0,{TIME_LIMIT}}}"
QUIET = CustomId(
    "settings:quiet:v1", typed=Text(f"{_TIME}~{_TIME}", f"{'x' * TIME_LIMIT}~{'x' * TIME_LIMIT}")
)
"""`typed` is the start and the end, with `~` between."""
