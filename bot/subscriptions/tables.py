"""The table of topic roles."""

from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import SnowflakeId, enum_type
from bot.subscriptions.model import Topic


class TopicRoleRow(Base):
    """The role that the bot made in a server for a topic, at most one each."""

    __tablename__ = "topic_roles"

    guild_id: Mapped[SnowflakeId] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[Topic] = mapped_column(enum_type(Topic), primary_key=True)
    role_id: Mapped[SnowflakeId]
