"""Every knowledge command as a member uses it."""

from datetime import UTC, datetime

import pytest
from simcord import interactions

from bot.discussions.model import Discussion, DiscussionState, IssueRef
from bot.polls.model import OutcomeRef, PollKind, Question
from tests.cogs.knowledge.room import OpenRoom, Room
from tests.knowledge.making import harbor_pack


async def test_summit_says_what_it_is_and_that_date_and_venue_are_not_given(room: Room) -> None:
    card = await room.run(room.ann, "summit")
    assert not card.private
    assert card.title == "Harbor Talks"
    assert "Two ports meet to share one harbour." in card.text
    assert "the source gives no date" in card.text
    assert "the source gives no venue" in card.text
    assert card.options("Read a part…") == ["Why now", "What is at stake"]
    assert {"Actors", "Issues", "Outcomes", "Glossary", "Keep private"} <= set(card.buttons)


async def test_summit_section_opens_one_part_with_its_sources(room: Room) -> None:
    card = await room.run(room.ann, "summit", section="why now")
    assert card.title == "Why now"
    assert "The old treaty ends.\n-# fact · §1" in card.text
    assert "-# Sources: §1 How it began" in card.text
    assert "Next: What is at stake" in card.buttons


async def test_actor_shows_names_claims_and_ways_on(room: Room) -> None:
    card = await room.run(room.ann, "actor", name="harbor-talks/ada-berg")
    assert not card.private
    assert card.title == "Ada Berg"
    for seen in (
        "Person",
        "Harbour master of North Port",
        "affiliated with North Port",
        "阿达·贝格",
    ):
        assert seen in card.text
    assert "Ada Berg aims at calm waters.\n-# stated by Ada Berg · §2" in card.text
    assert "Ada Berg depends on the tide.\n-# analysis · §1, §2" in card.text
    assert "**Bo Lind** · They trained together." in card.text
    assert card.options("Where Ada Berg stands on…") == ["Harbour dues", "Dredging"]
    assert card.options("Read about an actor…") == ["Bo Lind", "North Port"]


@pytest.mark.parametrize(
    "typed", ["berg", "ADA  BERG", "Adda Berg", "아다 베르크", "阿达贝格", "ada"]
)
async def test_actor_is_found_by_whatever_is_typed(room: Room, typed: str) -> None:
    assert (await room.run(room.ann, "actor", name=typed)).title == "Ada Berg"


async def test_issue_shows_who_stands_where(room: Room) -> None:
    card = await room.run(room.ann, "issue", name="fees")
    assert card.title == "Harbour dues"
    assert "**Ada Berg** · Dues must fall.\n-# stated by Ada Berg · §2" in card.text
    assert "What would settle harbour dues?" in card.text
    assert card.options("Read a position…") == ["Ada Berg", "Bo Lind"]
    assert "Will the ports announce lower dues?" in card.options("Read about an outcome…")
    assert "Open polls" not in card.text


async def test_issue_and_outcome_link_to_the_open_polls_of_this_server_only(room: Room) -> None:
    here = room.ann.guild.id
    room.polls.open_by_guild = {here: [_Poll("dues-cut", room)], 1: [_Poll("dues-rate", room)]}
    for card in (
        await room.run(room.ann, "issue", name="dues"),
        await room.run(room.ann, "outcomes", issue="dues"),
    ):
        assert ("[Cut?](https://discord.com/channels/1/2/3)" in card.text) == (
            card.title == "Harbour dues"
        )
        assert "dues-rate" not in card.text
    outcome = await room.pick(
        room.ann, card, "Read about an outcome…", "Will the ports announce lower dues?"
    )
    assert outcome is not None
    assert "Cut?" in outcome.text


class _Poll:
    def __init__(self, outcome: str, room: Room) -> None:
        self.audience_id = room.channel.id
        self.guild_id = room.ann.guild.id
        about = OutcomeRef("harbor-talks", outcome)
        asked = "Cut?" if outcome == "dues-cut" else outcome
        self.question = Question(PollKind.FORECAST, asked, about=about)
        self.url = "https://discord.com/channels/1/2/3"


