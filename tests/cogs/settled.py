"""Polls that are over and settled, made by the services themselves to spare clicks."""

from collections.abc import Sequence
from datetime import timedelta

from simcord.actors import MemberActor

from bot.access import Viewer
from bot.clock import Clock
from bot.polls.model import ActionKind, Poll, PollKind, Proposal, Question, Terms, Verdict
from bot.polls.resolution import ResolutionService
from bot.polls.service import OpenRequest, PollService
from tests.factories import make_viewer
from tests.world import World

LASTS = timedelta(days=1)


def viewer(here: World, who: MemberActor) -> Viewer:
    return make_viewer(who.id, here.guild.id, manage_messages=who.id == here.mod.id)


def _polls(here: World) -> PollService:
    """The service beside the bot's own, so that no message is kept up to date meanwhile."""
    return PollService(here.database, Clock(here.env.now))


async def asked(
    here: World,
    question: str,
    *options: str,
    kind: PollKind = PollKind.FORECAST,
    **terms: object,
) -> Poll:
    """A poll without a message."""
    labels = tuple((label, label) for label in options)
    request = OpenRequest(
        here.channel.id,
        Question(kind, question, labels),
        LASTS,
        Terms(**terms),  # type: ignore[arg-type]
    )
    return await _polls(here).open(viewer(here, here.mod), request)


async def voted(here: World, poll: Poll, ballots: Sequence[tuple[MemberActor, int]]) -> None:
    polls = _polls(here)
    for who, value in ballots:
        await polls.cast(viewer(here, who), poll.id, value)


async def resolved(
    here: World, poll: Poll, value: int | None, verdict: Verdict = Verdict.SETTLED
) -> None:
    """Resolve or annul a poll once half of its time has passed."""
    kind = ActionKind.ANNUL if verdict is Verdict.ANNULLED else ActionKind.RESOLVE
    proposal = Proposal(
        kind, poll.id, "Because.", evidence="https://example.org", verdict=verdict, value=value
    )
    await here.env.advance_time(LASTS.total_seconds() / 2)
    by = viewer(here, here.mod)
    resolutions = ResolutionService(here.database, Clock(here.env.now))
    proposed = await resolutions.propose(by, proposal)
    await resolutions.confirm(by, proposed.action.id)
    # The bot computes the scores and posts the result.
    await here.env.settle()


async def settled(
    here: World,
    question: str,
    ballots: Sequence[tuple[MemberActor, int]],
    value: int,
    *options: str,
    **terms: object,
) -> Poll:
    """A poll with these ballots that was settled: a forecast without options, else a choice."""
    kind = PollKind.CHOICE if options else PollKind.FORECAST
    poll = await asked(here, question, *options, kind=kind, **terms)
    await voted(here, poll, ballots)
    await resolved(here, poll, value)
    return poll
