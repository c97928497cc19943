"""Makes what tests begin with, through the real services."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.access import SYSTEM, Viewer
from bot.announcements.model import (
    Announcement,
    AnnouncementState,
    Content,
    Picture,
    Plan,
    PostingConditions,
)
from bot.announcements.service import AnnouncementInput, DraftOrigin
from bot.app import build_services
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import Discussion, IssueRef
from bot.knowledge.library import Library
from bot.polls.model import (
    Action,
    ActionKind,
    Lifecycle,
    Poll,
    PollKind,
    PollState,
    Proposal,
    Question,
    Terms,
    Verdict,
)
from bot.polls.resolution import Confirmation
from bot.polls.service import OpenRequest
from bot.polls.visibility import Report
from bot.services import Services
from tests.packs_in_code import talks

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD_ID = 10
CHANNEL_ID = 100
LASTS = timedelta(hours=100)
"""An hour is one percent of a poll's life. Recent forecasts weigh more until hour 28."""


def make_viewer(
    user_id: int,
    guild_id: int = GUILD_ID,
    *,
    views: Callable[[int], bool | None] = lambda _: True,
    **rights: Any,
) -> Viewer:
    """A member of a server who may view every channel, unless `views` says otherwise.

    `rights` are named as in `Viewer`: `manage_messages`, `roles` and so on.
    """
    return Viewer(user_id, guild_id, views, **rights)


MODERATOR = make_viewer(1, manage_messages=True)


class SettableClock(Clock):
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        super().__init__(lambda: self._time)
        self._time = now

    def set(self, now: datetime) -> None:
        self._time = now

    def advance(self, by: timedelta) -> None:
        self._time += by


@dataclass(frozen=True)
class App(Services):
    """Every service over one database, at a time that the test sets."""

    clock: SettableClock
    database: Database


def make_app(database: Database, clock: SettableClock | None = None) -> App:
    services = build_services(_library(), database, clock or SettableClock())
    parts = {field.name: getattr(services, field.name) for field in fields(services)}
    return App(**parts, database=database)


@functools.cache
def _library() -> Library:
    return Library([talks()])


def make_question(
    kind: PollKind = PollKind.FORECAST, *options: str, asks: str = "Will they?"
) -> Question:
    """A question with these options, or with three if it needs some."""
    if kind is not PollKind.FORECAST:
        options = options or ("Warm", "Cool", "Cold")
    return Question(kind, asks, tuple((option, option) for option in options))


async def make_poll(
    services: Services,
    question: Question | None = None,
    *,
    by: Viewer = MODERATOR,
    channel_id: int = CHANNEL_ID,
    lasts: timedelta = LASTS,
    **terms: Any,
) -> Poll:
    """An open poll without a message: a forecast, unless `question` says otherwise."""
    request = OpenRequest(channel_id, question or make_question(), lasts, Terms(**terms))
    return await services.polls.open(by, request)


async def cast_ballots(services: Services, poll: Poll, *values: int | None, first: int = 1) -> None:
    """Cast ballots of the members `first`, `first` + 1 and so on; None withdraws."""
    for user, value in enumerate(values, start=first):
        voter = make_viewer(user, poll.guild_id)
        if value is None:
            await services.polls.withdraw(voter, poll.id)
        else:
            await services.polls.cast(voter, poll.id, value)


def at_hour(poll: Poll, hour: float) -> datetime:
    """The time when a poll that lasts for `LASTS` has been open for so many hours."""
    return poll.lifecycle.opened_at + LASTS * hour / 100


async def close_poll(app: App, poll: Poll) -> None:
    """Let a poll close at its time."""
    app.clock.set(max(app.clock.now(), poll.lifecycle.closes_at))
    await app.polls.close_due(SYSTEM, poll.id, late=False)


def make_proposal(
    kind: ActionKind, poll: Poll, value: int | None = None, **details: Any
) -> Proposal:
    """A proposal with reason and evidence; resolving settles the poll unless `details` differ."""
    if kind is ActionKind.RESOLVE:
        details = {"verdict": Verdict.SETTLED, **details}
    elif kind is ActionKind.ANNUL:
        details = {"verdict": Verdict.ANNULLED, **details}
    evidence = "https://example.org/readout"
    return Proposal(kind, poll.id, "Because.", evidence, value=value, **details)


async def confirm(services: Services, proposal: Proposal, by: Viewer = MODERATOR) -> Action:
    """Propose and confirm something, without working out its effect."""
    proposed = await services.resolutions.propose(by, proposal)
    await services.resolutions.confirm(by, proposed.action.id)
    return proposed.action


