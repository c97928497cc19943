"""Filling a blank draft from what the bot knows: briefings, polls, results, changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.announcements.service import AnnouncementInput
from bot.knowledge.names import shorten
from bot.ui.caller import caller_of
from bot.ui.defaults import library_of, locale_of
from bot.ui.items import PersistentSelect
from bot.ui.sight import shown_in
from cogs.announcements import forms, panel, templates
from cogs.announcements.templates import Template, Values
from cogs.knowledge.reading import OpenPoll, Reader

if TYPE_CHECKING:
    from bot.announcements.templates import TemplateData
    from bot.knowledge.model import Pack
    from bot.ui.items import Interaction

OPTIONS_A_MENU = 25
MOST_ISSUES = 4 * OPTIONS_A_MENU
OPTION_LIMIT = 100
ALREADY_WRITTEN = "Something is written already, so it was not filled in. Here it is as it stands."
START_FROM = "Start from…"
START_FROM_ISSUE = "Start from an issue briefing…"


class StartSelect(
    PersistentSelect, template=r"announce:start:v1:(?P<announcement_id>\d{1,18}):(?P<slot>\d)"
):
    """Fills a draft with what is chosen. The options carry the templates' keys."""

    def __init__(self, announcement_id: int, menu: ui.Select[Any]) -> None:
        self.announcement_id = announcement_id
        super().__init__(menu)

    @classmethod
    def of(
        cls, announcement_id: int, slot: int, placeholder: str, found: Sequence[Template]
    ) -> Self:
        menu: ui.Select[Any] = ui.Select(
            placeholder=placeholder,
            custom_id=f"announce:start:v1:{announcement_id}:{slot}",
            options=[_option(template) for template in found],
        )
        return cls(announcement_id, menu)

    @classmethod
    def parse(cls, item: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["announcement_id"]), item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        bot, caller = interaction.client, caller_of(interaction)
        bot.announcements.require_allowed(caller)
        draft = await bot.announcements.get(caller, self.announcement_id)
        if not draft.content.is_blank:
            await forms.acknowledge(interaction)
            await panel.show(interaction, draft, [ALREADY_WRITTEN])
            return
        told = shown_in(interaction, draft.plan.channel_id)
        briefing = await bot.briefings.read(caller.guild_id, told)
        reader = _reader(interaction, briefing)
        filled = templates.find(reader, values[0]).fill(Values(reader, briefing))
        await forms.acknowledge(interaction)
        picture = (await bot.announcements.details(draft)).picture
        typed = AnnouncementInput(filled, picture.alt if picture else "")
        await panel.show(
            interaction, await bot.announcements.change_content(caller, self.announcement_id, typed)
        )


ITEMS = (StartSelect,)


def selects(interaction: Interaction, announcement_id: int) -> list[StartSelect]:
    """What a draft can be filled from, here."""
    library = library_of(interaction)
    reader = Reader(library, library.default, locale_of(interaction, private=False))
    return menus_for(reader, announcement_id)


def menus_for(reader: Reader, announcement_id: int) -> list[StartSelect]:
    """One menu of what is told of the whole, and as many as the issues take. Pure."""
    on_issues = templates.on_issues(reader)[:MOST_ISSUES]
    return [
        StartSelect.of(announcement_id, 0, START_FROM, templates.general()),
        *(
            StartSelect.of(
                announcement_id, slot, START_FROM_ISSUE, on_issues[start : start + OPTIONS_A_MENU]
            )
            for slot, start in enumerate(range(0, len(on_issues), OPTIONS_A_MENU), 1)
        ),
    ]


def _reader(interaction: Interaction, briefing: TemplateData) -> Reader:
    """The server's summit in the server's language, with its open polls and nothing else."""
    library = library_of(interaction)
    pack = library.default
    locale = locale_of(interaction, private=False)
    return Reader(library, pack, locale, tuple(_open_polls(pack, briefing)))


def _open_polls(pack: Pack, briefing: TemplateData) -> Iterator[OpenPoll]:
    for report in briefing.open_polls:
        poll = report.poll
        if (
            poll.question.about is not None
            and poll.question.about.summit == pack.id
            and poll.url is not None
        ):
            yield OpenPoll(poll.question.about.outcome, poll.question.text, poll.url)


def _option(template: Template) -> discord.SelectOption:
    return discord.SelectOption(
        label=shorten(template.label, OPTION_LIMIT),
        value=template.key,
        description=shorten(template.description, OPTION_LIMIT),
    )
