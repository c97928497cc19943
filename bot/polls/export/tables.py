"""The tables of an export, their rows, and the README in its zip that explains them.

Ids are text, since many programs round numbers of 19 digits. Times are ISO 8601 in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.polls.export.archive import Form, Row, Table
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
from bot.polls.rules import approved
from bot.polls.scoring.scores import Score

SCORE_DIGITS = 6
POLL = ("poll_id", "The poll, as in polls.")
VOTER = ("voter", "Who voted: see “Voters” above.")
ANSWER = "The same in words."

POLLS = Table(
    "polls",
    "One row per poll: the poll, and the poll on what members hope for, if it has one.",
    (
        ("poll_id", "The poll; the other tables refer to it."),
        ("hope_for", "The forecast poll that this poll on what members hope for belongs to."),
        ("guild_id", "The Discord server."),
        ("channel_id", "The channel where the poll was posted."),
        ("message_id", "The poll's message there; empty for hopes, shown in the forecast's."),
        ("summit", "The summit of the knowledge pack that the poll is about, if any."),
        ("outcome", "The outcome of that summit that the poll is about."),
        ("kind", "choice (one option), approval (several) or forecast (a probability of yes)."),
        ("question", "The question."),
        ("criteria", "How the poll is to be settled."),
        ("state", "open or closed."),
        ("anonymous", "Whether votes are stored without the voters' ids: true or false."),
        ("hide_results", "Until when results were hidden: never, until_close or until_ballot."),
        ("role_id", "The role that members need to vote; empty if none."),
        ("min_forecasters", "How many forecasts it takes for the crowd's forecast to be shown."),
        ("opened_by", "User id of the moderator who opened it."),
        ("opened_at", "When it was opened."),
        ("closes_at", "When it is due to close, extensions included."),
        (
            "closed_by",
            "User id of the moderator who closed it; empty if it closed as planned.",
        ),
        ("closed_at", "When it closed; empty while it is open."),
        ("closed_late", "Whether the bot was offline when it was due and closed it later."),
        ("verdict", "How it was resolved: settled, ambiguous or annulled; empty if it was not."),
        ("result", "What came true, as in options; in a forecast 1 for yes and 0 for no."),
        ("result_answer", ANSWER),
        ("ballots", "How many ballots stand, in this export or not."),
        ("counted", "How many of them are in the counts of options; empty if withheld."),
        ("crowd", "The crowd's forecast in tenths of a percent; empty if withheld or too few."),
        ("note", "What is left out of this export, and why."),
    ),
)
OPTIONS = Table(
    "options",
    "One row per option; in a forecast one row per probability that somebody gave.",
    (
        POLL,
        ("value", "The option's position, from 0; in a forecast tenths of a percent, 0 to 1000."),
        ("key", "The option's id in the knowledge pack."),
        ("answer", "The option; in a forecast the probability."),
        ("ballots", "How many standing ballots chose it; empty if withheld."),
    ),
)
BALLOTS = Table(
    "ballots",
    "One row per ballot that stands now.",
    (
        POLL,
        VOTER,
        (
            "value",
            "The option's position, from 0; in a forecast tenths of a percent, 0 to 1000; in an "
            "approval the sum of 2 to the power of each approved position.",
        ),
        ("answer", ANSWER),
        ("cast_at", "When the voter first voted, or voted again after withdrawing."),
        ("changed_at", "When the ballot was last changed."),
    ),
)
LOG = Table(
    "ballot_log",
    "One row per change of a ballot: cast, changed or withdrawn.",
    (
        POLL,
        (
            "number",
            "The changes in order, from 1. In an anonymous poll only the order of each voter's "
            "own changes means anything.",
        ),
        VOTER,
        ("value", "The new answer, as in ballots; empty if the ballot was withdrawn."),
        ("answer", ANSWER),
        ("at", "When."),
    ),
)
RESOLUTIONS = Table(
    "resolutions",
    "One row for each thing that a moderator did to a posted poll.",
    (
        POLL,
        ("action_id", "The action; later ones have higher ids."),
        ("action", "close, extend, resolve, annul, or unresolve (which undoes the last two)."),
        ("by", "User id of the moderator."),
        ("at", "When it was confirmed."),
        ("reason", "Why, in the moderator's words."),
        ("evidence", "A link that shows what happened."),
        ("verdict", "settled, ambiguous or annulled."),
        ("value", "What came true, as in options; in a forecast 1 for yes and 0 for no."),
        ("answer", ANSWER),
        ("closes_at", "The new closing time of an extension."),
        ("readouts", "What each readout says; in JSON a list of who and says."),
        ("in_force", "Whether a resolution or annulment still holds: false if it was undone."),
    ),
)
SCORES = Table(
    "scores",
    "One row per forecaster of a settled forecast. Annulled and ambiguous polls score nobody.",
    (
        POLL,
        VOTER,
        ("brier", "Mean of (probability - what happened) squared: 0 is best, 1 is worst."),
        ("coverage", "The share of the poll's life with a standing forecast, 0 to 1."),
        ("peer", "The peer score: above 0 is better than the other forecasters."),
    ),
)
TWICE = "Each table is in here twice, in csv/ and in json/, with the same rows and columns."
ONCE = "Only CSV is in here: with JSON too, the zip would be larger than Discord allows."
TABLES = (POLLS, OPTIONS, BALLOTS, LOG, RESOLUTIONS, SCORES)

READING = f"""\
Times are ISO 8601 in UTC, to the second. Empty (null in JSON) means none, unless a column says
otherwise. Scores are rounded to {SCORE_DIGITS} decimals.
CSV is UTF-8 with a byte order mark and commas. Text that starts like a formula (= + - @, a tab
or a line break) gets an apostrophe in front, so that no spreadsheet program runs it. In JSON it is
as it was typed. Numbers are unchanged.
Ids have up to 19 digits, which spreadsheet programs round: import those columns as text.
In JSON they are text.

