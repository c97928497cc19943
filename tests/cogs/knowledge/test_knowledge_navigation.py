"""What the buttons on knowledge cards do, in public and in private."""

from typing import Any

from bot.knowledge.library import Library
from bot.knowledge.model import Pack
from tests.cogs.knowledge.room import OpenRoom, Room, make_bot
from tests.knowledge.making import harbor_pack, monstrous_pack


async def test_button_on_a_public_card_answers_the_presser_alone(room: Room) -> None:
    card = await room.run(room.ann, "summit")
    opened = await room.press(room.ben, card, "Actors")
    assert opened is not None
    assert opened.private
    assert opened.title == "Actors"
    assert "Share here" in opened.buttons
    assert [seen.title for seen in room.in_channel()] == ["Harbor Talks"]


async def test_private_card_changes_in_place(room: Room) -> None:
    card = await room.run(room.ann, "summit")
    listing = await room.press(room.ben, card, "Actors")
    assert listing is not None
    actor = await room.pick(room.ben, listing, "Read about an actor…", "Bo Lind")
    assert actor is not None
    assert actor.message.id == listing.message.id
    assert actor.title == "Bo Lind"
    stand = await room.pick(room.ben, actor, "Where Bo Lind stands on…", "Harbour dues")
    assert stand is not None
    assert (stand.private, stand.title) == (True, "Bo Lind on Harbour dues")


async def test_share_posts_the_card_for_all_and_can_be_used_once(room: Room) -> None:
    card = await room.run(room.ann, "summit")
    private = await room.press(room.ben, card, "Issues")
    assert private is not None
    shared = await room.press(room.ben, private, "Share here")
    assert shared is not None
    assert not shared.private
    assert shared.title == "Issues"
    assert [seen.title for seen in room.in_channel()] == ["Harbor Talks", "Issues"]
    assert "Keep private" in room.in_channel()[-1].buttons
    mine = room.env.backend.messages[room.channel.id][private.message.id]
    assert any(
        part.get("label") == "Shared" and part["disabled"]
        for row in mine.components
        for part in row.get("components", ())
    )


async def test_keep_private_takes_the_card_out_of_the_channel(room: Room) -> None:
    card = await room.run(room.ann, "actor", name="berg")
    kept = await room.press(room.ann, card, "Keep private")
    assert kept is not None
    assert kept.private
    assert kept.title == "Ada Berg"
    assert room.in_channel() == []


async def test_others_cannot_take_a_card_out_of_the_channel(room: Room) -> None:
    card = await room.run(room.ann, "actor", name="berg")
    refused = await room.press(room.ben, card, "Keep private")
    assert refused is not None
    assert refused.private
    assert refused.text.startswith("Only the person who asked for this card, or a moderator")
    assert len(room.in_channel()) == 1


async def test_a_shared_card_belongs_to_who_shared_it(room: Room) -> None:
    card = await room.run(room.ann, "summit")
    private = await room.press(room.ben, card, "Issues")
    assert private is not None
    shared = await room.press(room.ben, private, "Share here")
    assert shared is not None
    refused = await room.press(room.ann, shared, "Keep private")
    assert refused is not None
    assert "moderator" in refused.text
    await room.press(room.ben, shared, "Keep private")
    assert [seen.title for seen in room.in_channel()] == ["Harbor Talks"]


async def test_a_moderator_can_take_any_card_out_of_the_channel(room: Room) -> None:
    card = await room.run(room.ann, "actor", name="berg")
    await room.press(room.mod, card, "Keep private")
    assert room.in_channel() == []


async def test_only_who_asked_turns_the_pages_of_a_public_card(open_room: OpenRoom) -> None:
    async with open_room(monstrous_pack(6, 3, 5)) as room:
        card = await room.run(room.ann, "actor", name="actor-0")
        total = card.buttons.keys()
        assert any(label.startswith("1 / ") for label in total)
        assert card.buttons["◀"]["disabled"]
        turned = await room.press(room.ann, card, "▶")
        assert turned is not None
        assert turned.message.id == card.message.id
        assert not turned.private
        assert any(label.startswith("2 / ") for label in turned.buttons)
        other = await room.press(room.ben, turned, "▶")
        assert other is not None
        assert other.private
        assert any(label.startswith("3 / ") for label in other.buttons)
        assert any(label.startswith("2 / ") for label in room.in_channel()[0].buttons)
        assert "Keep private" in room.in_channel()[0].buttons
        back = await room.press(room.ben, other, "◀")
        assert back is not None
        assert back.message.id == other.message.id


async def test_buttons_and_menus_work_after_a_restart(room: Room) -> None:
    card = await room.run(room.ann, "issue", name="dues")
    await room.env.restart_bot(make_bot(Library([harbor_pack()])))
    opened = await room.press(room.ben, card, "Summit")
    assert opened is not None
    assert (opened.private, opened.title) == (True, "Harbor Talks")
    stand = await room.pick(room.ben, card, "Read a position…", "Bo Lind")
    assert stand is not None
    assert stand.title == "Bo Lind on Harbour dues"
    await room.press(room.ann, card, "Keep private")
    assert room.in_channel() == []


async def test_what_the_pack_no_longer_has_is_answered_in_one_private_sentence(
    room: Room,
) -> None:
    card = await room.run(room.ann, "issue", name="dues")
    listing = await room.run(room.ann, "summit")
    await room.env.restart_bot(make_bot(Library([_without_dues()])))
    for answer in (
        await room.pick(room.ben, card, "Read a position…", "Bo Lind"),
        await room.press(room.ann, card, "Keep private"),
    ):
        assert answer is not None
        assert answer.private
        assert answer.text.startswith("This is no longer in the bot's knowledge.")
    still = await room.press(room.ben, listing, "Issues")
    assert still is not None
    assert "Dredging" in still.text


async def test_a_page_that_no_longer_exists_shows_the_last_one(open_room: OpenRoom) -> None:
    async with open_room(monstrous_pack(6, 3, 5)) as room:
        card: Any = await room.run(room.ann, "summit", section="part-0")
        for _ in range(3):
            card = await room.press(room.ann, card, "▶")
        await room.env.restart_bot(make_bot(Library([_shortened(monstrous_pack(6, 3, 5))])))
        turned = await room.press(room.ann, card, "▶")
        assert turned is not None
        assert "▶" not in turned.buttons


def _without_dues() -> Pack:
    pack = harbor_pack()
    return Pack(
        pack.summit,
        pack.source,
        pack.actors,
        {"dredging": pack.issues["dredging"]},
        {key: stand for key, stand in pack.positions.items() if stand.issue == "dredging"},
        {"channel": pack.outcomes["channel"]},
        pack.glossary,
    )


def _shortened(pack: Pack) -> Pack:
    for part in pack.summit.sections:
        object.__setattr__(part, "statements", part.statements[:1])
    return pack
