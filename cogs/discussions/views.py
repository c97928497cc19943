"""What a discussion is opened with, as messages. Pure: a reader and reports in, views out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from discord.utils import format_dt

from bot.knowledge.index import Kind
from bot.ui.card import Block, Card, card_views
from cogs.discussions import strings as words
from cogs.discussions.handlers import PositionsButton
from cogs.knowledge import strings as knowledge_words
from cogs.knowledge.reading import Reader
from cogs.knowledge.sheets.stands import on_issue, side_by_side
from cogs.polls import strings as poll_words

if TYPE_CHECKING:
    from datetime import datetime

    from discord import ui

    from bot.polls.visibility import Report

QUESTIONS = 3
MOST_MESSAGES = 4
"""Messages about who stands where, before the whole of it is left to the menu."""
ROOM = 3400
"""Characters in one message: a thread is read by scrolling, not by turning pages."""


def opening(
    reader: Reader, issue: str, reports: Sequence[Report], at: datetime
) -> list[ui.LayoutView]:
    """The messages that open a discussion: what is at issue, who stands where, what is expected.

    `reports` are the polls on the issue as everybody may see them at `at`.
    """
    return [
        *card_views(
            _at_issue(reader, issue), [(PositionsButton(reader.ref(Kind.ISSUE, issue).handle),)]
        ),
        *_sides(reader, issue),
        *(card_views(_polls(reports, at)) if reports else ()),
    ]


def _at_issue(reader: Reader, issue: str) -> Card:
    matter = reader.pack.issues[issue]
    questions = [*(reader.read(question) for question in matter.questions), *words.SPARE_QUESTIONS]
    blocks = (
        *reader.blocks(words.AT_ISSUE, matter.summary),
        *reader.blocks(knowledge_words.WHY_IT_MATTERS, matter.why),
        *(
            Block(f"{number}. {question}", words.TO_DISCUSS)
            for number, question in enumerate(questions[:QUESTIONS], 1)
        ),
        *(Block(f"- {rule}", words.GROUND_RULES) for rule in words.RULES),
    )
    return Card(
        reader.read(matter.name),
        blocks,
        subtitle=reader.summit_name,
        footer=words.NO_SIDE,
        room=ROOM,
    )


def _sides(reader: Reader, issue: str) -> list[ui.LayoutView]:
    """Everybody's stand: whole if that is few messages, else one statement of each."""
    whole = replace(side_by_side(reader, issue), room=ROOM)
    if len(whole.pages) <= MOST_MESSAGES:
        return card_views(whole)
    brief = replace(on_issue(reader, issue).card, footer=words.IN_BRIEF, room=ROOM)
    return card_views(brief)[:MOST_MESSAGES]


def _polls(reports: Sequence[Report], at: datetime) -> Card:
    blocks = tuple(Block("\n".join(poll_words.summary_lines(report))) for report in reports)
    return Card(words.EXPECTED, blocks, footer=words.AS_OF.format(at=format_dt(at, "f")), room=ROOM)
