"""What may be asked in a poll, which ballots are accepted, and what they mean."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.knowledge.model import is_reserved
from bot.polls.model import (
    FEWEST_OPTIONS,
    LONGEST,
    MOST_OPTIONS,
    MOST_QUOTED,
    NO_SUCH_ANSWER,
    OPTION_LIMIT,
    QUESTION_LIMIT,
    QUOTED,
    SCALE,
    SHORTEST,
    VOTERS,
    Poll,
    PollKind,
    Question,
    Terms,
)
from bot.text import hidden_problem, is_visible, same_key


def closing_problem(opened_at: datetime, closes_at: datetime) -> str | None:
    """A sentence about a closing time that is not 1 minute to 365 days ahead, else None."""
    lasts = closes_at - opened_at
    if SHORTEST <= lasts <= LONGEST:
        return None
    past = "This closing time has passed already. " if lasts <= timedelta(0) else ""
    return (
        f"{past}A poll can stay open for 1 minute to 365 days. Give a closing time in that range, "
        "for example `3 days` or `12h`."
    )


def closing_time(opened_at: datetime, lasts: timedelta) -> datetime:
    """When a poll opened at `opened_at` closes. UserError outside 1 minute to 365 days."""
    closes_at = opened_at + lasts
    if problem := closing_problem(opened_at, closes_at):
        raise UserError(problem)
    return closes_at


def check_question(question: Question, terms: Terms) -> None:
    """UserError unless a poll may ask this on these terms."""
    if problems := question_problems(question, terms):
        raise UserError("\n".join(problems))


def question_problems(question: Question, terms: Terms) -> list[str]:
    """Everything that is wrong with a question on these terms, in one or two sentences each."""
    found = []
    if not is_visible(question.text):
        found.append("A poll needs a question that people can see.")
    elif problem := hidden_problem(question.text, "The question"):
        found.append(problem)
    if problem := hidden_problem(question.criteria or "", "The text on how it is settled"):
        found.append(problem)
    if len(question.text) > QUESTION_LIMIT:
        found.append(f"A question can have {QUESTION_LIMIT} characters. Shorten yours.")
    if terms.asks_hope and question.kind is not PollKind.FORECAST:
        found.append(
            "What members hope for can only be asked beside a yes/no forecast. Leave hope out."
        )
    labels = [label for _, label in question.options]
    if question.kind is not PollKind.FORECAST:
        return found + _option_problems(labels)
    if labels:
        found.append("A forecast is about yes or no, so it has no options. Leave them out.")
    return found


def _option_problems(labels: Sequence[str]) -> list[str]:
    found = []
    if not FEWEST_OPTIONS <= len(labels) <= MOST_OPTIONS:
        found.append(
            f"A poll has {FEWEST_OPTIONS} to {MOST_OPTIONS} options, one a line; "
            f"this one has {len(labels)}."
        )
    long = [label for label in labels if len(label) > OPTION_LIMIT]
    if long:
        found.append(f"An option can have {OPTION_LIMIT} characters. Shorten {_quoted(long)}.")
    if not all(map(is_visible, labels)):
        found.append("An option needs visible text. Leave the empty ones out.")
    visible = (label for label in labels if is_visible(label))
    found += filter(None, (hidden_problem(label, "An option") for label in visible))
    taken = [label for label in labels if is_reserved(label)]
    if taken:
        found.append(
            f"{_quoted(taken)}: this has a special meaning when a poll is resolved. "
            "Use other words."
        )
    labels = [label for label in labels if is_visible(label)]
    times = Counter(map(same_key, labels))
    first: dict[str, str] = {}
    for label in labels:
        first.setdefault(same_key(label), label)
    twice = [label for folded, label in first.items() if times[folded] > 1]
    if twice:
        found.append(
            f"{_quoted(twice)}: every option can appear only once. Remove the repeated ones."
        )
    return found


def _quoted(labels: Sequence[str]) -> str:
    """The first of these options, shortened, so that a reader finds them again."""
    shown = [
        f"“{label}”" if len(label) <= QUOTED else f"“{label[:QUOTED].rstrip()}…”"
        for label in labels[:MOST_QUOTED]
    ]
    more = len(labels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def require_open(poll: Poll, now: datetime) -> None:
    """UserError unless the poll takes ballots at `now`."""
    if not poll.is_open(now):
        raise UserError("This poll is closed. Ballots can no longer change.")


def require_kind(poll: Poll, kinds: Collection[PollKind]) -> None:
    """UserError unless the poll is of one of these kinds: others do not have this control."""
    if poll.question.kind not in kinds:
        raise UserError(NO_SUCH_ANSWER)


def check_value(poll: Poll, value: int) -> None:
    """UserError unless `value` is an answer of this poll."""
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
    """The key of a voter: the user id, or in an anonymous poll its HMAC-SHA256 under `secret`."""
    if secret is None:
        return str(user_id)
    return hmac.new(secret, f"{poll_id}:{user_id}".encode(), hashlib.sha256).hexdigest()
