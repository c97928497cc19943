"""Queries for the roles of topics."""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.subscriptions.model import Topic
from bot.subscriptions.tables import TopicRoleRow


class TakenError(Exception):
    """The topic has a role already. The transaction cannot go on."""


async def roles(session: AsyncSession, guild_id: int) -> dict[Topic, int]:
    """The ids of the roles that the bot made in a server, by topic."""
    rows = await session.execute(
        select(TopicRoleRow.topic, TopicRoleRow.role_id).where(
            # A newer version of the bot may have stored topics that this one does not know.
            TopicRoleRow.guild_id == guild_id,
            TopicRoleRow.topic.in_(list(Topic)),
        )
    )
    return {row.topic: row.role_id for row in rows}


async def add(session: AsyncSession, guild_id: int, topic: Topic, role_id: int) -> None:
    """Store the role of a topic; TakenError if it has one."""
    try:
        await session.execute(
            insert(TopicRoleRow).values(guild_id=guild_id, topic=topic, role_id=role_id)
        )
    except IntegrityError as error:
        raise TakenError from error


async def swap(
    session: AsyncSession, guild_id: int, topic: Topic, *, lost: int, role_id: int
) -> bool:
    """Replace a deleted role by a new one. False if it was replaced already."""
    done = await session.scalar(
        update(TopicRoleRow)
        .where(
            TopicRoleRow.guild_id == guild_id,
            TopicRoleRow.topic == topic,
            TopicRoleRow.role_id == lost,
        )
        .values(role_id=role_id)
        .returning(TopicRoleRow.role_id)
    )
    return done is not None
