"""The custom ids of the buttons that only knowledge cards have.

The ids that other messages have too are in `bot.ui.knowledge.links`.
"""

from bot.ui.custom_ids import PAGE, CustomId
from bot.ui.knowledge.links import CARD_KEY

TURN = CustomId("know:page:v1", key=CARD_KEY, page=PAGE)
SHARE = CustomId("know:share:v1", key=CARD_KEY, page=PAGE)
HIDE = CustomId("know:hide:v1", key=CARD_KEY, page=PAGE)
