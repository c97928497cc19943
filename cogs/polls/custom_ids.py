"""The custom ids of the buttons and menus about polls."""

from bot.ui.custom_ids import CustomId

CONFIRM = CustomId("poll:confirm:v1", action_id=int)
CANCEL = CustomId("poll:drop:v1", action_id=int)
