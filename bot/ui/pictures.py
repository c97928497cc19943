"""Pictures of drawings. The latest are kept, so that a drawing is rendered once."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from io import BytesIO

import discord

from bot.charts import Drawing, DrawingError, Picture, render
from bot.ui import cards as card

MOST_KEPT = 32

log = logging.getLogger(__name__)


class Pictures:
    """Pictures by their drawings."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Picture] = OrderedDict()

    async def of(self, drawings: Sequence[Drawing]) -> list[Picture]:
        """The drawings as pictures.

        A picture that cannot be made is logged and left out: messages say the same in words."""
        made = await asyncio.gather(*map(self._one, drawings))
        return [picture for picture in made if picture is not None]

    async def _one(self, drawing: Drawing) -> Picture | None:
        if drawing.svg not in self._kept:
            try:
                self._kept[drawing.svg] = await render(drawing)
            except DrawingError:
                log.exception("A message is shown without %s", drawing.filename)
                return None
        picture = self._kept[drawing.svg]
        self._kept.move_to_end(drawing.svg)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return picture


def attached(pictures: Sequence[Picture]) -> tuple[card.Picture, ...]:
    """The pictures, for a card in a message that has them attached."""
    return tuple(card.Picture(f"attachment://{one.filename}", one.alt) for one in pictures)


def attachments(pictures: Sequence[Picture]) -> list[discord.File]:
    """The pictures as files to attach to a message."""
    return [discord.File(BytesIO(one.png), one.filename, description=one.alt) for one in pictures]
