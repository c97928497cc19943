"""/poll create: a moderator's own question, typed in a form, looked at, then posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.polls.drafts import PollDraft, Tick, Typed
from bot.polls.model import FEWEST_OPTIONS, MOST_OPTIONS, QUESTION_LIMIT
from bot.times import LONGEST
from bot.ui.caller import caller_of
from bot.ui.guard import tell
from bot.ui.items import Form, IdButton
from bot.ui.permissions import lacking_to_write
from bot.ui.posting import lines_view
from cogs.polls import draft_views
from cogs.polls.poll_messages import PollPublisher

if TYPE_CHECKING:
    from bot.settings.model import ServerSettings
    from bot.ui.items import Interaction

DRAFT = r"(?P<draft_id>\d{1,18})"
OPTIONS_TYPED = 4000
"""Characters that the form takes: more than can be right, so that too much is told, not cut."""
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
    (Tick.UNTIL_BALLOT, "Hide results until one has voted", None),
    (Tick.HOPE, "Also ask what members hope for", "Beside a forecast only."),
)


class PollForm(Form):
    """Takes a whole poll, with what was typed before. Nothing is posted by sending it."""

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
                "Options, one a line",
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
                "Nothing ticked: members choose one option, and results show as they come.",
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
        bot, caller = interaction.client, caller_of(interaction)
        settings = bot.servers.of(caller.guild_id)
        draft = await bot.drafts.write(
            caller, interaction.channel_id or 0, typed, settings, self.draft_id
        )
        view = draft_views.written(draft, bot.clock.now(), settings.zone)
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
    """Whom a poll is limited to: the role that stands for everybody limits it to nobody."""
    return None if role is None or role.is_default() else role.id


class DraftButton(IdButton, template=r"poll:draft"):
    """A button that needs to know nothing but its draft."""

    feature = "poll"


class PostButton(DraftButton, template=rf"poll:post:v1:{DRAFT}"):
    """Posts what the preview shows."""

    label, action, style = "Post", "post", discord.ButtonStyle.success

    async def act(self, interaction: Interaction) -> None:
        bot = interaction.client
        publisher = getattr(bot.get_cog("Polls"), "publisher", None)
        if not isinstance(publisher, PollPublisher):
            raise TypeError("the cog of polls is not loaded")
        # Storing may wait its turn for longer than Discord waits for an answer.
        await interaction.response.defer()
        caller = caller_of(interaction)
        draft = await bot.drafts.own(caller, self.about)
        lacking = lacking_to_write(interaction, draft.channel_id)
        poll = await bot.drafts.open(caller, draft.id, lacking=lacking)
        posted = await publisher.post(poll)
        closes = format_dt(posted.lifecycle.closes_at, "R")
        done = f"[The poll]({posted.url}) is open and closes {closes}."
        try:
            await interaction.edit_original_response(view=lines_view(done))
        except discord.HTTPException:
            # The preview was dismissed meanwhile; that it is posted must be said all the same.
            await tell(interaction, done)


class EditButton(DraftButton, template=rf"poll:edit:v1:{DRAFT}"):
    """Opens the form again, with all that was typed."""

    label, action = "Edit", "edit"

    async def act(self, interaction: Interaction) -> None:
        bot, caller = interaction.client, caller_of(interaction)
        draft = await bot.drafts.own(caller, self.about)
        settings = bot.servers.of(caller.guild_id)
        await interaction.response.send_modal(PollForm(interaction.guild, settings, draft))


class DiscardButton(DraftButton, template=rf"poll:discard:v1:{DRAFT}"):
    """Drops the draft."""

    label, action = "Discard", "discard"

    async def act(self, interaction: Interaction) -> None:
        await interaction.client.drafts.discard(caller_of(interaction), self.about)
        await interaction.response.edit_message(
            view=lines_view("The draft is discarded. Nothing was posted.")
        )


ITEMS = (PostButton, EditButton, DiscardButton)
