"""What moderators do to a poll once it is posted, as values with their rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.polls.model import LONGEST, Poll, PollKind, Verdict

REASON_LIMIT = 1000
READOUT_LIMIT = 500
YES, NO = 1, 0
YES_NO = {"yes": YES, "no": NO}


class ActionKind(StrEnum):
    RESOLVE = "resolve"
    ANNUL = "annul"
    UNRESOLVE = "unresolve"
    EXTEND = "extend"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a moderator wants to do to a poll, and why.

    A resolution has a `verdict`, a `value` where that is settled (an option's position, or 1 for
    yes and 0 for no), `evidence` (a link), and what each readout said as (whose, what) pairs. An
    extension has the new `closes_at`.
    """

    kind: ActionKind
    poll_id: int
    reason: str
    evidence: str | None = None
    verdict: Verdict | None = None
    value: int | None = None
    closes_at: datetime | None = None
    readouts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A proposal on record: by whom, since when, and whether the server has been told of it."""

    id: int
    proposal: Proposal
    by: int
    at: datetime
    state: str = field(default="proposed")

    @property
    def kind(self) -> ActionKind:
        return self.proposal.kind


def read_result(poll: Poll, typed: str) -> tuple[Verdict, int | None]:
    """The verdict and the value that a moderator named; UserError if this poll has no such."""
    word = typed.strip().casefold()
    if word == Verdict.AMBIGUOUS:
        return Verdict.AMBIGUOUS, None
    answers = answers_of(poll)
    for value, label in answers:
        if word in {label.casefold(), str(value) if poll.kind is not PollKind.FORECAST else ""}:
            return Verdict.SETTLED, value
    known = ", ".join(f"“{label}”" for _, label in answers)
    raise UserError(f"“{typed[:80]}” is no answer of this poll. Give {known} or “ambiguous”.")


def answers_of(poll: Poll) -> Sequence[tuple[int, str]]:
    """What can have come true, with its value."""
    if poll.kind is PollKind.FORECAST:
        return [(YES, "Yes"), (NO, "No")]
    return list(enumerate(poll.options))


def check(proposal: Proposal, poll: Poll, now: datetime) -> None:
    """UserError unless this can be done to the poll as it is."""
    ruled = poll.verdict is not None
    match proposal.kind:
        case ActionKind.EXTEND:
            _check_extension(proposal, poll, now)
        case ActionKind.UNRESOLVE if not ruled:
            raise UserError("This poll has no resolution that could be undone.")
        case ActionKind.RESOLVE | ActionKind.ANNUL if ruled:
            raise UserError(
                "This poll is resolved or annulled already. Use `/poll unresolve` first, which "
                "undoes that."
            )
        case _:
            pass
    if not proposal.reason.strip():
        raise UserError("Say why: everybody can read the reason under the poll.")


def _check_extension(proposal: Proposal, poll: Poll, now: datetime) -> None:
    if not poll.is_open(now):
        raise UserError("This poll is closed; only an open poll can be extended.")
    closes_at = proposal.closes_at
    if closes_at is None or closes_at <= poll.closes_at:
        raise UserError("An extension makes a poll close later, for example by `2 days`.")
    if closes_at - poll.opened_at > LONGEST:
        raise UserError("A poll can stay open for 365 days in all. Extend it by less.")
