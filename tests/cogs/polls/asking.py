"""What moderators and members do with polls in the tests, and what is then there to see."""

from datetime import timedelta
from typing import Any

import discord
from simcord.builders import ChannelHandle, to_discord_message
from simcord.results import InteractionResult
from sqlalchemy import func, select

from bot.polls.model import PollKind, Question, Terms
from bot.polls.service import OpenRequest
from bot.polls.tables import BallotRow
from tests.factories import make_viewer
from tests.world import World, components, text_of


async def opened(here: World, outcome: str = "hotline", **options: Any) -> Any:
    """Open a poll as the moderator; returns its message."""
    result = await here.mod.slash(here.channel, "poll open", outcome=outcome, **options)
    assert result.ephemeral
    assert "is open and closes" in text_of(result.response)
    return here.channel.last_message


def shown(here: World, message: Any) -> Any:
    """A message as it stands now."""
    # Not from the channel's history, which copies every message in it.
    return to_discord_message(here.env, here.env.backend.get_message(here.channel.id, message.id))


def pictures(message: Any) -> list[str]:
    """The alt texts of a message's pictures, in their order."""
    return [
        item["description"]
        for node in components(message)
        if node.get("type") == 12
        for item in node["items"]
    ]


async def stored(here: World) -> list[tuple[str, int]]:
    async with here.database.read() as session:
        rows = await session.scalars(select(BallotRow).order_by(BallotRow.voter))
        return [(row.voter, row.value) for row in rows]


async def count(here: World, table: type) -> int:
    async with here.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def proposed(here: World, verb: str, poll: str, **options: Any) -> InteractionResult:
    """Ask for something to be done to a poll as the moderator; returns what is to be confirmed."""
    asked = await here.mod.slash(here.channel, f"poll {verb}", poll=poll, **options)
    assert asked.ephemeral
    assert "Nothing is done until you confirm" in text_of(asked.response)
    return asked


async def closed(here: World, poll: str) -> None:
    """Close a poll as the moderator, with the confirmation that it takes."""
    asked = await proposed(here, "close", poll)
    await here.mod.click(asked.response, label="Confirm")


def custom_ids(form: InteractionResult) -> dict[str, str]:
    """The custom ids of a shown form's inputs, by the labels that people read."""
    assert form.modal is not None
    return {label["label"]: label["component"]["custom_id"] for label in form.modal["components"]}


async def filled(here: World, form: InteractionResult, **answers: Any) -> InteractionResult:
    """Send a form as the moderator. Answers are by label; one word of it is enough.

    What the form shows already and no answer replaces is sent as it stands.
    """
    ids = custom_ids(form)
    unknown = [word for word in answers if not any(word in label for label in ids)]
    assert not unknown, f"the form asks for {list(ids)}"
    values = prefilled(form)
    values |= {label: answer for word, answer in answers.items() for label in ids if word in label}
    return await here.mod.submit_modal(form, {ids[label]: value for label, value in values.items()})


def prefilled(form: InteractionResult) -> dict[str, Any]:
    """What a shown form is filled with already, by label."""
    assert form.modal is not None
    found = {}
    for label in form.modal["components"]:
        asked = label["component"]
        chosen = [option["value"] for option in asked.get("options", ()) if option.get("default")]
        if asked.get("value") or chosen:
            found[label["label"]] = asked.get("value") or chosen
    return found


async def resolved(here: World, poll: str, result: str, **readouts: list[str]) -> None:
    """Resolve a poll as the moderator, with evidence, a note and the confirmation it takes."""
    form = await here.mod.slash(
        here.channel, "poll resolve", poll=poll, result=result, evidence="https://example.org/r"
    )
    asked = await filled(here, form, Note="The readout says so.", **readouts)
    assert "Nothing is done until you confirm" in text_of(asked.response)
    await here.mod.click(asked.response, label="Confirm")


async def asked(
    here: World, question: Question, lasts: timedelta = timedelta(days=7), **terms: Any
) -> Any:
    """Post a poll on any question as the moderator; returns its message."""
    moderator = make_viewer(here.mod.id, here.guild.id, manage_messages=True)
    request = OpenRequest(here.channel.id, question, lasts, Terms(**terms))
    # Not by its class: a bot that is closed takes its modules with it.
    cog: Any = here.bot.get_cog("Polls")
    with here.env.time_context():
        await cog.publisher.post(await here.bot.services.polls.open(moderator, request))
    await here.env.settle()
    return here.channel.last_message


def approval_question(options: int = 3) -> Question:
    """What an approval poll with so many options asks."""
    labels = tuple((f"way-{number}", f"Way {number}") for number in range(options))
    return Question(PollKind.APPROVAL, "Which ways would you accept?", labels)


async def private_channel(here: World, name: str, *viewers: Any) -> ChannelHandle:
    """A channel that only these, members or roles, and the bot may view."""
    seen = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    hidden = discord.PermissionOverwrite(view_channel=False)
    allowed = dict.fromkeys((*viewers, here.bot.user), seen)
    made = here.guild.create_text_channel(
        name, overwrites={here.guild.default_role: hidden} | allowed
    )
    await here.env.settle()
    return made
