"""The ballot box: takes ballots one by one and commits many at a time.

A commit costs far more than the rows in it, so ballots that arrive while one commit is under way
share the next. Each is still answered only after the commit that holds it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.polls import ballot_store as rows
from bot.polls import reminder_store as reminders
from bot.polls.ballot_store import Change, Key, Voting
from bot.polls.model import NO_SUCH_POLL, Ballot, HideResults, Poll, PollKind
from bot.polls.rules import (
    check_value,
    require_kind,
    require_open,
    require_role,
    tallied,
    voter_key,
)
from bot.polls.visibility import Held, may_know

MOST_A_COMMIT = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A ballot that a viewer casts.

    A `value` of None withdraws it. Any other value is only valid in polls of these `kinds`.
    """

    viewer: Viewer
    poll_id: int
    value: int | None
    kinds: tuple[PollKind, ...] = tuple(PollKind)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored ballot: its value before and now, None if there was or is none."""

    poll: Poll
    before: int | None
    now: int | None


class BallotBox:
    """Commits ballots.

    `changed` is called with the ids of the polls that a commit changed, and of polls whose message
    turned out to be out of date when somebody voted there.
    """

    def __init__(
        self, database: Database, clock: Clock, changed: Callable[[set[int]], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._changed = changed
        self._waiting: list[tuple[Entry, asyncio.Future[Receipt]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def put(self, entry: Entry) -> Receipt:
        """Store one ballot; returns once it is committed. UserError if it is not accepted."""
        stored: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, stored))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._empty(), name="ballot-box")
        return await stored

    async def _empty(self) -> None:
        while self._waiting:
            batch = self._waiting[:MOST_A_COMMIT]
            del self._waiting[:MOST_A_COMMIT]
            await self._answer(batch)

    async def _answer(self, batch: Sequence[tuple[Entry, asyncio.Future[Receipt]]]) -> None:
        try:
            outcomes = await self._commit([entry for entry, _ in batch])
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the ballot
            if len(batch) > 1:
                # One ballot that cannot be stored must not prevent the others.
                for single in batch:
                    await self._answer([single])
                return
            outcomes = [error]
        for (_, stored), outcome in zip(batch, outcomes, strict=True):
            if stored.done():
                continue
            if isinstance(outcome, Exception):
                stored.set_exception(outcome)
            else:
                stored.set_result(outcome)

    async def _commit(self, entries: Sequence[Entry]) -> list[Receipt | Exception]:
        async with self._database.write() as session:
            wanted = {entry.poll_id for entry in entries}
            batch = _Batch(self._clock, await rows.for_voting(session, wanted))
            batch.standing = await rows.standing(session, batch.keys(entries))
            outcomes = [batch.enter(entry) for entry in entries]
            await batch.store(session)
        if shown := batch.to_show():
            self._changed(shown)
        return outcomes


class _Batch:
    """Computes in memory what a batch of ballots changes, then writes it in few statements."""

    def __init__(self, clock: Clock, polls: dict[int, Voting]) -> None:
        self._now = clock.now()
        self._polls = polls
        self.standing: dict[Key, Ballot] = {}
        self.log: list[Change] = []
        self._before: dict[Key, int | None] = {}
        self._voted: list[tuple[int, int]] = []
        self._differences: Counter[tuple[int, int]] = Counter()

    def keys(self, entries: Sequence[Entry]) -> list[Key]:
        return list({self._key(entry) for entry in entries if entry.poll_id in self._polls})

    def _key(self, entry: Entry) -> Key:
        secret = self._polls[entry.poll_id].secret
        return entry.poll_id, voter_key(entry.poll_id, secret, entry.viewer.user_id)

    def enter(self, entry: Entry) -> Receipt | Exception:
        """Add one ballot to the batch; a refusal is returned, not raised."""
        try:
            accepted = self._accepting(self._polls.get(entry.poll_id), entry)
        except UserError as refusal:
            return refusal
        key = self._key(entry)
        old = self.standing.get(key)
        before = old.value if old else None
        if before != entry.value:
            self._change(key, old, entry.value)
        if before is None and entry.value is not None and self._polls[entry.poll_id].reminds:
            self._voted.append((entry.poll_id, entry.viewer.user_id))
        return Receipt(accepted, before, entry.value)

    def _accepting(self, found: Voting | None, entry: Entry) -> Poll:
        if found is None or not may_know(entry.viewer, poll := found.poll):
            raise UserError(NO_SUCH_POLL)
        require_open(poll, self._now)
        if entry.value is not None:
            require_role(poll, entry.viewer.roles)
            require_kind(poll, entry.kinds)
            check_value(poll, entry.value)
        return poll

    def _change(self, key: Key, old: Ballot | None, value: int | None) -> None:
        poll_id, voter = key
        kind = self._polls[poll_id].poll.question.kind
        if old is not None:
            self._differences.subtract((poll_id, tally) for tally in tallied(kind, old.value))
        if value is None:
            del self.standing[key]
        else:
            self._differences.update((poll_id, tally) for tally in tallied(kind, value))
            cast_at = old.cast_at if old else self._now
            self.standing[key] = Ballot(value, cast_at, self._now)
        self._before.setdefault(key, old.value if old else None)
        self.log.append(Change(poll_id, voter, value, self._now))

    def to_show(self) -> set[int]:
        """The polls whose messages must be updated: changed by this batch, or out of date already.

        A poll on hopes is shown in the message of its forecast.
        """
        changed = {change.poll_id for change in self.log}
        polls = (voting.poll for voting in self._polls.values())
        return {poll.hope_for or poll.id for poll in polls if poll.id in changed or poll.is_behind}

    async def store(self, session: AsyncSession) -> None:
        if not self.log:
            return
        kept = {key: self.standing[key] for key in self._before if key in self.standing}
        gone = self._before.keys() - kept.keys()
        held = await self._held(session)
        if kept:
            await rows.put(session, kept)
        if gone:
            await rows.take(session, gone)
        await rows.log(session, self.log)
        await rows.shift(session, self._differences)
        await reminders.answered(session, self._voted)
        for poll_id, next_shown in held.items():
            await self._publish(session, poll_id, next_shown)

    async def _held(self, session: AsyncSession) -> dict[int, Held]:
        """The stored next steps of the changed polls that show their results in steps."""
        return {
            poll_id: self._polls[poll_id].held or Held(await rows.step(session, poll_id))
            for poll_id in {change.poll_id for change in self.log}
            if _shows_steps(self._polls[poll_id].poll)
        }

    async def _publish(self, session: AsyncSession, poll_id: int, held: Held) -> None:
        for key, old in self._before.items():
            if key[0] == poll_id:
                new = self.standing.get(key)
                held.change(key[1], old, new.value if new else None)
        if held.may_be_shown:
            await rows.publish(session, poll_id, held.step)
            held = Held(await rows.step(session, poll_id))
        await rows.hold(session, poll_id, held)


def _shows_steps(poll: Poll) -> bool:
    return poll.terms.anonymous and poll.terms.hide_results is not HideResults.UNTIL_CLOSE
