"""The one place that time comes from."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar


def system_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Tells the time and waits for it.

    `longest_rest` is how many seconds a worker may wait for a later instant before it looks at the
    clock again, None for as long as it takes. Somebody may set the clock, and a machine that sleeps
    does not count the time.
    """

    longest_rest: ClassVar[float | None] = 60.0

    def __init__(self, now: Callable[[], datetime] = system_now) -> None:
        self._now = now

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return self._now()

    async def rest(self, wake: asyncio.Event, seconds: float | None = None) -> None:
        """Wait until `wake` is set, or until `seconds` have passed if given."""
        try:
            async with asyncio.timeout(seconds):
                await wake.wait()
        except TimeoutError:
            pass
