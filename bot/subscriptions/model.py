"""The topics that members can subscribe to."""

from enum import StrEnum


class Topic(StrEnum):
    """Kinds of announcements. Their values are in custom ids: never change one, only add."""

    NEWS = "news"
    POLLS = "polls"
    RESULTS = "results"
    DISCUSSIONS = "discussions"
