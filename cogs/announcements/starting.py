"""Choosing what an announcement begins with: a blank form, or one that is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.knowledge.names import shorten
from bot.ui.caller import caller_of
from bot.ui.defaults import library_of, locale_of
from bot.ui.items import PersistentSelect
from cogs.announcements import forms, templates
from cogs.announcements.templates import Template, Values
from cogs.knowledge.reading import OpenPoll, Reader

if TYPE_CHECKING:
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
            await forms.compose(interaction)
            return
        briefing = await bot.briefings.read(caller.guild_id)
        reader = _reader(interaction, briefing)
        filled = templates.find(reader, values[0]).fill(Values(reader, briefing))
        await forms.compose(interaction, filled)


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
    library = library_of(interaction)
    reader = Reader(library, library.default, locale_of(interaction, private=False))
    await interaction.response.send_message(view=chooser(reader), ephemeral=True)


def _reader(interaction: Interaction, briefing: Briefing) -> Reader:
    """The server's summit in the server's language, with its open polls and nothing else."""
    library = library_of(interaction)
    pack = library.default
    locale = locale_of(interaction, private=False)
    return Reader(library, pack, locale, tuple(_open_polls(pack, briefing)))


def _open_polls(pack: Pack, briefing: Briefing) -> Iterator[OpenPoll]:
    for report in briefing.open_polls:
        poll = report.poll
        if poll.about is not None and poll.about.summit == pack.id and poll.url is not None:
            yield OpenPoll(poll.about.outcome, poll.question, poll.url)


def _option(template: Template) -> discord.SelectOption:
    return discord.SelectOption(
        label=shorten(template.label, OPTION_LIMIT),
        value=template.key,
        description=shorten(template.description, OPTION_LIMIT),
    )
