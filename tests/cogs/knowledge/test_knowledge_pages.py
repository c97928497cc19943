"""Every card of a monstrous pack stays within what Discord accepts."""

from collections.abc import Iterator

import discord
import pytest

from bot.knowledge.library import Kind, Library, Ref
from bot.ui.knowledge.addresses import (
    CardAddress,
    CardKind,
    comparison,
    outcomes_on,
    position,
    read_key,
    summit_list,
)
from cogs.knowledge.cards import build_card
from cogs.knowledge.views import knowledge_view
from tests.cogs.knowledge.room import OpenRoom
from tests.knowledge.making import harbor_pack, monstrous_pack


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([monstrous_pack(), harbor_pack()])


def some_addresses(library: Library) -> Iterator[CardAddress]:
    """Every kind of card, about things in the middle of everything."""
    summit = library.default.id
    one, two, three = (Ref(Kind.ACTOR, summit, f"actor-{n}") for n in (0, 1, 7))
    issue, other = (Ref(Kind.ISSUE, summit, f"issue-{n}") for n in (0, 1))
    for name in (
        CardKind.SUMMIT,
        CardKind.ACTORS,
        CardKind.ISSUES,
        CardKind.OUTCOMES,
        CardKind.GLOSSARY,
    ):
        yield summit_list(name, summit)
    yield CardAddress.of(Ref(Kind.SECTION, summit, "part-0"))
    yield CardAddress.of(Ref(Kind.OUTCOME, summit, "outcome-0"))
    yield CardAddress.of(Ref(Kind.TERM, summit, "term-0"))
    yield from (
        CardAddress.of(one),
        CardAddress.of(three),
        CardAddress.of(issue),
        outcomes_on(issue),
    )
    yield from (position(one, issue), position(three, other))
    yield from (comparison(one, two), comparison(one, two, issue))
    yield from (CardAddress(CardKind.POSITIONS, (one,)), CardAddress(CardKind.POSITIONS, (issue,)))


def test_every_kind_of_card_is_covered(library: Library) -> None:
    assert {address.kind for address in some_addresses(library)} == set(CardKind)


def test_every_page_of_every_card_fits(library: Library) -> None:
    for address in some_addresses(library):
        linked = build_card(library, address, "en-US")
        for number in {0, 1, len(linked.card.pages) // 2, len(linked.card.pages) - 1}:
            _check(knowledge_view(linked, address.at(number), private=number % 2 == 0))


def _check(view: discord.ui.LayoutView) -> None:
    assert view.content_length() <= 3800
    assert view.total_children_count <= 40
    items = [
        item
        for item in view.walk_children()
        if isinstance(item, discord.ui.Button | discord.ui.Select)
    ]
    custom_ids = [item.custom_id for item in items]
    assert len(custom_ids) == len(set(custom_ids))
    assert all(len(custom_id) <= 100 for custom_id in custom_ids)
    for row in view.children[1:]:
        assert isinstance(row, discord.ui.ActionRow)
        assert 1 <= len(row.children) <= 5
    for item in items:
        if isinstance(item, discord.ui.Button):
            assert 1 <= len(item.label or "") <= 80
        else:
            options = item.options
            assert 1 <= len(options) <= 25
            assert len({option.value for option in options}) == len(options)
            assert all(1 <= len(o.label) <= 100 for o in options)
            assert all(len(o.description or "") <= 100 for o in options)


def test_every_way_on_leads_to_a_card(library: Library) -> None:
    for address in some_addresses(library):
        linked = build_card(library, address, "ko")
        links = [link for menu in linked.menus for link in (*menu.links, menu.more) if link]
        links += [*linked.buttons, *(link for page in linked.card.pages[:3] for link in page.links)]
        for key in sorted({link.key for link in links})[:40]:
            assert len(key) <= 100
            reached = read_key(library, key)
            assert reached.key == key
            assert build_card(library, reached, "en").card.title


def test_every_statement_shows_its_standing_and_section() -> None:
    library = Library([harbor_pack()])
    pack = library.default
    for who in pack.actors.values():
        linked = build_card(library, CardAddress.of(Ref(Kind.ACTOR, pack.id, who.id)), "en")
        statements = (*who.profile, *who.aims, *who.constraints)
        text = "\n".join(page.text for page in linked.card.pages)
        assert all(f"{s.text}\n-# {s.standing}" in text for s in statements)
        assert text.count("§") >= len(statements)


async def test_a_menu_with_no_room_for_all_leads_to_the_list(open_room: OpenRoom) -> None:
    async with open_room(monstrous_pack(3, 60, 3)) as room:
        card = await room.run(room.ann, "actor", name="actor-0")
        (menu,) = (name for name in card.menus if name.startswith("Where"))
        assert card.options(menu)[-1] == "All 60…"
        everything = await room.pick(room.ann, card, menu, "All 60…")
        assert everything is not None
        assert everything.title.startswith("Where Actor 0")
        assert "▶" in everything.buttons


@pytest.mark.parametrize("letter", ["", "가", "长"])
async def test_monstrous_cards_are_accepted_by_discord(open_room: OpenRoom, letter: str) -> None:
    async with open_room(monstrous_pack(letter=letter)) as room:
        for command, options in (
            ("summit", {}),
            ("actor", {"name": "actor-0"}),
            ("issue", {"name": "issue-0"}),
            ("position", {"actor": "actor-0", "issue": "issue-0"}),
            ("compare", {"first": "actor-0", "second": "actor-1"}),
            ("outcomes", {}),
            ("glossary", {"term": "term-0"}),
        ):
            card = await room.run(room.ann, command, **options)
            turned = await room.press(room.ann, card, "▶")
            assert turned is not None
            assert any(label.startswith("2 / ") for label in turned.buttons)
