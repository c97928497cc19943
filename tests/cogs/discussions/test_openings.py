"""Openings of any size stay within what Discord accepts."""

from datetime import UTC, datetime

import pytest

from bot.knowledge.library import Library
from bot.ui.knowledge.reader import PackReader
from cogs.discussions.views import choice, opening
from tests.discord_api import MOST_BYTES, text_bytes
from tests.knowledge.making import monstrous_pack


@pytest.mark.parametrize("letter", ["", "가", "长"])
def test_monstrous_openings_are_cut_into_messages_that_discord_accepts(letter: str) -> None:
    pack = monstrous_pack(actors=60, positions=3, letter=letter)
    views = opening(
        PackReader(Library([pack]), pack, "en"), "issue-0", [], datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert 2 < len(views) < 12 * (3 if letter else 1)
    for view in views:
        assert view.content_length() <= 4000
        assert text_bytes(view.to_components()) <= MOST_BYTES
        assert view.total_children_count <= 40
        assert len(view.to_components()) <= 40


def test_the_choice_among_very_many_actors_fits_into_a_menu_that_leads_to_them_all() -> None:
    pack = monstrous_pack(actors=60, positions=3)
    text, row = choice(PackReader(Library([pack]), pack, "en"), "issue-0").to_components()
    assert "Only you see it." in text["content"]
    (menu,) = row["components"]
    assert len(menu["options"]) == 25
    assert menu["options"][-1]["label"] == "All 60…"
