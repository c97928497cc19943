"""Drafts: polls as moderators typed them, and everything that is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.polls.model import (
    Draft,
    HideResults,
    Lifecycle,
    PollKind,
    PollState,
    Question,
    Results,
    Terms,
)
from bot.polls.rules import closing_problem, question_problems
from bot.polls.visibility import Report, report
from bot.settings.model import MIN_FORECASTERS
from bot.text import is_visible
from bot.times import unreadable


class Tick(StrEnum):
    """The boxes of the form. With none ticked, members choose one option and results are public."""

    APPROVAL = "approval"
    FORECAST = "forecast"
    ANONYMOUS = "anonymous"
    UNTIL_CLOSE = "until_close"
    UNTIL_BALLOT = "until_ballot"
    HOPE = "hope"


@dataclass(frozen=True, slots=True)
class Typed:
    """Exactly what a moderator typed. It may be wrong in any way."""

    question: str
    options: str
    closes: str
    ticks: frozenset[Tick] = frozenset()
    role_id: int | None = None

    @property
    def labels(self) -> list[str]:
        """The options, one a line; lines without visible text are skipped."""
        return [" ".join(line.split()) for line in self.options.splitlines() if is_visible(line)]

    @property
    def kind(self) -> PollKind:
        """If two kinds are ticked, the one that fits the options: that is one problem, not two."""
        if Tick.APPROVAL in self.ticks and (Tick.FORECAST not in self.ticks or self.labels):
            return PollKind.APPROVAL
        return PollKind.FORECAST if Tick.FORECAST in self.ticks else PollKind.CHOICE

    @property
    def as_question(self) -> Question:
        options = tuple((str(number), label) for number, label in enumerate(self.labels, start=1))
        return Question(self.kind, " ".join(self.question.split()), options)

    def terms(self, min_forecasters: int = MIN_FORECASTERS) -> Terms:
        hidden = HideResults.NEVER
        if Tick.UNTIL_BALLOT in self.ticks:
            hidden = HideResults.UNTIL_BALLOT
        if Tick.UNTIL_CLOSE in self.ticks:
            hidden = HideResults.UNTIL_CLOSE
        return Terms(
            anonymous=Tick.ANONYMOUS in self.ticks,
            hide_results=hidden,
            role_id=self.role_id,
            asks_hope=Tick.HOPE in self.ticks,
            min_forecasters=min_forecasters,
        )

    def problems(self) -> Iterator[str]:
        """Everything that is wrong whatever the time, in one or two sentences each."""
        yield from question_problems(self.as_question, self.terms())
        if {Tick.APPROVAL, Tick.FORECAST} <= self.ticks:
            yield "A poll has several answers or is a forecast, not both. Untick one of the two."
        if {Tick.UNTIL_CLOSE, Tick.UNTIL_BALLOT} <= self.ticks:
            yield (
                "Results are hidden until the poll closes or until one has voted, not both. "
                "Untick one of the two."
            )


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A stored draft. Only its author can use it, and only in its server.

    `closes_at` and `min_forecasters` are as in the preview, even if the server's settings have
    changed since. `closes_at` is None if the typed text is no time. `poll_id` is the poll that was
    posted from the draft.
    """

    id: int
    guild_id: int
    channel_id: int
    author_id: int
    typed: Typed
    closes_at: datetime | None
    min_forecasters: int
    poll_id: int | None = None

    def problems(self, now: datetime) -> list[str]:
        """Everything that prevents posting it at `now`, in one or two sentences each."""
        found = list(self.typed.problems())
        if self.closes_at is None:
            found.append(unreadable(self.typed.closes, now))
        elif problem := closing_problem(now, self.closes_at):
            found.append(problem)
        return found

    def ready(self, now: datetime) -> Draft:
        """The poll to be opened at `now`; UserError if anything is wrong with it."""
        problems = self.problems(now)
        if problems or self.closes_at is None:
            raise UserError(
                "\n".join((*problems, "Press Edit. Everything you typed is still there."))
            )
        return Draft(
            guild_id=self.guild_id,
            channel_id=self.channel_id,
            question=self.typed.as_question,
            terms=self.typed.terms(self.min_forecasters),
            lifecycle=Lifecycle(PollState.OPEN, self.author_id, now, self.closes_at),
        )


def preview_report(draft: Draft) -> Report:
    """A poll as everybody will see it when it is opened. Its id is 0, which no poll has."""
    found = report(draft.as_poll(0), 0, Results.of({}), now=draft.lifecycle.opened_at)
    return replace(found, hope=preview_report(draft.hope(0))) if draft.terms.asks_hope else found
