"""The /announce commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.announcements.model import (
    CORRECTION,
    EDITABLE,
    TITLE_LIMIT,
    AnnouncementState,
    Content,
)
from bot.ui.audience import MODERATORS_ONLY
from bot.ui.viewer import viewer_of
from cogs.announcements import controls, forms, listing, strings, views

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.announcements.model import Announcement
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction
    from cogs.announcements.previews import Previews

MOMENTS = ("in 1 hour", "tomorrow 9:00", "tomorrow 18:00", "Friday 18:00", "in 3 days")


@app_commands.guild_only()
class Announcements(
    commands.GroupCog,
    group_name="announce",
    group_description="Tell the server something.",
    group_extras=MODERATORS_ONLY,
):
    """Moderators write, schedule, change, cancel and correct announcements."""

    def __init__(self, bot: SummitBot, previews: Previews) -> None:
        self.bot = bot
        self._previews = previews

    @app_commands.command(
        name="post", description="Write an announcement and see it before it is posted."
    )
    async def post(self, interaction: Interaction) -> None:
        await forms.compose(interaction, self._previews)

    @app_commands.command(
        name="schedule", description="Write an announcement that is posted later by itself."
    )
    @app_commands.describe(when="When, such as tomorrow 18:00 or in 3 hours, in the server's time")
    async def schedule(self, interaction: Interaction, when: str) -> None:
        post_at = self.bot.services.announcements.read_post_time(viewer_of(interaction), when)
        await forms.compose(interaction, self._previews, post_at=post_at)

    @app_commands.command(
        name="list",
        description="List drafts and announcements, or post the buttons to subscribe by.",
    )
    async def list_all(self, interaction: Interaction) -> None:
        found = await self.bot.services.announcements.listed(viewer_of(interaction))
        await interaction.response.send_message(view=listing.card(found, 0), ephemeral=True)

    @app_commands.command(name="show", description="Show an announcement and its state.")
    @app_commands.describe(announcement="Which announcement")
    async def show(self, interaction: Interaction, announcement: str) -> None:
        found = await self._chosen(interaction, announcement)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._previews.present(interaction, found)

    @app_commands.command(name="edit", description="Change an announcement before it is posted.")
    @app_commands.describe(announcement="Which announcement")
    async def edit(self, interaction: Interaction, announcement: str) -> None:
        found = await self._chosen(interaction, announcement)
        found = await self.bot.services.announcements.editable(viewer_of(interaction), found.id)
        await forms.edit(interaction, self._previews, found)

    @app_commands.command(name="cancel", description="Stop an announcement before it is posted.")
    @app_commands.describe(announcement="Which announcement")
    async def cancel(self, interaction: Interaction, announcement: str) -> None:
        found = await self._chosen(interaction, announcement)
        found = await self.bot.services.announcements.cancellable(viewer_of(interaction), found.id)
        lines = [strings.NOTHING_DONE_YET, *strings.status(found)]
        is_draft = found.state is AnnouncementState.DRAFT
        button = controls.discard(found.id) if is_draft else controls.cancel(found.id)
        lines.insert(1, f"### {listing.title_of(found)}")
        await interaction.response.send_message(
            view=views.notice(lines, [[button]]), ephemeral=True
        )

    @app_commands.command(
        name="correct", description="Post a correction that links to the announcement it corrects."
    )
    @app_commands.describe(announcement="Which announcement")
    async def correct(self, interaction: Interaction, announcement: str) -> None:
        found = await self._chosen(interaction, announcement)
        found = await self.bot.services.announcements.correctable(viewer_of(interaction), found.id)
        said = found.content
        title = f"{CORRECTION}{said.title.removeprefix(CORRECTION)}"[:TITLE_LIMIT]
        content = Content(title, said.body, said.link)
        await forms.compose(interaction, self._previews, content, corrects=found)

    @schedule.autocomplete("when")
    async def _moments(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.strip()
        usual = [moment for moment in MOMENTS if wanted.casefold() in moment.casefold()]
        offered = [wanted[:100], *usual] if wanted and wanted not in usual else usual
        return [app_commands.Choice(name=moment, value=moment) for moment in offered]

    @show.autocomplete("announcement")
    async def _all(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return listing.choices(await self._listed(interaction), typed)

    @edit.autocomplete("announcement")
    async def _open(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._in(interaction, (*EDITABLE, AnnouncementState.DRAFT), typed)

    @cancel.autocomplete("announcement")
    async def _unposted(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        states = (*EDITABLE, AnnouncementState.DRAFT, AnnouncementState.POSTING)
        return await self._in(interaction, states, typed)

    @correct.autocomplete("announcement")
    async def _posted(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._in(interaction, (AnnouncementState.POSTED,), typed)

    async def _in(
        self, interaction: Interaction, states: Collection[AnnouncementState], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = [one for one in await self._listed(interaction) if one.state in states]
        return listing.choices(found, typed)

    async def _listed(self, interaction: Interaction) -> list[Announcement]:
        """The choices of autocomplete; none for members who are no moderators."""
        viewer = viewer_of(interaction)
        return (
            list(await self.bot.services.announcements.listed(viewer))
            if viewer.is_moderator
            else []
        )

    async def _chosen(self, interaction: Interaction, typed: str) -> Announcement:
        """The announcement that was picked or typed; UserError if the viewer may not see it."""
        viewer = viewer_of(interaction)
        announcement_id = listing.id_in(typed)
        if announcement_id is None:
            found = await self.bot.services.announcements.listed(viewer)
            announcement_id = listing.find_by_title(found, typed)
        return await self.bot.services.announcements.get(viewer, announcement_id)
