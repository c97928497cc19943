"""What members can be pinged for, if they ask for it."""

from enum import StrEnum


class Topic(StrEnum):
    """Kinds of announcements. Their values are in custom ids: never change one, only add."""

    NEWS = "news"
    POLLS = "polls"
    RESULTS = "results"
    DISCUSSIONS = "discussions"
