"""Handler of the button under a discussion's first message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.knowledge.library import Kind
from bot.ui.dispatch import on_click
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge import strings as knowledge_strings
from bot.ui.knowledge.reader import PackReader
from cogs.discussions.custom_ids import POSITIONS
from cogs.discussions.views import choice

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction


@on_click(POSITIONS)
async def choose_position(interaction: Interaction, issue: str) -> None:
    """Let a member choose, privately, whose position on an issue to read."""
    library = library_of(interaction)
    ref = library.by_handle(issue)
    if ref is None or ref.kind is not Kind.ISSUE:
        raise UserError(knowledge_strings.GONE)
    reader = PackReader(library, library.pack(ref.summit), locale_of(interaction, private=True))
    await interaction.response.send_message(view=choice(reader, ref.id), ephemeral=True)
