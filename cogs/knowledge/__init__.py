"""The commands that answer from the packs, and the controls on their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import SummitBot


async def setup(bot: SummitBot) -> None:
    from cogs.knowledge import handlers
    from cogs.knowledge.commands import Knowledge

    bot.controls.add(handlers)
    await bot.add_cog(Knowledge(bot))
