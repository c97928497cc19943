"""Queries on what happened in a server since some time."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.tables import AnnouncementRow
from bot.polls import resolution_store as actions
from bot.polls import store as polls
from bot.polls.model import Action, Poll
from bot.polls.sight import Sight
from bot.polls.tables import ActionRow, PollRow

DONE = ("done", "told")


async def last_posted(session: AsyncSession, guild_id: int, title: str) -> datetime | None:
    """When a server last posted an announcement whose title begins like this."""
    return await session.scalar(
        select(func.max(AnnouncementRow.posted_at)).where(
            AnnouncementRow.guild_id == guild_id,
            AnnouncementRow.title.startswith(title, autoescape=True),
        )
    )


async def changed_polls(
    session: AsyncSession, guild_id: int, since: datetime, sight: Sight
) -> list[Poll]:
    """A server's polls that were opened, closed or dealt with after an instant, oldest first."""
    dealt_with = select(ActionRow.poll_id).where(ActionRow.at > since, ActionRow.state.in_(DONE))
    ids = await session.scalars(
        select(PollRow.id).where(
            PollRow.guild_id == guild_id,
            PollRow.hope_for.is_(None),
            or_(
                PollRow.opened_at > since,
                PollRow.closed_at > since,
                PollRow.id.in_(dealt_with),
            ),
        )
    )
    found = await polls.by_ids(session, ids.all())
    seen = [poll for poll in found if sight.sees(poll.audience_id)]
    return sorted(seen, key=lambda poll: poll.id)


async def actions_since(session: AsyncSession, guild_id: int, since: datetime) -> list[Action]:
    """What was done to a server's polls after an instant, in order."""
    ids = await session.scalars(
        select(ActionRow.id)
        .join(PollRow, PollRow.id == ActionRow.poll_id)
        .where(PollRow.guild_id == guild_id, ActionRow.at > since, ActionRow.state.in_(DONE))
        .order_by(ActionRow.at, ActionRow.id)
    )
    found = [await actions.get(session, action_id) for action_id in ids.all()]
    return [action for action in found if action is not None]
