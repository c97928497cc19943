"""The one place that time comes from."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Park = Callable[[Awaitable[None]], Awaitable[None]]


def system_now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


async def _park(wait: Awaitable[None]) -> None:
    await wait


class Clock:
    """Tells the time and waits for it.

    `park` wraps every idle wait of a background worker. A simulated Discord replaces it, so
    that it can tell a worker that rests from one that hangs; elsewhere it only awaits.
    """

    def __init__(self, now: Callable[[], datetime] = system_now, park: Park = _park) -> None:
        self._now = now
        self._park = park
        self.may_jump = park is _park
        """Whether it can be set, or run on while the machine sleeps, as a simulated one cannot."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return self._now()

    async def rest(self, wake: asyncio.Event, seconds: float | None = None) -> None:
        """Wait until `wake` is set, or until `seconds` have passed if given."""

        async def wait() -> None:
            try:
                async with asyncio.timeout(seconds):
                    await wake.wait()
            except TimeoutError:
                pass

        await self._park(wait())
