"""Times as people write them. What is not wholly understood is refused, never guessed at."""

from bot.times.clock import read_time_of_day
from bot.times.moments import LONGEST, read_moment, unreadable

__all__ = ["LONGEST", "read_moment", "read_time_of_day", "unreadable"]
