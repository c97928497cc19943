"""The controls under previews, requests and lists. Their custom ids hold ids and no state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord
from discord import ui

from bot.ui.caller import caller_of
from bot.ui.items import IdButton, PersistentButton
from cogs.announcements import forms, listing, panel
from cogs.announcements import views as cards

if TYPE_CHECKING:
    from bot.announcements.model import Announcement
    from bot.ui.items import Interaction

ANNOUNCEMENT = r"(?P<announcement_id>\d{1,18})"
REVISION = r"(?P<revision>\d{1,9})"


class AnnouncementButton(IdButton, template=r"announce:button"):
    """A button that needs to know nothing but its announcement."""

    feature = "announce"


class VersionButton(PersistentButton, template=r"announce:version"):
    """A button that stands for the version of an announcement that somebody has seen."""

    label: ClassVar[str]
    action: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(
        self,
        announcement_id: int,
        revision: int,
        *,
        label: str | None = None,
        disabled: bool = False,
    ) -> None:
        self.announcement_id, self.revision = announcement_id, revision
        super().__init__(
            ui.Button(
                label=label or self.label,
                style=self.style,
                disabled=disabled,
                custom_id=f"announce:{self.action}:v1:{announcement_id}:{revision}",
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        # Previews of the first release carry no version; there was only one.
        return cls(int(groups["announcement_id"]), int(groups["revision"] or 1))


class PostButton(VersionButton, template=rf"announce:post:v1:{ANNOUNCEMENT}(?::{REVISION})?"):
    """Lets go what the preview shows: posts, schedules, or asks for approval."""

    label, action, style = "Post", "post", discord.ButtonStyle.success

    async def act(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await panel.let_go(interaction, self.announcement_id, self.revision)


class ApproveButton(VersionButton, template=rf"announce:approve:v1:{ANNOUNCEMENT}:{REVISION}"):
    """Approves exactly the version that the request shows."""

    label, action, style = "Approve", "approve", discord.ButtonStyle.success

    async def act(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        approved = await interaction.client.announcements.approval.approve(
            caller_of(interaction), self.announcement_id, self.revision
        )
        await panel.tell_outcome(interaction, approved, before="Approved. ")


class DeclineButton(VersionButton, template=rf"announce:decline:v1:{ANNOUNCEMENT}:{REVISION}"):
    """Asks why, and gives the announcement back to its author."""

    label, action, style = "Decline", "decline", discord.ButtonStyle.danger

    async def act(self, interaction: Interaction) -> None:
        await interaction.client.announcements.get(caller_of(interaction), self.announcement_id)
        form = forms.DeclineForm(self.announcement_id, self.revision)
        await interaction.response.send_modal(form)


class EditButton(AnnouncementButton, template=rf"announce:edit:v1:{ANNOUNCEMENT}"):
    """Opens the form with what is there."""

    label, action = "Edit", "edit"

    async def act(self, interaction: Interaction) -> None:
        found = await interaction.client.announcements.editable(caller_of(interaction), self.about)
        await forms.edit(interaction, found)


class LookButton(AnnouncementButton, template=rf"announce:look:v1:{ANNOUNCEMENT}"):
    """Shows an announcement to a moderator alone, with what they can do with it."""

    label, action, style = "Look at it", "look", discord.ButtonStyle.primary

    async def act(self, interaction: Interaction) -> None:
        found = await interaction.client.announcements.get(caller_of(interaction), self.about)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await panel.present(interaction, found)


class TimeButton(AnnouncementButton, template=rf"announce:time:v1:{ANNOUNCEMENT}"):
    """Asks when it is to be posted."""

    label, action = "Time …", "time"

    async def act(self, interaction: Interaction) -> None:
        found = await interaction.client.announcements.editable(caller_of(interaction), self.about)
        await interaction.response.send_modal(forms.TimeForm(found))


class DropPictureButton(AnnouncementButton, template=rf"announce:nopicture:v1:{ANNOUNCEMENT}"):
    """Takes the picture out."""

    label, action = "Remove picture", "nopicture"

    async def act(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        draft = await interaction.client.announcements.remove_picture(
            caller_of(interaction), self.about
        )
        await panel.show(interaction, draft)


class DiscardButton(AnnouncementButton, template=rf"announce:discard:v1:{ANNOUNCEMENT}"):
    """Drops the draft."""

    label, action = "Discard", "discard"

    async def act(self, interaction: Interaction) -> None:
        decisions = interaction.client.announcements.approval
        await decisions.discard(caller_of(interaction), self.about)
        view = cards.box(["The draft is discarded. Nothing was posted."])
        await interaction.response.edit_message(view=view, attachments=[])


class CancelButton(AnnouncementButton, template=rf"announce:cancel:v1:{ANNOUNCEMENT}"):
    """Has an announcement never posted."""

    label, action, style = "Cancel the announcement", "cancel", discord.ButtonStyle.danger

    async def act(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await panel.cancel(interaction, self.about)


class ListPage(PersistentButton, template=r"announce:list:v1:(?P<page>-?\d{1,3})"):
    """Turns a page of the list."""

    def __init__(self, label: str, page: int, *, disabled: bool = False) -> None:
        self.page = page
        super().__init__(
            ui.Button(label=label, disabled=disabled, custom_id=f"announce:list:v1:{page}")
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls("–", int(groups["page"]))

    async def act(self, interaction: Interaction) -> None:
        found = await interaction.client.announcements.listed(caller_of(interaction))
        await interaction.response.edit_message(view=listing.card(found, self.page))


def controls(draft: Announcement) -> list[ui.Item[Any]]:
    """The buttons of a draft except the one that lets it go."""
    found: list[ui.Item[Any]] = [EditButton(draft.id), TimeButton(draft.id)]
    if draft.has_picture:
        found.append(DropPictureButton(draft.id))
    return [*found, DiscardButton(draft.id)]


ALL = (
    PostButton,
    ApproveButton,
    DeclineButton,
    EditButton,
    LookButton,
    TimeButton,
    DropPictureButton,
    DiscardButton,
    CancelButton,
    ListPage,
)
