"""What is set takes effect in the polls that moderators open."""

from datetime import UTC, datetime

from simcord.actors import MemberActor
from sqlalchemy import select

from bot.clock import Clock
from bot.db.engine import Database
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from bot.polls.tables import PollRow
from bot.settings.service import SettingsService
from tests.cogs.test_commands import PACKS
from tests.factories import make_viewer
from tests.knowledge.making import harbor_pack
from tests.packs_in_code import talks
from tests.sim.messages import text_of
from tests.sim.server import World, add_administrator, world
from tests.sim.settings import choose_setting, open_settings, stored_settings, type_setting


async def polls(here: World) -> list[PollRow]:
    async with here.database.read() as session:
        return list(await session.scalars(select(PollRow).order_by(PollRow.id)))


async def test_times_are_read_in_the_servers_zone_and_crowds_wait_for_enough(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada, "Language & time")
    await type_setting(ada, panel, "settings:zone:v1:", "Seoul")
    await ada.click(panel, label="Posts & polls")
    await choose_setting(ada, panel, "min_forecasters", "5")
    await here.mod.slash(here.channel, "poll open", outcome="hotline", closes_in="2026-02-03 09:00")
    (poll,) = await polls(here)
    assert poll.closes_at == datetime(2026, 2, 3, 0, 0, tzinfo=UTC)
    assert poll.min_forecasters == 5
    message = here.channel.last_message
    for member in here.members(4):
        await member.click(message, label="75%")
    shown = await here.ann.slash(here.channel, "poll show", poll="1")
    assert "shown after 5 forecasts" in text_of(shown.response)
    await here.ann.click(message, label="75%")
    shown = await here.ann.slash(here.channel, "poll show", poll="1")
    assert "The crowd says **75%**" in text_of(shown.response)


async def test_where_several_summits_are_loaded_one_is_chosen_for_the_server(
    kept: Database,
) -> None:
    (harbor,) = load_library(PACKS)
    river = harbor_pack("river-talks", "River talks")
    async with world(Library([talks(), river, harbor]), kept) as here:
        ada = add_administrator(here)
        panel = await open_settings(here, ada, "Language & time")
        await choose_setting(ada, panel, "summit", harbor.id)
        assert f"Summit: the first → {harbor.id}" in text_of(panel)
        assert (await stored_settings(here)).summit == harbor.id
        card = await here.ann.slash(here.channel, "summit")
        assert text_of(card.response).startswith("## Harbor talks")
        await choose_setting(ada, panel, "language", "ko")
        card = await here.ann.slash(here.channel, "summit")
        assert text_of(card.response).startswith("## 항구 회담")
        # The pack is taken away: the first summit holds, and the panel says so.
        here.library = Library([talks(), river])
        await here.restart()
        card = await here.ann.slash(here.channel, "summit")
        assert text_of(card.response).startswith("## Harbour talks")
        panel = await open_settings(here, ada, "Language & time")
        assert f"`{harbor.id}` is no longer loaded" in text_of(panel)
        await choose_setting(ada, panel, "language")
        assert (await stored_settings(here)).language is None


async def test_what_another_process_sets_holds_here_within_a_minute(postgres_url: str) -> None:
    database, other_database = Database(postgres_url), Database(postgres_url)
    async with world(Library([talks()]), database) as here:
        role = here.guild.create_role("Stewards")
        steward = here.guild.add_member(here.env.create_user("stew"), roles=[role])
        other = SettingsService(other_database, Clock())
        ada = make_viewer(1, here.guild.id, manage_server=True)
        await other.change(ada, moderator_role=role.id)
        refused = await steward.slash(here.channel, "poll open", outcome="hotline")
        assert "is for moderators" in text_of(refused.response)
        await here.env.advance_time(61)
        allowed = await steward.slash(here.channel, "poll open", outcome="hotline")
        assert "is open and closes" in text_of(allowed.response)
    await database.close()
    await other_database.close()
