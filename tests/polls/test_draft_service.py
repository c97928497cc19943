import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.access import SYSTEM, Viewer
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.polls.draft_service import KEPT, DraftService
from bot.polls.drafts import PollDraft, Tick, Typed
from bot.polls.model import Poll
from bot.polls.service import PollService
from bot.polls.tables import PollDraftRow, PollRow
from bot.settings.model import ServerSettings
from tests.factories import MODERATOR, START, App, SettableClock, make_viewer

SEOUL = ServerSettings(10, zone="Asia/Seoul", min_forecasters=9)
GOOD = Typed(
    "Which topic comes first?",
    "Trade\nSecurity 안보",
    "Friday 18:00",
    frozenset({Tick.APPROVAL, Tick.ANONYMOUS}),
    2**62,
)


@pytest.fixture
def drafts(app: App) -> DraftService:
    return app.drafts


async def ids(database: Database, table: type[PollRow | PollDraftRow]) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(select(table.id).order_by(table.id)))


async def test_a_draft_comes_back_as_it_was_typed(drafts: DraftService) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    found = await drafts.own(MODERATOR, stored.id)
    assert found == stored
    assert found == PollDraft(
        id=stored.id,
        guild_id=10,
        channel_id=100,
        author_id=1,
        typed=GOOD,
        closes_at=datetime(2026, 1, 2, 9, tzinfo=UTC),
        min_forecasters=9,
    )


async def test_what_is_wrong_in_every_way_is_kept_as_well(drafts: DraftService) -> None:
    wrong = Typed(" ", "One\n\n", "when we like", frozenset(Tick))
    stored = await drafts.write(MODERATOR, 100, wrong, SEOUL)
    found = await drafts.own(MODERATOR, stored.id)
    assert (found.typed, found.closes_at) == (wrong, None)
    with pytest.raises(UserError, match="not a time"):
        await drafts.open(MODERATOR, stored.id)


async def test_why_a_closing_time_is_none_is_told(drafts: DraftService) -> None:
    open_hour = replace(GOOD, closes="Friday at 6")
    stored = await drafts.write(MODERATOR, 100, open_hour, SEOUL)
    assert stored.closes_at is None
    with pytest.raises(UserError, match="what 6 stands for"):
        await drafts.open(MODERATOR, stored.id)


async def test_an_edit_replaces_what_was_typed_and_stays_in_its_channel(
    drafts: DraftService, clock: SettableClock, database: Database
) -> None:
    first = await drafts.write(MODERATOR, 100, replace(GOOD, closes="1 hour"), SEOUL)
    clock.advance(timedelta(minutes=30))
    again = await drafts.write(MODERATOR, 200, replace(first.typed, options="A\nB"), SEOUL, 1)
    assert await ids(database, PollDraftRow) == [first.id] == [again.id]
    assert (again.typed.options, again.channel_id) == ("A\nB", 100)
    assert again.closes_at == START + timedelta(minutes=90)


@pytest.mark.parametrize(
    "other",
    [make_viewer(2, 10, manage_server=True), make_viewer(1, 11, manage_server=True)],
    ids=["another moderator", "another server"],
)
async def test_a_draft_is_its_authors_alone_and_only_in_its_server(
    drafts: DraftService, database: Database, other: Viewer
) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    for attempt in (
        drafts.own(other, stored.id),
        drafts.open(other, stored.id),
        drafts.discard(other, stored.id),
    ):
        with pytest.raises(UserError, match="no such draft"):
            await attempt
    theirs = await drafts.write(other, 100, replace(GOOD, question="Mine?"), SEOUL, stored.id)
    assert theirs.id != stored.id
    assert await drafts.own(MODERATOR, stored.id) == stored
    assert await ids(database, PollRow) == []


async def test_members_can_do_nothing_with_drafts(drafts: DraftService) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    # The author, who is no moderator any more.
    member = make_viewer(1, 10)
    for attempt in (
        drafts.write(member, 100, GOOD, SEOUL),
        drafts.own(member, stored.id),
        drafts.open(member, stored.id),
        drafts.discard(member, stored.id),
    ):
        with pytest.raises(UserError, match="Manage Messages"):
            await attempt
    assert await drafts.own(MODERATOR, stored.id) == stored


async def test_a_draft_opened_many_times_at_once_becomes_one_poll(
    drafts: DraftService, database: Database
) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    answers = await asyncio.gather(
        *(drafts.open(MODERATOR, stored.id) for _ in range(8)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, UserError)]
    assert len(refused) == 7
    assert all("already posted" in str(error) for error in refused)
    (poll,) = (answer for answer in answers if isinstance(answer, Poll))
    assert await ids(database, PollRow) == [poll.id]
    asked, terms = poll.question, poll.terms
    assert (asked.text, asked.labels) == (GOOD.question, ("Trade", "Security 안보"))
    assert (asked.kind, terms.anonymous, terms.role_id) == ("approval", True, 2**62)
    assert terms.min_forecasters == 9
    assert poll.lifecycle.closes_at == datetime(2026, 1, 2, 9, tzinfo=UTC)
    async with database.read() as session:
        jobs = list(await session.execute(select(JobRow.kind, JobRow.key, JobRow.due_at)))
    assert [tuple(job) for job in jobs] == [("poll.close", str(poll.id), poll.lifecycle.closes_at)]


async def test_a_draft_whose_poll_was_not_posted_can_be_opened_again(
    drafts: DraftService, polls: PollService, clock: SettableClock, database: Database
) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    poll = await drafts.open(MODERATOR, stored.id)
    await polls.discard(SYSTEM, poll.id)
    await drafts.open(MODERATOR, stored.id)
    # The bot dies before it is posted, and forgets it at its next start.
    clock.advance(timedelta(hours=1))
    await polls.discard_unposted(SYSTEM)
    assert await ids(database, PollRow) == []
    await drafts.open(MODERATOR, stored.id)
    assert len(await ids(database, PollRow)) == 1


async def test_a_posted_draft_can_be_neither_edited_nor_discarded(
    drafts: DraftService, database: Database
) -> None:
    stored = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    await drafts.open(MODERATOR, stored.id)
    for attempt in (drafts.own(MODERATOR, stored.id), drafts.discard(MODERATOR, stored.id)):
        with pytest.raises(UserError, match="already posted"):
            await attempt
    again = await drafts.write(MODERATOR, 100, GOOD, SEOUL, stored.id)
    assert again.id != stored.id


async def test_old_drafts_are_forgotten_and_their_ids_never_used_again(
    drafts: DraftService, clock: SettableClock, database: Database
) -> None:
    old = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    clock.advance(KEPT)
    kept = await drafts.write(make_viewer(2, 11, manage_server=True), 100, GOOD, SEOUL)
    assert await ids(database, PollDraftRow) == [old.id, kept.id]
    clock.advance(KEPT + timedelta(seconds=1))
    new = await drafts.write(MODERATOR, 100, GOOD, SEOUL)
    assert await ids(database, PollDraftRow) == [new.id]
    assert new.id > kept.id > old.id
