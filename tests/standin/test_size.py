"""The stand-in refuses what Discord fails at: more bytes of text than it takes."""

import aiohttp
import pytest

from tests.standin.payloads import CHANNEL_ID
from tests.standin.rest import StandIn


def shown(*texts: str) -> dict[str, object]:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": text} for text in texts]}


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (["가" * 3386], 200),  # 10,158 bytes and 12 for the text
        (["가" * 3386 + "a"], 500),
        (["가" * 3382, ""], 200),
        (["가" * 3382, "b"], 500),
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
