"""The tables. Rows never leave `bot.storage`; its query modules return the features' own values."""

from bot.storage.tables.announcements import AnnouncementPictureRow, AnnouncementRow
from bot.storage.tables.base import Base
from bot.storage.tables.discussions import DiscussionRow
from bot.storage.tables.jobs import JobRow
from bot.storage.tables.polls import (
    BallotLogRow,
    BallotRow,
    OptionRow,
    PollDraftRow,
    PollRow,
    ReminderRow,
    TallyRow,
)
from bot.storage.tables.servers import ModlogRow, ServerSettingsRow
from bot.storage.tables.settling import ActionRow, ScoreRow
from bot.storage.tables.subscriptions import TopicRoleRow

__all__ = [
    "ActionRow",
    "AnnouncementPictureRow",
    "AnnouncementRow",
    "BallotLogRow",
    "BallotRow",
    "Base",
    "DiscussionRow",
    "JobRow",
    "ModlogRow",
    "OptionRow",
    "PollDraftRow",
    "PollRow",
    "ReminderRow",
    "ScoreRow",
    "ServerSettingsRow",
    "TallyRow",
    "TopicRoleRow",
]
