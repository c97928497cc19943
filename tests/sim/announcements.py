"""What moderators do with announcements, and what is then there to see."""

from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult
from sqlalchemy import select

from bot.announcements.tables import AnnouncementRow
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from tests.sim.messages import components, container_of, form_values, press, submit_form, text_of
from tests.sim.server import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
LABELS = {
    "title": "Title",
    "text": "Text",
    "link": "Link",
    "picture": "Picture",
    "alt": "Picture in words",
}


async def fill_announcement(
    who: MemberActor, form: InteractionResult, /, **typed: Any
) -> InteractionResult:
    """Send a form; what is not named is sent as the form was prefilled."""
    names = {label: name for name, label in LABELS.items()}
    answers = {label: typed.get(names.get(label, "when")) for label in form_values(form)}
    given = {label: value for label, value in answers.items() if value is not None}
    return await submit_form(who, form, given)


async def write_announcement(
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
    return await fill_announcement(who, form, **(said | typed))


async def choose_in_preview(
    here: World, preview: InteractionResult, menu: str, *values: Any
) -> InteractionResult:
    """Choose in a menu of the panel."""
    custom_id = next(
        node["custom_id"]
        for node in components(preview.response)
        if str(node.get("custom_id", "")).startswith(f"announce:{menu}:")
    )
    return await here.mod.select(preview.response, list(values), custom_id=custom_id)  # type: ignore[arg-type]


async def set_time(here: World, preview: InteractionResult, when: str) -> InteractionResult:
    """Press Time and give one."""
    form = await press(here, preview, "Time …")
    return await fill_announcement(here.mod, form, when=when)


async def stored_announcements(here: World) -> list[AnnouncementRow]:
    async with here.database.read() as session:
        return list(await session.scalars(select(AnnouncementRow).order_by(AnnouncementRow.id)))


async def announcement_states(here: World) -> list[str]:
    return [row.state for row in await stored_announcements(here)]


async def announcement_jobs(here: World) -> list[tuple[str, str, str]]:
    """Kind, key and state of the jobs of announcements."""
    async with here.database.read() as session:
        found = await session.scalars(
            select(JobRow).where(JobRow.kind.like("announcement.%")).order_by(JobRow.id)
        )
        return [(job.kind, job.key, job.state) for job in found]


async def stored_log(here: World) -> list[tuple[int | None, str, str]]:
    """Who did what, and the details, as the log has it."""
    async with here.database.read() as session:
        found = await session.scalars(select(ModlogRow).order_by(ModlogRow.id))
        return [(row.by, row.act, row.detail) for row in found]


def announcement_parts(message: Any) -> dict[str, Any]:
    """The container that is the announcement, without the ids that Discord numbers parts by
    and the place where an attachment happens to be stored."""
    return container_of(message, "id", "attachment_id", "url", "proxy_url")


def announcements_in(here: World, channel: Any = None) -> list[discord.Message]:
    """The announcements in a channel."""
    return [
        message
        for message in (channel or here.channel).history()
        if "Announced by" in text_of(message) and "May this be posted" not in text_of(message)
    ]
