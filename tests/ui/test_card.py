"""Cards: cut into pages that Discord accepts and that nothing falls out of."""

from typing import Any

import discord
import pytest

from bot.text import split
from bot.ui.cards import LINKS_A_PAGE, TEXT_LIMIT, Block, Card, Link, Picture, card_view

PARAGRAPH = "Words of a paragraph that goes on for a while. " * 6


class Turn(discord.ui.Button[Any]):
    def __init__(self, label: str, page: int, *, disabled: bool) -> None:
        super().__init__(label=label, disabled=disabled, custom_id=f"turn:{page}")


def texts(view: discord.ui.LayoutView) -> list[str]:
    return [
        item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)
    ]


def buttons(view: discord.ui.LayoutView) -> list[discord.ui.Button[Any]]:
    return [item for item in view.walk_children() if isinstance(item, discord.ui.Button)]


def test_short_card_is_one_page_without_a_pager() -> None:
    card = Card("Title", (Block("One."), Block("Two.")), "under it", "small", notes_label="From")
    view = card_view(card)
    assert texts(view) == ["## Title\n-# under it", "One.\nTwo.", "-# small"]
    assert buttons(view) == []


async def test_view_never_times_out_since_that_would_forget_persistent_items() -> None:
    assert card_view(Card("Title")).timeout is None


def test_empty_card_still_has_a_page() -> None:
    assert texts(card_view(Card("Only a title"))) == ["## Only a title"]


def test_blocks_are_kept_whole_and_headings_repeated_on_the_next_page() -> None:
    card = Card("T", tuple(Block(f"{n}. {PARAGRAPH}", "Aims") for n in range(12)))
    assert len(card.pages) > 1
    for page in card.pages:
        assert page.text.count("### Aims\n") == 1
    shown = "\n".join(page.text for page in card.pages)
    for n in range(12):
        assert f"{n}. {PARAGRAPH}".strip() in shown


def test_small_print_lists_the_notes_of_its_page_once() -> None:
    blocks = tuple(Block(PARAGRAPH, notes=(f"§{n // 6} title", "§9 end")) for n in range(12))
    first, *_, last = Card("T", blocks).pages
    assert first.small_print == "-# Sources: §0 title · §9 end"
    assert last.small_print == "-# Sources: §1 title · §9 end"


def test_a_page_offers_no_more_links_than_a_menu_holds() -> None:
    links = [Block("x", links=(Link(str(n), str(n)),)) for n in range(60)]
    pages = Card("T", tuple(links)).pages
    assert [len(page.links) for page in pages] == [LINKS_A_PAGE, LINKS_A_PAGE, 10]


def test_pager_turns_both_ways_and_stops_at_the_ends() -> None:
    card = Card("T", tuple(Block(PARAGRAPH) for _ in range(20)))
    last = len(card.pages) - 1
    for number in range(len(card.pages)):
        back, count, on = buttons(card_view(card, number, pager=Turn))
        assert (back.custom_id, on.custom_id) == (f"turn:{number - 1}", f"turn:{number + 1}")
        assert count.label == f"{number + 1} / {last + 1}"
        assert (back.disabled, count.disabled, on.disabled) == (number == 0, True, number == last)


@pytest.mark.parametrize(("asked", "shown"), [(-1, 0), (99, -1)])
def test_a_page_out_of_range_is_the_nearest(asked: int, shown: int) -> None:
    card = Card("T", tuple(Block(PARAGRAPH) for _ in range(20)))
    assert card.page(asked) == card.pages[shown]


def test_several_pages_without_a_pager_are_refused() -> None:
    with pytest.raises(ValueError, match="pager"):
        card_view(Card("T", tuple(Block(PARAGRAPH) for _ in range(20))))


def test_pictures_stand_on_the_first_page_only() -> None:
    card = Card(
        "T",
        tuple(Block(PARAGRAPH) for _ in range(20)),
        pictures=(Picture("attachment://chart.png", "A chart"),),
    )

    def galleries(page: int) -> int:
        items = card_view(card, page, pager=Turn).walk_children()
        return sum(isinstance(item, discord.ui.MediaGallery) for item in items)

    assert (galleries(0), galleries(1)) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "word " * 4000,
        (PARAGRAPH + "\n\n") * 40,
        "\n".join(["line"] * 3000),
        "가" * 9000,
    ],
)
def test_whatever_it_holds_every_page_fits_and_nothing_is_lost(text: str) -> None:
    card = Card(
        "T" * 1000,
        (Block(text, "H" * 1000, tuple(f"note {n} " * 10 for n in range(400))),) * 2,
        "s" * 5000,
        "f" * 5000,
    )
    for number in range(len(card.pages)):
        view = card_view(card, number, pager=Turn)
        assert view.content_length() <= 3800
        assert view.total_children_count <= 40
    shown = "".join(page.text.partition("\n")[2] for page in card.pages)
    squeezed = "".join(text.split())
    assert "".join(shown.split()).count(squeezed[:200]) >= 1
    assert sum(len("".join(page.text.split())) for page in card.pages) >= 2 * len(squeezed)


def test_splitting_prefers_paragraphs_then_lines_then_sentences_then_words() -> None:
    assert split("one two\n\nthree four", 12) == ["one two", "three four"]
    assert split("one two\nthree four", 12) == ["one two", "three four"]
    assert split("One two. Three four", 12) == ["One two.", "Three four"]
    assert split("one two three", 9) == ["one two", "three"]
    assert split("x" * 10, 4) == ["xxxx", "xxxx", "xx"]


@pytest.mark.parametrize("letter", ["한", "半", "é", "a"])
def test_a_page_stays_within_the_bytes_that_discord_takes_in_every_script(letter: str) -> None:
    words = " ".join([letter * 9] * 1500)
    notes = tuple(f"{letter * 60} {number}" for number in range(30))
    card = Card(
        letter * 400,
        tuple(Block(words, letter * 350, notes) for _ in range(3)),
        subtitle=letter * 500,
        footer=letter * 500,
        room=TEXT_LIMIT,
    )
    for page in card.pages:
        texts = [card.head, page.text, page.small_print]
        assert sum(len(text.encode()) + 12 for text in texts) <= 10_170
        assert sum(map(len, texts)) <= 4_000
    shown = "".join(page.text for page in card.pages)
    assert shown.count(letter * 9) >= 3 * 1500
