"""Choosing what an announcement begins with: a blank form, or one that is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.knowledge.names import shorten
from bot.ui.caller import caller_of
from bot.ui.items import PersistentSelect
from cogs.announcements import templates
from cogs.announcements.items import AnnouncementForm
from cogs.announcements.templates import Template, Values
from cogs.knowledge.reading import OpenPoll, Reader

if TYPE_CHECKING:
    from bot.announcements.model import Content
    from bot.briefing.model import Briefing
    from bot.knowledge.model import Pack
    from bot.ui.items import Interaction

BLANK = "blank"
OPTIONS_A_MENU = 25
MOST_ISSUES = 4 * OPTIONS_A_MENU
OPTION_LIMIT = 100
INTRODUCTION = (
    "### New announcement\nStart from a blank form, or from one that is filled in. You can change "
    "every word before anything is posted."
)
START_FROM = "Start from…"
START_FROM_ISSUE = "Start from an issue briefing…"


class StartSelect(PersistentSelect, template=r"announce:start:v1:(?P<slot>\d)"):
    """Opens the form with what is chosen. The options carry the templates' keys."""

    def __init__(self, slot: int | str, menu: ui.Select[Any]) -> None:
        self.slot = slot
        super().__init__(menu)

    @classmethod
    def of(cls, slot: int, placeholder: str, options: Sequence[discord.SelectOption]) -> Self:
        custom_id = f"announce:start:v1:{slot}"
        menu: ui.Select[Any] = ui.Select(
            placeholder=placeholder, custom_id=custom_id, options=list(options)
        )
        return cls(slot, menu)

    @classmethod
    def parse(cls, item: ui.Select[Any], /, **groups: str) -> Self:
        return cls(groups["slot"], item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        bot, caller = interaction.client, caller_of(interaction)
        bot.announcements.allow(caller)
        if values[0] == BLANK:
            await open_form(interaction, None)
            return
        briefing = await bot.briefings.read(caller.guild_id)
        reader = _reader(interaction, briefing)
        filled = templates.find(reader, values[0]).fill(Values(reader, briefing))
        await open_form(interaction, filled)


ITEMS = (StartSelect,)


def chooser(reader: Reader) -> ui.LayoutView:
    """What an announcement can begin with, to be shown to a moderator privately. Pure."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(INTRODUCTION))
    blank = discord.SelectOption(label="A blank form", value=BLANK)
    options = [blank, *(_option(template) for template in templates.general())]
    view.add_item(ui.ActionRow(StartSelect.of(0, START_FROM, options)))
    on_issues = templates.on_issues(reader)[:MOST_ISSUES]
    for slot, start in enumerate(range(0, len(on_issues), OPTIONS_A_MENU), 1):
        options = [_option(found) for found in on_issues[start : start + OPTIONS_A_MENU]]
        view.add_item(ui.ActionRow(StartSelect.of(slot, START_FROM_ISSUE, options)))
    return view


async def offer(interaction: Interaction) -> None:
    """Ask a moderator, privately, what the announcement is to begin with."""
    interaction.client.announcements.allow(caller_of(interaction))
    reader = Reader(interaction.client.library, _pack(interaction), _locale(interaction))
    await interaction.response.send_message(view=chooser(reader), ephemeral=True)


async def open_form(interaction: Interaction, filled: Content | None) -> None:
    """Open the form, filled in if there is something to fill it with."""
    here = interaction.channel
    form = AnnouncementForm(here if isinstance(here, discord.TextChannel) else None)
    if filled is not None:
        form.heading.default = filled.title
        form.text.default = filled.body
        form.link.default = filled.link
    await interaction.response.send_modal(form)


def _reader(interaction: Interaction, briefing: Briefing) -> Reader:
    """The server's summit in the server's language, with its open polls and nothing else."""
    pack = _pack(interaction)
    return Reader(
        interaction.client.library, pack, _locale(interaction), tuple(_open_polls(pack, briefing))
    )


def _open_polls(pack: Pack, briefing: Briefing) -> Iterator[OpenPoll]:
    for report in briefing.open_polls:
        poll = report.poll
        if poll.about is not None and poll.about.summit == pack.id and poll.url is not None:
            yield OpenPoll(poll.about.outcome, poll.question, poll.url)


def _pack(interaction: Interaction) -> Pack:
    """The summit that the server's announcements are about."""
    bot = interaction.client
    wanted = bot.servers.of(interaction.guild_id).summit if interaction.guild_id else None
    loaded = {pack.id: pack for pack in bot.library.packs}
    return loaded.get(wanted or "", bot.library.default)


def _locale(interaction: Interaction) -> str:
    return str(interaction.guild_locale or interaction.locale)


def _option(template: Template) -> discord.SelectOption:
    return discord.SelectOption(
        label=shorten(template.label, OPTION_LIMIT),
        value=template.key,
        description=shorten(template.description, OPTION_LIMIT),
    )
