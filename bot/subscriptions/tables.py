"""The table of topic roles."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class TopicRoleRow(Base):
    """The role that the bot made in a server for a topic, at most one each."""

    __tablename__ = "topic_roles"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(16), primary_key=True)
    role_id: Mapped[int] = mapped_column(BigInteger)
