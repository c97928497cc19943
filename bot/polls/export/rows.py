"""The rows of a poll's export, made as they are asked for.

Ids are text, for many programs round numbers of 19 digits; times are ISO 8601 in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.polls.answering import approved
from bot.polls.export.archive import Row
from bot.polls.export.disclosure import Disclosure, Voters
from bot.polls.model import (
    SCALE,
    Action,
    ActionKind,
    Ballot,
    Poll,
    PollKind,
    Verdict,
    Vote,
    answers_of,
)
from bot.polls.scoring.scores import Score

SCORE_DIGITS = 6


def poll_rows(told: Iterable[Disclosure]) -> Iterator[Row]:
    for found in told:
        poll = found.poll
        yield (
            str(poll.id),
            _id(poll.hope_for),
            str(poll.guild_id),
            str(poll.channel_id),
            _id(poll.message_id),
            poll.about.summit if poll.about else None,
            poll.about.outcome if poll.about else None,
            poll.kind.value,
            poll.question,
            poll.criteria,
            poll.state.value,
            poll.anonymous,
            poll.hide_results.value,
            _id(poll.role_id),
            poll.min_forecasters,
            str(poll.opened_by),
            _time(poll.opened_at),
            _time(poll.closes_at),
            _id(poll.closed_by),
            _time(poll.closed_at),
            poll.closed_late,
            poll.verdict.value if poll.verdict else None,
            poll.result,
            _came_true(poll, poll.verdict, poll.result),
            found.ballots,
            found.results.ballots if found.results else None,
            found.crowd,
            found.note or None,
        )


def option_rows(found: Disclosure, options: Sequence[tuple[int, str, str]]) -> Iterator[Row]:
    """`options` are (position, key, label); a forecast's are the probabilities that were given."""
    poll_id = str(found.poll.id)
    counts: Mapping[int, int] | None = found.results.counts if found.results else None
    if found.poll.kind is PollKind.FORECAST:
        for value, count in sorted((counts or {}).items()):
            yield poll_id, value, None, _percent(value), count
        return
    for position, key, label in options:
        yield poll_id, position, key, label, None if counts is None else counts.get(position, 0)


def ballot_rows(poll: Poll, voters: Voters, ballots: Iterable[tuple[str, Ballot]]) -> Iterator[Row]:
    """Of an anonymous poll all ballots must be given at once, for they are put in another order."""
    rows = (
        (
            str(poll.id),
            voters.name(poll, voter),
            ballot.value,
            _answer(poll, ballot.value),
            _secret_time(poll, ballot.cast_at),
            _secret_time(poll, ballot.changed_at),
        )
        for voter, ballot in ballots
    )
    yield from sorted(rows, key=_voter) if poll.anonymous else rows


def log_rows(
    poll: Poll, voters: Voters, changes: Iterable[tuple[str, Vote]], first: int
) -> Iterator[Row]:
    """Numbered from `first`. Of an anonymous poll all changes must be given at once."""
    rows: Iterable[tuple[str, str, int | None, str | None, str | None]] = (
        (
            str(poll.id),
            voters.name(poll, voter),
            vote.value,
            None if vote.value is None else _answer(poll, vote.value),
            _secret_time(poll, vote.at),
        )
        for voter, vote in changes
    )
    if poll.anonymous:
        # The sort is stable: the changes of one voter stay in their order.
        rows = sorted(rows, key=_voter)
    for number, (poll_id, *rest) in enumerate(rows, first):
        yield poll_id, number, *rest


def resolution_rows(poll: Poll, actions: Iterable[Action]) -> Iterator[Row]:
    """`actions` are those that were confirmed."""
    for action in actions:
        what = action.proposal
        rules = action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL)
        yield (
            str(poll.id),
            str(action.id),
            action.kind.value,
            str(action.by),
            _time(action.at),
            what.reason or None,
            what.evidence,
            what.verdict.value if what.verdict else None,
            what.value,
            _came_true(poll, what.verdict, what.value),
            _time(what.closes_at),
            [{"who": who, "says": says} for who, says in what.readouts],
            poll.ruling_id == action.id if rules else None,
        )


def score_rows(poll: Poll, voters: Voters, scores: Iterable[tuple[str, Score]]) -> Iterator[Row]:
    for voter, score in scores:
        values = (round(value, SCORE_DIGITS) for value in (score.brier, score.coverage, score.peer))
        yield str(poll.id), voters.name(poll, voter), *values


def _voter(row: Sequence[object]) -> str:
    return str(row[1])


def _answer(poll: Poll, value: int) -> str:
    if poll.kind is PollKind.FORECAST:
        return _percent(value)
    if poll.kind is PollKind.APPROVAL:
        return "; ".join(poll.options[position] for position in approved(value))
    return poll.options[value]


def _percent(value: int) -> str:
    return f"{value / SCALE:.1%}"


def _came_true(poll: Poll, verdict: Verdict | None, value: int | None) -> str | None:
    if verdict is not Verdict.SETTLED or value is None:
        return None
    return dict(answers_of(poll))[value]


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


def _time(at: datetime | None) -> str | None:
    """`at`, which is in UTC, to the second."""
    return None if at is None else at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _secret_time(poll: Poll, at: datetime) -> str | None:
    return None if poll.anonymous else _time(at)
