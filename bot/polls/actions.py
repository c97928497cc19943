"""What moderators do to a poll once it is posted, as values with their rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.labels import SILENT, alike
from bot.links import is_link
from bot.polls.model import LONGEST, Poll, PollKind, PollState, Verdict

REASON_LIMIT = 1000
YES, NO = 1, 0
_CHOSEN = re.compile(r"answer:([0-9]{1,2})")


class ActionKind(StrEnum):
    CLOSE = "close"
    EXTEND = "extend"
    RESOLVE = "resolve"
    ANNUL = "annul"
    UNRESOLVE = "unresolve"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a moderator wants to do to a poll, and why.

    A resolution has a `verdict`, a `value` where that is settled (an option's position, or 1 for
    yes and 0 for no), `evidence` (a link), and what each readout says as (whose, answer) pairs.
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
    """A proposal on record: by whom, since when, and whether the server has been told of it."""

    id: int
    proposal: Proposal
    by: int
    at: datetime
    state: str = field(default="proposed")

    @property
    def kind(self) -> ActionKind:
        return self.proposal.kind

    @property
    def readouts_differ(self) -> bool:
        """Whether those who were at the summit tell it differently; who is silent does not."""
        return len({what for _, what in self.proposal.readouts if what != SILENT}) > 1


def read_result(poll: Poll, typed: str) -> tuple[Verdict, int | None]:
    """The verdict and the value that a moderator picked, by its key, or typed; UserError if this
    poll has no such."""
    answers = answers_of(poll)
    picked = _CHOSEN.fullmatch(typed)
    for value, label in answers:
        if typed == answer_key(value) or (not picked and alike(typed) == alike(label)):
            return Verdict.SETTLED, value
    if alike(typed) == Verdict.AMBIGUOUS:
        return Verdict.AMBIGUOUS, None
    known = ", ".join(f"“{label}”" for _, label in answers)
    raise UserError(f"“{typed[:80]}” is no answer of this poll. Give {known} or “ambiguous”.")


def answer_key(value: int) -> str:
    """What an answer is picked by, whatever it is called."""
    return f"answer:{value}"


def answers_of(poll: Poll) -> Sequence[tuple[int, str]]:
    """What can have come true, with its value."""
    if poll.kind is PollKind.FORECAST:
        return [(YES, "Yes"), (NO, "No")]
    return list(enumerate(poll.options))


def check(proposal: Proposal, poll: Poll, now: datetime) -> None:
    """UserError unless this can be done to the poll as it is."""
    match proposal.kind:
        case ActionKind.CLOSE:
            if poll.state is not PollState.OPEN:
                raise UserError("This poll is closed already.")
        case ActionKind.EXTEND:
            _check_extension(proposal, poll, now)
        case ActionKind.UNRESOLVE:
            if poll.verdict is None:
                raise UserError("This poll has no resolution that could be undone.")
            _require_reason(proposal)
        case ActionKind.RESOLVE | ActionKind.ANNUL:
            if poll.verdict is not None:
                raise UserError(
                    "This poll is resolved or annulled already. Use `/poll unresolve` first, "
                    "which undoes that."
                )
            _require_reason(proposal)
    if proposal.kind is ActionKind.RESOLVE and not is_link(proposal.evidence or ""):
        raise UserError(
            "A resolution needs evidence: one full address that shows what happened, such as "
            "https://example.org/readout, without spaces."
        )


def _require_reason(proposal: Proposal) -> None:
    if not proposal.reason.strip():
        raise UserError("Say why: everybody can read the reason under the poll.")
    if len(proposal.reason) > REASON_LIMIT:
        raise UserError(f"A reason can have {REASON_LIMIT:,} characters. Shorten yours.")


def _check_extension(proposal: Proposal, poll: Poll, now: datetime) -> None:
    if not poll.is_open(now):
        raise UserError("This poll is closed; only an open poll can be extended.")
    closes_at = proposal.closes_at
    if closes_at is None or closes_at <= poll.closes_at:
        raise UserError("An extension makes a poll close later, for example by `2 days`.")
    if closes_at - poll.opened_at > LONGEST:
        raise UserError("A poll can stay open for 365 days in all. Extend it by less.")
