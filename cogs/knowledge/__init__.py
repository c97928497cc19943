"""The commands that answer from the packs, and the controls on their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import SummitBot


async def setup(bot: SummitBot) -> None:
    from cogs.knowledge.commands import Knowledge
    from cogs.knowledge.handlers import ITEMS

    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(Knowledge(bot))
