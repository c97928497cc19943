"""The settings panel as a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import discord
from discord import SelectDefaultValueType, ui
from discord.utils import format_dt

from bot.settings.model import SETTINGS, Kind, Page, difference
from bot.text import member, shorten
from bot.ui.cards import ACCENT, MessageView
from cogs.settings import custom_ids, strings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.modlog.model import Entry
    from bot.settings.model import ServerSettings, Setting
    from bot.ui.cards import Control

DETAIL_SHOWN = 300
TEXT_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news]
NUMBERS = (3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000)


@dataclass(frozen=True, slots=True)
class Panel:
    """One page of the panel.

    `summits` and `languages` are (value, name) pairs; `usual_language` applies if none is chosen.
    `existing` are the ids of the chosen channels and roles that still exist in Discord. `warnings`
    are problems by setting. `notice` is the result of the last change, and `repairs` are controls
    to correct it.
    """

    settings: ServerSettings
    page: Page
    now: datetime
    summits: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    usual_language: str
    existing: frozenset[int]
    warnings: Mapping[str, str]
    recent: Sequence[Entry]
    notice: str = ""
    repairs: Sequence[Control] = ()


def panel_view(panel: Panel) -> ui.LayoutView:
    """The open page, and the buttons to the others."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=ACCENT)
    box.add_item(ui.TextDisplay(f"## {strings.PAGES[panel.page]}\n-# {strings.HEAD}"))
    if panel.notice:
        box.add_item(ui.TextDisplay(panel.notice))
    if panel.repairs:
        box.add_item(ui.ActionRow(*panel.repairs))
    for setting in SETTINGS:
        if setting.page is panel.page:
            for part in _setting(panel, setting):
                box.add_item(part)
    if panel.page is Page.RECENT:
        box.add_item(ui.TextDisplay(_recent(panel.recent)))
    view = MessageView()
    view.add_item(box)
    view.add_item(_row(*(_page_button(page, panel.page) for page in Page)))
    return view


def saved(before: ServerSettings, after: ServerSettings) -> str:
    """The notice after a change."""
    changes = difference(before, after)
    return strings.SAVED.format(changes=changes) if changes else strings.NOTHING_CHANGED


def refused(refusal: object) -> str:
    return f"⚠️ {refusal}"


def zone_repairs(nearest: Sequence[str], typed: str, now: datetime) -> list[Control]:
    """A button for each zone that may be meant, with the time there, and one to type again."""
    buttons: list[Control] = [
        ui.Button(
            label=f"{zone} · {now.astimezone(ZoneInfo(zone)):%H:%M}",
            custom_id=custom_ids.TAKE_ZONE(zone=zone),
        )
        for zone in nearest
    ]
    return (
        [*buttons, _button(strings.TYPE_AGAIN, custom_ids.ZONE(typed=typed))] if typed else buttons
    )


def quiet_repairs(start: str, end: str) -> list[Control]:
    """A button to type the quiet hours again, if any were typed."""
    if not (start or end):
        return []
    return [_button(strings.TYPE_AGAIN, custom_ids.QUIET(typed=f"{start}~{end}"))]


