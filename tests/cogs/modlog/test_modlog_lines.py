from datetime import UTC, datetime

from bot.modlog.model import Entry
from bot.text import DELETED_MEMBER
from cogs.modlog.views import line

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_log_tells_the_bot_a_moderator_and_one_who_is_forgotten_apart() -> None:
    def said(by: int | None) -> str:
        return str(line(Entry(1, by, NOW, "closed the poll")).to_components())

    assert "The bot closed the poll" in said(None)
    assert "<@5> closed the poll" in said(5)
    assert "A deleted member closed the poll" in said(DELETED_MEMBER)