async def test_position_shows_each_aspect_with_its_standing(room: Room) -> None:
    card = await room.run(room.ann, "position", actor="berg", issue="dues")
    assert card.title == "Ada Berg on Harbour dues"
    assert "### Wants\nHalf the dues.\n-# stated by Ada Berg · §2" in card.text
    assert "### Fears\nWar." in card.text
    assert "Offers" not in card.text
    assert card.options("Compare with…") == ["Bo Lind"]


async def test_position_without_a_stand_says_so_and_shows_who_has_one(room: Room) -> None:
    card = await room.run(room.ann, "position", actor="gulls", issue="dues")
    assert not card.private
    assert "The source records no position of **The gulls** on **Harbour dues**." in card.text
    assert "### Recorded positions\n**Ada Berg** · Dues must fall." in card.text
    assert card.options("Read a position…") == ["Ada Berg", "Bo Lind"]


async def test_compare_goes_issue_by_issue_and_says_where_there_is_no_stand(room: Room) -> None:
    card = await room.run(room.ann, "compare", first="Ada Berg", second="Bo Lind")
    assert card.title == "Ada Berg and Bo Lind"
    dues, _, dredging = card.text.partition("### Dredging")
    assert "### Harbour dues\n**Ada Berg** · Dues must fall." in dues
    assert "**Bo Lind** · Dues must stay." in dues
    assert "**Bo Lind**\n-# No recorded position." in dredging


async def test_compare_on_one_issue_shows_everything_recorded(room: Room) -> None:
    card = await room.run(room.ann, "compare", first="berg", second="lind", issue="dues")
    assert card.title == "Ada Berg and Bo Lind on Harbour dues"
    assert "### Offers\n**Ada Berg**\n-# The source records nothing here." in card.text
    assert "**Bo Lind** · A rebate.\n-# stated by Bo Lind · §2" in card.text


async def test_compare_refuses_one_actor_twice(room: Room) -> None:
    card = await room.run(room.ann, "compare", first="berg", second="아다 베르크")
    assert card.private
    assert card.text == "You chose the same actor twice. Choose two different ones to compare."


async def test_outcomes_lists_the_questions_and_leads_to_their_criteria(room: Room) -> None:
    listing = await room.run(room.ann, "outcomes")
    assert "### Dredging\n**Will a joint channel survey be agreed?**" in listing.text
    assert "settled by the readouts of North Port and South Port" in listing.text
    question = "Which rate will be agreed?"
    card = await room.pick(room.ann, listing, "Read about an outcome…", question)
    assert card is not None
    assert card.private
    decides = "If they contradict each other, **North Port**'s decides."
    for seen in ("- One", "Settled by what the readouts say", decides):
        assert seen in card.text
    assert "The source gives no expectation." in card.text


async def test_outcomes_of_one_issue(room: Room) -> None:
    card = await room.run(room.ann, "outcomes", issue="dredging")
    assert card.title == "What may come of Dredging"
    assert "lower dues" not in card.text


async def test_glossary_explains_a_term_by_its_alias(room: Room) -> None:
    card = await room.run(room.ann, "glossary", term="laytime")
    assert card.title == "Lay day"
    assert "A day allowed for loading.\n-# fact · §1" in card.text


@pytest.mark.parametrize(
    ("command", "options", "offered"),
    [
        ("actor", {"name": "port"}, {"North Port", "South Port"}),
        ("issue", {"name": "dregs"}, {"Dredging"}),
        ("glossary", {"term": "tides"}, {"Tide table"}),
        ("summit", {"section": "whatever is now"}, {"Why now"}),
    ],
)
async def test_unknown_name_is_answered_privately_with_the_nearest(
    room: Room, command: str, options: dict[str, str], offered: set[str]
) -> None:
    card = await room.run(room.ann, command, **options)
    assert card.private
    assert "Did you mean" in card.text
    assert offered <= set(card.buttons)
    assert room.in_channel() == []


async def test_hopeless_name_says_what_there_is(room: Room) -> None:
    card = await room.run(room.ann, "actor", name="zzzz@everyone`")
    assert card.private
    assert "There is no actor called `zzzz@everyone'`. 5 are known, for example" in card.text


