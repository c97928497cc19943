"""What ballots mean, and which are accepted."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import datetime

from bot.errors import UserError
from bot.polls.model import NO_SUCH_ANSWER, SCALE, VOTERS, Poll, PollKind


def require_open(poll: Poll, now: datetime) -> None:
    """UserError unless the poll takes ballots at `now`."""
    if not poll.is_open(now):
        raise UserError("This poll is closed, so no ballot can be changed any more.")


def require_kind(poll: Poll, kinds: Collection[PollKind]) -> None:
    """UserError unless the poll is of one of these kinds: another has no such control."""
    if poll.question.kind not in kinds:
        raise UserError(NO_SUCH_ANSWER)


def check_value(poll: Poll, value: int) -> None:
    """UserError unless `value` is an answer that this poll has."""
    lowest, highest = 0, len(poll.question.labels) - 1
    if poll.question.kind is PollKind.FORECAST:
        highest = SCALE
    elif poll.question.kind is PollKind.APPROVAL:
        lowest, highest = 1, 2 ** len(poll.question.labels) - 1
    if not lowest <= value <= highest:
        raise UserError(NO_SUCH_ANSWER)


def approved(value: int) -> list[int]:
    """The positions of the options that an approval ballot approves of."""
    return [position for position in range(value.bit_length()) if value >> position & 1]


def approval(positions: Iterable[int]) -> int:
    """The value of an approval ballot for these options."""
    return sum(1 << position for position in set(positions))


def tallied(kind: PollKind, value: int) -> list[int]:
    """The tallies that a ballot counts in."""
    return [VOTERS, *(approved(value) if kind is PollKind.APPROVAL else [value])]


def require_role(poll: Poll, roles: Collection[int]) -> None:
    """UserError unless a member with these roles may vote in the poll."""
    if poll.terms.role_id is not None and poll.terms.role_id not in roles:
        raise UserError(
            f"Only members with the role <@&{poll.terms.role_id}> can vote in this poll."
        )


def voter_key(poll_id: int, secret: bytes | None, user_id: int) -> str:
    """What stands for a voter: the user id; in an anonymous poll HMAC-SHA256 under `secret`."""
    if secret is None:
        return str(user_id)
    return hmac.new(secret, f"{poll_id}:{user_id}".encode(), hashlib.sha256).hexdigest()
