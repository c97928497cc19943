"""Openings of any size stay within what Discord accepts."""

from datetime import UTC, datetime

from bot.knowledge.index import Library
from cogs.discussions.cards import opening
from cogs.knowledge.reading import Reader
from tests.knowledge.making import monstrous_pack


def test_monstrous_openings_are_cut_into_messages_that_discord_accepts() -> None:
    pack = monstrous_pack(actors=60, positions=3)
    views = opening(
        Reader(Library([pack]), pack, "en"), "issue-0", [], datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert 2 < len(views) < 12
    for view in views:
        assert view.content_length() <= 4000
        assert view.total_children_count <= 40
        assert len(view.to_components()) <= 40
    menus = [
        part["components"][0]
        for view in views
        for part in view.to_components()
        if part["type"] == 1
    ]
    assert [len(menu["options"]) for menu in menus] == [25]
