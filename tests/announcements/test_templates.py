from datetime import timedelta

from bot.access import SYSTEM, Viewer
from bot.announcements.model import AnnouncementState
from bot.announcements.templates import CHANGES_TITLE, DEFAULT_PERIOD
from bot.knowledge.model import Outcome
from bot.polls.model import ActionKind, Poll, Proposal, Verdict, question_about
from tests.factories import (
    MODERATOR,
    App,
    confirm,
    make_announcement,
    make_discussion,
    make_poll,
    make_proposal,
    make_viewer,
)
from tests.packs_in_code import CHOICE, FORECAST, MANY

ELSEWHERE = make_viewer(2, 20, manage_messages=True)
HOUR = timedelta(hours=1)
POSTED = AnnouncementState.POSTED


async def open_poll(app: App, outcome: Outcome, by: Viewer = MODERATOR, **terms: bool) -> Poll:
    question = question_about("talks", outcome, "en")
    return await make_poll(app, question, by=by, lasts=timedelta(days=30), **terms)


async def test_each_poll_is_told_once_by_what_matters_most(app: App) -> None:
    old = [await open_poll(app, outcome) for outcome in (FORECAST, CHOICE, MANY)]
    app.clock.advance(DEFAULT_PERIOD + HOUR)
    await confirm(
        app, make_proposal(ActionKind.EXTEND, old[0], closes_at=old[0].lifecycle.closes_at + HOUR)
    )
    await confirm(app, make_proposal(ActionKind.CLOSE, old[1]))
    await confirm(app, make_proposal(ActionKind.RESOLVE, old[2], 3))
    app.clock.advance(HOUR)
    new = await open_poll(app, CHOICE)
    await confirm(
        app, make_proposal(ActionKind.EXTEND, new, closes_at=new.lifecycle.closes_at + HOUR)
    )
    changes = (await app.templates.read(MODERATOR)).changes
    assert changes.since == app.clock.now() - DEFAULT_PERIOD
    assert [poll.id for poll in changes.extended] == [old[0].id]
    assert [poll.id for poll in changes.closed] == [old[1].id]
    assert [(poll.id, action.kind) for poll, action in changes.ruled] == [
        (old[2].id, ActionKind.RESOLVE)
    ]
    assert [poll.id for poll in changes.opened] == [new.id]


async def test_an_undone_resolution_is_told_as_undone(app: App) -> None:
    poll = await open_poll(app, FORECAST)
    await confirm(app, make_proposal(ActionKind.RESOLVE, poll, 1))
    app.clock.advance(HOUR)
    await confirm(app, make_proposal(ActionKind.UNRESOLVE, poll))
    changes = (await app.templates.read(MODERATOR)).changes
    ((told, action),) = changes.ruled
    assert (told.id, told.verdict, action.kind) == (poll.id, None, ActionKind.UNRESOLVE)


async def test_what_is_only_proposed_has_not_happened(app: App) -> None:
    poll = await open_poll(app, FORECAST)
    app.clock.advance(DEFAULT_PERIOD + HOUR)
    await app.resolutions.propose(MODERATOR, Proposal(ActionKind.CLOSE, poll.id))
    assert not (await app.templates.read(MODERATOR)).changes


async def test_changes_count_from_the_last_announcement_of_them(app: App) -> None:
    before = await open_poll(app, FORECAST)
    app.clock.advance(HOUR)
    await make_announcement(app, POSTED, title=f"{CHANGES_TITLE}: Harbour talks")
    announced_at = app.clock.now()
    app.clock.advance(HOUR)
    await make_announcement(app, POSTED, title="Doors open at nine")
    await make_announcement(app, POSTED, title=f"{CHANGES_TITLE}: elsewhere", by=ELSEWHERE)
    after = await open_poll(app, CHOICE)
    changes = (await app.templates.read(MODERATOR)).changes
    assert changes.since == announced_at
    assert [poll.id for poll in changes.opened] == [after.id]
    app.clock.advance(timedelta(days=20))
    changes = (await app.templates.read(MODERATOR)).changes
    assert [poll.id for poll in changes.opened] == [after.id]
    assert before.id != after.id


async def test_discussions_opened_are_among_the_changes_while_they_are_open(app: App) -> None:
    for viewer, thread in ((MODERATOR, 500), (ELSEWHERE, 600)):
        await make_discussion(app, viewer, thread_id=thread)
    changes = (await app.templates.read(MODERATOR)).changes
    assert [found.thread_id for found in changes.discussions] == [500]
    await app.discussions.thread_deleted(SYSTEM, 500)
    assert not (await app.templates.read(MODERATOR)).changes


async def test_another_servers_polls_are_not_briefed_on(app: App) -> None:
    theirs = await open_poll(app, FORECAST, ELSEWHERE)
    read = await app.templates.read(MODERATOR)
    assert not read.changes
    assert read.open_polls == read.resolved == []
    assert [r.poll.id for r in (await app.templates.read(ELSEWHERE)).open_polls] == [theirs.id]


async def test_hopes_are_not_polls_of_their_own_in_a_briefing(app: App) -> None:
    poll = await open_poll(app, FORECAST, asks_hope=True)
    read = await app.templates.read(MODERATOR)
    assert [found.id for found in read.changes.opened] == [poll.id]
    assert [found.poll.id for found in read.open_polls] == [poll.id]


async def test_results_are_the_resolved_polls_the_last_resolved_first(app: App) -> None:
    polls = [await open_poll(app, outcome) for outcome in (FORECAST, CHOICE, MANY)]
    await confirm(app, make_proposal(ActionKind.RESOLVE, polls[1], 1))
    await confirm(app, make_proposal(ActionKind.RESOLVE, polls[0], 1))
    await confirm(app, make_proposal(ActionKind.ANNUL, polls[2], verdict=Verdict.ANNULLED))
    read = await app.templates.read(MODERATOR)
    assert [found.poll.id for found in read.resolved] == [polls[0].id, polls[1].id]
    assert read.open_polls == []