async def act_on_poll(
    services: Services, kind: ActionKind, poll: Poll, **details: Any
) -> Confirmation:
    """Propose and confirm something as the poll's moderator, and work out its effect."""
    proposal = make_proposal(kind, poll, **details)
    by = make_viewer(MODERATOR.user_id, poll.guild_id, manage_messages=True)
    action = await confirm(services, proposal, by)
    effect = await services.resolutions.confirmation(SYSTEM, action.id)
    assert effect is not None
    return effect


async def resolve_poll(services: Services, poll: Poll, value: int) -> Confirmation:
    return await act_on_poll(services, ActionKind.RESOLVE, poll, value=value)


async def annul_poll(services: Services, poll: Poll) -> Confirmation:
    return await act_on_poll(services, ActionKind.ANNUL, poll)


async def make_closed_poll(
    app: App, *ballots: int, question: Question | None = None, **terms: Any
) -> Poll:
    """A poll in which these ballots were cast when it opened, and which closed at its time."""
    poll = await make_poll(app, question, **terms)
    await cast_ballots(app, poll, *ballots)
    await close_poll(app, poll)
    return poll


async def make_resolved_poll(
    app: App, *ballots: int, value: int, question: Question | None = None, **terms: Any
) -> Poll:
    """A closed poll with these ballots, resolved to `value`."""
    poll = await make_closed_poll(app, *ballots, question=question, **terms)
    await resolve_poll(app, poll, value)
    return poll


async def report_on(services: Services, poll: Poll) -> Report:
    """What the poll's message shows."""
    found = await services.polls.public(SYSTEM, poll.id)
    assert found is not None
    return found


async def make_settings(services: Services, guild_id: int = GUILD_ID, **changes: Any) -> None:
    """Change a server's settings as its administrator."""
    await services.settings.change(make_viewer(1, guild_id, manage_server=True), **changes)


async def make_discussion(
    services: Services, by: Viewer = MODERATOR, *, thread_id: int = 500, channel_id: int = 7
) -> Discussion:
    """An open discussion on the issue "security" of the pack."""
    claim = await services.discussions.claim(
        by, IssueRef("talks", "security"), channel_id, lacking=()
    )
    assert claim.is_new
    await services.discussions.record_thread(by, claim.discussion.id, thread_id, channel_id)
    return await services.discussions.opened(by, claim.discussion.id, "Security")


async def make_announcement(
    services: Services,
    state: AnnouncementState = AnnouncementState.DRAFT,
    *,
    title: str = "Doors open",
    body: str = "At nine.",
    link: str | None = None,
    picture: Picture | None = None,
    by: Viewer = MODERATOR,
    channel_id: int = CHANNEL_ID,
    **plan: Any,
) -> Announcement:
    """An announcement in any state; `WAITING` turns second approval on in its server."""
    announcements = services.announcements
    typed = AnnouncementInput(Content(title, body, link), "", picture)
    draft = await announcements.draft(by, typed, DraftOrigin(channel_id, Plan(channel_id, **plan)))
    if state is AnnouncementState.DRAFT:
        return draft
    if state is AnnouncementState.DISCARDED:
        await announcements.approval.discard(by, draft.id)
        return replace(draft, state=state)
    if state is AnnouncementState.WAITING:
        await make_settings(services, by.guild_id, second_approval=True)
    found = await announcements.approval.confirm(by, draft.id, draft.revision, PostingConditions())
    if state is AnnouncementState.CANCELLED:
        return await announcements.approval.cancel(by, found.id)
    if state in (AnnouncementState.POSTING, AnnouncementState.POSTED, AnnouncementState.FAILED):
        attempt = await announcements.delivery.begin(SYSTEM, found.id)
        assert attempt is not None
        found = attempt.announcement
    if state is AnnouncementState.POSTED:
        await announcements.delivery.posted(SYSTEM, found, 1000 + found.id)
    elif state is AnnouncementState.FAILED:
        await announcements.delivery.failed(SYSTEM, found.id, "Discord refused it.")
    stored = await announcements.delivery.get(SYSTEM, found.id)
    assert stored is not None
    assert stored.state is state
    return stored


FORECAST_POLL = Poll(
    id=1,
    guild_id=GUILD_ID,
    channel_id=CHANNEL_ID,
    question=make_question(),
    terms=Terms(),
    lifecycle=Lifecycle(PollState.OPEN, 1, START, START + timedelta(days=7)),
)
"""A poll that no database holds."""


def changed(poll: Poll, **values: Any) -> Poll:
    """The poll with other values, each named as the part of a poll that has it names it."""
    for part in (poll.question, poll.terms, poll.lifecycle):
        names = {field.name for field in fields(part)} & values.keys()
        own = {name: values.pop(name) for name in names}
        poll = replace(poll, **{type(part).__name__.lower(): replace(part, **own)})
    return replace(poll, **values)
