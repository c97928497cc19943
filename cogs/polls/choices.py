"""Finds what an option of a /poll command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import UserError
from bot.knowledge.search import Entry, Shelf
from bot.polls.model import NO_SUCH_POLL, Poll, Verdict, answers_of
from bot.polls.resolution import answer_key
from bot.text import same_key, shorten
from bot.ui.polls import strings as shared
from bot.ui.viewer import viewer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ui.interaction import Interaction

MOST_CHOICES = 25
SPANS = ("10 minutes", "1 hour", "6 hours", "1 day", "3 days", "7 days", "14 days", "30 days")


def ranked(polls: Sequence[Poll], typed: str) -> list[Poll]:
    """The polls that `typed` may mean, best first; all in their order if nothing is typed."""
    if not typed.strip():
        return list(polls)
    by_id = {poll.id: poll for poll in polls}
    shelf = Shelf([Entry(poll.id, (poll.question.text,), poll.question.text) for poll in polls])
    scores = shelf.rank(typed)
    return [by_id[poll_id] for poll_id in sorted(scores, key=lambda key: -scores[key])]


def poll_choices(polls: Sequence[Poll], typed: str) -> list[app_commands.Choice[str]]:
    return [
        app_commands.Choice(name=_label(poll), value=str(poll.id))
        for poll in ranked(polls, typed)[:MOST_CHOICES]
    ]


async def listed(interaction: Interaction) -> list[Poll]:
    """The server's polls in channels that the person may view."""
    found = await interaction.client.services.polls.listed(viewer_of(interaction))
    return [poll for poll, _ in found]


async def poll_of(interaction: Interaction, typed: str) -> Poll:
    """The poll that was picked or typed; UserError if the person can view no such poll."""
    viewer, poll_id = viewer_of(interaction), await poll_id_of(interaction, typed)
    return await interaction.client.services.polls.find(viewer, poll_id)


async def poll_id_of(interaction: Interaction, typed: str) -> int:
    """The id of the poll that was picked or typed; UserError if nothing fits.

    An id is returned as it is, so there may be no such poll.
    """
    number = typed.strip().removeprefix("#")
    if number.isdecimal():
        return int(number[:18])
    found = ranked(await listed(interaction), typed)
    if not found:
        raise UserError(NO_SUCH_POLL)
    if len(found) > 1 and found[0].question.text.casefold() != typed.strip().casefold():
        near = "\n".join(f"• {poll.question.text}" for poll in found[:3])
        raise UserError(f"Which poll do you mean? Pick it from the list that appears:\n{near}")
    return found[0].id


def span_choices(typed: str) -> list[app_commands.Choice[str]]:
    """Usual spans for a poll to stay open, and what was typed."""
    wanted = typed.strip().casefold()
    spans = [span for span in SPANS if wanted in span]
    if wanted and wanted not in spans:
        spans.insert(0, typed.strip()[:100])
    return [app_commands.Choice(name=span, value=span) for span in spans]


def result_choices(poll: Poll, typed: str) -> list[app_commands.Choice[str]]:
    """The results that a poll can have, those that contain what is typed."""
    answers = [(label, answer_key(value)) for value, label in answers_of(poll)]
    answers.append((Verdict.AMBIGUOUS, Verdict.AMBIGUOUS))
    return [
        app_commands.Choice(name=label, value=key)
        for label, key in answers
        if same_key(typed) in same_key(label)
    ]


def _label(poll: Poll) -> str:
    return shorten(f"{poll.question.text} · {shared.state(poll)}")