def _setting(panel: Panel, setting: Setting) -> Iterator[Control]:
    """One setting: its name, its explanation and its control."""
    settings, name = panel.settings, setting.name
    title = f"{setting.label}: {setting.text(settings)}"
    match setting.kind:
        case Kind.CHANNEL | Kind.ROLE:
            yield _about(panel, setting, setting.label)
            chosen = getattr(settings, name)
            yield _row(_id_select(setting, chosen if chosen in panel.existing else None))
        case Kind.SUMMIT:
            if len(panel.summits) > 1:
                yield _about(panel, setting, setting.label)
                first = strings.FIRST_SUMMIT.format(summit=panel.summits[0][1])
                yield _row(_select(name, panel.summits, settings.summit, first))
        case Kind.LANGUAGE:
            yield _about(panel, setting, setting.label)
            usual = strings.USUAL_LANGUAGE.format(language=panel.usual_language)
            yield _row(_select(name, panel.languages, settings.language, usual))
        case Kind.NUMBER:
            yield _about(panel, setting, title)
            chosen = getattr(settings, name)
            known = {n for n in NUMBERS if setting.least <= n <= setting.most}
            options = [(str(n), f"{n:,}") for n in sorted({*known, chosen})]
            yield _row(_select(name, options, str(chosen)))
        case Kind.ZONE:
            now = f"{panel.now.astimezone(settings.tz):%A, %H:%M}"
            about = f"{setting.about} {strings.ZONE_NOW.format(now=now)}"
            yield _section(title, about, _button(strings.CHANGE, custom_ids.ZONE(typed="")))
        case Kind.SWITCH:
            turn_on = not getattr(settings, name)
            label = strings.TURN_ON if turn_on else strings.TURN_OFF
            button = _button(label, custom_ids.SWITCH(name=name, on=turn_on))
            yield _section(title, setting.about, button)
        case Kind.HOURS:
            button = _button(strings.CHANGE, custom_ids.QUIET(typed="~"))
            yield _section(title, setting.about, button)
            if settings.quiet_from is not None:
                yield _row(_button(strings.QUIET_OFF, custom_ids.QUIET_OFF()))


def _recent(entries: Sequence[Entry]) -> str:
    lines = (
        f"{member(entry.by)} {format_dt(entry.at, 'f')}\n> "
        + shorten(entry.detail.replace("\n", " · "), DETAIL_SHOWN)
        for entry in entries
    )
    return "\n".join(lines) or strings.NO_CHANGES


def _about(panel: Panel, setting: Setting, title: str) -> Control:
    warning = panel.warnings.get(setting.name)
    text = f"**{title}**\n-# {setting.about}"
    return ui.TextDisplay(f"{text}\n{refused(warning)}" if warning else text)


def _section(title: str, about: str, control: Control) -> Control:
    section: ui.Section[Any] = ui.Section(f"**{title}**\n-# {about}", accessory=control)
    return section


def _row(*controls: Control) -> Control:
    row: ui.ActionRow[Any] = ui.ActionRow(*controls)
    return row


def _button(label: str, custom_id: str) -> Control:
    button: ui.Button[Any] = ui.Button(label=label, custom_id=custom_id)
    return button


def _page_button(page: Page, shown: Page) -> Control:
    style = discord.ButtonStyle.primary if page is shown else discord.ButtonStyle.secondary
    button: ui.Button[Any] = ui.Button(
        label=strings.PAGES[page], style=style, custom_id=custom_ids.PAGE(page=page)
    )
    return button


def _select(
    name: str, options: Sequence[tuple[str, str]], chosen: str | None, usual: str = ""
) -> Control:
    """A menu of (value, label) pairs. With `usual`, nothing may be chosen, and that is shown."""
    select: ui.Select[Any] = ui.Select(
        min_values=0 if usual else 1,
        placeholder=shorten(usual, 150) or None,
        custom_id=custom_ids.PICK(name=name),
        options=[
            discord.SelectOption(label=shorten(label, 100), value=value, default=value == chosen)
            for value, label in options[:25]
        ],
    )
    return select


def _id_select(setting: Setting, chosen: int | None) -> Control:
    """A menu of channels or of roles; nothing may be chosen."""
    is_channel = setting.kind is Kind.CHANNEL
    kind = SelectDefaultValueType.channel if is_channel else SelectDefaultValueType.role
    defaults = [discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else []
    select: ui.ChannelSelect[Any] | ui.RoleSelect[Any]
    if is_channel:
        select = ui.ChannelSelect(
            channel_types=TEXT_CHANNELS,
            min_values=0,
            placeholder="None",
            custom_id=custom_ids.CHANNEL(name=setting.name),
            default_values=defaults,
        )
    else:
        select = ui.RoleSelect(
            min_values=0,
            placeholder="None",
            custom_id=custom_ids.ROLE(name=setting.name),
            default_values=defaults,
        )
    return select
