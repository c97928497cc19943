"""Times as people write them. A text that is not fully understood is refused."""

from bot.times.days import read_time_of_day
from bot.times.moments import LONGEST, read_moment, unreadable

__all__ = ["LONGEST", "read_moment", "read_time_of_day", "unreadable"]
