from datetime import UTC, datetime, time, timedelta

import pytest

from bot.announcements.model import (
    Announcement,
    AnnouncementState,
    Content,
    Plan,
    PostingConditions,
)
from bot.announcements.rules import posting_problems, posting_warnings
from bot.settings.model import ServerSettings

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
USUAL = ServerSettings(10)


def draft(content: Content | None = None, **plan: object) -> Announcement:
    return Announcement(
        id=1, guild_id=10, origin_id=100, author_id=1,
        content=content or Content("Doors open", "At nine."),
        plan=Plan(100, **plan),  # type: ignore[arg-type]
        state=AnnouncementState.DRAFT, revision=1, created_at=NOW, edited_by=None, decided_at=None,
        approved_by=None, posting_since=None, posted_at=None, message_id=None, late=False,
        signed=None, problem=None, corrects_id=None, edits_id=None, edits_revision=None,
        has_picture=False, request=None,
    )  # fmt: skip


def test_an_ordinary_announcement_has_neither_problems_nor_warnings() -> None:
    assert posting_problems(draft(), PostingConditions(), NOW) == []
    assert posting_warnings(draft(), PostingConditions(), USUAL, None, NOW) == []


@pytest.mark.parametrize(
    ("reach", "members", "large"),
    [
        (99, 10_000, False),
        (100, 10_000, True),
        (10, 100, False),
        (11, 100, True),
        (99, None, False),
    ],
)
def test_a_ping_is_large_from_100_people_or_a_tenth_of_the_server_on(
    reach: int, members: int | None, large: bool
) -> None:
    conditions = PostingConditions(reach=reach, members=members)
    said = posting_warnings(draft(role_id=5), conditions, USUAL, None, NOW)
    assert ["reaches many" in text for text in said] == ([True] if large else [])


@pytest.mark.parametrize("letters", ["\u200b\u2060", "  ", "\n\t", "\u0301", "\u3164\u2800"])
def test_text_that_nobody_could_see_is_blank(letters: str) -> None:
    assert (
        "needs a title"
        in posting_problems(draft(Content(letters, "Text")), PostingConditions(), NOW)[0]
    )
    assert (
        "needs a title"
        in posting_problems(draft(Content("Title", letters)), PostingConditions(), NOW)[0]
    )


@pytest.mark.parametrize("letter", ["\u202e", "\u2066"])
def test_text_that_turns_the_direction_of_what_stands_around_it_is_refused(letter: str) -> None:
    for content in (Content(f"Doors{letter}", "Text"), Content("Doors", f"Te{letter}xt")):
        (said,) = posting_problems(draft(content), PostingConditions(), NOW)
        assert f"contains U+{ord(letter):04X}," in said


@pytest.mark.parametrize(
    "line", ["-# Announced by <@1>", "announced by me", "> **Announced  by** x"]
)
def test_a_text_cannot_say_who_announces_as_the_bot_does(line: str) -> None:
    (said,) = posting_problems(draft(Content("Title", f"Text\n{line}")), PostingConditions(), NOW)
    assert "Reword it" in said
    harmless = Content("Title", "It was announced by the ministry.")
    assert posting_problems(draft(harmless), PostingConditions(), NOW) == []


@pytest.mark.parametrize(
    ("letter", "count", "fits"),
    [
        ("a", 2400, True),
        ("a", 2401, False),
        ("한", 2400, True),
        ("😀", 1800, True),
        ("😀", 1801, False),
    ],
)
def test_a_text_is_as_long_as_discord_accepts_in_characters_and_in_bytes(
    letter: str, count: int, fits: bool
) -> None:
    found = posting_problems(draft(Content("Title", letter * count)), PostingConditions(), NOW)
    assert ["too long" in text for text in found] == ([] if fits else [True])


def test_every_problem_is_named_at_once() -> None:
    broken = draft(Content("", "Text", "no link"), post_at=NOW, role_id=5)
    found = posting_problems(
        broken, PostingConditions(author_may_ping=False, bot_may_write=False), NOW
    )
    assert len(found) == 5


@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (6, True), (7, False)])
def test_quiet_hours_go_over_midnight_and_concern_the_time_of_posting(
    hour: int, quiet: bool
) -> None:
    settings = ServerSettings(10, quiet_from=time(22), quiet_until=time(7))
    later = NOW.replace(hour=hour) + timedelta(days=1)
    said = posting_warnings(draft(post_at=later), PostingConditions(), settings, None, NOW)
    assert [("quiet hours" in text) for text in said] == ([True] if quiet else [])
