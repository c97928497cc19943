"""Lets members see and delete what is stored about them, and nobody else's."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.polls import ballot_store as ballots
from bot.polls import ballot_store as voting
from bot.polls import store as polls
from bot.polls.ballot_store import Change
from bot.polls.model import DELETED_VOTER, Poll
from bot.polls.rules import tallied
from bot.privacy import store as privacy
from bot.privacy.model import Deleted, Row, Stored, answer

BALLOTS = ("ballots", "ballot_log")
NOTHING = "Nothing is stored about you in this server, so there is nothing to {}."


class PrivacyService:
    """`changed` is called with the ids of polls whose standing ballots a deletion changed."""

    def __init__(
        self, database: Database, clock: Clock, changed: Callable[[set[int]], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._changed = changed

    async def export(self, viewer: Viewer) -> Stored:
        """All that is stored about the viewer in their server; UserError if that is nothing."""
        return await self._stored(viewer, "export")

    async def before_deleting(self, viewer: Viewer) -> Stored:
        """What a deletion would delete; UserError if there is nothing."""
        return await self._stored(viewer, "delete")

    async def _stored(self, viewer: Viewer, purpose: str) -> Stored:
        async with self._database.read() as session:
            keys = await privacy.voter_keys(session, viewer.guild_id, viewer.user_id)
            cast = await privacy.ballots(session, keys)
            records = await privacy.records(session, viewer.guild_id, viewer.user_id)
            about = await polls.by_ids(session, _polls_of(cast, records))
        found = {**cast, **records}
        if not found:
            raise UserError(NOTHING.format(purpose))
        by_id = {str(poll.id): poll for poll in about}
        told = {
            name: [_in_words(row, by_id, ballot=name in BALLOTS) for row in rows]
            for name, rows in found.items()
        }
        return Stored(viewer.user_id, viewer.guild_id, told)

    async def delete(self, viewer: Viewer) -> Deleted:
        """Remove the viewer from their server's data; UserError if they are not in it.

        Ballots in open polls are withdrawn, because the member may vote again and must not count
        twice. Ballots in closed polls stay under a random key, the same in the whole poll, so that
        totals and others' scores stay right.
        """
        async with self._database.write() as session:
            keys = await privacy.voter_keys(session, viewer.guild_id, viewer.user_id)
            await privacy.hold_records(session, viewer.guild_id, viewer.user_id)
            left = await self._leave_polls(session, viewer, keys)
            removed = await privacy.remove_own(session, viewer.guild_id, viewer.user_id)
            records = await privacy.unname(session, viewer.guild_id, viewer.user_id)
            if not (left.rows or removed or records):
                raise UserError(NOTHING.format("delete"))
        if left.changed:
            self._changed(left.changed)
        return Deleted(left.withdrawn, left.unnamed, removed, records)

    async def _leave_polls(
        self, session: AsyncSession, viewer: Viewer, keys: Mapping[int, str]
    ) -> "_Left":
        to_change = await privacy.polls_to_change(session, viewer.guild_id, viewer.user_id, keys)
        # As when a ballot is cast: polls are locked first, then it is checked which are open.
        held = await polls.by_ids(session, to_change & keys.keys(), lock=True)
        now, left = self._clock.now(), _Left()
        standing = await ballots.standing(session, [(poll.id, keys[poll.id]) for poll in held])
        for poll in held:
            stranger = f"{DELETED_VOTER}{secrets.token_hex(16)}"
            left.rows += await privacy.rename_voter(session, poll.id, keys[poll.id], stranger)
            if poll.terms.anonymous:
                await voting.forget(session, poll.id, keys[poll.id])
            ballot = standing.get((poll.id, keys[poll.id]))
            if ballot is None:
                continue
            if poll.is_open(now):
                await _withdraw(session, poll, Change(poll.id, stranger, None, now), ballot.value)
                left.withdrawn += 1
                left.changed.add(poll.hope_for or poll.id)
            else:
                left.unnamed += 1
        return left


@dataclass(slots=True)
class _Left:
    """The result of leaving the polls. `changed` are the polls whose messages change."""

    rows: int = 0
    withdrawn: int = 0
    unnamed: int = 0
    changed: set[int] = field(default_factory=set)


async def _withdraw(session: AsyncSession, poll: Poll, change: Change, value: int) -> None:
    await ballots.take(session, [(poll.id, change.voter)])
    await ballots.log(session, [change])
    await ballots.shift(
        session, Counter({(poll.id, t): -1 for t in tallied(poll.question.kind, value)})
    )


def _polls_of(*found: Mapping[str, Sequence[Row]]) -> set[int]:
    rows = (row for tables in found for rows in tables.values() for row in rows)
    return {int(str(row["poll_id"])) for row in rows if row.get("poll_id") is not None}


def _in_words(row: Row, polls_by_id: Mapping[str, Poll], ballot: bool) -> Row:
    """A row with its poll's question, and a ballot's with its answer in words."""
    poll = polls_by_id.get(str(row.get("poll_id")))
    if poll is None:
        return row
    more: dict[str, object] = {"question": poll.question.text}
    value = row.get("value")
    if ballot and (value is None or isinstance(value, int)):
        more["answer"] = answer(poll, value)
    return {**row, **more}
