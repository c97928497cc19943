"""Time in the hands of a test."""

from datetime import UTC, datetime

START = datetime(2026, 1, 1, tzinfo=UTC)


class Watch:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now
