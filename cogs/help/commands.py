"""/help: what this person may do here, and how to read a card."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.access import Who
from bot.ui.audience import who_may
from bot.ui.cards import Block, Card, card_view
from bot.ui.interaction import library_of, locale_of
from bot.ui.items import PersistentButton
from bot.ui.viewer import viewer_of
from cogs.knowledge import strings as words
from cogs.knowledge.handlers import Go
from cogs.knowledge.places import Name, summit_list

if TYPE_CHECKING:
    from bot.access import Viewer
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction

log = logging.getLogger(__name__)

Command = app_commands.Command[Any, Any, Any]

HEADINGS = {
    "": "Read",
    "poll": "Polls",
    "forecast": "Forecasts",
    "announce": "Announcements",
    "discuss": "Discussions",
    "settings": "Settings",
    "privacy": "Your data",
}
POLL_ORDER = (
    "list",
    "show",
    "open",
    "create",
    "close",
    "extend",
    "resolve",
    "annul",
    "unresolve",
    "export",
)
START = "Ask about **{summit}**, say what you expect, and see what the server expects."
START_HERE = {
    Name.SUMMIT: words.SUMMIT,
    Name.ACTORS: words.ACTORS,
    Name.ISSUES: words.ISSUES,
    Name.OUTCOMES: words.OUTCOMES,
}
HOW_TO_READ = (
    "Under every statement stands what kind of claim it is and which section (§) of the source "
    "it comes from:"
)
IN_PRIVATE = (
    "Cards are posted for everybody; **Keep private** takes yours out of the channel. Buttons on "
    "somebody else's card answer you alone."
)


class HelpPage(PersistentButton, template=r"help:page:v1:(?P<page>-?\d{1,3})"):
    """Turns a page of the help."""

    def __init__(self, page: int | str, *, label: str = "–", disabled: bool = False) -> None:
        self.page = int(page)
        super().__init__(
            ui.Button(label=label, disabled=disabled, custom_id=f"help:page:v1:{page}")
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(groups["page"])

    async def act(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(view=_view(interaction, self.page))


class Help(commands.Cog):
    """Shows each person what they may do.

    `ids` are those that Discord gave the commands, by name; empty until it has said so.
    """

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot
        self.ids: Mapping[str, int] = {}

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        try:
            found = await self.bot.tree.fetch_commands()
        except discord.HTTPException:
            log.warning("Discord does not give the commands' ids: /help shows plain names.")
        else:
            self.ids = {command.name: command.id for command in found}

    @app_commands.command(description="What you can do here, and how to read a card.")
    async def help(self, interaction: Interaction) -> None:
        await interaction.response.send_message(view=_view(interaction), ephemeral=True)


def help_card(
    tree: app_commands.CommandTree[Any], summit: str, viewer: Viewer, ids: Mapping[str, int]
) -> Card:
    """What the viewer may do, from the commands that there are. Pure.

    `ids` are those of the top commands by name; with its id a command can be tapped.
    """
    return Card(
        "What you can do here",
        (
            Block(START.format(summit=summit)),
            *(
                Block(f"{_tappable(command, ids)} {command.description}", _heading(command))
                for command in _in_order(tree)
                if viewer.belongs_to(who_may(command))
            ),
            # One block: what does not fit on a page goes to the next one as a whole.
            Block(
                "\n".join((HOW_TO_READ, *words.STANDINGS_EXPLAINED, IN_PRIVATE)),
                "How to read a card",
            ),
        ),
    )


def _in_order(tree: app_commands.CommandTree[Any]) -> Iterator[Command]:
    """Reading first, then a group at a time; within a group what is for everyone first, then as
    a poll's life goes."""
    found = [c for c in tree.walk_commands() if isinstance(c, app_commands.Command)]
    groups = list(HEADINGS)

    def order(command: Command) -> tuple[int, str, bool, int]:
        group = _group(command)
        return (
            groups.index(group) if group in groups else len(groups),
            group,
            who_may(command) is not Who.EVERYONE,
            _place(command),
        )

    yield from sorted(found, key=order)


def _place(command: Command) -> int:
    """Where a command stands in its group; commands of other groups as they are defined."""
    if _group(command) != "poll" or command.name not in POLL_ORDER:
        return len(POLL_ORDER)
    return POLL_ORDER.index(command.name)


def _group(command: Command) -> str:
    """The heading's key: the command's group, or itself where it stands for one."""
    root = (command.root_parent or command).name
    return root if command.root_parent or root in HEADINGS else ""


def _heading(command: Command) -> str:
    group = _group(command)
    heading = HEADINGS.get(group, group.capitalize())
    who = who_may(command)
    return heading if who is Who.EVERYONE else f"{heading} ({who})"


def _tappable(command: Command, ids: Mapping[str, int]) -> str:
    root = (command.root_parent or command).name
    if root in ids:
        return f"</{command.qualified_name}:{ids[root]}>"
    return f"`/{command.qualified_name}`"


def _view(interaction: Interaction, page: int = 0) -> ui.LayoutView:
    cog = interaction.client.get_cog(Help.__cog_name__)
    ids = cog.ids if isinstance(cog, Help) else {}
    library = library_of(interaction)
    summit = library.default.summit.name.read(locale_of(interaction, private=True))
    card = help_card(interaction.client.tree, summit, viewer_of(interaction), ids)
    row = [
        Go("go", summit_list(name, library.default.id).key, label=label)
        for name, label in START_HERE.items()
    ]

    def pager(label: str, page: int, *, disabled: bool) -> HelpPage:
        return HelpPage(page, label=label, disabled=disabled)

    return card_view(card, page, (row,), pager)
