"""Finding things by what people type."""

import pytest

from bot.knowledge.library import Kind, Library, Ref, UnknownNameError
from bot.knowledge.model import ActorKind, Pack
from bot.text import fold, shorten
from tests.knowledge.making import actor, harbor_pack
from tests.knowledge.making import make_text as text

ACTORS = (
    ("xi-jinping", ActorKind.PERSON, text("Xi Jinping", ko="시진핑", zh_CN="习近平"), "Xi"),
    (
        "lee-jae-myung",
        ActorKind.PERSON,
        text("Lee Jae Myung", ko="이재명", zh_CN="李在明"),
        "Lee",
    ),
    (
        "south-korea",
        ActorKind.STATE,
        text("South Korea", ko="대한민국", zh_CN="韩国"),
        "Seoul",
    ),
    (
        "north-korea",
        ActorKind.STATE,
        text("North Korea", ko="북한", zh_CN="朝鲜"),
        "Pyongyang",
    ),
    ("china", ActorKind.STATE, text("China", ko="중국", zh_CN="中国"), "Beijing"),
    ("chinese-state-media", ActorKind.INSTITUTION, text("Chinese state media"), "Xinhua"),
    ("sao-tome", ActorKind.STATE, text("São Tomé"), "ＳＴ"),
)


def korean_pack() -> Pack:
    pack = harbor_pack("lee-xi", "Lee and Xi")
    people = {a[0]: actor(a[0], a[1], a[2], "President of China", *a[3:]) for a in ACTORS}
    object.__setattr__(pack, "actors", people)
    object.__setattr__(pack, "positions", {})
    return pack


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([korean_pack()])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Xi", "xi-jinping"),
        ("xi jinping", "xi-jinping"),
        ("XI-JINPING", "xi-jinping"),
        ("xijinping", "xi-jinping"),
        ("jinping xi", "xi-jinping"),
        ("xi jingping", "xi-jinping"),
        ("Xi Jingpin", "xi-jinping"),
        ("president xi jinping", "xi-jinping"),
        ("시진핑", "xi-jinping"),
        ("시진", "xi-jinping"),
        ("习近平", "xi-jinping"),
        ("习 近平", "xi-jinping"),
        ("lee jaemyung", "lee-jae-myung"),
        ("이제명", "lee-jae-myung"),
        ("李在明", "lee-jae-myung"),
        ("pyonyang", "north-korea"),
        ("sao tome", "sao-tome"),
        ("st", "sao-tome"),
        ("lee-xi/china", "china"),
    ],
)
def test_one_thing_is_found_by_any_of_its_names(library: Library, typed: str, meant: str) -> None:
    assert library.find(Kind.ACTOR, typed) == Ref(Kind.ACTOR, "lee-xi", meant)
    assert library.search(Kind.ACTOR, typed.removeprefix("lee-xi/"))[0].ref.id == meant


@pytest.mark.parametrize(
    "typed", ["Xi Jinping of the moon committee", "what does Xi want?", "the Xi that nobody knows"]
)
def test_a_name_lost_among_other_words_is_asked_about(library: Library, typed: str) -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean \*\*Xi Jinping\*\*\?"):
        library.find(Kind.ACTOR, typed)
    assert library.search(Kind.ACTOR, typed)[0].ref.id == "xi-jinping"


@pytest.mark.parametrize("typed", ["ㅅ", "시ㅈ", "싲"])
def test_half_typed_syllables_already_match(library: Library, typed: str) -> None:
    assert library.search(Kind.ACTOR, typed)[0].ref.id == "xi-jinping"


def test_ambiguous_name_names_the_nearest(library: Library) -> None:
    with pytest.raises(UnknownNameError) as caught:
        library.find(Kind.ACTOR, "korea")
    assert str(caught.value) == (
        "There is no actor called `korea`. Did you mean **South Korea** or **North Korea**?"
    )
    assert [ref.id for ref in caught.value.nearest] == ["south-korea", "north-korea"]


def test_hopeless_name_says_what_there_is_and_cannot_break_the_sentence(library: Library) -> None:
    with pytest.raises(UnknownNameError) as caught:
        library.find(Kind.ACTOR, "`zzz`\n" + "z" * 500)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.count("`") == 2
    assert "7 are known, for example **Xi Jinping**, **Lee Jae Myung** and" in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize("typed", ["", " ", "/", "lee-xi/", "lee-xi/nobody", "…", "\x00", "🕊️"])
def test_nothing_that_can_be_typed_breaks_a_search(library: Library, typed: str) -> None:
    library.search(Kind.ACTOR, typed)
    with pytest.raises(UnknownNameError):
        library.find(Kind.ACTOR, typed)


