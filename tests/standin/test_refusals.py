"""The stand-in refuses what Discord refuses: by its description, and by the bytes of a text."""

import aiohttp
import pytest

from tests.discord_api import problem
from tests.standin.payloads import CHANNEL_ID
from tests.standin.rest import StandIn


def shown(*texts: str) -> dict[str, object]:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": text} for text in texts]}


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (["가" * 3386], 200),  # 10,158 bytes and 12 for the text
        (["가" * 3386 + "a"], 500),
        (["가" * 3381 + "ab", "c"], 200),
        (["가" * 3381 + "ab", "cd"], 500),
    ],
)
async def test_text_of_too_many_bytes_fails(texts: list[str], status: int) -> None:
    standin = StandIn()
    await standin.start()
    try:
        address = f"{standin.url}/channels/{CHANNEL_ID}/messages"
        async with aiohttp.ClientSession() as http, http.post(address, json=shown(*texts)) as got:
            assert got.status == status
        assert len(standin.posts()) == (status == 200)
    finally:
        await standin.stop()


def row(*components: dict[str, object]) -> dict[str, object]:
    return {"components": [{"type": 1, "components": list(components)}]}


def menu(options: int) -> dict[str, object]:
    found = [{"label": f"{n}", "value": f"{n}"} for n in range(options)]
    return row({"type": 3, "custom_id": "poll:choose:v1:1", "options": found})


BUTTON = {"type": 2, "style": 1, "label": "Yes", "custom_id": "poll:answer:v1:1:500"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (row(BUTTON), None),
        (menu(25), None),
        (row({**BUTTON, "custom_id": "a" * 101}), "components/0/components/0/custom_id"),
        (row({**BUTTON, "label": "a" * 81}), "components/0/components/0/label"),
        (row({"label": "Yes", "custom_id": "a"}), "components/0/components/0"),
        (menu(26), "components/0/components/0/options"),
        ({"content": "a" * 4001}, "content"),
        ({"flags": "many"}, "flags"),
    ],
)
async def test_what_the_description_forbids_is_refused_with_its_place(
    body: dict[str, object], place: str | None
) -> None:
    standin = StandIn()
    await standin.start()
    try:
        address = f"{standin.url}/channels/{CHANNEL_ID}/messages"
        async with aiohttp.ClientSession() as http, http.post(address, json=body) as got:
            assert got.status == (200 if place is None else 400)
            said = (await got.json()).get("message", "")
    finally:
        await standin.stop()
    assert standin.wrong == ([] if place is None else [said])
    assert place is None or f": {place}: " in said


def test_a_command_that_discord_would_refuse_is_found() -> None:
    good = {"name": "poll", "description": "Ask the server.", "type": 1}
    path = "/applications/1/commands"
    assert problem("PUT", path, [good]) is None
    assert "0/description" in (problem("PUT", path, [{**good, "description": "a" * 101}]) or "")
    assert "0/name" in (problem("PUT", path, [{**good, "name": "a" * 33}]) or "")
