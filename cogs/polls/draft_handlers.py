"""Drafts of polls: the form, and the buttons under the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.polls.drafts import PollDraft, Tick, Typed
from bot.polls.model import FEWEST_OPTIONS, MOST_OPTIONS, QUESTION_LIMIT
from bot.times import LONGEST
from bot.ui.cards import lines_view
from bot.ui.dispatch import on_click
from bot.ui.failures import tell
from bot.ui.forms import Form
from bot.ui.permissions import lacking_to_write
from bot.ui.viewer import viewer_of
from cogs.polls import draft_views
from cogs.polls.custom_ids import DISCARD_DRAFT, EDIT_DRAFT, POST_DRAFT

if TYPE_CHECKING:
    from bot.settings.model import ServerSettings
    from bot.ui.interaction import Interaction
    from cogs.polls.poll_messages import PollPublisher

OPTIONS_TYPED = 4000
"""Characters that the form takes. More than is allowed, so that a text too long is reported."""
TICKS = (
    (
        Tick.APPROVAL,
        "Several answers",
        "Members choose all options that they approve of, not just one.",
    ),
    (
        Tick.FORECAST,
        "Forecast",
        "Members say in percent how likely it is. Leave the options empty.",
    ),
    (Tick.ANONYMOUS, "Anonymous", "Votes are stored without the voters' ids."),
    (Tick.UNTIL_CLOSE, "Hide results until the poll closes", None),
    (Tick.UNTIL_BALLOT, "Hide results from members who have not voted", None),
    (Tick.HOPE, "Also ask what members hope for", "Only beside a forecast."),
)


class PollForm(Form):
    """Takes a whole poll, and shows what was typed before. Sending it posts nothing."""

    def __init__(
        self,
        guild: discord.Guild | None,
        settings: ServerSettings,
        draft: PollDraft | None = None,
    ) -> None:
        super().__init__(title="New poll")
        self.settings, self.draft_id = settings, draft.id if draft else None
        typed = draft.typed if draft else Typed("", "", "")
        self.question: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=typed.question or None,
            max_length=QUESTION_LIMIT,
        )
        self.options: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=typed.options or None,
            required=False,
            max_length=OPTIONS_TYPED,
        )
        self.closes: ui.TextInput[Any] = ui.TextInput(
            default=typed.closes or None, placeholder="in 3 days", max_length=LONGEST
        )
        self.ticks: ui.CheckboxGroup[Any] = ui.CheckboxGroup(
            required=False, min_values=0, max_values=len(TICKS), options=_boxes(typed)
        )
        role = guild.get_role(typed.role_id) if guild and typed.role_id else None
        self.role: ui.RoleSelect[Any] = ui.RoleSelect(
            placeholder="Everybody",
            required=False,
            min_values=0,
            # Discord takes no form that has a role in it which is deleted.
            default_values=[role] if role else [],
        )
        self._lay_out()

    def _lay_out(self) -> None:
        few, many = FEWEST_OPTIONS, MOST_OPTIONS
        for text, description, component in (
            ("Question", None, self.question),
            (
                "Options, one per line",
                f"{few} to {many}. A forecast has none: leave this empty.",
                self.options,
            ),
            (
                "Closes",
                f"Such as: in 3 days, 36h, Friday 18:00. Times are {self.settings.zone}.",
                self.closes,
            ),
            (
                "Kind and terms",
                "With nothing ticked, members choose one option and results are always shown.",
                self.ticks,
            ),
            ("Who may vote", "Leave empty for everybody.", self.role),
        ):
            self.add_item(ui.Label(text=text, description=description, component=component))

    async def submit(self, interaction: Interaction) -> None:
        typed = Typed(
            question=self.question.value,
            options=self.options.value,
            closes=self.closes.value,
            ticks=frozenset(map(Tick, self.ticks.values)),
            role_id=role_limit(self.role.values[0] if self.role.values else None),
        )
        bot, viewer = interaction.client, viewer_of(interaction)
        settings = bot.services.settings.of(viewer.guild_id)
        draft = await bot.services.drafts.write(
            viewer, interaction.channel_id or 0, typed, settings, self.draft_id
        )
        view = draft_views.draft_card(draft, bot.services.clock.now(), settings.zone)
        if interaction.message is None:
            await interaction.response.send_message(view=view, ephemeral=True)
        else:
            await interaction.response.edit_message(view=view)


def _boxes(typed: Typed) -> list[discord.CheckboxGroupOption]:
    return [
        discord.CheckboxGroupOption(
            label=label, value=tick, description=description, default=tick in typed.ticks
        )
        for tick, label, description in TICKS
    ]


def role_limit(role: discord.Role | None) -> int | None:
    """The id of the role that may vote; None for everybody, also if it is the role @everyone."""
    return None if role is None or role.is_default() else role.id


class DraftHandlers:
    """What the buttons under a preview do."""

    def __init__(self, publisher: PollPublisher) -> None:
        self._publisher = publisher

    @on_click(POST_DRAFT)
    async def post(self, interaction: Interaction, draft_id: int) -> None:
        """Post what the preview shows."""
        bot, viewer = interaction.client, viewer_of(interaction)
        # Storing may wait its turn for longer than Discord waits for an answer.
        await interaction.response.defer()
        draft = await bot.services.drafts.own(viewer, draft_id)
        lacking = lacking_to_write(interaction, draft.channel_id)
        poll = await bot.services.drafts.open(viewer, draft.id, lacking=lacking)
        posted = await self._publisher.post(poll)
        closes = format_dt(posted.lifecycle.closes_at, "R")
        done = f"[The poll]({posted.url}) is open and closes {closes}."
        try:
            await interaction.edit_original_response(view=lines_view(done))
        except discord.HTTPException:
            # The moderator closed the preview meanwhile; they must still learn that it is posted.
            await tell(interaction, done)

    @on_click(EDIT_DRAFT)
    async def edit(self, interaction: Interaction, draft_id: int) -> None:
        """Open the form again, with all that was typed."""
        bot, viewer = interaction.client, viewer_of(interaction)
        draft = await bot.services.drafts.own(viewer, draft_id)
        settings = bot.services.settings.of(viewer.guild_id)
        await interaction.response.send_modal(PollForm(interaction.guild, settings, draft))

    @on_click(DISCARD_DRAFT)
    async def discard(self, interaction: Interaction, draft_id: int) -> None:
        """Delete the draft."""
        await interaction.client.services.drafts.discard(viewer_of(interaction), draft_id)
        await interaction.response.edit_message(
            view=lines_view("The draft is discarded. Nothing was posted.")
        )
