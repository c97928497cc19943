"""The messages of a discussion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.knowledge.library import Kind
from bot.ui.cards import Block, Card, Link, MessageView, card_views
from cogs.discussions import strings
from cogs.discussions.custom_ids import POSITIONS
from cogs.knowledge import strings as knowledge_strings
from cogs.knowledge.places import Name, Place, position
from cogs.knowledge.reading import Menu, Reader
from cogs.knowledge.sheets.stands import on_issue, side_by_side
from cogs.knowledge.views import pick_menu
from cogs.polls import strings as poll_strings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.polls.visibility import Report

QUESTIONS = 3
MOST_MESSAGES = 4
"""At most so many messages of positions; the menu has the rest."""
ROOM = 3400
"""Characters in one message: a thread is read by scrolling, not by turning pages."""


def opening(
    reader: Reader, issue: str, reports: Sequence[Report], at: datetime
) -> list[ui.LayoutView]:
    """The first messages of a discussion: the issue, the positions, and the polls on it.

    `reports` are the public results of the polls at the time `at`.
    """
    return [
        *card_views(
            _at_issue(reader, issue), [(_positions_button(reader.ref(Kind.ISSUE, issue).handle),)]
        ),
        *_sides(reader, issue),
        *(card_views(_polls(reports, at)) if reports else ()),
    ]


def _positions_button(handle: str) -> ui.Button[Any]:
    return ui.Button(
        label=strings.READ_PRIVATELY,
        style=discord.ButtonStyle.primary,
        custom_id=POSITIONS(issue=handle),
    )


def _at_issue(reader: Reader, issue: str) -> Card:
    matter = reader.pack.issues[issue]
    questions = [
        *(reader.read(question) for question in matter.questions),
        *strings.SPARE_QUESTIONS,
    ]
    blocks = (
        *reader.blocks(strings.AT_ISSUE, matter.summary),
        *reader.blocks(knowledge_strings.WHY_IT_MATTERS, matter.why),
        *(
            Block(f"{number}. {question}", strings.TO_DISCUSS)
            for number, question in enumerate(questions[:QUESTIONS], 1)
        ),
        *(Block(f"- {rule}", strings.GROUND_RULES) for rule in strings.RULES),
    )
    return Card(
        reader.read(matter.name),
        blocks,
        subtitle=reader.summit_name,
        footer=strings.NO_SIDE,
        room=ROOM,
    )


def _sides(reader: Reader, issue: str) -> list[ui.LayoutView]:
    """Every actor's position: in full if that fits in few messages, else one statement each."""
    whole = replace(side_by_side(reader, issue), room=ROOM)
    if len(whole.pages) <= MOST_MESSAGES:
        return card_views(whole)
    brief = replace(on_issue(reader, issue).card, footer=strings.IN_BRIEF, room=ROOM)
    return card_views(brief)[:MOST_MESSAGES]


def _polls(reports: Sequence[Report], at: datetime) -> Card:
    blocks = tuple(Block("\n".join(poll_strings.summary_lines(report))) for report in reports)
    return Card(
        strings.EXPECTED, blocks, footer=strings.AS_OF.format(at=format_dt(at, "f")), room=ROOM
    )


def choice(reader: Reader, issue: str) -> ui.LayoutView:
    """A menu of all actors to read the position of. Actors with a recorded position come first."""
    view = MessageView()
    view.add_item(ui.TextDisplay(strings.WHOSE.format(issue=reader.issue(issue))))
    row: ui.ActionRow[Any] = ui.ActionRow(pick_menu(0, _positions_menu(reader, issue)))
    view.add_item(row)
    return view


def _positions_menu(reader: Reader, issue: str) -> Menu:
    """Links to every actor's position, recorded ones first."""
    recorded = {stand.actor: stand for stand in reader.stands_on(issue)}
    on = reader.ref(Kind.ISSUE, issue)
    links = [reader.stand_link(stand, reader.actor(actor)) for actor, stand in recorded.items()]
    links += [
        Link(
            reader.actor(actor),
            position(reader.ref(Kind.ACTOR, actor), on).key,
            knowledge_strings.NO_STANDS,
        )
        for actor in reader.pack.actors
        if actor not in recorded
    ]
    return Menu(strings.CHOOSE, tuple(links), Link("", Place(Name.STANDS, (on,)).key))
