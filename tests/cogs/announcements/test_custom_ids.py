"""The controls of messages that earlier versions posted still work."""

from typing import Any

import pytest

from bot.ui.custom_ids import CustomId
from bot.ui.dispatch import Controls
from cogs.announcements import custom_ids as ids
from cogs.announcements.handlers import Handlers

BEFORE: list[tuple[str, CustomId, dict[str, Any]]] = [
    ("announce:post:v1:7", ids.POST, {"announcement_id": 7, "revision": None}),
    ("announce:post:v1:7:2", ids.POST, {"announcement_id": 7, "revision": 2}),
    ("announce:approve:v1:7:2", ids.APPROVE, {"announcement_id": 7, "revision": 2}),
    ("announce:decline:v1:7:2", ids.DECLINE, {"announcement_id": 7, "revision": 2}),
    ("announce:edit:v1:7", ids.EDIT, {"announcement_id": 7}),
    ("announce:look:v1:7", ids.LOOK, {"announcement_id": 7}),
    ("announce:time:v1:7", ids.TIME, {"announcement_id": 7}),
    ("announce:nopicture:v1:7", ids.REMOVE_PICTURE, {"announcement_id": 7}),
    ("announce:discard:v1:7", ids.DISCARD, {"announcement_id": 7}),
    ("announce:cancel:v1:7", ids.CANCEL, {"announcement_id": 7}),
    ("announce:publish:v1:7:1", ids.PUBLISH, {"announcement_id": 7, "wanted": True}),
    ("announce:publish:v1:7:0", ids.PUBLISH, {"announcement_id": 7, "wanted": False}),
    ("announce:channel:v1:7", ids.CHANNEL, {"announcement_id": 7}),
    ("announce:role:v1:7", ids.ROLE, {"announcement_id": 7}),
    ("announce:poll:v1:7", ids.POLL, {"announcement_id": 7}),
    ("announce:start:v1:7:3", ids.START, {"announcement_id": 7, "slot": 3}),
    ("announce:list:v1:-1", ids.LIST_PAGE, {"page": -1}),
    ("announce:list:v1:12", ids.LIST_PAGE, {"page": 12}),
]


@pytest.mark.parametrize(("text", "declared", "values"), BEFORE)
def test_an_id_of_an_earlier_version_is_read_and_written_as_it_was(
    text: str, declared: CustomId, values: dict[str, Any]
) -> None:
    assert declared.parse(text) == values
    assert declared(**values) == text


def test_every_id_has_a_handler() -> None:
    declared = {one for one in vars(ids).values() if isinstance(one, CustomId)}
    assert declared == {one for _, one, _ in BEFORE}
    controls = Controls()
    controls.add(Handlers)
    assert all(text in controls for text, _, _ in BEFORE)
