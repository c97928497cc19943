import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.access import SYSTEM
from bot.discussions.model import (
    OPENING_TAKES_AT_MOST,
    IssueRef,
)
from bot.discussions.tables import DiscussionRow
from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.polls.model import DISCUSS_JOB, ActionKind, question_about
from tests.factories import (
    MODERATOR,
    START,
    App,
    confirm,
    make_discussion,
    make_poll,
    make_proposal,
    make_viewer,
)
from tests.packs_in_code import FORECAST

OTHER_MOD = make_viewer(2, 10, manage_messages=True)
ELSEWHERE = make_viewer(3, 20, manage_messages=True)
SECURITY = IssueRef("talks", "security")


async def states(app: App) -> list[tuple[int, str]]:
    async with app.database.read() as session:
        rows = await session.scalars(select(DiscussionRow).order_by(DiscussionRow.id))
        return [(row.id, row.state) for row in rows]


async def polls_to_tell_of(app: App) -> list[str]:
    async with app.database.read() as session:
        rows = await session.scalars(select(JobRow.key).where(JobRow.kind == DISCUSS_JOB))
        return list(rows)


async def test_only_moderators_who_may_write_there_open_discussions(app: App) -> None:
    with pytest.raises(UserError, match="for moderators"):
        await app.discussions.claim(make_viewer(9, 10), SECURITY, 7, lacking=())
    with pytest.raises(UserError, match="lack \\*\\*Send Messages"):
        await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=["Send Messages"])
    with pytest.raises(UserError, match="for moderators"):
        await app.discussions.find_open(make_viewer(9, 10), SECURITY)
    assert await states(app) == []


async def test_two_moderators_at_once_open_one_discussion(app: App) -> None:
    claims = await asyncio.gather(
        *(
            app.discussions.claim(viewer, SECURITY, 7, lacking=())
            for viewer in (MODERATOR, OTHER_MOD, MODERATOR, OTHER_MOD)
        ),
        return_exceptions=True,
    )
    refused = [claim for claim in claims if isinstance(claim, BaseException)]
    assert len(refused) == 3
    assert all(
        isinstance(error, UserError) and "is opening a discussion" in str(error)
        for error in refused
    )
    assert [state for _, state in await states(app)] == ["opening"]


async def test_the_database_itself_refuses_a_second_open_discussion(app: App) -> None:
    await make_discussion(app)
    with pytest.raises(IntegrityError):
        async with app.database.write() as session:
            session.add(
                DiscussionRow(
                    guild_id=MODERATOR.guild_id,
                    summit_id="talks",
                    issue_id="security",
                    channel_id=1,
                    state="opening",
                    opened_by=1,
                    opened_at=START,
                )
            )


async def test_an_open_discussion_is_led_to_and_opening_it_is_on_record(app: App) -> None:
    first = await make_discussion(app)
    lacking = ["Send Messages"]
    again = await app.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=lacking)
    assert not again.is_new
    assert await app.discussions.find_open(OTHER_MOD, SECURITY) == again.discussion
    assert again.discussion.url == first.url == "https://discord.com/channels/10/500"
    async with app.database.read() as session:
        (entry,) = await session.scalars(select(ModlogRow))
    assert (entry.guild_id, entry.by, entry.act) == (10, 1, "opened a discussion")
    assert (entry.subject, entry.url) == ("Security", first.url)


async def test_two_servers_have_discussions_of_their_own(app: App) -> None:
    await make_discussion(app)
    assert await app.discussions.open_on(ELSEWHERE, SECURITY) is None
    await make_discussion(app, ELSEWHERE, thread_id=600)
    here = await app.discussions.open_on(MODERATOR, SECURITY)
    there = await app.discussions.open_on(ELSEWHERE, SECURITY)
    assert here is not None
    assert here.thread_id == 500
    assert there is not None
    assert there.thread_id == 600
    await app.discussions.channel_deleted(SYSTEM, 20, 7)
    assert await states(app) == [(here.id, "open"), (there.id, "ended")]


async def test_an_opening_cut_short_blocks_for_two_minutes_only(app: App) -> None:
    begun = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    app.clock.advance(OPENING_TAKES_AT_MOST)
    with pytest.raises(UserError, match="is opening a discussion"):
        await app.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    with pytest.raises(UserError, match="is opening a discussion"):
        await app.discussions.find_open(OTHER_MOD, SECURITY)
    app.clock.advance(timedelta(seconds=1))
    assert await app.discussions.find_open(OTHER_MOD, SECURITY) is None
    with pytest.raises(UserError, match="lack \\*\\*Send Messages"):
        await app.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=["Send Messages"])
    taken = await app.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    assert (taken.is_new, taken.was_begun) == (True, True)
    assert taken.discussion.id == begun.discussion.id
    # Whoever took it over has two minutes of their own.
    with pytest.raises(UserError, match="is opening a discussion"):
        await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())


