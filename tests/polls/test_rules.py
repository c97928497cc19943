"""Options that nobody can see, that are twice the same, or that read like the bot's own words."""

from dataclasses import replace

import pytest

from bot.errors import UserError
from bot.knowledge.model import is_reserved
from bot.polls.model import PollKind, Question, Terms, Verdict
from bot.polls.resolution import answer_key, read_result
from bot.polls.rules import check_question
from bot.text import is_visible, same_key
from tests.factories import App, make_poll, make_question


def question(*labels: str) -> Question:
    return Question(PollKind.CHOICE, "Which?", tuple((label, label) for label in labels))


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u3164", "\u2800", "\u200b\u200d", "\ufeff", "\u00ad", "\ufe0f", "\u115f\u1160"],
)
def test_what_nobody_sees_is_no_question_and_no_option(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(UserError, match="needs a question"):
        check_question(Question(PollKind.FORECAST, text), Terms())
    with pytest.raises(UserError, match="needs visible text"):
        check_question(question("One", "Two", text), Terms())


@pytest.mark.parametrize("text", ["a", "हिन्दी", "👍🏽", "한", "é", "?"])
def test_what_is_seen_is_visible(text: str) -> None:
    assert is_visible(text)
    check_question(question("One", text), Terms())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Trade", "ｔｒａｄｅ"), ("Trade", "Tra\u200bde"), ("Straße", "STRASSE"), ("ﬁsh", "fish"),
     ("café", "cafe\u0301"), ("A  b", "a b"), ("No\u3164", "no")],
)  # fmt: skip
def test_options_that_read_the_same_are_one_too_many(one: str, other: str) -> None:
    with pytest.raises(UserError, match="every option can appear only once"):
        check_question(question(one, other), Terms())


def test_options_that_differ_by_an_accent_or_a_vowel_sign_are_two() -> None:
    assert same_key("pêche") != same_key("peche")
    assert same_key("कि") != same_key("की") != same_key("क")
    check_question(question("कि", "की"), Terms())


def test_characters_that_change_the_direction_of_text_are_refused() -> None:
    with pytest.raises(UserError, match=r"The question contains U\+202E,"):
        check_question(replace(question("One", "Two"), text="Will it\u202e rise?"), Terms())
    with pytest.raises(UserError, match=r"An option contains U\+2066,"):
        check_question(question("One", "Two\u2066"), Terms())


@pytest.mark.parametrize(
    "label", ["unclear", "Says nothing of it", "AMBIGUOUS", "Ａｎｎｕｌｌｅｄ", "un\u200bclear"]
)
def test_options_that_read_like_what_settles_a_poll_are_refused_in_one_sentence(label: str) -> None:
    assert is_reserved(label)
    with pytest.raises(UserError) as refusal:
        check_question(question("One", label), Terms())
    assert str(refusal.value) == (
        f"“{label}”: this has a special meaning when a poll is resolved. Use other words."
    )


async def test_an_answer_is_picked_by_its_key_whatever_it_is_called(app: App) -> None:
    poll = await make_poll(app, make_question(PollKind.CHOICE, "Trade", "Peace"))
    assert read_result(poll, answer_key(1)) == (Verdict.SETTLED, 1)
    assert read_result(poll, " ｐｅａｃｅ ") == (Verdict.SETTLED, 1)
    assert read_result(poll, "Ambiguous") == (Verdict.AMBIGUOUS, None)
    with pytest.raises(UserError, match="is not an answer of this poll"):
        read_result(poll, answer_key(2))
