"""What a deletion leaves of announcements: others' go on, the member's drafts do not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.access import SYSTEM, Viewer
from bot.announcements.model import Content, Picture, Plan, PostingConditions
from bot.announcements.service import AnnouncementInput, AnnouncementService, DraftOrigin
from bot.announcements.tables import AnnouncementPictureRow, AnnouncementRow
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.settings import store as servers
from bot.settings.model import ServerSettings
from tests.factories import GUILD_ID, make_app, make_viewer
from tests.privacy.stored import everything

AUTHOR, SECOND, THIRD = (
    make_viewer(555_000_000_000_000_000 + number, GUILD_ID, manage_messages=True)
    for number in (1, 2, 3)
)
PICTURE = Picture("picture.png", b"\x89PNG", "A map.")


class Newsroom:
    """The announcements of one server in which another moderator must approve them."""

    def __init__(self, database: Database) -> None:
        self.app = make_app(database)
        self.service = AnnouncementService(database, self.app.clock, ServerSettings)
        self.approval = self.service.approval

    async def draft(self, by: Viewer = AUTHOR, edits: int | None = None) -> int:
        at = self.app.clock.now() + timedelta(days=1)
        start = DraftOrigin(origin_id=1, plan=Plan(channel_id=2, post_at=at), edits_id=edits)
        typed = AnnouncementInput(
            Content("Doors", f"Open, says {by.user_id % 10}"), picture=PICTURE
        )
        return (await self.service.draft(by, typed, start)).id

    async def waiting(self, by: Viewer = AUTHOR, edits: int | None = None) -> int:
        found = await self.service.get(by, await self.draft(by, edits))
        return (await self.approval.confirm(by, found.id, found.revision, PostingConditions())).id

    async def approve(self, by: Viewer, announcement_id: int) -> None:
        found = await self.service.get(by, announcement_id)
        await self.approval.approve(by, announcement_id, found.revision)

    async def decline(self, by: Viewer, announcement_id: int, reason: str = "") -> None:
        found = await self.service.get(by, announcement_id)
        await self.approval.decline(by, announcement_id, found.revision, reason)

    async def delete(self, who: Viewer) -> None:
        await self.app.privacy.delete(make_viewer(who.user_id))
        assert str(who.user_id) not in await everything(self.app.database, GUILD_ID)

    async def rows(self) -> list[AnnouncementRow]:
        return await self.all(select(AnnouncementRow).order_by(AnnouncementRow.id))

    async def states(self) -> list[tuple[int, str]]:
        return [(row.author_id, row.state) for row in await self.rows()]

    async def all(self, query: Any) -> list[Any]:
        async with self.app.database.read() as session:
            return list(await session.scalars(query))


@pytest.fixture
async def room(database: Database) -> Newsroom:
    async with database.write() as session:
        await servers.put(session, ServerSettings(GUILD_ID, second_approval=True))
    return Newsroom(database)


async def test_drafts_go_with_their_pictures_and_what_was_let_go_stays(room: Newsroom) -> None:
    await room.draft()
    kept = await room.waiting()
    await room.draft(edits=kept)
    discarded = await room.draft()
    await room.approval.discard(AUTHOR, discarded)
    approved = await room.waiting()
    await room.approve(SECOND, approved)
    others = await room.draft(SECOND)
    await room.delete(AUTHOR)
    assert [(row.id, row.author_id, row.state) for row in await room.rows()] == [
        (kept, 0, "waiting"),
        (approved, 0, "scheduled"),
        (others, SECOND.user_id, "draft"),
    ]
    assert await room.all(
        select(AnnouncementPictureRow.announcement_id).order_by(
            AnnouncementPictureRow.announcement_id
        )
    ) == [kept, approved, others]


async def test_a_draft_goes_with_its_author_and_not_with_who_changed_or_approved_it(
    room: Newsroom,
) -> None:
    announcement_id = await room.waiting()
    await room.waiting(SECOND, edits=announcement_id)
    await room.decline(THIRD, announcement_id, "Too early.")
    await room.delete(SECOND)
    assert await room.states() == [(AUTHOR.user_id, "draft")]
    await room.delete(THIRD)
    (row,) = await room.rows()
    assert row.problem == (
        "a deleted member declined it: Too early. It is your draft again: `/announce edit` "
        "changes it."
    )
    await room.delete(AUTHOR)
    assert await room.states() == []


async def test_whoever_wrote_it_cannot_approve_it_by_deleting_their_data(room: Newsroom) -> None:
    announcement_id = await room.waiting()
    await room.delete(AUTHOR)
    for somebody in (AUTHOR, SECOND):
        with pytest.raises(UserError, match="I cannot check that somebody else approves it"):
            await room.approve(somebody, announcement_id)
    await room.waiting(SECOND, edits=announcement_id)
    with pytest.raises(UserError, match="You wrote"):
        await room.approve(SECOND, announcement_id)
    await room.approve(THIRD, announcement_id)
    await room.delete(SECOND)
    assert await room.states() == [(0, "scheduled")]


async def test_whoever_changed_it_cannot_approve_it_by_deleting_their_data(room: Newsroom) -> None:
    announcement_id = await room.waiting()
    await room.waiting(SECOND, edits=announcement_id)
    await room.delete(SECOND)
    with pytest.raises(UserError, match="I cannot check"):
        await room.approve(SECOND, announcement_id)


async def test_who_approved_is_said_in_words_once_they_are_deleted(room: Newsroom) -> None:
    announcement_id = await room.waiting()
    await room.approve(SECOND, announcement_id)
    await room.delete(SECOND)
    with pytest.raises(UserError, match="A deleted member has already approved"):
        await room.approve(THIRD, announcement_id)


async def test_declining_a_deleted_members_announcement_discards_it(room: Newsroom) -> None:
    announcement_id = await room.waiting()
    await room.delete(AUTHOR)
    await room.decline(SECOND, announcement_id)
    assert await room.states() == [(0, "discarded")]
    assert await room.all(select(AnnouncementPictureRow.announcement_id)) == []
    assert await room.all(select(JobRow.id).where(JobRow.kind == "announcement.tell")) == []


async def test_what_was_posted_is_on_record_without_names(room: Newsroom) -> None:
    announcement_id = await room.waiting()
    await room.waiting(SECOND, edits=announcement_id)
    await room.approve(THIRD, announcement_id)
    await room.delete(AUTHOR)
    room.app.clock.advance(timedelta(days=1))
    attempt = await room.service.delivery.begin(SYSTEM, announcement_id)
    assert attempt is not None
    await room.service.delivery.posted(SYSTEM, attempt.announcement, 77)
    posted = select(ModlogRow.detail).where(ModlogRow.act == "posted an announcement")
    assert await room.all(posted) == [
        f"Changed by <@{SECOND.user_id}>. Approved by <@{THIRD.user_id}>."
    ]
    await room.delete(SECOND)
    await room.delete(THIRD)
    assert await room.all(posted) == ["Changed by a deleted member. Approved by a deleted member."]
    assert await room.states() == [(0, "posted")]