async def test_what_discord_refused_is_forgotten_unless_it_has_a_thread(app: App) -> None:
    refused = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    await app.discussions.opening_failed(MODERATOR, refused.discussion.id, is_refused=True)
    assert await states(app) == []
    begun = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    assert not begun.was_begun
    await app.discussions.record_thread(MODERATOR, begun.discussion.id, 500, 7)
    await app.discussions.opening_failed(MODERATOR, begun.discussion.id, is_refused=True)
    again = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    assert (again.was_begun, again.discussion.thread_id) == (True, 500)


async def test_what_discord_may_have_made_is_gone_on_with_at_once(app: App) -> None:
    begun = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    await app.discussions.opening_failed(MODERATOR, begun.discussion.id, is_refused=False)
    again = await app.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    assert (again.was_begun, again.discussion.id) == (True, begun.discussion.id)
    assert (again.discussion.thread_id, again.discussion.channel_id) == (None, 7)


@pytest.mark.parametrize(
    ("archived", "locked", "state"),
    [(True, False, "resting"), (False, True, "ended"), (True, True, "ended")],
)
async def test_an_archived_or_locked_thread_makes_room_for_a_new_one(
    app: App, archived: bool, locked: bool, state: str
) -> None:
    old = await make_discussion(app)
    await app.discussions.thread_changed(SYSTEM, 500, archived=archived, locked=locked)
    new = await make_discussion(app, thread_id=501)
    assert await states(app) == [(old.id, state), (new.id, "open")]


async def test_an_old_thread_that_wakes_up_does_not_push_a_newer_one_aside(app: App) -> None:
    old = await make_discussion(app)
    await app.discussions.thread_changed(SYSTEM, 500, archived=True, locked=False)
    new = await make_discussion(app, thread_id=501)
    await app.discussions.thread_changed(SYSTEM, 500, archived=False, locked=False)
    assert await states(app) == [(old.id, "resting"), (new.id, "open")]
    await app.discussions.thread_deleted(SYSTEM, 501)
    await app.discussions.thread_changed(SYSTEM, 500, archived=False, locked=False)
    assert await states(app) == [(old.id, "open"), (new.id, "ended")]


async def test_a_thread_deleted_while_it_is_being_opened_is_not_called_open(app: App) -> None:
    claim = await app.discussions.claim(MODERATOR, SECURITY, 7, lacking=())
    await app.discussions.record_thread(MODERATOR, claim.discussion.id, 500, 7)
    await app.discussions.thread_deleted(SYSTEM, 500)
    with pytest.raises(UserError, match="closed or deleted"):
        await app.discussions.opened(MODERATOR, claim.discussion.id, "Security")
    async with app.database.read() as session:
        assert (await session.scalars(select(ModlogRow))).all() == []


async def test_news_goes_to_the_open_discussion_else_to_the_last_quiet_one(app: App) -> None:
    assert await app.discussions.find_for_news(SYSTEM, 10, SECURITY) is None
    quiet = await make_discussion(app)
    await app.discussions.thread_changed(SYSTEM, 500, archived=True, locked=False)
    assert (await app.discussions.find_for_news(SYSTEM, 10, SECURITY) or quiet).thread_id == 500
    await make_discussion(app, thread_id=501)
    found = await app.discussions.find_for_news(SYSTEM, 10, SECURITY)
    assert found is not None
    assert found.thread_id == 501
    assert await app.discussions.find_for_news(SYSTEM, 20, SECURITY) is None
    await app.discussions.thread_changed(SYSTEM, 501, archived=False, locked=True)
    await app.discussions.thread_deleted(SYSTEM, 500)
    assert await app.discussions.find_for_news(SYSTEM, 10, SECURITY) is None


async def test_resolving_annulling_and_undoing_a_poll_of_the_pack_are_to_be_told(
    app: App,
) -> None:
    poll = await make_poll(app, question_about("talks", FORECAST, "en"))
    closing, resolving, undoing, annulling = [
        (await confirm(app, make_proposal(kind, poll, value))).id
        for kind, value in (
            (ActionKind.CLOSE, None),
            (ActionKind.RESOLVE, 1),
            (ActionKind.UNRESOLVE, None),
            (ActionKind.ANNUL, None),
        )
    ]
    assert await polls_to_tell_of(app) == [str(resolving), str(undoing), str(annulling)]
    assert str(closing) not in await polls_to_tell_of(app)
    news = await app.resolutions.news(SYSTEM, resolving)
    assert news is not None
    assert news.poll.id == poll.id
    assert news.action.kind is ActionKind.RESOLVE


async def test_a_moderators_own_question_belongs_to_no_discussion(app: App) -> None:
    poll = await make_poll(app)
    await confirm(app, make_proposal(ActionKind.ANNUL, poll))
    assert await polls_to_tell_of(app) == []
