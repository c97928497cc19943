"""/help with all the commands there are."""

import re
from typing import Any

import pytest

from tests.sim.messages import labels_of, text_of
from tests.sim.server import World, add_administrator


async def pages(here: World, who: Any) -> list[str]:
    """The text of every page of the help as somebody gets it."""
    help_ = await who.slash(here.channel, "help")
    assert help_.ephemeral
    (count,) = [int(label[4:]) for label in labels_of(help_.response) if label.startswith("1 / ")]
    found = [text_of(help_.response)]
    for _ in range(count - 1):
        await who.click(help_.response, label="▶")
        found.append(text_of(help_.response))
    return found


async def test_poll_commands_stand_in_the_order_in_which_they_are_used(here: World) -> None:
    told = "\n".join(await pages(here, here.mod))
    assert re.findall(r"</poll (\w+):\d+>", told) == [
        "list", "show", "open", "create", "close", "extend", "resolve", "annul", "unresolve",
        "export",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["ann", "mod", "admin"])
async def test_no_page_is_there_for_one_sentence(here: World, who: str) -> None:
    reader = add_administrator(here) if who == "admin" else getattr(here, who)
    last = (await pages(here, reader))[-1]
    assert "**Keep private**" in last
    assert "**stated**" in last
    assert last.count("\n") > 5
