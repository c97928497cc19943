"""The custom id of the buttons that turn the pages of the help."""

from bot.ui.custom_ids import PAGE, CustomId

TURN = CustomId("help:page:v1", page=PAGE)
