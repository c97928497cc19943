"""The custom ids of the forecast cards: the buttons that turn their pages."""

from bot.ui.custom_ids import PAGE, CustomId

MINE = CustomId("forecast:mine:v1", page=PAGE)
LEADERBOARD = CustomId("forecast:leaderboard:v1", page=PAGE)
SURPRISES = CustomId("forecast:surprises:v1", page=PAGE)
