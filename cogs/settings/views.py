"""The settings panel as a message. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from discord import ui
from discord.utils import format_dt

from bot.settings.model import difference
from bot.ui.card import ACCENT, clipped
from bot.ui.markdown import member
from cogs.settings import handlers as items
from cogs.settings import places
from cogs.settings import strings as words
from cogs.settings.panel import Tab

if TYPE_CHECKING:
    from bot.settings.model import ServerSettings
    from bot.ui.card import Control
    from cogs.settings.panel import Panel

DETAIL_SHOWN = 300


def panel_view(panel: Panel) -> ui.LayoutView:
    """The page that is open, and the buttons to the others."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=ACCENT)
    box.add_item(ui.TextDisplay(f"## {words.TABS[panel.tab]}\n-# {words.HEAD}"))
    if panel.notice:
        box.add_item(ui.TextDisplay(panel.notice))
    if panel.repairs:
        box.add_item(ui.ActionRow(*panel.repairs))
    for part in _PAGES[panel.tab](panel):
        box.add_item(part)
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.add_item(ui.ActionRow(*(items.TabButton(tab, here=tab is panel.tab) for tab in Tab)))
    return view


def saved(before: ServerSettings, after: ServerSettings) -> str:
    """What became of a change."""
    changes = difference(before, after)
    return f"✅ **Saved.** {changes}" if changes else words.NOTHING_CHANGED


def refused(refusal: object) -> str:
    return f"⚠️ {refusal}"


def _places(panel: Panel) -> Iterator[Control]:
    settings = panel.settings
    for name, title, about in (
        ("announcement_channel", "Announcement channel", words.ANNOUNCEMENT_CHANNEL),
        ("log_channel", "Log channel", words.LOG_CHANNEL),
    ):
        yield _about(panel, name, title, about)
        chosen = getattr(settings, name)
        yield _row(places.ChannelPick(name, chosen if chosen in panel.existing else None))
    yield _about(panel, "moderator_role", "Moderator role", words.MODERATOR_ROLE)
    role = settings.moderator_role
    yield _row(places.RolePick(role if role in panel.existing else None))


def _speech(panel: Panel) -> Iterator[Control]:
    settings = panel.settings
    if len(panel.summits) > 1:
        yield _about(panel, "summit", "Summit", words.SUMMIT)
        first = f"The first: {panel.summits[0][1]}"
        yield _row(items.Pick("summit", panel.summits, settings.summit, first))
    yield _about(panel, "language", "Language", words.LANGUAGE)
    usual = f"As set in Discord: {panel.usual_language}"
    yield _row(items.Pick("language", panel.languages, settings.language, usual))
    now = f"{panel.now.astimezone(settings.tz):%A, %H:%M}"
    yield _section(
        f"Time zone: {settings.zone}", words.ZONE.format(now=now), items.ZoneButton("Change…")
    )


def _posts(panel: Panel) -> Iterator[Control]:
    settings = panel.settings
    for name, title, about in (
        ("second_approval", "Second approval", words.SECOND_APPROVAL),
        ("name_author", "Name the author", words.NAME_AUTHOR),
    ):
        on = getattr(settings, name)
        title = f"{title}: {'on' if on else 'off'}"
        yield _section(title, about, items.Turn(name, on=not on))
    yield _section(
        f"Quiet hours: {settings.quiet_hours}", words.QUIET_HOURS, items.QuietButton("Change…")
    )
    if settings.quiet_from is not None:
        yield _row(items.QuietOffButton())
    title = f"Fewest forecasters: {settings.min_forecasters}"
    yield _about(panel, "min_forecasters", title, words.MIN_FORECASTERS)
    yield _row(items.Pick.of_numbers("min_forecasters", settings.min_forecasters))


def _recent(panel: Panel) -> Iterator[Control]:
    lines = [
        f"{member(entry.by)} {format_dt(entry.at, 'f')}\n> "
        + clipped(entry.detail.replace("\n", " · "), DETAIL_SHOWN)
        for entry in panel.recent
    ]
    yield ui.TextDisplay("\n".join(lines) or words.NO_CHANGES)


_PAGES = {Tab.PLACES: _places, Tab.SPEECH: _speech, Tab.POSTS: _posts, Tab.RECENT: _recent}


def _about(panel: Panel, name: str, title: str, about: str) -> Control:
    warning = panel.warnings.get(name)
    return ui.TextDisplay(f"**{title}**\n-# {about}" + (f"\n{refused(warning)}" if warning else ""))


def _section(title: str, about: str, control: Control) -> Control:
    section: ui.Section[Any] = ui.Section(f"**{title}**\n-# {about}", accessory=control)
    return section


def _row(*controls: Control) -> Control:
    row: ui.ActionRow[Any] = ui.ActionRow(*controls)
    return row
