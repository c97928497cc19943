"""Polls as values, made and changed without a database."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from bot.polls.model import Lifecycle, Poll, PollKind, PollState, Question, Terms

START = datetime(2026, 1, 1, tzinfo=UTC)
FORECAST_POLL = Poll(
    id=1,
    guild_id=10,
    channel_id=100,
    question=Question(PollKind.FORECAST, "Will they?"),
    terms=Terms(),
    lifecycle=Lifecycle(PollState.OPEN, 1, START, START + timedelta(days=7)),
)


def changed(poll: Poll, **values: object) -> Poll:
    """The poll with other values, each named as the part of a poll that has it names it."""
    for part in (poll.question, poll.terms, poll.lifecycle):
        names = {field.name for field in fields(part)} & values.keys()
        own = {name: values.pop(name) for name in names}
        poll = replace(poll, **{type(part).__name__.lower(): replace(part, **own)})  # type: ignore[arg-type]
    return replace(poll, **values)  # type: ignore[arg-type]
