from dataclasses import replace
from datetime import UTC, datetime

import pytest
from discord import ui

from bot.announcements.model import (
    BODY_LIMIT,
    TITLE_LIMIT,
    Announcement,
    AnnouncementDetails,
    AnnouncementState,
    Content,
    Plan,
)
from bot.polls.model import Results
from bot.polls.visibility import report
from cogs.announcements import views
from tests.factories import FORECAST_POLL, changed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SNOWFLAKE = 1_400_000_000_000_000_000
BYTES_THAT_DISCORD_ACCEPTS = 10_170
"""Of all texts, each with 12 more."""


def posted(letter: str) -> Announcement:
    """As long and with as much around it as can be."""
    return Announcement(
        id=1, guild_id=SNOWFLAKE, origin_id=100, author_id=SNOWFLAKE + 1,
        content=Content(letter * TITLE_LIMIT, letter * BODY_LIMIT, "https://example.org"),
        plan=Plan(SNOWFLAKE + 2, role_id=SNOWFLAKE + 3, post_at=NOW),
        state=AnnouncementState.POSTED, revision=1, created_at=NOW, edited_by=SNOWFLAKE + 4,
        decided_at=NOW, approved_by=None, posting_since=None, posted_at=NOW,
        message_id=SNOWFLAKE + 5, late=True, signed=True, problem=None, corrects_id=2,
        edits_id=None, edits_revision=None, has_picture=False, request=None,
    )  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "한", "汉", "😀"])
def test_the_longest_preview_is_within_what_discord_accepts(letter: str) -> None:
    announcement = posted(letter)
    other = replace(announcement, id=2)
    details = AnnouncementDetails(
        announcement,
        signed=True,
        poll=report(
            changed(FORECAST_POLL, text=letter * 300, message_id=SNOWFLAKE),
            9,
            Results({250: 9}, 9, 250),
            now=NOW,
        ),
        corrects=other,
        corrections=[other] * 5,
    )
    view = views.preview(details, ["First line", *[letter * 300] * 20], [])
    texts = [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    assert sum(len(text) for text in texts) <= 4000
    assert sum(len(text.encode()) + 12 for text in texts) <= BYTES_THAT_DISCORD_ACCEPTS
    assert texts[-1].startswith("First line")
