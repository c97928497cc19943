"""The form of an announcement, and the buttons under its preview."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord
from discord import ui

from bot.announcements.model import BODY_LIMIT, TITLE_LIMIT, content
from bot.links import LINK_LIMIT
from bot.ui.caller import caller_of, may_write
from bot.ui.guard import tell
from bot.ui.items import Form, PersistentButton
from bot.ui.posting import cannot_post
from cogs.announcements import cards

if TYPE_CHECKING:
    from bot.ui.items import Interaction

log = logging.getLogger(__name__)

TEXT_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news]
ANNOUNCEMENT = r"(?P<announcement_id>\d{1,18})"


class AnnouncementForm(Form):
    """Asks for what to announce and where. Nothing is posted by sending it."""

    def __init__(self, channel: discord.TextChannel | None = None) -> None:
        super().__init__(title="New announcement")
        self.heading: ui.TextInput[Any] = ui.TextInput(max_length=TITLE_LIMIT)
        self.text: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph, max_length=BODY_LIMIT
        )
        self.link: ui.TextInput[Any] = ui.TextInput(
            required=False, max_length=LINK_LIMIT, placeholder="https://…"
        )
        self.channel: ui.ChannelSelect[Any] = ui.ChannelSelect(
            channel_types=TEXT_CHANNELS, default_values=[channel] if channel else []
        )
        self.add_item(ui.Label(text="Title", component=self.heading))
        self.add_item(ui.Label(text="Text", description="Markdown works.", component=self.text))
        self.add_item(ui.Label(text="Link", component=self.link))
        self.add_item(ui.Label(text="Channel", component=self.channel))

    async def submit(self, interaction: Interaction) -> None:
        written = content(self.heading.value, self.text.value, self.link.value)
        target = self.channel.values[0]
        draft = await interaction.client.announcements.draft(
            caller_of(interaction),
            target.id,
            written,
            may_write_there=target.permissions.send_messages,
        )
        await interaction.response.send_message(view=cards.preview(draft), ephemeral=True)


class DecisionButton(PersistentButton, template=r"announce:button"):
    """A button that needs to know nothing but its announcement."""

    label: ClassVar[str]
    action: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, announcement_id: int) -> None:
        self.announcement_id = announcement_id
        custom_id = f"announce:{self.action}:v1:{announcement_id}"
        super().__init__(ui.Button(label=self.label, style=self.style, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]))


class PostButton(DecisionButton, template=rf"announce:post:v1:{ANNOUNCEMENT}"):
    """Posts what the preview shows."""

    label, action, style = "Post", "post", discord.ButtonStyle.success

    async def act(self, interaction: Interaction) -> None:
        bot = interaction.client
        draft = await bot.announcements.start_posting(
            caller_of(interaction),
            self.announcement_id,
            may_write_there=lambda channel_id: may_write(interaction, channel_id),
        )
        await interaction.response.defer()
        place = bot.get_partial_messageable(draft.channel_id, guild_id=draft.guild_id)
        try:
            message = await place.send(view=cards.message(draft), nonce=draft.nonce)
        except discord.HTTPException as error:
            await bot.announcements.not_posted(draft.id)
            raise cannot_post(draft.channel_id, error) from error
        await bot.announcements.posted(draft.id, message.id)
        done = f"[Posted]({message.jump_url}) in <#{draft.channel_id}>."
        try:
            await interaction.edit_original_response(view=cards.done(done))
        except discord.HTTPException:
            # The preview was dismissed meanwhile; that it is posted must be said all the same.
            await tell(interaction, done)


class DiscardButton(DecisionButton, template=rf"announce:discard:v1:{ANNOUNCEMENT}"):
    """Drops the draft."""

    label, action = "Discard", "discard"

    async def act(self, interaction: Interaction) -> None:
        await interaction.client.announcements.discard(caller_of(interaction), self.announcement_id)
        await interaction.response.edit_message(
            view=cards.done("The draft is discarded. Nothing was posted.")
        )


ALL = (PostButton, DiscardButton)
