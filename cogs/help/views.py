"""The help card: the commands in, a message out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from discord import app_commands, ui

from bot.access import Who
from bot.ui.audience import who_may
from bot.ui.cards import Block, Card, card_view, pager
from bot.ui.knowledge import strings as knowledge_strings
from bot.ui.knowledge.addresses import CardKind, summit_list
from bot.ui.knowledge.links import open_button
from cogs.help import strings
from cogs.help.custom_ids import TURN

if TYPE_CHECKING:
    from bot.access import Viewer

Command = app_commands.Command[Any, Any, Any]

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
START_HERE = {
    CardKind.SUMMIT: knowledge_strings.SUMMIT,
    CardKind.ACTORS: knowledge_strings.ACTORS,
    CardKind.ISSUES: knowledge_strings.ISSUES,
    CardKind.OUTCOMES: knowledge_strings.OUTCOMES,
}


def help_view(card: Card, summit_id: str, page: int = 0) -> ui.LayoutView:
    """A page of the help, with buttons to the lists of a summit."""
    row = [
        open_button(summit_list(kind, summit_id).key, label) for kind, label in START_HERE.items()
    ]
    return card_view(card, page, (row,), pager(TURN))


def help_card(
    tree: app_commands.CommandTree[Any], summit: str, viewer: Viewer, ids: Mapping[str, int]
) -> Card:
    """The commands that a viewer may use, and how to read a card.

    `ids` are the ids of top-level commands by name; a command whose id is known can be tapped.
    """
    return Card(
        strings.TITLE,
        (
            Block(strings.START.format(summit=summit)),
            *(
                Block(f"{_tappable(command, ids)} {command.description}", _heading(command))
                for command in _in_order(tree)
                if viewer.belongs_to(who_may(command))
            ),
            # One block, so that it stays on one page.
            Block(
                "\n".join(
                    (
                        strings.STANDINGS,
                        *knowledge_strings.STANDINGS_EXPLAINED,
                        strings.IN_PRIVATE,
                    )
                ),
                strings.HOW_TO_READ,
            ),
        ),
    )


def _in_order(tree: app_commands.CommandTree[Any]) -> Iterator[Command]:
    """Commands group by group, reading first.

    In a group, commands for everyone come first; poll commands follow the life of a poll.
    """
    found = [c for c in tree.walk_commands() if isinstance(c, app_commands.Command)]
    groups = list(strings.HEADINGS)

    def order(command: Command) -> tuple[int, str, bool, int]:
        group = _group(command)
        return (
            groups.index(group) if group in groups else len(groups),
            group,
            who_may(command) is not Who.EVERYONE,
            _rank(command),
        )

    yield from sorted(found, key=order)


def _rank(command: Command) -> int:
    """The rank of a command in its group; the same for all commands outside the poll group."""
    if _group(command) != "poll" or command.name not in POLL_ORDER:
        return len(POLL_ORDER)
    return POLL_ORDER.index(command.name)


def _group(command: Command) -> str:
    """The key of a command's heading: its group, or its own name if it has a heading itself."""
    root = (command.root_parent or command).name
    return root if command.root_parent or root in strings.HEADINGS else ""


def _heading(command: Command) -> str:
    group = _group(command)
    heading = strings.HEADINGS.get(group, group.capitalize())
    who = who_may(command)
    return heading if who is Who.EVERYONE else f"{heading} ({who})"


def _tappable(command: Command, ids: Mapping[str, int]) -> str:
    root = (command.root_parent or command).name
    if root in ids:
        return f"</{command.qualified_name}:{ids[root]}>"
    return f"`/{command.qualified_name}`"
