"""The custom ids of the buttons to subscribe."""

from bot.subscriptions.model import Topic
from bot.ui.custom_ids import CustomId

TOGGLE = CustomId("subscribe:toggle:v1", topic=Topic)
PREVIEW = CustomId("subscribe:panel:v1")
POST = CustomId("subscribe:post:v1")
