"""`summit-bot preview` in a world where twelve seconds pass in one."""

import sys

from bot.__main__ import main
from bot.preview import page
from bot.preview.page import WallClock

SPEED = 12


class HurriedClock(WallClock):
    @property
    def elapsed(self) -> float:
        return super().elapsed * SPEED

    @elapsed.setter
    def elapsed(self, value: float) -> None:
        """Time cannot be set: it passes."""


if __name__ == "__main__":
    page.WallClock = HurriedClock  # type: ignore[misc]
    sys.exit(main(["preview", *sys.argv[1:]]))
