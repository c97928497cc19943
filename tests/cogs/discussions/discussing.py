"""What moderators do with discussions in the tests, and what is then there to see."""

from typing import Any

from simcord.builders import ChannelHandle
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.clock import Clock
from bot.discussions.tables import DiscussionRow
from bot.polls.model import ActionKind, Proposal, Verdict
from bot.polls.resolution import ResolutionService
from tests.factories import make_viewer
from tests.world import World, text_of

MESSAGES = 2
"""An opening's messages without any poll: what is at issue, and who stands where."""


async def discuss(here: World, issue: str = "dues", **options: Any) -> InteractionResult:
    result = await here.mod.slash(here.channel, "discuss", issue=issue, **options)
    assert result.ephemeral
    return result


async def opened(here: World, issue: str = "dues", **options: Any) -> ChannelHandle:
    """Open a discussion as the moderator; returns its thread."""
    result = await discuss(here, issue, **options)
    thread = (options.get("channel") or here.channel).threads[-1]
    assert f"/{thread.id}" in text_of(result.response)
    assert "is open" in text_of(result.response)
    return thread


def said_in(thread: ChannelHandle) -> list[str]:
    """What the messages of a thread say, oldest first."""
    return [text_of(message) for message in thread.history() if message.components]


async def stored(here: World) -> list[tuple[int | None, str]]:
    async with here.database.read() as session:
        rows = await session.scalars(select(DiscussionRow).order_by(DiscussionRow.id))
        return [(row.thread_id, row.state) for row in rows]


async def ruled(here: World, kind: ActionKind, poll_id: int = 1) -> None:
    """Have the moderator resolve (with yes), annul or undo a poll, and let it be told."""
    viewer = make_viewer(here.mod.id, here.guild.id, manage_messages=True)
    proposal = Proposal(kind, poll_id, "As the readout says.")
    if kind is ActionKind.RESOLVE:
        evidence = "https://example.org/readout"
        proposal = Proposal(kind, poll_id, "Read.", evidence, Verdict.SETTLED, 1)
    elif kind is ActionKind.ANNUL:
        proposal = Proposal(kind, poll_id, "Broken.", verdict=Verdict.ANNULLED)
    # Outside an action of the simulated Discord the bot's own clock tells the real time.
    resolutions = ResolutionService(here.database, Clock(here.env.now))
    found = await resolutions.propose(viewer, proposal)
    await resolutions.confirm(viewer, found.action.id)
    await here.env.settle()
