"""The values of polls: questions, terms, lifecycles, resolutions, actions and ballots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.knowledge.model import SILENT, Outcome, OutcomeKind
from bot.settings.model import MIN_FORECASTERS

SCALE = 1000
YES, NO = 1, 0
QUICK_FORECASTS = (50, 250, 500, 750, 950)
MIN_ANONYMOUS = 5
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=365)
QUESTION_LIMIT = 300
OPTION_LIMIT = 80
FEWEST_OPTIONS, MOST_OPTIONS = 2, 20
QUOTED, MOST_QUOTED = 40, 5
HOPE_QUESTION = "What do you hope for?"
HOPES = (("want", "I want it"), ("dont", "I don't want it"), ("either", "I don't mind"))
MOST_VOTES_TOLD = 8
REMINDER_AHEAD = timedelta(hours=24)
CLOSE_JOB, REMIND_JOB = "poll.close", "poll.remind"
TELL_JOB, WARN_JOB = "poll.tell", "poll.warn"
DISCUSS_JOB = "discussion.tell"
"""Kinds of jobs. A job's key is the poll's id, or the action's for `TELL_JOB` and `DISCUSS_JOB`,
which posts the action in the discussion of the poll's issue."""
DELETED_VOTER = "deleted:"
"""The key of a voter whose data was deleted begins with this; random hexadecimal digits follow.

They lead back to nobody. The ballots, changes and scores stay, so that totals stay right.
"""
NO_SUCH_ANSWER = "This poll has no such answer. Use the controls under the poll."
NO_SUCH_POLL = "This server has no such poll. Use `/poll list` to see its polls."


class PollKind(StrEnum):
    CHOICE = "choice"
    APPROVAL = "approval"
    FORECAST = "forecast"


class PollState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


VOTERS = -1
"""The tally that counts all ballots of a poll; each other tally counts those for an answer."""


class HideResults(StrEnum):
    """Until when only the count of ballots is shown."""

    NEVER = "never"
    UNTIL_CLOSE = "until_close"
    UNTIL_BALLOT = "until_ballot"


class Verdict(StrEnum):
    """How a question was resolved: settled, reality is unclear, or the question was broken."""

    SETTLED = "settled"
    AMBIGUOUS = "ambiguous"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class OutcomeRef:
    """The pack's outcome a poll is about."""

    summit: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a poll asks. `options` are (key, label) pairs; a forecast has none.

    `criteria` say how the question will be settled.
    """

    kind: PollKind
    text: str
    options: tuple[tuple[str, str], ...] = ()
    criteria: str | None = None
    about: OutcomeRef | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The options as members read them, by position."""
        return tuple(label for _, label in self.options)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a poll.

    If `role_id` is given, only members with this role may vote. With `asks_hope` a forecast poll
    also asks what members hope for. The crowd's forecast is shown from `min_forecasters` forecasts
    on.
    """

    anonymous: bool = False
    hide_results: HideResults = HideResults.NEVER
    role_id: int | None = None
    asks_hope: bool = False
    min_forecasters: int = MIN_FORECASTERS


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """When a poll was opened, when it closes, and how it was closed. Times are aware.

    `closed_by` is None where it closed at its time; `closed_late` says that the bot was away then.
    """

    state: PollState
    opened_by: int
    opened_at: datetime
    closes_at: datetime
    closed_by: int | None = None
    closed_at: datetime | None = None
    closed_late: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether a ballot is accepted at `now`: none is after `closes_at`, even if the poll is
        not marked as closed yet."""
        return self.state is PollState.OPEN and now < self.closes_at

    @property
    def ended_at(self) -> datetime:
        """When the poll was closed, or will close."""
        return self.closed_at or self.closes_at


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of a poll's question, by the action `action_id`.

    `value` is what came true if the verdict is `SETTLED`: an option's position, or 1 for yes and
    0 for no.
    """

    verdict: Verdict
    value: int | None
    action_id: int | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as stored.

    `hope_for` is the forecast poll beside which this one asks what members hope for.
    `revision` counts the changes that the poll's message must show, `shown_revision` is the last
    one that it shows. `problem` tells moderators what is wrong with its message. Members who may
    view the channel `audience_id` may know of the poll.
    """

    id: int
    guild_id: int
    channel_id: int
    question: Question
    terms: Terms
    lifecycle: Lifecycle
    resolution: Resolution | None = None
    message_id: int | None = None
    audience_id: int = 0
    hope_for: int | None = None
    revision: int = 0
    shown_revision: int = 0
    problem: str | None = None

    def is_open(self, now: datetime) -> bool:
        return self.lifecycle.is_open(now)

    @property
    def verdict(self) -> Verdict | None:
        """None until the poll is resolved or annulled."""
        return self.resolution.verdict if self.resolution else None

    @property
    def result(self) -> int | None:
        """What came true, if the poll is settled."""
        return self.resolution.value if self.resolution else None

    def is_resolved_by(self, action_id: int) -> bool:
        """Whether this action resolved or annulled the poll, and was not undone."""
        return self.resolution is not None and self.resolution.action_id == action_id

    @property
    def is_behind(self) -> bool:
        """Whether the poll's message, or that of its forecast, is out of date."""
        return self.revision > self.shown_revision

    @property
    def reminds_at(self) -> datetime:
        """When members are reminded who asked for it: a day before the close, but not before three
        quarters of the poll's time have passed."""
        opened_at, closes_at = self.lifecycle.opened_at, self.lifecycle.closes_at
        return closes_at - min(REMINDER_AHEAD, (closes_at - opened_at) / 4)

    @property
    def url(self) -> str | None:
        """A link to the poll's message, once it is posted."""
        if self.message_id is None:
            return None
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll that is about to be opened; `hope_for` is as in `Poll`."""

    guild_id: int
    channel_id: int
    question: Question
    terms: Terms
    lifecycle: Lifecycle
    hope_for: int | None = None

    def as_poll(self, poll_id: int) -> Poll:
        """The poll that this becomes, as stored under `poll_id`."""
        return Poll(
            id=poll_id,
            guild_id=self.guild_id,
            channel_id=self.channel_id,
            question=self.question,
            terms=self.terms,
            lifecycle=self.lifecycle,
            audience_id=self.channel_id,
            hope_for=self.hope_for,
        )

    def hope(self, poll_id: int) -> "Draft":
        """The poll on what members hope for beside this forecast, stored under `poll_id`.

        What others hope for stays hidden until the close, so that it influences nobody.
        """
        terms = replace(self.terms, hide_results=HideResults.UNTIL_CLOSE, asks_hope=False)
        question = Question(PollKind.CHOICE, HOPE_QUESTION, HOPES)
        return replace(self, question=question, terms=terms, hope_for=poll_id)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A member's standing answer; `value` is as in `bot.polls.tables.BallotRow`."""

    value: int
    cast_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Results:
    """The standing ballots by answer.

    `ballots` is the number of ballots in these results: not always all in an anonymous poll, and
    less than the sum of the counts in an approval poll. `crowd` is in tenths of a percent, for
    forecasts only.
    """

    counts: Mapping[int, int]
    ballots: int
    crowd: int | None = None

    @classmethod
    def of(cls, tallies: Mapping[int, int]) -> Self:
        """Results without a crowd, from tallies in which `VOTERS` counts the ballots."""
        counts = {value: count for value, count in tallies.items() if value != VOTERS}
        return cls(counts, tallies.get(VOTERS, 0))


