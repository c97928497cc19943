"""What an administrator does in the settings panel."""

from typing import Any

from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.settings import store as servers
from bot.settings.model import ServerSettings
from tests.sim.messages import components
from tests.sim.server import World


async def open_settings(here: World, who: MemberActor, tab: str = "Channels & roles") -> Any:
    """The panel, open at a page."""
    result = await who.slash(here.channel, "settings")
    assert result.ephemeral
    if tab != "Channels & roles":
        await who.click(result.response, label=tab)
    return result.response


async def stored_settings(here: World) -> ServerSettings:
    """The server's settings as they are in the database."""
    async with here.database.read() as session:
        return await servers.get(session, here.guild.id)


def settings_menu(panel: Any, name: str) -> dict[str, Any]:
    """The select for one setting."""
    found = [n for n in components(panel) if str(n.get("custom_id", "")).endswith(f":{name}")]
    assert len(found) == 1
    return dict(found[0])


async def choose_setting(
    who: MemberActor, panel: Any, name: str, *values: Any
) -> InteractionResult:
    return await who.select(panel, list(values), custom_id=settings_menu(panel, name)["custom_id"])


async def type_setting(
    who: MemberActor, panel: Any, custom_id: str, *values: str
) -> tuple[list[str], InteractionResult]:
    """Fill in the form behind a button; returns what stood in it before, and what came of it."""
    form = await who.click(panel, custom_id=custom_id)
    assert form.modal is not None
    fields = [part["component"] for part in form.modal["components"]]
    sent = dict(zip((field["custom_id"] for field in fields), values, strict=True))
    result = await who.submit_modal(form, sent)
    return [field.get("value", "") for field in fields], result
