"""The tables of an export, and the README in its zip that explains them."""

from collections.abc import Sequence
from datetime import datetime

from bot.polls.export.archive import Form, Table
from bot.polls.export.disclosure import Disclosure
from bot.polls.export.rows import SCORE_DIGITS

POLL = ("poll_id", "The poll, as in polls.")
VOTER = ("voter", "Who voted: see “Voters” above.")
ANSWER = "The same in words."

POLLS = Table(
    "polls",
    "One row a poll: the poll, and the one on what members hope for where it has one beside it.",
    (
        ("poll_id", "The poll; the other tables refer to it."),
        ("hope_for", "The forecast poll beside which this one asks what members hope for."),
        ("guild_id", "The Discord server."),
        ("channel_id", "The channel where the poll was posted."),
        ("message_id", "The poll's message there; empty for hopes, which stand in the forecast's."),
        ("summit", "The summit of the knowledge pack that the poll is about, if it is."),
        ("outcome", "The outcome of that summit."),
        ("kind", "choice (one option), approval (several) or forecast (a probability of yes)."),
        ("question", "What was asked."),
        ("criteria", "How it was said that it would be settled."),
        ("state", "open or closed."),
        ("anonymous", "Whether votes are stored without the voters' ids: true or false."),
        ("hide_results", "Until when results were hidden: never, until_close or until_ballot."),
        ("role_id", "The role that one needed to vote; empty if none."),
        ("min_forecasters", "From how many forecasts on the crowd's forecast is shown."),
        ("opened_by", "User id of the moderator who opened it."),
        ("opened_at", "When it was opened."),
        ("closes_at", "When it was to close, extensions included."),
        ("closed_by", "User id of the moderator who closed it; empty if it closed at its time."),
        ("closed_at", "When it closed; empty while it is open."),
        ("closed_late", "Whether the bot was not there at that time and closed it later."),
        ("verdict", "What became of the question: settled, ambiguous, annulled; empty if nothing."),
        ("result", "What came true, as in options; of a forecast 1 for yes and 0 for no."),
        ("result_answer", ANSWER),
        ("ballots", "How many ballots stand, whether or not they are in this export."),
        ("counted", "How many of them the counts in options are made of; empty if withheld."),
        ("crowd", "The crowd's forecast in tenths of a percent; empty if withheld or too few."),
        ("note", "What is left out of this export, and why."),
    ),
)
OPTIONS = Table(
    "options",
    "One row an option; of a forecast one row a probability that was given.",
    (
        POLL,
        ("value", "The option's position, from 0; of a forecast tenths of a percent, 0 to 1000."),
        ("key", "The option's id in the knowledge pack."),
        ("answer", "The option; of a forecast the probability."),
        ("ballots", "How many standing ballots chose it; empty if withheld."),
    ),
)
BALLOTS = Table(
    "ballots",
    "One row a ballot that stands now.",
    (
        POLL,
        VOTER,
        (
            "value",
            "The option's position, from 0; of a forecast tenths of a percent, 0 to 1000; of an "
            "approval the sum of 2 to the power of each position approved of.",
        ),
        ("answer", ANSWER),
        ("cast_at", "When the voter first voted, or voted again after withdrawing."),
        ("changed_at", "When the ballot was last changed."),
    ),
)
LOG = Table(
    "ballot_log",
    "One row a change of a ballot: cast, changed or withdrawn.",
    (
        POLL,
        (
            "number",
            "The changes in their order, from 1. In an anonymous poll only the order of one "
            "voter's own changes means anything.",
        ),
        VOTER,
        ("value", "The answer since then, as in ballots; empty if the ballot was withdrawn."),
        ("answer", ANSWER),
        ("at", "When."),
    ),
)
RESOLUTIONS = Table(
    "resolutions",
    "One row for each thing that a moderator did to a poll once it was posted.",
    (
        POLL,
        ("action_id", "What was done; ids grow with time."),
        ("action", "close, extend, resolve, annul, or unresolve (which undoes the last two)."),
        ("by", "User id of the moderator."),
        ("at", "When it was confirmed."),
        ("reason", "Why, in the moderator's words."),
        ("evidence", "A link that shows what happened."),
        ("verdict", "settled, ambiguous or annulled."),
        ("value", "What came true, as in options; of a forecast 1 for yes and 0 for no."),
        ("answer", ANSWER),
        ("closes_at", "The new closing time of an extension."),
        ("readouts", "Whose readout says what; in JSON a list of who and says."),
        ("in_force", "Whether a resolution or annulment holds: false if it was undone."),
    ),
)
SCORES = Table(
    "scores",
    "One row a forecaster of a settled forecast. Annulled and ambiguous polls score nobody.",
    (
        POLL,
        VOTER,
        ("brier", "Mean of (probability - what happened) squared: 0 is best, 1 is worst."),
        ("coverage", "The share of the poll's life with a standing forecast, 0 to 1."),
        ("peer", "The peer score: above 0 is better than the others."),
    ),
)
TWICE = "Each table is there twice, in csv/ and in json/, with the same rows and columns."
ONCE = "Only CSV is here: with JSON too, the zip would be larger than Discord takes."
TABLES = (POLLS, OPTIONS, BALLOTS, LOG, RESOLUTIONS, SCORES)

READING = f"""\
Times are ISO 8601 in UTC, to the second. Empty (null in JSON) means none, unless a column says
otherwise. Scores are rounded to {SCORE_DIGITS} decimals.
CSV is UTF-8 with a byte order mark and commas. Text that starts like a formula (= + - @, a tab
or a line break) has an apostrophe put before it, so that no spreadsheet program runs it; JSON has
it as it was typed. Numbers are left as they are.
Ids have up to 19 digits, which spreadsheet programs round: import those columns as text.
In JSON they are text.

VOTERS
A voter is a Discord user id. deleted-1, deleted-2 and so on are voters who had their data
deleted: their ballots still count, and nothing leads back to them.
In an anonymous poll a voter is a key (voter-...) made for this export alone. It is the same in
every file for one poll, and another in the next export; it leads to no member. Those who
had their data deleted look like all others there. Neither times nor scores are given, and
the rows are in no order of time.
"""


def readme(told: Sequence[Disclosure], made_at: datetime, forms: Sequence[Form]) -> str:
    """The README of an export of these polls, made at `made_at` in these forms."""
    made = f"{made_at:%Y-%m-%d %H:%M} UTC"
    parts = [f"EXPORT OF A POLL\nMade on {made}, for the moderators of the server.\n"]
    for found in told:
        head = f"Poll {found.poll.id}: {found.poll.question}\nBallots: {found.ballots}."
        parts.append(f"{head} {found.note}".rstrip() + "\n")
    parts.append(f"READING THE FILES\n{TWICE if len(forms) > 1 else ONCE}\n{READING}")
    for table in TABLES:
        lines = [", ".join(table.file(form) for form in forms), table.about]
        lines += [f"  {name}: {meaning}" for name, meaning in table.columns]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
