"""What the bot can do, apart from Discord: built once in `bot.app`, handed to the client."""

from dataclasses import dataclass

from bot.announcements.service import AnnouncementService
from bot.announcements.templates import TemplateService
from bot.clock import Clock
from bot.discussions.service import DiscussionService
from bot.jobs.scheduler import Scheduler
from bot.knowledge.library import Library
from bot.modlog.service import ModlogService
from bot.polls.crowd_history import HistoryService
from bot.polls.draft_service import DraftService
from bot.polls.export.service import ExportService
from bot.polls.resolution import ResolutionService
from bot.polls.scoring.service import ForecastService
from bot.polls.service import PollService
from bot.privacy.service import PrivacyService
from bot.retention.service import RetentionService
from bot.settings.service import SettingsService
from bot.subscriptions.service import SubscriptionService


@dataclass(frozen=True, slots=True)
class Services:
    """Every service, with what they share."""

    library: Library
    settings: SettingsService
    polls: PollService
    drafts: DraftService
    resolutions: ResolutionService
    forecasts: ForecastService
    histories: HistoryService
    exports: ExportService
    announcements: AnnouncementService
    templates: TemplateService
    discussions: DiscussionService
    subscriptions: SubscriptionService
    modlog: ModlogService
    privacy: PrivacyService
    retention: RetentionService
    scheduler: Scheduler
    clock: Clock
