"""Custom ids: those that the cogs declare, and those on messages that older versions posted."""

import importlib
import pkgutil
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import bot.ui
import cogs
from bot.ui.custom_ids import LONGEST, PAGE, CustomId, Int, Text
from bot.ui.dispatch import Controls, on_click, on_select
from tests.sim.server import World

POSTED_BEFORE = (Path(__file__).parent / "custom_ids_of_0007.txt").read_text().split("\n")
LARGEST = 2**63 - 1


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


NUMBER = CustomId("test:number:v1", number=int, value=Int(most=9_999))
MANY = CustomId(
    "test:many:v1", colour=Colour, on=bool, key=Text(r"[a-z]+:\w{3}", "abc:abc"), page=PAGE
)
MAYBE = CustomId("test:maybe:v1", number=int, revision=Int(optional=True))


def declared() -> Iterator[CustomId]:
    found: dict[int, CustomId] = {}
    for package in (bot.ui, cogs):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            values = vars(importlib.import_module(module.name)).values()
            found.update({id(value): value for value in values if isinstance(value, CustomId)})
    yield from found.values()


@pytest.mark.parametrize("custom_id", list(declared()), ids=repr)
def test_the_longest_id_of_each_kind_is_read_back_and_fits(custom_id: CustomId) -> None:
    values = custom_id.longest()
    text = custom_id(**values)
    assert len(text) <= LONGEST
    assert custom_id.parse(text) == values


def test_no_two_kinds_of_id_are_alike() -> None:
    prefixes = [custom_id.prefix for custom_id in declared()]
    assert len(prefixes) == len(set(prefixes))


async def test_every_declared_id_has_a_handler(here: World) -> None:
    lost = [c for c in declared() if c(**c.longest()) not in here.bot.controls]
    assert not lost


async def test_controls_that_were_posted_before_still_have_a_handler(here: World) -> None:
    lost = [text for text in POSTED_BEFORE if text and text not in here.bot.controls]
    assert not lost


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (NUMBER, {"number": 7, "value": 250}, "test:number:v1:7:250"),
        (NUMBER, {"number": LARGEST, "value": 0}, f"test:number:v1:{LARGEST}:0"),
        (
            MANY,
            {"colour": Colour.RED, "on": True, "key": "abc:xyz", "page": -1},
            "test:many:v1:red:1:abc:xyz:-1",
        ),
        (MAYBE, {"number": 7, "revision": None}, "test:maybe:v1:7"),
        (MAYBE, {"number": 7, "revision": 2}, "test:maybe:v1:7:2"),
    ],
)
def test_an_id_is_built_and_read_back(kind: CustomId, values: dict[str, object], text: str) -> None:
    assert kind(**values) == text
    assert kind.parse(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "test:number:v1:7",
        "test:number:v1:7:250:1",
        "test:number:v1:-7:250",
        "test:number:v1:7:10000",
        "test:number:v2:7:250",
        f"test:number:v1:{LARGEST + 1}:250",
        "test:number:v1:12345678901234567890:250",
        "test:number:v1:٧:250",
        "test:number:v1:7:250\n",
    ],
)
def test_a_forged_id_is_not_read(text: str) -> None:
    assert NUMBER.parse(text) is None


@pytest.mark.parametrize(
    "values", [{"number": 7}, {"number": -1, "value": 1}, {"number": 1, "value": 1, "other": 1}]
)
def test_an_id_that_no_click_would_reach_is_not_built(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"fields|read back"):
        NUMBER(**values)


def test_a_handler_takes_the_fields_of_its_id() -> None:
    with pytest.raises(TypeError, match="must take"):

        @on_click(NUMBER)
        async def handler(interaction: object, number: int) -> None: ...

    with pytest.raises(TypeError, match="must take"):

        @on_select(MAYBE)
        async def chooser(interaction: object, number: int, revision: int) -> None: ...


def test_two_handlers_of_one_id_are_refused() -> None:
    class Handlers:
        @on_click(MAYBE)
        async def first(self, interaction: object, number: int, revision: int | None) -> None: ...

    controls = Controls()
    controls.add(Handlers())
    with pytest.raises(ValueError, match="two handlers"):
        controls.add(Handlers())
