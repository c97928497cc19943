"""What moderators do with polls, and what is then there to see."""

from datetime import timedelta
from typing import Any

from simcord.actors import MemberActor
from simcord.results import InteractionResult
from sqlalchemy import func, select

from bot.polls.model import PollKind, Question
from bot.polls.tables import BallotRow
from tests.factories import make_poll
from tests.sim.messages import (
    container_of,
    fill_form,
    form_values,
    submit_form,
    text_of,
)
from tests.sim.server import World


async def open_poll(here: World, outcome: str = "hotline", **options: Any) -> Any:
    """Open a poll as the moderator; returns its message."""
    result = await here.mod.slash(here.channel, "poll open", outcome=outcome, **options)
    assert result.ephemeral
    assert "is open and closes" in text_of(result.response)
    return here.channel.last_message


async def propose(here: World, verb: str, poll: str, **options: Any) -> InteractionResult:
    """Ask for something to be done to a poll as the moderator; returns what is to be confirmed."""
    asked = await here.mod.slash(here.channel, f"poll {verb}", poll=poll, **options)
    assert asked.ephemeral
    assert "Nothing is done until you confirm" in text_of(asked.response)
    return asked


async def close_poll(here: World, poll: str) -> None:
    """Close a poll as the moderator, with the confirmation that it takes."""
    asked = await propose(here, "close", poll)
    await here.mod.click(asked.response, label="Confirm")


async def resolve_poll(here: World, poll: str, result: str, **readouts: list[str]) -> None:
    """Resolve a poll as the moderator, with evidence, a note and the confirmation it takes."""
    form = await here.mod.slash(
        here.channel, "poll resolve", poll=poll, result=result, evidence="https://example.org/r"
    )
    asked = await fill_form(here, form, Note="The readout says so.", **readouts)
    assert "Nothing is done until you confirm" in text_of(asked.response)
    await here.mod.click(asked.response, label="Confirm")


async def post_poll(
    here: World, question: Question, lasts: timedelta = timedelta(days=7), **terms: Any
) -> Any:
    """Post a poll on any question as the moderator; returns its message."""
    # Not by its class: a bot that is closed takes its modules with it.
    cog: Any = here.bot.get_cog("Polls")
    with here.env.time_context():
        await cog.publisher.post(
            await make_poll(
                here.bot.services,
                question,
                by=here.viewer(here.mod),
                channel_id=here.channel.id,
                lasts=lasts,
                **terms,
            )
        )
    await here.env.settle()
    return here.channel.last_message


def approval_question(options: int = 3) -> Question:
    """What an approval poll with so many options asks."""
    labels = tuple((f"way-{number}", f"Way {number}") for number in range(options))
    return Question(PollKind.APPROVAL, "Which ways would you accept?", labels)


async def stored_ballots(here: World) -> list[tuple[str, int]]:
    async with here.database.read() as session:
        rows = await session.scalars(select(BallotRow).order_by(BallotRow.voter))
        return [(row.voter, row.value) for row in rows]


async def count_rows(here: World, table: type) -> int:
    async with here.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


POLL_FIELDS = ("question", "options", "closes", "ticks", "role")
TOPICS = "Trade\nSecurity\nClimate"


def topics(count: int, length: int = 0, letter: str = "x") -> str:
    """So many options, filled up to so many characters each with a letter."""
    return "\n".join(f"Topic {number} ".ljust(length, letter).strip() for number in range(count))


def poll_form_values(form: InteractionResult) -> dict[str, Any]:
    """What a form holds when it opens, by name of the field."""
    return dict(zip(POLL_FIELDS, form_values(form).values(), strict=True))


async def submit_poll(who: MemberActor, form: InteractionResult, **typed: Any) -> InteractionResult:
    """Send a form with these fields in place of what it holds."""
    held = poll_form_values(form)
    assert "role" in typed or not held["role"], "give the role: the form holds an id alone"
    labels = dict(zip(POLL_FIELDS, form_values(form), strict=True))
    return await submit_form(
        who, form, {labels[name]: value or None for name, value in typed.items()}
    )


async def write_poll(here: World, **typed: Any) -> InteractionResult:
    """Write a poll as the moderator: a good one, but for `typed`; returns the answer."""
    form = await here.mod.slash(here.channel, "poll create")
    good = {"question": "Which topic comes first?", "options": TOPICS, "closes": "in 3 days"}
    answer = await submit_poll(here.mod, form, **{**good, **typed})
    assert answer.ephemeral
    return answer


async def create_poll(here: World, **typed: Any) -> Any:
    """Write a poll as the moderator and post it; returns its message."""
    preview = await write_poll(here, **typed)
    assert "Preview. Only you can see this." in text_of(preview.response)
    await here.mod.click(preview.response, label="Post")
    assert "is open and closes" in text_of(preview.response)
    return here.channel.last_message


def poll_parts(message: Any) -> list[Any]:
    """The parts of the container that is the poll, without ids and whether they can be used."""
    found: list[Any] = container_of(message, "id", "custom_id", "disabled")["components"]
    return found
