"""Announcements."""

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.announcements.model import AnnouncementState
from bot.db.base import NEVER_TWICE, Base
from bot.db.columns import OwnText, PersonId, RowId, SnowflakeId, UtcDateTime, enum_type


class AnnouncementRow(Base):
    """A moderator's message, from draft to posting; see `bot.announcements.model.Announcement`.

    Title, text and link are as typed, whether or not they can be posted.
    """

    __tablename__ = "announcements"
    __table_args__ = (NEVER_TWICE,)

    id: Mapped[RowId]
    guild_id: Mapped[SnowflakeId] = mapped_column(index=True)
    origin_id: Mapped[SnowflakeId]
    author_id: Mapped[PersonId]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(500))
    channel_id: Mapped[SnowflakeId]
    role_id: Mapped[SnowflakeId | None]
    publish: Mapped[bool] = mapped_column(server_default=false())
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("polls.id", ondelete="SET NULL"))
    post_at: Mapped[UtcDateTime | None]
    state: Mapped[AnnouncementState] = mapped_column(enum_type(AnnouncementState, "state"))
    revision: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[UtcDateTime]
    edited_at: Mapped[UtcDateTime | None]
    edited_by: Mapped[PersonId | None]
    decided_at: Mapped[UtcDateTime | None]
    approved_by: Mapped[PersonId | None]
    posting_since: Mapped[UtcDateTime | None]
    posted_at: Mapped[UtcDateTime | None]
    message_id: Mapped[SnowflakeId | None]
    late: Mapped[bool] = mapped_column(server_default=false())
    signed: Mapped[bool | None]
    problem: Mapped[OwnText | None]
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("announcements.id", ondelete="SET NULL"), index=True
    )
    edits_id: Mapped[int | None] = mapped_column(
        ForeignKey("announcements.id", ondelete="CASCADE"), index=True
    )
    edits_revision: Mapped[int | None]
    request_channel_id: Mapped[SnowflakeId | None]
    request_message_id: Mapped[SnowflakeId | None]
    request_revision: Mapped[int | None]


class AnnouncementPictureRow(Base):
    """The picture of an announcement, kept so that it can be posted whenever it is time."""

    __tablename__ = "announcement_pictures"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcements.id", ondelete="CASCADE"), primary_key=True
    )
    filename: Mapped[str] = mapped_column(String(32))
    alt: Mapped[str] = mapped_column(String(300))
    data: Mapped[bytes] = mapped_column(LargeBinary)
