"""The button by which a moderator looks at the subscription panel before it is posted."""

from typing import Any

from discord import ui

from bot.ui.custom_ids import CustomId

PREVIEW = CustomId("subscribe:panel:v1")


def preview_button() -> ui.Button[Any]:
    return ui.Button(label="Post a subscription panel", custom_id=PREVIEW())
