"""What the tests of the services hold polls with."""

from datetime import timedelta

from bot.access import Viewer
from bot.polls.model import Poll, PollKind, Question, Terms
from bot.polls.service import OpenRequest, PollService
from tests.factories import make_viewer

MODERATOR = make_viewer(1, 10, manage_messages=True)
TONES = Question(PollKind.CHOICE, "Which tone?", (("warm", "Warm"), ("cool", "Cool")))
WAYS = Question(PollKind.APPROVAL, "Which ways?", (("a", "A"), ("b", "B"), ("c", "C")))
HOTLINE = Question(PollKind.FORECAST, "A hotline?")


def member(user_id: int) -> Viewer:
    return make_viewer(user_id, MODERATOR.guild_id)


async def held(polls: PollService, question: Question, **terms: object) -> Poll:
    """Open a poll on this for a week."""
    request = OpenRequest(100, question, timedelta(days=7), Terms(**terms))  # type: ignore[arg-type]
    return await polls.open(MODERATOR, request)
