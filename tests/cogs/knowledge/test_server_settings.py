"""The summit and the language that a server has set take effect in what commands show."""

from bot.settings.model import ServerSettings
from tests.cogs.knowledge.room import OpenRoom, Room, Servers
from tests.knowledge.making import harbor_pack


def put(room: Room, **settings: object) -> None:
    servers = room.env.bot.services.settings
    assert isinstance(servers, Servers)
    servers.put(ServerSettings(room.ann.guild.id, **settings))  # type: ignore[arg-type]


async def test_commands_speak_of_the_summit_that_the_server_has_chosen(
    open_room: OpenRoom,
) -> None:
    async with open_room(harbor_pack(), harbor_pack("river-talks", "River Talks")) as room:
        put(room, summit="river-talks")
        assert (await room.run(room.ann, "summit")).title == "River Talks"
        assert "River Talks" in (await room.run(room.ann, "outcomes")).text
        assert "Ask about **River Talks**" in (await room.run(room.ann, "help")).text
        # What both summits have is looked up in the chosen one first.
        both = await room.run(room.ann, "position", actor="Ada Berg", issue="Dredging")
        assert "-# River Talks" in both.text
        offered = await room.offered(room.ann, "issue", "name", "dredging")
        assert [choice["name"] for choice in offered] == [
            "Dredging (River Talks)",
            "Dredging (Harbor Talks)",
        ]
        # What was picked from the list is what was picked.
        picked = await room.run(room.ann, "position", actor="Ada Berg", issue=offered[1]["value"])
        assert "-# Harbor Talks" in picked.text


async def test_a_summit_that_is_not_loaded_any_more_gives_way_to_the_first(
    open_room: OpenRoom,
) -> None:
    async with open_room(harbor_pack(), harbor_pack("river-talks", "River Talks")) as room:
        put(room, summit="gone-talks")
        assert (await room.run(room.ann, "summit")).title == "Harbor Talks"


async def test_what_everybody_sees_is_in_the_servers_language_private_cards_in_ones_own(
    room: Room,
) -> None:
    put(room, language="ko")
    card = await room.run(room.ann, "actor", name="Ada Berg")
    assert not card.private
    assert card.title == "아다 베르크"
    await room.press(room.ann, card, "Keep private")
    private = await room.press(room.ann, await room.run(room.ann, "help"), "Actors")
    assert private is not None
    assert private.private
    assert "Ada Berg" in private.text
    assert "아다 베르크" not in private.title


async def test_a_moderator_by_role_may_take_any_card_out_of_the_channel(room: Room) -> None:
    role = room.ann.guild.create_role("Stewards")
    steward = room.ann.guild.add_member(room.env.create_user("stew"), roles=[role])
    card = await room.run(room.ann, "actor", name="Ada Berg")
    refused = await room.press(steward, card, "Keep private")
    assert refused is not None
    assert "or a moderator, can take it out" in refused.text
    put(room, moderator_role=role.id)
    await room.press(steward, card, "Keep private")
    assert room.in_channel() == []
