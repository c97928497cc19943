"""/poll export: all that may be told of a poll, as a file for a moderator alone."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot.polls.export.archive import Form
from bot.ui.caller import caller_of
from bot.ui.card import ACCENT, clipped
from cogs.polls import strings as words
from cogs.polls.base import PollCommands

if TYPE_CHECKING:
    from bot.polls.export.service import Export
    from bot.ui.items import Interaction

SMALL_PRINT = (
    "-# README.txt in it explains every file and column. Seen by you alone: think of the voters "
    "before you pass it on."
)
ONLY_CSV = (
    "JSON is left out, for with it the file would be larger than Discord takes here; CSV says the "
    "same.\n"
)


class ExportingCommands(PollCommands):
    """The /poll command that hands out a poll's data."""

    @app_commands.command(name="export", description="Get a poll's data as CSV and JSON, in a zip.")
    @app_commands.describe(poll="Which poll")
    async def export_poll(self, interaction: Interaction, poll: str) -> None:
        await interaction.response.defer(ephemeral=True)
        exported = await self.bot.exports.export(
            caller_of(interaction),
            (await self.chosen(interaction, poll)).poll.id,
            limit=interaction.filesize_limit,
        )
        file = discord.File(BytesIO(exported.content), exported.name)
        await interaction.edit_original_response(view=card(exported, file), attachments=[file])

    @export_poll.autocomplete("poll")
    async def _exported(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self.any_poll(interaction, typed)


def card(exported: Export, file: discord.File) -> ui.LayoutView:
    """The file, and what is left out of it."""
    box: ui.Container[Any] = ui.Container(accent_colour=ACCENT)
    for found in exported.disclosures:
        poll = found.poll
        question = clipped(poll.question.text, 300)
        lines = [f"### {question}", f"**{words.counted(found.ballots, poll.question.kind)}**"]
        lines += [found.note] if found.note else []
        box.add_item(ui.TextDisplay("\n".join(lines)))
    box.add_item(ui.File(file))
    lacking = "" if Form.JSON in exported.forms else ONLY_CSV
    box.add_item(ui.TextDisplay(f"{lacking}{SMALL_PRINT}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view
