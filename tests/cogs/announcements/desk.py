"""What moderators do with announcements in the tests, and what is then there to see."""

from collections.abc import Iterable
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.announcements.tables import AnnouncementRow
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from tests.factories import make_viewer
from tests.world import World, components, text_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
LABELS = {
    "title": "Title",
    "text": "Text",
    "link": "Link",
    "picture": "Picture",
    "alt": "Picture in words",
}


async def filled(who: MemberActor, form: InteractionResult, /, **typed: Any) -> InteractionResult:
    """Send a form; what is not named is sent as the form was prefilled."""
    assert form.modal is not None, text_of(form.response)
    values: dict[str, Any] = {}
    for part in form.modal["components"]:
        field = part["component"]
        name = next((key for key, label in LABELS.items() if label == part["label"]), "when")
        value = typed.get(name, field.get("value"))
        if value is not None:
            values[field["custom_id"]] = value
    return await who.submit_modal(form, values)


async def written(
    here: World, command: str = "announce post", by: MemberActor | None = None, /, **typed: Any
) -> InteractionResult:
    """Write an announcement as the moderator, in the usual channel or `at` another; returns the
    preview."""
    place = typed.pop("at", here.channel)
    options = {name: typed.pop(name) for name in ("when", "announcement") if name in typed}
    who = by or here.mod
    form = await who.slash(place, command, **options)
    said = {"title": "Doors open at nine", "text": "The **press room** opens early. @everyone"}
    if command == "announce edit":
        said = {}
    return await filled(who, form, **(said | typed))


async def chosen(
    here: World, preview: InteractionResult, menu: str, *values: Any
) -> InteractionResult:
    """Choose in a menu of the panel."""
    custom_id = next(
        node["custom_id"]
        for node in components(preview.response)
        if str(node.get("custom_id", "")).startswith(f"announce:{menu}:")
    )
    return await here.mod.select(preview.response, list(values), custom_id=custom_id)  # type: ignore[arg-type]


async def pressed(
    here: World, preview: InteractionResult, label: str, by: MemberActor | None = None
) -> InteractionResult:
    return await (by or here.mod).click(preview.response, label=label)  # type: ignore[arg-type]


async def timed(here: World, preview: InteractionResult, when: str) -> InteractionResult:
    """Press Time and give one."""
    form = await pressed(here, preview, "Time …")
    return await filled(here.mod, form, when=when)


async def rows(here: World) -> list[AnnouncementRow]:
    async with here.database.read() as session:
        return list(await session.scalars(select(AnnouncementRow).order_by(AnnouncementRow.id)))


async def states(here: World) -> list[str]:
    return [row.state for row in await rows(here)]


async def jobs(here: World) -> list[tuple[str, str, str]]:
    """Kind, key and state of the jobs of announcements."""
    async with here.database.read() as session:
        found = await session.scalars(
            select(JobRow).where(JobRow.kind.like("announcement.%")).order_by(JobRow.id)
        )
        return [(job.kind, job.key, job.state) for job in found]


async def logged(here: World) -> list[tuple[int | None, str, str]]:
    """Who did what, and the details, as the log has it."""
    async with here.database.read() as session:
        found = await session.scalars(select(ModlogRow).order_by(ModlogRow.id))
        return [(row.by, row.act, row.detail) for row in found]


async def set_up(here: World, **settings: Any) -> None:
    """Change the server's settings as its owner would."""
    owner = make_viewer(here.guild.owner.id, here.guild.id, manage_server=True)
    await here.bot.services.settings.change(owner, **settings)
    await here.env.settle()


def room_of(here: World, name: str, readers: Iterable[Any] = ()) -> ChannelHandle:
    """A channel that nobody sees but moderators, the bot, and those roles or members."""
    shown = discord.PermissionOverwrite(view_channel=True)
    who = (here.guild.roles["Mods"], here.bot.user, *readers)
    allowed: dict[Any, discord.PermissionOverwrite] = dict.fromkeys(who, shown)
    hidden = {here.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    return here.guild.create_text_channel(name, overwrites=hidden | allowed)


def moderators_room(here: World) -> ChannelHandle:
    """A channel that members cannot see."""
    return here.guild.channels.get("mods") or room_of(here, "mods")


def another_moderator(here: World, name: str = "nora") -> MemberActor:
    role = here.guild.roles["Mods"]
    return here.guild.add_member(here.env.create_user(name), roles=[role])


def sent(here: World, channel_id: int) -> list[dict[str, Any]]:
    """What the bot asked Discord to post in a channel."""
    return [
        request.json
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{channel_id}/messages")
    ]


def body(message: Any) -> dict[str, Any]:
    """The container that is the announcement, without the ids that Discord numbers parts by
    and the place where an attachment happens to be stored."""
    dropped = {"id", "attachment_id", "url", "proxy_url"}

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key not in dropped}
        return [plain(child) for child in node] if isinstance(node, list) else node

    found: dict[str, Any] = plain(next(n for n in components(message) if n.get("type") == 17))
    return found


def posts(here: World, channel: Any = None) -> list[discord.Message]:
    """The announcements in a channel."""
    return [
        message
        for message in (channel or here.channel).history()
        if "Announced by" in text_of(message) and "May this be posted" not in text_of(message)
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


def stored_message(here: World, message: Any) -> Any:
    """A message as Discord has it."""
    channel_id = getattr(message, "channel_id", None) or message.channel.id
    return here.env.backend.get_message(channel_id, message.id)


async def forged(
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


def answers(result: InteractionResult) -> str:
    """All that somebody is told, privately."""
    told = [*([result.response] if result.response else []), *result.followups]
    assert all(answer.ephemeral for answer in told)
    return "\n".join(text_of(answer) for answer in told)
