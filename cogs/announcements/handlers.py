"""What the buttons and menus of announcements do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.announcements.service import AnnouncementInput
from bot.ui.dispatch import on_click, on_select
from bot.ui.forms import chosen_id
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge.reader import PackReader
from bot.ui.viewer import viewer_among_readers, viewer_of
from cogs.announcements import custom_ids as ids
from cogs.announcements import forms, listing, strings, templates, views
from cogs.announcements.previews import acknowledge
from cogs.announcements.templates import Values

if TYPE_CHECKING:
    from bot.announcements.templates import TemplateData
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction
    from cogs.announcements.previews import Previews


class Handlers:
    """Found by the custom ids of the controls, also of messages from before a restart."""

    def __init__(self, bot: SummitBot, previews: Previews) -> None:
        self._bot = bot
        self._previews = previews
        self._service = bot.services.announcements

    @on_click(ids.POST)
    async def post(
        self, interaction: Interaction, announcement_id: int, revision: int | None
    ) -> None:
        await interaction.response.defer()
        await self._previews.confirm(interaction, announcement_id, revision or 1)

    @on_click(ids.APPROVE)
    async def approve(self, interaction: Interaction, announcement_id: int, revision: int) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        approved = await self._service.approval.approve(
            viewer_of(interaction), announcement_id, revision
        )
        await self._previews.report_outcome(interaction, approved, before="Approved. ")

    @on_click(ids.DECLINE)
    async def decline(self, interaction: Interaction, announcement_id: int, revision: int) -> None:
        await self._service.get(viewer_of(interaction), announcement_id)
        await interaction.response.send_modal(forms.DeclineForm(announcement_id, revision))

    @on_click(ids.EDIT)
    async def edit(self, interaction: Interaction, announcement_id: int) -> None:
        found = await self._service.editable(viewer_of(interaction), announcement_id)
        await forms.edit(interaction, self._previews, found)

    @on_click(ids.LOOK)
    async def look(self, interaction: Interaction, announcement_id: int) -> None:
        """Show an announcement privately, with what this moderator can do with it."""
        found = await self._service.get(viewer_of(interaction), announcement_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._previews.present(interaction, found)

    @on_click(ids.TIME)
    async def time(self, interaction: Interaction, announcement_id: int) -> None:
        found = await self._service.editable(viewer_of(interaction), announcement_id)
        await interaction.response.send_modal(forms.TimeForm(self._previews, found))

    @on_click(ids.REMOVE_PICTURE)
    async def remove_picture(self, interaction: Interaction, announcement_id: int) -> None:
        await interaction.response.defer()
        draft = await self._service.remove_picture(viewer_of(interaction), announcement_id)
        await self._previews.show(interaction, draft)

    @on_click(ids.DISCARD)
    async def discard(self, interaction: Interaction, announcement_id: int) -> None:
        await self._service.approval.discard(viewer_of(interaction), announcement_id)
        view = views.notice([strings.DISCARDED])
        await interaction.response.edit_message(view=view, attachments=[])

    @on_click(ids.CANCEL)
    async def cancel(self, interaction: Interaction, announcement_id: int) -> None:
        await interaction.response.defer()
        await self._previews.cancel(interaction, announcement_id)

    @on_click(ids.PUBLISH)
    async def publish(self, interaction: Interaction, announcement_id: int, wanted: bool) -> None:
        await self._previews.change_plan(interaction, announcement_id, publish=wanted)

    @on_select(ids.CHANNEL)
    async def choose_channel(
        self, interaction: Interaction, values: list[str], announcement_id: int
    ) -> None:
        # A forged choice of nothing counts as a channel that does not exist.
        channel_id = chosen_id(values) or 0
        await self._previews.change_plan(interaction, announcement_id, channel_id=channel_id)

    @on_select(ids.ROLE)
    async def choose_role(
        self, interaction: Interaction, values: list[str], announcement_id: int
    ) -> None:
        role_id = chosen_id(values)
        await self._previews.change_plan(interaction, announcement_id, role_id=role_id)

    @on_select(ids.POLL)
    async def attach_poll(
        self, interaction: Interaction, values: list[str], announcement_id: int
    ) -> None:
        poll_id = chosen_id(values)
        await self._previews.change_plan(interaction, announcement_id, poll_id=poll_id)

    @on_select(ids.START)
    async def start(
        self, interaction: Interaction, values: list[str], announcement_id: int, slot: int
    ) -> None:
        """Fill a blank draft from the template with the chosen key."""
        viewer = viewer_of(interaction)
        self._service.require_allowed(viewer)
        draft = await self._service.get(viewer, announcement_id)
        if not draft.content.is_blank:
            await acknowledge(interaction)
            await self._previews.show(interaction, draft, [strings.ALREADY_WRITTEN])
            return
        readers = viewer_among_readers(interaction, draft.plan.channel_id)
        data = await self._bot.services.templates.read(readers)
        reader = _reader(interaction, data)
        filled = templates.find(reader, values[0]).fill(Values(reader, data))
        await acknowledge(interaction)
        picture = (await self._service.details(viewer, draft)).picture
        typed = AnnouncementInput(filled, picture.alt if picture else "")
        draft = await self._service.change_content(viewer, announcement_id, typed)
        await self._previews.show(interaction, draft)

    @on_click(ids.LIST_PAGE)
    async def turn_list(self, interaction: Interaction, page: int) -> None:
        found = await self._service.listed(viewer_of(interaction))
        await interaction.response.edit_message(view=listing.card(found, page))


def _reader(interaction: Interaction, data: TemplateData) -> PackReader:
    """The server's summit in the server's language, with the open polls in `data` only."""
    library = library_of(interaction)
    locale = locale_of(interaction, private=False)
    pack = library.default
    return PackReader(library, pack, locale, templates.open_polls_of(pack, data))
