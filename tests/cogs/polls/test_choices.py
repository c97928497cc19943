"""How /poll commands find the poll that an option names."""

from typing import Any

import pytest

from tests.factories import make_viewer
from tests.sim.messages import text_of
from tests.sim.polls import open_poll
from tests.sim.server import World


@pytest.mark.parametrize("typed", ["{}", "#{}", " {} "])
async def test_a_poll_given_by_its_id_is_found_without_listing_others(
    here: World, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    await open_poll(here)
    await open_poll(here, "tone")
    (poll, _), _ = await here.bot.services.polls.listed(make_viewer(1, here.guild.id))

    async def listed(*_: Any) -> Any:
        raise AssertionError("the polls of the server were listed")

    monkeypatch.setattr(here.bot.services.polls, "listed", listed)
    named = typed.format(poll.id)
    result = await here.ann.slash(here.channel, "poll show", poll=named)
    assert poll.question.text in text_of(result.response)
    for command in ("close", "extend", "annul", "export"):
        options = {"extend": {"by": "1 day"}, "annul": {"reason": "Unclear."}}.get(command, {})
        result = await here.mod.slash(here.channel, f"poll {command}", poll=named, **options)
        assert poll.question.text in text_of(result.response)


async def test_an_id_that_no_poll_of_this_server_has_is_refused(here: World) -> None:
    await open_poll(here)
    result = await here.ann.slash(here.channel, "poll show", poll="999")
    assert result.ephemeral
    assert "This server has no such poll" in text_of(result.response)
