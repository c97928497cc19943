"""The messages of a discussion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import ui
from discord.utils import format_dt

from bot.knowledge.library import Kind
from bot.text import joined
from bot.ui.cards import Block, Card, Link, MessageView, card_views
from bot.ui.knowledge import strings as knowledge_strings
from bot.ui.knowledge.addresses import position, positions
from bot.ui.knowledge.links import Menu, pick_menu
from bot.ui.knowledge.reader import ASPECTS, PackReader
from bot.ui.polls import strings as poll_strings
from cogs.discussions import strings
from cogs.discussions.custom_ids import POSITIONS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.polls.visibility import Report

QUESTIONS = 3
MOST_MESSAGES = 4
"""At most so many messages of positions; the menu has the rest."""
ROOM = 3400
"""Characters in one message: a thread is read by scrolling, not by turning pages."""


def opening(
    reader: PackReader, issue: str, reports: Sequence[Report], at: datetime
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


def _at_issue(reader: PackReader, issue: str) -> Card:
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


def _sides(reader: PackReader, issue: str) -> list[ui.LayoutView]:
    """Every actor's position: in full if that fits in few messages, else one statement each."""
    title = knowledge_strings.WHO_STANDS_WHERE_ON.format(issue=reader.issue(issue))
    whole = Card(title, tuple(_position_blocks(reader, issue)), reader.summit_name, room=ROOM)
    if len(whole.pages) <= MOST_MESSAGES:
        return card_views(whole)
    brief = replace(whole, blocks=reader.position_blocks(issue), footer=strings.IN_BRIEF)
    return card_views(brief)[:MOST_MESSAGES]


def _position_blocks(reader: PackReader, issue: str) -> Iterator[Block]:
    """Every statement of every position on an issue, and the actors whose position is unknown."""
    found = reader.positions_on(issue)
    for one in found:
        for aspect in ASPECTS:
            for statement in getattr(one, aspect):
                before = f"**{knowledge_strings.ASPECTS[aspect]}** · "
                yield reader.block(statement, reader.actor(one.actor), before)
    recorded = {one.actor for one in found}
    silent = [reader.actor(id_) for id_ in reader.pack.actors if id_ not in recorded]
    if silent:
        text = strings.NOT_RECORDED.format(actors=joined(silent, "and"))
        yield Block(text, knowledge_strings.NO_POSITION_RECORDED)


def _polls(reports: Sequence[Report], at: datetime) -> Card:
    blocks = tuple(Block("\n".join(poll_strings.summary_lines(report))) for report in reports)
    return Card(
        strings.EXPECTED, blocks, footer=strings.AS_OF.format(at=format_dt(at, "f")), room=ROOM
    )


def choice(reader: PackReader, issue: str) -> ui.LayoutView:
    """A menu of all actors to read the position of. Actors with a recorded position come first."""
    view = MessageView()
    view.add_item(ui.TextDisplay(strings.WHOSE.format(issue=reader.issue(issue))))
    row: ui.ActionRow[Any] = ui.ActionRow(pick_menu(0, _positions_menu(reader, issue)))
    view.add_item(row)
    return view


def _positions_menu(reader: PackReader, issue: str) -> Menu:
    """Links to every actor's position, recorded ones first."""
    recorded = {found.actor: found for found in reader.positions_on(issue)}
    on = reader.ref(Kind.ISSUE, issue)
    links = [reader.position_link(found, reader.actor(actor)) for actor, found in recorded.items()]
    links += [
        Link(
            reader.actor(actor),
            position(reader.ref(Kind.ACTOR, actor), on).key,
            knowledge_strings.NO_POSITION_RECORDED,
        )
        for actor in reader.pack.actors
        if actor not in recorded
    ]
    return Menu(strings.CHOOSE, tuple(links), Link("", positions(on).key))
