"""The custom ids of the buttons and menus on knowledge cards.

`key` is the key of a card's place; `page` counts from 0.
"""

from bot.ui.custom_ids import PAGE, CustomId, Int, Text

_KEY = Text(r"[a-z]+:[\w-]{8}(?:\.[\w-]{8}){0,2}", longest="glossary:" + ".".join(["x" * 8] * 3))

OPEN = CustomId("know:go:v1", key=_KEY, page=PAGE)
TURN = CustomId("know:page:v1", key=_KEY, page=PAGE)
SHARE = CustomId("know:share:v1", key=_KEY, page=PAGE)
HIDE = CustomId("know:hide:v1", key=_KEY, page=PAGE)
PICK = CustomId("know:pick:v1", slot=Int(most=9))
"""A menu of cards. `slot` only tells the menus of one message apart; the options are keys."""
