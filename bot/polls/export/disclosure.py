"""How much an export tells of a poll, and by what names of its voters."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from bot.polls.model import DELETED_VOTER, HideResults, Poll, Results
from bot.polls.showing import report

KEY_DIGITS = 16
COUNT_ALONE = "Therefore only the number of ballots is in this export."
ANONYMOUS_OPEN = (
    "This poll is anonymous and still open: this export holds the counts that the server sees, "
    "and the single ballots only once it is closed."
)
ANONYMOUS_CLOSED = (
    "This poll is anonymous: its voters stand under keys made for this export alone, in no order "
    "of time. When somebody voted can tell who it was, so times are left out, and scores with "
    "them, for they depend on times."
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How much an export may tell of a poll.

    Where `results` is None that is the number of its `ballots`; `single` ballots, their changes
    and scores are told only where it says so. `note` says what is left out, in sentences.
    """

    poll: Poll
    ballots: int
    results: Results | None
    single: bool
    note: str

    @property
    def crowd(self) -> int | None:
        """The crowd's forecast, from as many forecasters on as it is shown for."""
        results = self.results
        enough = results is not None and results.ballots >= self.poll.min_forecasters
        return results.crowd if results is not None and enough else None


class Voters:
    """Names voters for one export, made with a `secret` of its own that is then forgotten."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._deleted: dict[str, str] = {}

    def name(self, poll: Poll, stored: str) -> str:
        """What the export calls the voter `stored` in a poll.

        Those who have deleted their data are not told apart in an anonymous poll: it may be known
        who did, and so it would be known how they voted.
        """
        if poll.anonymous:
            text = f"{poll.id}:{stored}".encode()
            key = hmac.digest(self._secret, text, hashlib.sha256).hex()
            # Not a bare key: a spreadsheet would read some of those as numbers.
            return f"voter-{key[:KEY_DIGITS]}"
        if stored.startswith(DELETED_VOTER):
            return self._deleted.setdefault(stored, f"deleted-{len(self._deleted) + 1}")
        return stored


def disclosure(poll: Poll, ballots: int, results: Results, now: datetime) -> Disclosure:
    """What may be told at `now` of a poll to the moderators of its server.

    They are to know no more than everybody while it is open, having voted or not. Once it is
    over, forecasts too few for a crowd are no secret.
    """
    is_open = poll.is_open(now)
    never = poll.hide_results is HideResults.NEVER
    strict = replace(
        poll,
        hide_results=HideResults.NEVER if never else HideResults.UNTIL_CLOSE,
        min_forecasters=poll.min_forecasters if is_open else 0,
    )
    found = report(strict, ballots, results, now=now)
    if found.results is None:
        return Disclosure(poll, ballots, None, False, f"{found.withheld} {COUNT_ALONE}")
    if not poll.anonymous:
        return Disclosure(poll, ballots, found.results, True, "")
    note = ANONYMOUS_OPEN if is_open else ANONYMOUS_CLOSED
    return Disclosure(poll, ballots, found.results, not is_open, note)
