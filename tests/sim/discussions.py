"""What moderators do with discussions, and what is then there to see."""

from typing import Any

from simcord.builders import ChannelHandle
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.discussions.tables import DiscussionRow
from bot.polls.model import ActionKind, Proposal, Verdict
from tests.factories import confirm
from tests.sim.messages import text_of
from tests.sim.server import World

OPENING_MESSAGES = 2
"""An opening's messages without any poll: what is at issue, and who stands where."""


async def discuss(here: World, issue: str = "dues", **options: Any) -> InteractionResult:
    result = await here.mod.slash(here.channel, "discuss", issue=issue, **options)
    assert result.ephemeral
    return result


async def start_discussion(here: World, issue: str = "dues", **options: Any) -> ChannelHandle:
    """Open a discussion as the moderator; returns its thread."""
    result = await discuss(here, issue, **options)
    thread = (options.get("channel") or here.channel).threads[-1]
    assert f"/{thread.id}" in text_of(result.response)
    assert "is open" in text_of(result.response)
    return thread


def texts_in(thread: ChannelHandle) -> list[str]:
    """What the messages of a thread say, oldest first."""
    return [text_of(message) for message in thread.history() if message.components]


async def stored_discussions(here: World) -> list[tuple[int | None, str]]:
    async with here.database.read() as session:
        rows = await session.scalars(select(DiscussionRow).order_by(DiscussionRow.id))
        return [(row.thread_id, row.state) for row in rows]


async def rule_on_poll(here: World, kind: ActionKind, poll_id: int = 1) -> None:
    """Have the moderator resolve (with yes), annul or undo a poll, and let it be told."""
    proposal = Proposal(kind, poll_id, "As the readout says.")
    if kind is ActionKind.RESOLVE:
        evidence = "https://example.org/readout"
        proposal = Proposal(kind, poll_id, "Read.", evidence, Verdict.SETTLED, 1)
    elif kind is ActionKind.ANNUL:
        proposal = Proposal(kind, poll_id, "Broken.", verdict=Verdict.ANNULLED)
    await confirm(here.services, proposal, here.viewer(here.mod))
    await here.env.settle()