VOTERS
A voter is a Discord user id. deleted-1, deleted-2 and so on are voters who had their data
deleted: their ballots still count, but nobody can find out who they were.
In an anonymous poll a voter is a key (voter-...) made for this export alone. It is the same in
all files of one poll and different in the next export; it does not identify a member. Voters who
had their data deleted look like all others there. Times and scores are left out, and the rows
are not sorted by time.
"""


def readme(disclosures: Sequence[Disclosure], made_at: datetime, forms: Sequence[Form]) -> str:
    """The README of an export of these polls, made at `made_at` in these forms."""
    made = f"{made_at:%Y-%m-%d %H:%M} UTC"
    parts = [f"EXPORT OF A POLL\nMade on {made}, for the moderators of the server.\n"]
    for found in disclosures:
        head = f"Poll {found.poll.id}: {found.poll.question.text}\nBallots: {found.ballots}."
        parts.append(f"{head} {found.note}".rstrip() + "\n")
    parts.append(f"READING THE FILES\n{TWICE if len(forms) > 1 else ONCE}\n{READING}")
    for table in TABLES:
        lines = [", ".join(table.file(form) for form in forms), table.about]
        lines += [f"  {name}: {meaning}" for name, meaning in table.columns]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def poll_rows(disclosures: Iterable[Disclosure]) -> Iterator[Row]:
    for found in disclosures:
        poll = found.poll
        yield (
            str(poll.id),
            _id(poll.hope_for),
            str(poll.guild_id),
            str(poll.channel_id),
            _id(poll.message_id),
            poll.question.about.summit if poll.question.about else None,
            poll.question.about.outcome if poll.question.about else None,
            poll.question.kind.value,
            poll.question.text,
            poll.question.criteria,
            poll.lifecycle.state.value,
            poll.terms.anonymous,
            poll.terms.hide_results.value,
            _id(poll.terms.role_id),
            poll.terms.min_forecasters,
            str(poll.lifecycle.opened_by),
            _time(poll.lifecycle.opened_at),
            _time(poll.lifecycle.closes_at),
            _id(poll.lifecycle.closed_by),
            _time(poll.lifecycle.closed_at),
            poll.lifecycle.closed_late,
            poll.verdict.value if poll.verdict else None,
            poll.result,
            _came_true(poll, poll.verdict, poll.result),
            found.ballots,
            found.results.ballots if found.results else None,
            found.crowd,
            found.note or None,
        )


def option_rows(found: Disclosure) -> Iterator[Row]:
    """A row per option, in a forecast a row per probability that somebody gave."""
    poll_id = str(found.poll.id)
    counts: Mapping[int, int] | None = found.results.counts if found.results else None
    if found.poll.question.kind is PollKind.FORECAST:
        for value, count in sorted((counts or {}).items()):
            yield poll_id, value, None, _percent(value), count
        return
    for position, (key, label) in enumerate(found.poll.question.options):
        yield poll_id, position, key, label, None if counts is None else counts.get(position, 0)


def ballot_rows(poll: Poll, voters: Voters, ballots: Iterable[tuple[str, Ballot]]) -> Iterator[Row]:
    """Pass all ballots of an anonymous poll at once, since they are put in another order."""
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
    yield from sorted(rows, key=_voter) if poll.terms.anonymous else rows


def log_rows(
    poll: Poll, voters: Voters, changes: Iterable[tuple[str, Vote]], first: int
) -> Iterator[Row]:
    """Numbered from `first`. Pass all changes of an anonymous poll at once."""
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
    if poll.terms.anonymous:
        # The sort is stable: the changes of one voter stay in their order.
        rows = sorted(rows, key=_voter)
    for number, (poll_id, *rest) in enumerate(rows, first):
        yield poll_id, number, *rest


def resolution_rows(poll: Poll, actions: Iterable[Action]) -> Iterator[Row]:
    """`actions` are the confirmed ones."""
    for action in actions:
        proposal = action.proposal
        resolves = action.kind in (ActionKind.RESOLVE, ActionKind.ANNUL)
        yield (
            str(poll.id),
            str(action.id),
            action.kind.value,
            str(action.by),
            _time(action.at),
            proposal.reason or None,
            proposal.evidence,
            proposal.verdict.value if proposal.verdict else None,
            proposal.value,
            _came_true(poll, proposal.verdict, proposal.value),
            _time(proposal.closes_at),
            [{"who": who, "says": says} for who, says in proposal.readouts],
            poll.is_resolved_by(action.id) if resolves else None,
        )


def score_rows(poll: Poll, voters: Voters, scores: Iterable[tuple[str, Score]]) -> Iterator[Row]:
    for voter, score in scores:
        values = (round(value, SCORE_DIGITS) for value in (score.brier, score.coverage, score.peer))
        yield str(poll.id), voters.name(poll, voter), *values


def _voter(row: Sequence[object]) -> str:
    return str(row[1])


def _answer(poll: Poll, value: int) -> str:
    if poll.question.kind is PollKind.FORECAST:
        return _percent(value)
    if poll.question.kind is PollKind.APPROVAL:
        return "; ".join(poll.question.labels[position] for position in approved(value))
    return poll.question.labels[value]


def _percent(value: int) -> str:
    return f"{value / SCALE:.1%}"


def _came_true(poll: Poll, verdict: Verdict | None, value: int | None) -> str | None:
    if verdict is not Verdict.SETTLED or value is None:
        return None
    return dict(answers_of(poll))[value]


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


def _time(at: datetime | None) -> str | None:
    """`at`, in UTC, to the second."""
    return None if at is None else at.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _secret_time(poll: Poll, at: datetime) -> str | None:
    return None if poll.terms.anonymous else _time(at)
