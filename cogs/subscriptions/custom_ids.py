"""The custom ids of the buttons to subscribe."""

from bot.subscriptions.model import Topic
from bot.ui.custom_ids import CustomId

TOGGLE = CustomId("subscribe:toggle:v1", topic=Topic)
POST = CustomId("subscribe:post:v1")
