from typing import Self

import discord
import pytest

from bot.ui.items import PersistentButton


class Numbered(PersistentButton, template=r"test:number:v1:(?P<number>\d{1,3})"):
    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label="–", custom_id=f"test:number:v1:{number}"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["number"]))


def test_a_control_keeps_its_custom_id() -> None:
    assert Numbered.parse(number="7").custom_id == "test:number:v1:7"


@pytest.mark.parametrize("number", [-1, 1000])
def test_a_control_that_no_click_would_reach_cannot_be_made(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Numbered(number)