def test_nothing_typed_gives_pack_order_with_what_is_preferred_first(library: Library) -> None:
    assert [hit.ref.id for hit in library.search(Kind.ACTOR, "")] == [a[0] for a in ACTORS]
    china = Ref(Kind.ACTOR, "lee-xi", "china")
    assert [hit.ref.id for hit in library.search(Kind.ACTOR, "", 2, prefer=[china])] == [
        "china",
        "xi-jinping",
    ]


def test_literal_matches_come_before_resembling_ones(library: Library) -> None:
    hits = library.search(Kind.ACTOR, "chin")
    assert [hit.ref.id for hit in hits][:2] == ["china", "chinese-state-media"]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]


def test_labels_show_scripts_and_role_within_discords_limit(library: Library) -> None:
    (hit,) = library.search(Kind.ACTOR, "Xi Jinping", 1, locale="ko")
    assert hit.label == "시진핑 · Xi Jinping · 习近平 — President of China"
    long = harbor_pack()
    object.__setattr__(long.actors["gulls"], "role", text("r" * 200))
    (gulls,) = Library([long, korean_pack()]).search(Kind.ACTOR, "gulls", 1)
    assert len(gulls.label) <= 100
    assert gulls.label.endswith("… (Harbor Talks)")


@pytest.mark.parametrize("typed", ["lower dues", "dues announce", "anounce lower", "dues-cut"])
def test_outcome_is_found_by_words_of_its_question(typed: str) -> None:
    assert Library([harbor_pack()]).search(Kind.OUTCOME, typed)[0].ref.id == "dues-cut"


def test_outcome_is_offered_for_its_issue_and_answers(library: Library) -> None:
    found = {hit.ref.id for hit in library.search(Kind.OUTCOME, "fees")}
    assert found == {"dues-cut", "dues-rate"}


def test_default_pack_comes_first_where_both_match() -> None:
    both = Library([harbor_pack(), harbor_pack("river-talks", "River Talks")])
    assert [hit.label for hit in both.search(Kind.ISSUE, "dredging")] == [
        "Dredging (Harbor Talks)",
        "Dredging (River Talks)",
    ]
    assert both.find(Kind.ISSUE, "dredgin").summit == "harbor-talks"
    assert both.find(Kind.ISSUE, "river-talks/dredging").summit == "river-talks"
    pair = both.find_together((Kind.ACTOR, "berg"), (Kind.ISSUE, "river-talks/dues"))
    assert {ref.summit for ref in pair} == {"river-talks"}


def test_names_that_only_another_pack_has_are_read_there() -> None:
    both = Library([harbor_pack(), korean_pack()])
    found = both.find_together((Kind.ACTOR, "Seoul"), (Kind.ISSUE, "dues"))
    assert [ref.value for ref in found] == ["lee-xi/south-korea", "lee-xi/dues"]


def test_handle_is_short_and_stands_for_one_thing_for_ever(library: Library) -> None:
    refs = [ref for kind in Kind for ref in library.all(kind)]
    assert {library.by_handle(ref.handle) for ref in refs} == set(refs)
    assert {len(ref.handle) for ref in refs} == {8}
    assert Ref(Kind.ACTOR, "lee-xi", "xi-jinping").handle == "6NKJKWTt"
    assert library.by_handle("nothing!") is None


@pytest.mark.parametrize(
    ("text", "folded"),
    [("São-Tomé", "sao tome"), ("U.S.", "us"), ("ＡＢ１", "ab1"), ("Straße", "strasse"), ("—", "")],
)
def test_folding_ignores_case_width_accents_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_shortening_keeps_whole_words_where_it_can() -> None:
    assert shorten("one two  three\nfour", 14) == "one two three…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


def test_a_library_led_by_another_summit_looks_there_first_and_is_otherwise_the_same() -> None:
    harbor, river = harbor_pack(), harbor_pack("river-talks", "River Talks")
    library = Library([harbor, river])
    led = library.led_by("river-talks")
    assert led.default is river
    assert library.default is harbor
    for kind, name in ((Kind.ACTOR, "Ada Berg"), (Kind.ISSUE, "dredgin")):
        assert led.find(kind, name).summit == "river-talks"
        assert library.find(kind, name).summit == "harbor-talks"
    assert set(led.all(Kind.ACTOR)) == set(library.all(Kind.ACTOR))
    ref = library.find(Kind.ACTOR, "Ada Berg")
    assert led.find(Kind.ACTOR, ref.value) == ref
    assert library.led_by("gone") is library
    assert library.led_by(None) is library


def test_the_languages_of_a_library_are_those_that_things_are_named_in(library: Library) -> None:
    assert library.locales == ("en", "ko", "zh-CN")
