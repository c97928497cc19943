"""What people read in messages, and how they answer forms and press buttons."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, to_discord_message
from simcord.results import InteractionResult

from tests.sim.server import World


def components(message: Any) -> Iterator[Mapping[str, Any]]:
    """Every component of a message, nested ones too."""

    def walk(nodes: Any) -> Iterator[Mapping[str, Any]]:
        for node in nodes or ():
            yield node
            yield from walk(node.get("components"))
            if node.get("accessory"):
                yield from walk([node["accessory"]])

    raw = message.components
    if raw and not isinstance(raw[0], Mapping):
        raw = [component.to_dict() for component in raw]
    yield from walk(raw)


def text_of(message: Any) -> str:
    """All that a person reads in a message."""
    parts = [message.content] if message.content else []
    parts += [node["content"] for node in components(message) if node.get("type") == 10]
    return "\n".join(parts)


def labels_of(message: Any) -> list[str]:
    """The labels of the buttons of a message."""
    return [node["label"] for node in components(message) if node.get("type") == 2]


def picture_texts(message: Any) -> list[str]:
    """The alt texts of a message's pictures, in their order."""
    return [
        item["description"]
        for node in components(message)
        if node.get("type") == 12
        for item in node["items"]
    ]


def enabled_labels(message: Any) -> list[str]:
    """The labels of the buttons that can be pressed."""
    usable = [n for n in components(message) if n.get("type") == 2 and not n.get("disabled")]
    return [label for label in labels_of(message) if label in {node["label"] for node in usable}]


def stored_message(here: World, message: Any) -> Any:
    """A message as Discord has it."""
    channel_id = getattr(message, "channel_id", None) or message.channel.id
    return here.env.backend.get_message(channel_id, message.id)


def reread(here: World, message: Any) -> Any:
    """A message as it stands now."""
    # Not from the channel's history, which copies every message in it.
    return to_discord_message(here.env, stored_message(here, message))


def container_of(message: Any, *dropped: str) -> dict[str, Any]:
    """The container of a message, without the keys in `dropped` wherever they are in it."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key not in dropped}
        return [plain(child) for child in node] if isinstance(node, list) else node

    found: dict[str, Any] = plain(next(n for n in components(message) if n.get("type") == 17))
    return found


def post_requests(here: World, channel_id: int) -> list[dict[str, Any]]:
    """What the bot asked Discord to post in a channel."""
    return [
        request.json
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{channel_id}/messages")
    ]


def direct_messages(here: World, who: MemberActor) -> list[str]:
    """What the bot wrote to somebody directly."""
    backend = here.env.backend
    return [
        text_of(message)
        for channel in backend.channels.values()
        if channel.type == discord.ChannelType.private.value and who.id in channel.recipient_ids
        for message in backend.messages[channel.id].values()
    ]


def private_answers(result: InteractionResult) -> str:
    """All that somebody is told, privately."""
    told = [*([result.response] if result.response else []), *result.followups]
    assert all(answer.ephemeral for answer in told)
    return "\n".join(text_of(answer) for answer in told)


async def press(
    here: World, preview: InteractionResult, label: str, by: MemberActor | None = None
) -> InteractionResult:
    return await (by or here.mod).click(preview.response, label=label)  # type: ignore[arg-type]


def input_ids(form: InteractionResult) -> dict[str, str]:
    """The custom ids of a shown form's inputs, by the labels that people read."""
    assert form.modal is not None
    return {label["label"]: label["component"]["custom_id"] for label in form.modal["components"]}


def form_values(form: InteractionResult) -> dict[str, Any]:
    """What a form holds when it opens, by label: a text, the values chosen, or the ids."""
    assert form.modal is not None, text_of(form.response)
    return {label["label"]: _held(label["component"]) for label in form.modal["components"]}


def _held(part: Any) -> Any:
    if "options" in part:
        return [option["value"] for option in part["options"] if option.get("default")]
    if part["type"] == 6:
        return [int(default["id"]) for default in part.get("default_values") or ()]
    return part.get("value") or ""


async def submit_form(
    who: MemberActor, form: InteractionResult, answers: Mapping[str, Any]
) -> InteractionResult:
    """Send a form with these answers, by label, in place of what it holds; None leaves one out."""
    held = {label: value for label, value in form_values(form).items() if value}
    values = {label: value for label, value in (held | dict(answers)).items() if value is not None}
    ids = input_ids(form)
    return await who.submit_modal(form, {ids[label]: value for label, value in values.items()})


async def fill_form(here: World, form: InteractionResult, **answers: Any) -> InteractionResult:
    """Send a form as the moderator. Answers are by label; one word of it is enough."""
    labels = list(input_ids(form))
    unknown = [word for word in answers if not any(word in label for label in labels)]
    assert not unknown, f"the form asks for {labels}"
    return await submit_form(
        here.mod,
        form,
        {label: answer for word, answer in answers.items() for label in labels if word in label},
    )


async def use_forged_control(
    here: World, actor: MemberActor, room: ChannelHandle, custom_id: str, kind: int = 2
) -> InteractionResult:
    """Use a control that nobody was shown, in a message that the bot posts for it to be in.

    `kind` is Discord's number for a button, or for a menu of texts, roles or channels.
    """
    part: discord.ui.Item[Any]
    match kind:
        case 3:
            part = discord.ui.Select(
                custom_id=custom_id, min_values=0, options=[discord.SelectOption(label="x")]
            )
        case 6:
            part = discord.ui.RoleSelect(custom_id=custom_id, min_values=0)
        case 8:
            part = discord.ui.ChannelSelect(custom_id=custom_id)
        case _:
            part = discord.ui.Button(label="x", custom_id=custom_id)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(part))
    message = await here.bot.get_partial_messageable(room.id).send(view=view)
    view.stop()
    await here.env.settle()
    chosen = {} if kind == 2 else {"values": [], "resolved": {}}
    return await here.raw_click(actor, room, custom_id, message.id, component_type=kind, **chosen)
