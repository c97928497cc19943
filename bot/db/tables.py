"""The tables. Rows never leave `bot.db`; its query modules return the features' own values."""

from bot.announcements.tables import AnnouncementPictureRow, AnnouncementRow
from bot.db.base import Base
from bot.discussions.tables import DiscussionRow
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.polls.tables import (
    ActionRow,
    BallotLogRow,
    BallotRow,
    OptionRow,
    PollDraftRow,
    PollRow,
    ReminderRow,
    ScoreRow,
    TallyRow,
)
from bot.settings.tables import ServerSettingsRow
from bot.subscriptions.tables import TopicRoleRow

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
