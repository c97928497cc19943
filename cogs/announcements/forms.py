"""The forms of announcements. Submitting one never posts anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.announcements.model import (
    ALT_LIMIT,
    FORM_TEXT_LIMIT,
    REASON_LIMIT,
    TITLE_LIMIT,
    AnnouncementState,
    Content,
    Picture,
    Plan,
)
from bot.announcements.rules import check_picture_size, read_picture
from bot.announcements.service import AnnouncementInput, DraftOrigin
from bot.errors import UserError
from bot.text import LINK_LIMIT, hidden_problem
from bot.ui.failures import tell
from bot.ui.forms import Form
from bot.ui.viewer import viewer_of
from cogs.announcements import strings
from cogs.announcements.previews import acknowledge

if TYPE_CHECKING:
    from datetime import datetime

    from bot.announcements.model import Announcement
    from bot.ui.interaction import Interaction
    from cogs.announcements.previews import Previews

BLANK = Content("", "")
ABOUT_TEXT = "Markdown works."
START_BLANK = f"{ABOUT_TEXT} Leave title and text empty to start from a briefing."
ABOUT_PICTURE = "PNG, JPEG, GIF or WebP, up to 8 MiB."
PICTURE_STAYS = " Left empty, it stays as it is."


@dataclass(frozen=True, slots=True)
class Target:
    """What submitting the form does: it makes a draft from `start`, or changes an old one."""

    start: DraftOrigin | None = None
    draft_id: int | None = None

    @property
    def is_edit(self) -> bool:
        """Whether the form changes something that exists."""
        return self.start is None or self.start.edits_id is not None


async def compose(
    interaction: Interaction,
    previews: Previews,
    content: Content | None = None,
    *,
    post_at: datetime | None = None,
    corrects: Announcement | None = None,
) -> None:
    """Open the form for a new announcement, filled with `content` if given.

    This must be the first response to the interaction.
    """
    interaction.client.services.announcements.require_allowed(viewer_of(interaction))
    plan = Plan(_usual_channel(interaction), post_at=post_at)
    if corrects is not None:
        plan = replace(plan, channel_id=corrects.plan.channel_id)
    start = DraftOrigin(
        origin_id=interaction.channel_id or 0,
        plan=plan,
        corrects_id=corrects.id if corrects else None,
    )
    title = "Correction" if corrects else "New announcement"
    about = ABOUT_TEXT if corrects else START_BLANK
    form = AnnouncementForm(previews, title, Target(start), content or BLANK, about=about)
    await interaction.response.send_modal(form)


async def edit(interaction: Interaction, previews: Previews, found: Announcement) -> None:
    """Open the form with the text of a draft or of an announcement that is not posted yet.

    The announcement stays as it is until the changed version is confirmed.
    """
    target = Target(draft_id=found.id)
    if found.state is not AnnouncementState.DRAFT:
        plan = found.plan
        if plan.post_at is not None and plan.post_at <= interaction.client.services.clock.now():
            plan = replace(plan, post_at=None)
        target = Target(
            DraftOrigin(interaction.channel_id or found.origin_id, plan, edits_id=found.id)
        )
    details = await interaction.client.services.announcements.details(viewer_of(interaction), found)
    alt = details.picture.alt if details.picture else ""
    form = AnnouncementForm(previews, "Edit the announcement", target, found.content, alt=alt)
    await interaction.response.send_modal(form)


class AnnouncementForm(Form):
    """Asks what to announce. The text is stored even if it cannot be posted as it is."""

    def __init__(
        self,
        previews: Previews,
        title: str,
        target: Target,
        content: Content,
        *,
        alt: str = "",
        about: str = ABOUT_TEXT,
    ) -> None:
        super().__init__(title=title)
        self._previews = previews
        self.target = target
        # No field is required: a form that Discord does not accept would lose the text.
        self.heading: ui.TextInput[Any] = ui.TextInput(
            max_length=TITLE_LIMIT, default=content.title[:TITLE_LIMIT] or None, required=False
        )
        self.text: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            max_length=FORM_TEXT_LIMIT,
            default=content.body[:FORM_TEXT_LIMIT] or None,
            required=False,
        )
        self.link: ui.TextInput[Any] = ui.TextInput(
            required=False,
            max_length=LINK_LIMIT,
            placeholder="https://…",
            default=content.link,
        )
        self.upload: ui.FileUpload[Any] = ui.FileUpload(required=False)
        self.alt: ui.TextInput[Any] = ui.TextInput(
            required=False, max_length=ALT_LIMIT, default=alt or None
        )
        self.add_item(ui.Label(text="Title", component=self.heading))
        self.add_item(ui.Label(text="Text", description=about, component=self.text))
        self.add_item(ui.Label(text="Link", component=self.link))
        self.add_item(
            ui.Label(
                text="Picture",
                description=f"{ABOUT_PICTURE}{PICTURE_STAYS if target.is_edit else ''}",
                component=self.upload,
            )
        )
        self.add_item(
            ui.Label(
                text="Picture in words",
                description="What there is to see, for those who cannot see it.",
                component=self.alt,
            )
        )

    async def submit(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        viewer, service = viewer_of(interaction), interaction.client.services.announcements
        typed, notices = await self._typed()
        if self.target.start is not None:
            draft = await service.draft(viewer, typed, self.target.start)
        else:
            draft = await service.change_content(viewer, self.target.draft_id or 0, typed)
        await self._previews.show(interaction, draft, notices)

    async def _typed(self) -> tuple[AnnouncementInput, list[str]]:
        content = Content(
            self.heading.value.strip(), self.text.value.strip(), self.link.value.strip() or None
        )
        alt = self.alt.value.strip()
        found, notices = None, []
        if problem := hidden_problem(alt, "The picture in words"):
            alt = ""
            notices.append(problem)
        try:
            found = await self._picture(alt)
        except UserError as error:
            notices.append(str(error))
        except discord.HTTPException:
            notices.append("The picture could not be fetched from Discord. Upload it again.")
        return AnnouncementInput(content, alt, found), notices

    async def _picture(self, alt: str) -> Picture | None:
        if not self.upload.values:
            return None
        upload = self.upload.values[0]
        check_picture_size(upload.size)
        return read_picture(await upload.read(), alt)


class TimeForm(Form):
    """Asks for the posting time."""

    def __init__(self, previews: Previews, draft: Announcement) -> None:
        super().__init__(title="When is it to be posted?")
        self._previews = previews
        self.draft_id = draft.id
        self.moment: ui.TextInput[Any] = ui.TextInput(
            required=False, max_length=100, placeholder="tomorrow 18:00, Friday 9am, in 3 hours"
        )
        self.add_item(
            ui.Label(
                text="When",
                description="In the server's time zone. Leave empty to post without waiting.",
                component=self.moment,
            )
        )

    async def submit(self, interaction: Interaction) -> None:
        text = self.moment.value.strip()
        service = interaction.client.services.announcements
        post_at = service.read_post_time(viewer_of(interaction), text) if text else None
        await self._previews.change_plan(interaction, self.draft_id, post_at=post_at)


class DeclineForm(Form):
    """Asks for the reason, which the author reads."""

    def __init__(self, announcement_id: int, revision: int) -> None:
        super().__init__(title="Decline the announcement")
        self.announcement_id, self.revision = announcement_id, revision
        self.reason: ui.TextInput[Any] = ui.TextInput(required=False, max_length=REASON_LIMIT)
        self.add_item(
            ui.Label(text="Why?", description="The author reads it.", component=self.reason)
        )

    async def submit(self, interaction: Interaction) -> None:
        declined = await interaction.client.services.announcements.approval.decline(
            viewer_of(interaction), self.announcement_id, self.revision, self.reason.value
        )
        await tell(interaction, strings.declined(declined))


def _usual_channel(interaction: Interaction) -> int:
    """The server's channel for announcements, or else the present one."""
    settings = interaction.client.services.settings.of(interaction.guild_id or 0)
    usual = settings.announcement_channel
    known = usual is not None and interaction.guild and interaction.guild.get_channel(usual)
    return usual if usual is not None and known else interaction.channel_id or 0
