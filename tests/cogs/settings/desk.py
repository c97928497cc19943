"""An administrator at the settings panel in the tests."""

from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.settings import store as servers
from bot.settings.model import ServerSettings
from tests.world import World, components


def administrator(here: World, name: str = "ada") -> MemberActor:
    """One more member, who may manage the server."""
    role = here.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    return here.guild.add_member(here.env.create_user(name), roles=[role])


async def opened(here: World, who: MemberActor, tab: str = "Channels & roles") -> Any:
    """The panel, open at a page."""
    result = await who.slash(here.channel, "settings")
    assert result.ephemeral
    if tab != "Channels & roles":
        await who.click(result.response, label=tab)
    return result.response


async def stored(here: World) -> ServerSettings:
    """The server's settings as they are in the database."""
    async with here.database.read() as session:
        return await servers.get(session, here.guild.id)


def menu(panel: Any, name: str) -> dict[str, Any]:
    """The select for one setting."""
    found = [n for n in components(panel) if str(n.get("custom_id", "")).endswith(f":{name}")]
    assert len(found) == 1
    return dict(found[0])


async def choose(who: MemberActor, panel: Any, name: str, *values: Any) -> InteractionResult:
    return await who.select(panel, list(values), custom_id=menu(panel, name)["custom_id"])


async def typed(
    who: MemberActor, panel: Any, custom_id: str, *values: str
) -> tuple[list[str], InteractionResult]:
    """Fill in the form behind a button; returns what stood in it before, and what came of it."""
    form = await who.click(panel, custom_id=custom_id)
    assert form.modal is not None
    fields = [part["component"] for part in form.modal["components"]]
    sent = dict(zip((field["custom_id"] for field in fields), values, strict=True))
    result = await who.submit_modal(form, sent)
    return [field.get("value", "") for field in fields], result
