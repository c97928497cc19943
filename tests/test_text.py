"""Text that people read: shortened, escaped, and with nothing hidden in it."""

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.text import (
    byte_length,
    counted,
    escaped,
    hidden_problem,
    is_visible,
    joined,
    linkable,
    refuse_hidden,
    shorten,
    split,
)

INVISIBLE = ("\u200b", "\u2060", "\u3164", "\u200b \u2060", "\ufe0f", "\u0301")
TURNING = tuple(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


@pytest.mark.parametrize("text", INVISIBLE)
def test_text_of_nothing_but_invisible_characters_is_refused(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(UserError, match="only characters that nobody can see"):
        refuse_hidden(text)


@pytest.mark.parametrize("mark", TURNING)
def test_characters_that_change_the_direction_of_text_are_refused_by_name(mark: str) -> None:
    problem = hidden_problem(f"left {mark}thgir", "The title")
    assert problem is not None
    assert problem.startswith(f"The title contains U+{ord(mark):04X},")


@pytest.mark.parametrize("text", ["", "Seoul", "시진핑", "习近平", "👩‍👩‍👧", "שלום", "a\u0301"])
def test_ordinary_text_in_any_script_is_accepted(text: str) -> None:
    assert hidden_problem(text) is None


@given(st.text(), st.integers(2, 60), st.integers(8, 200))
def test_shortened_text_fits_in_characters_and_bytes(text: str, limit: int, size: int) -> None:
    text = text.encode(errors="ignore").decode()
    short = shorten(text, limit, size)
    assert len(short) <= limit
    assert byte_length(short) <= size
    if len(" ".join(text.split())) <= limit and byte_length(text) <= size:
        assert short == " ".join(text.split())


@given(st.text(st.characters(codec="utf-8")), st.integers(2, 60), st.integers(8, 200))
def test_split_text_fits_and_loses_nothing_to_read(text: str, limit: int, size: int) -> None:
    pieces = split(text, limit, size)
    assert all(len(piece) <= limit and byte_length(piece) <= size for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_lists_and_plurals_read_as_people_write_them() -> None:
    assert joined([]) == ""
    assert joined(["a", "b", "c"], "and") == "a, b and c"
    assert counted(1, "poll") == "1 poll"
    assert counted(2000, "person", "people") == "2,000 people"


def test_the_words_of_a_link_cannot_end_it() -> None:
    assert linkable("a] *b*") == r"a) \*b\*"


MARKDOWN = st.text(
    st.sampled_from("ab *_~|`>#-[]()<>:/\\\n.,;\"'1?&=%한国") | st.characters(), max_size=60
)
ADDRESSES = st.sampled_from(
    ["https://a.org/x_y*z?q=1", "<https://a.org/_>", "steam://run/1", "http://é.kr/~"]
)


@given(st.lists(MARKDOWN | ADDRESSES, max_size=6).map(" ".join))
@example("# heading\n> quote\n- item\n1. item **bold** [a](b) <@1> https://a.org/_x_.")
def test_markdown_is_escaped_as_discord_py_escapes_it(text: str) -> None:
    # bot.text may not import discord, so it has the same pattern; a change there must show here.
    assert escaped(text) == discord.utils.escape_markdown(text)
