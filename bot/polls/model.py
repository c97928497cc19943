"""Polls as values, and the rules that need nothing but them."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import UserError
from bot.knowledge.model import Outcome, OutcomeKind

SCALE = 1000
QUICK_FORECASTS = (50, 250, 500, 750, 950)
MIN_FORECASTERS = 3
MIN_ANONYMOUS = 5
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=365)
NO_SUCH_POLL = "This server has no such poll. Use `/poll list` to see its polls."


class PollKind(StrEnum):
    CHOICE = "choice"
    FORECAST = "forecast"


class PollState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class HideResults(StrEnum):
    """Until when only the count of ballots is shown."""

    NEVER = "never"
    UNTIL_CLOSE = "until_close"
    UNTIL_BALLOT = "until_ballot"


@dataclass(frozen=True, slots=True)
class OutcomeRef:
    """The pack's outcome a poll is about."""

    summit: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll about to be opened. Times are aware; `labels` is empty for a forecast."""

    guild_id: int
    channel_id: int
    opened_by: int
    about: OutcomeRef | None
    kind: PollKind
    question: str
    criteria: str | None
    options: tuple[tuple[str, str], ...]
    anonymous: bool
    hide_results: HideResults
    opened_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as stored. `options` are labels by position; a forecast has none."""

    id: int
    guild_id: int
    channel_id: int
    message_id: int | None
    about: OutcomeRef | None
    kind: PollKind
    state: PollState
    question: str
    criteria: str | None
    options: tuple[str, ...]
    anonymous: bool
    hide_results: HideResults
    opened_by: int
    opened_at: datetime
    closes_at: datetime
    closed_by: int | None
    closed_at: datetime | None
    closed_late: bool

    def is_open(self, now: datetime) -> bool:
        """Whether a ballot is accepted at `now`: past `closes_at` none is, closed yet or not."""
        return self.state is PollState.OPEN and now < self.closes_at

    @property
    def url(self) -> str | None:
        """A link to the poll's message, once it is posted."""
        if self.message_id is None:
            return None
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


@dataclass(frozen=True, slots=True)
class Ballot:
    """A member's standing answer; `value` as in `bot.storage.tables.BallotRow`."""

    value: int
    cast_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Results:
    """How the standing ballots divide. `crowd` is in tenths of a percent, forecasts only."""

    counts: Mapping[int, int]
    crowd: int | None = None

    @property
    def ballots(self) -> int:
        """How many ballots these results are made of; in an anonymous poll not always all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Report:
    """A poll as one person, or everyone, may see it: `results` is None where they may not.

    `withheld` then says why, in a sentence. Rendering shows nothing that is not in here.
    """

    poll: Poll
    ballots: int
    results: Results | None
    withheld: str | None = None


def outcome_kind(outcome: Outcome) -> PollKind:
    """A yes/no outcome is asked as a forecast, one with options as a choice."""
    return PollKind.FORECAST if outcome.kind is OutcomeKind.YES_NO else PollKind.CHOICE


def closing_time(opened_at: datetime, lasts: timedelta) -> datetime:
    """When a poll opened at `opened_at` closes. UserError outside 1 minute to 365 days."""
    if not SHORTEST <= lasts <= LONGEST:
        raise UserError(
            "A poll can stay open for 1 minute to 365 days. Give `closes_in` in that range, "
            "for example `3d` or `12h`."
        )
    return opened_at + lasts


def require_open(poll: Poll, now: datetime) -> None:
    """UserError unless the poll takes ballots at `now`."""
    if not poll.is_open(now):
        raise UserError("This poll is closed, so no ballot can be changed any more.")


def check_value(poll: Poll, value: int) -> None:
    """UserError unless `value` is an answer that this poll has."""
    highest = SCALE if poll.kind is PollKind.FORECAST else len(poll.options) - 1
    if not 0 <= value <= highest:
        raise UserError("This poll has no such answer. Use the buttons under the poll.")


def voter_key(poll_id: int, secret: bytes | None, user_id: int) -> str:
    """What stands for a voter: the user id; in an anonymous poll HMAC-SHA256 under `secret`."""
    if secret is None:
        return str(user_id)
    return hmac.new(secret, f"{poll_id}:{user_id}".encode(), hashlib.sha256).hexdigest()


def report(
    poll: Poll,
    ballots: int,
    results: Results,
    *,
    now: datetime,
    has_voted: bool = False,
) -> Report:
    """What may be shown of a poll at `now`.

    `has_voted` tells whether the person who looks has a standing ballot; leave it False for what
    everyone sees. This is the only way from counts to anything a person reads.
    """
    withheld = _withheld(poll, results, ended=not poll.is_open(now), has_voted=has_voted)
    return Report(poll, ballots, None if withheld else results, withheld)


def _withheld(poll: Poll, results: Results, *, ended: bool, has_voted: bool) -> str | None:
    if not ended and poll.hide_results is HideResults.UNTIL_CLOSE:
        return "Results are hidden until the poll closes."
    if not ended and poll.hide_results is HideResults.UNTIL_BALLOT and not has_voted:
        return "Results are hidden until you have voted: vote, then press Your ballot."
    if poll.anonymous and results.ballots < MIN_ANONYMOUS:
        return (
            f"This poll is anonymous: results show from {MIN_ANONYMOUS} voters on, and change "
            f"only when {MIN_ANONYMOUS} more have voted."
        )
    if poll.kind is PollKind.FORECAST and results.ballots < MIN_FORECASTERS:
        return f"What the crowd says is shown once {MIN_FORECASTERS} have forecast."
    return None