async def test_suggestion_for_a_position_leads_to_the_position(room: Room) -> None:
    card = await room.run(room.ann, "position", actor="port master", issue="dues")
    assert card.private
    opened = await room.press(room.ann, card, "Ada Berg")
    assert opened is not None
    assert opened.private
    assert opened.title == "Ada Berg on Harbour dues"


async def test_autocomplete_shows_names_in_all_scripts_and_the_role(room: Room) -> None:
    (choice, *_) = await room.offered(room.ann, "actor", "name", "아다")
    assert choice == {
        "name": "Ada Berg · 아다 베르크 · 阿达·贝格 — Harbour master of North Port",
        "value": "harbor-talks/ada-berg",
    }


async def test_autocomplete_of_a_position_prefers_where_there_is_a_stand(room: Room) -> None:
    actors = await room.offered(room.ann, "position", "actor", "", issue="dues")
    assert [choice["name"].partition(" ·")[0] for choice in actors][:2] == [
        "Ada Berg",
        "Bo Lind — Harbour master of South Port",
    ]
    issues = await room.offered(room.ann, "position", "issue", "", actor="nonsense")
    assert [choice["name"] for choice in issues] == ["Harbour dues", "Dredging"]


async def test_autocomplete_of_a_comparison_leaves_out_who_is_picked(room: Room) -> None:
    names = await room.offered(room.ann, "compare", "second", "", first="harbor-talks/ada-berg")
    assert all(not choice["name"].startswith("Ada Berg") for choice in names)
    assert len(names) == 4
    issues = await room.offered(room.ann, "compare", "issue", "", first="berg", second="lind")
    assert [choice["name"] for choice in issues] == ["Harbour dues", "Dredging"]


async def test_two_summits_are_told_apart_and_lead_to_each_other(open_room: OpenRoom) -> None:
    async with open_room(harbor_pack(), harbor_pack("river-talks", "River Talks")) as room:
        names = await room.offered(room.ann, "issue", "name", "dredging")
        assert [choice["name"] for choice in names] == [
            "Dredging (Harbor Talks)",
            "Dredging (River Talks)",
        ]
        card = await room.run(room.ann, "position", actor="berg", issue=names[1]["value"])
        assert card.text.startswith("## Ada Berg on Dredging\n-# River Talks")
        first = await room.run(room.ann, "summit")
        other = await room.pick(room.ann, first, "Other summits…", "River Talks")
        assert other is not None
        assert other.title == "River Talks"
        assert (await room.run(room.ann, "summit", section="River Talks")).title == "River Talks"
        mixed = await room.run(
            room.ann, "compare", first="harbor-talks/ada-berg", second="river-talks/bo-lind"
        )
        assert mixed.private
        assert "belong to different summits" in mixed.text


async def test_public_cards_use_the_servers_language_and_private_ones_the_readers(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = interactions.base_payload

    def korean_reader(*args: object, **kwargs: object) -> object:
        record, payload = real(*args, **kwargs)  # type: ignore[arg-type]
        return record, payload | {"locale": "ko", "guild_locale": "en-US"}

    monkeypatch.setattr(interactions, "base_payload", korean_reader)
    public = await room.run(room.ann, "actor", name="berg")
    assert public.title == "Ada Berg"
    private = await room.press(room.ann, public, "Keep private")
    assert private is not None
    assert private.private
    assert private.title == "아다 베르크"


async def test_an_issue_leads_to_where_this_server_discusses_it(room: Room) -> None:
    about = IssueRef("harbor-talks", "dues")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    state = DiscussionState.OPEN
    for guild, thread in ((room.channel.guild.id, 777), (4, 888)):
        found = Discussion(1, guild, about, 5, thread, state, 6, at, None)
        room.discussions.open_by_place[guild, about] = found
    card = await room.run(room.ann, "issue", name="dues")
    assert f"https://discord.com/channels/{room.channel.guild.id}/777" in card.text
    assert "888" not in card.text
    other = await room.run(room.ann, "issue", name="dredging")
    assert "Open discussion" not in other.text
