"""How much an export reveals of a poll, and what it calls the voters."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from bot.polls.model import DELETED_VOTER, HideResults, Poll, Results
from bot.polls.visibility import report

KEY_DIGITS = 16
COUNT_ALONE = "So this export holds only the number of ballots."
ANONYMOUS_OPEN = (
    "This poll is anonymous and still open: this export holds the counts that everybody can see. "
    "The single ballots are added once the poll is closed."
)
ANONYMOUS_CLOSED = (
    "This poll is anonymous: its voters have keys made for this export alone, not sorted by time. "
    "The time of a vote could reveal who cast it, so times are left out, and so are scores, which "
    "depend on them."
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How much an export may reveal of a poll.

    If `results` is None, only the number of `ballots`. Single ballots, their changes and scores
    are included only if `single` is true. `note` says in sentences what is left out.
    """

    poll: Poll
    ballots: int
    results: Results | None
    single: bool
    note: str

    @property
    def crowd(self) -> int | None:
        """The crowd's forecast, if there are enough forecasters for it to be shown."""
        results = self.results
        enough = results is not None and results.ballots >= self.poll.terms.min_forecasters
        return results.crowd if results is not None and enough else None


class Voters:
    """Names the voters of one export, with a `secret` that is made for it and then dropped."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._deleted: dict[str, str] = {}

    def name(self, poll: Poll, stored: str) -> str:
        """What the export calls the voter `stored` in a poll.

        In an anonymous poll, voters who deleted their data look like all others: people may know
        who did, and would then know how they voted.
        """
        if poll.terms.anonymous:
            text = f"{poll.id}:{stored}".encode()
            key = hmac.digest(self._secret, text, hashlib.sha256).hex()
            # With a prefix, since a spreadsheet would read some bare keys as numbers.
            return f"voter-{key[:KEY_DIGITS]}"
        if stored.startswith(DELETED_VOTER):
            return self._deleted.setdefault(stored, f"deleted-{len(self._deleted) + 1}")
        return stored


def disclosure(poll: Poll, ballots: int, results: Results, now: datetime) -> Disclosure:
    """How much of a poll the moderators of its server may learn at `now`.

    While the poll is open that is no more than everybody may see, whether they voted or not.
    Once it is over, forecasts that are too few for a crowd are included.
    """
    is_open = poll.is_open(now)
    never = poll.terms.hide_results is HideResults.NEVER
    strict = replace(
        poll.terms,
        hide_results=HideResults.NEVER if never else HideResults.UNTIL_CLOSE,
        min_forecasters=poll.terms.min_forecasters if is_open else 0,
    )
    found = report(replace(poll, terms=strict), ballots, results, now=now)
    if found.results is None:
        return Disclosure(poll, ballots, None, False, f"{found.withheld} {COUNT_ALONE}")
    if not poll.terms.anonymous:
        return Disclosure(poll, ballots, found.results, True, "")
    note = ANONYMOUS_OPEN if is_open else ANONYMOUS_CLOSED
    return Disclosure(poll, ballots, found.results, not is_open, note)
