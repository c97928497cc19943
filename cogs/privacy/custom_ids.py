"""The custom ids of the deletion dialog. They hold the member's id."""

from bot.ui.custom_ids import CustomId

DELETE = CustomId("privacy:delete:v1", user_id=int)
KEEP = CustomId("privacy:keep:v1", user_id=int)