class ActionKind(StrEnum):
    """What a moderator can do to a poll that is posted."""

    CLOSE = "close"
    EXTEND = "extend"
    RESOLVE = "resolve"
    ANNUL = "annul"
    UNRESOLVE = "unresolve"


class ActionState(StrEnum):
    """How far an action has come. The values are those in the database."""

    PROPOSED = "proposed"
    CONFIRMED = "done"
    POSTED = "told"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a moderator wants to do to a poll, and why.

    A resolution has a `verdict`, a `value` if it is settled (an option's position, or 1 for yes
    and 0 for no), `evidence` (a link), and what each readout says, as (actor, answer) pairs.
    An extension has the new `closes_at`. Closing and extending need no `reason`.
    """

    kind: ActionKind
    poll_id: int
    reason: str = ""
    evidence: str | None = None
    verdict: Verdict | None = None
    value: int | None = None
    closes_at: datetime | None = None
    readouts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A stored proposal: who made it, when, and how far it has come.

    `at` is when it was proposed and, once it is confirmed, when that was.
    """

    id: int
    proposal: Proposal
    by: int
    at: datetime
    state: ActionState = ActionState.PROPOSED

    @property
    def kind(self) -> ActionKind:
        return self.proposal.kind

    @property
    def readouts_differ(self) -> bool:
        """Whether the readouts contradict each other; one that says nothing does not count."""
        return len({said for _, said in self.proposal.readouts if said != SILENT}) > 1


@dataclass(frozen=True, slots=True)
class Vote:
    """One change of a member's ballot; a `value` of None withdraws it."""

    at: datetime
    value: int | None


LogRow = tuple[datetime, str, int | None]
"""The time, the voter's key, and the forecast; None withdraws it."""


def answers_of(poll: Poll) -> Sequence[tuple[int, str]]:
    """The answers that can come true, each with its value."""
    if poll.question.kind is PollKind.FORECAST:
        return [(YES, "Yes"), (NO, "No")]
    return list(enumerate(poll.question.labels))


def question_about(summit_id: str, outcome: Outcome, locale: str) -> Question:
    """A pack's outcome as a poll asks it: yes/no ones as a forecast, others as a choice."""
    return Question(
        kind=PollKind.FORECAST if outcome.kind is OutcomeKind.YES_NO else PollKind.CHOICE,
        text=outcome.question.read(locale),
        options=tuple((option.id, option.label.read(locale)) for option in outcome.options),
        criteria=outcome.criteria.read(locale),
        about=OutcomeRef(summit_id, outcome.id),
    )
