from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from simcord.actors import MemberActor

from bot.polls.model import ActionKind, Poll, PollKind, Proposal, Verdict
from bot.polls.scoring.scores import Score
from cogs.forecasts.strings import scored
from tests.cogs.polls.test_pictures import POLL
from tests.factories import confirm, make_poll, make_question
from tests.sim.messages import labels_of, picture_texts, reread, text_of
from tests.sim.server import World

LASTS = timedelta(days=1)


async def poll_on(
    here: World, asks: str, *options: str, kind: PollKind = PollKind.FORECAST, **terms: Any
) -> Poll:
    """A poll without a message."""
    return await make_poll(
        here.services,
        make_question(kind, *options, asks=asks),
        by=here.viewer(here.mod),
        channel_id=here.channel.id,
        lasts=LASTS,
        **terms,
    )


async def cast(here: World, poll: Poll, ballots: Sequence[tuple[MemberActor, int]]) -> None:
    for who, value in ballots:
        await here.services.polls.cast(here.viewer(who), poll.id, value)


async def resolve(
    here: World, poll: Poll, value: int | None, verdict: Verdict = Verdict.SETTLED
) -> None:
    """Resolve or annul a poll once half of its time has passed."""
    kind = ActionKind.ANNUL if verdict is Verdict.ANNULLED else ActionKind.RESOLVE
    proposal = Proposal(
        kind, poll.id, "Because.", evidence="https://example.org", verdict=verdict, value=value
    )
    await here.env.advance_time(LASTS.total_seconds() / 2)
    await confirm(here.services, proposal, here.viewer(here.mod))
    # The bot computes the scores and posts the result.
    await here.env.settle()


async def resolved_poll(
    here: World,
    asks: str,
    ballots: Sequence[tuple[MemberActor, int]],
    value: int,
    *options: str,
    **terms: Any,
) -> Poll:
    """A resolved poll with these ballots: a forecast without options, else a choice."""
    kind = PollKind.CHOICE if options else PollKind.FORECAST
    poll = await poll_on(here, asks, *options, kind=kind, **terms)
    await cast(here, poll, ballots)
    await resolve(here, poll, value)
    return poll


@pytest.mark.parametrize(
    ("command", "private", "advice"),
    [
        ("mine", True, "press a percentage under a forecast poll"),
        ("leaderboard", False, "press a percentage under a forecast poll"),
        ("calibration", False, "once a moderator says what happened (`/poll resolve`)"),
        ("surprises", False, "once a moderator says what happened (`/poll resolve`)"),
    ],
)
async def test_where_there_is_nothing_yet_it_says_what_to_do(
    here: World, command: str, private: bool, advice: str
) -> None:
    result = await here.ann.slash(here.channel, f"forecast {command}")
    assert result.ephemeral is private
    assert advice in text_of(result.response)
    assert "/poll list" in text_of(result.response)
    assert picture_texts(result.response) == []
    assert result.followups == []


@pytest.mark.parametrize(
    ("share", "said"), [(0.0001, "<1%"), (0.004, "<1%"), (0.006, "1%"), (0.5, "50%"), (1, "100%")]
)
def test_a_forecast_that_stood_never_covers_nothing(share: float, said: str) -> None:
    assert f"coverage {said}" in scored(POLL, Score(0.04, share, 1.0))


async def test_ones_own_record_is_private_and_holds_what_was_forecast_and_how_it_did(
    here: World,
) -> None:
    # Both stood all the time until hour 12 of 24: coverage 0.5. GM = 0.4: 200 ln 2 = 138.6,
    # half of it 69.3; over the prior 3: 23.1. Brier (0.8 - 1)^2 = 0.04.
    await resolved_poll(here, "Will they meet?", [(here.ann, 800), (here.ben, 200)], 1)
    waiting = await poll_on(here, "Will they talk?")
    await cast(here, waiting, [(here.ann, 625), (here.ben, 10)])
    annulled = await poll_on(here, "Will it rain?")
    await cast(here, annulled, [(here.ann, 300)])
    await resolve(here, annulled, None, Verdict.ANNULLED)
    secret = await poll_on(here, "Will they lie?", anonymous=True)
    await cast(here, secret, [(here.ann, 990)])
    result = await here.ann.slash(here.channel, "forecast mine")
    assert result.ephemeral
    said = text_of(result.response)
    assert "**Place 1 of 2** · +23.1 points · 1 scored poll" in said
    assert "Will they meet?\n**Yes** · Brier 0.04 · peer +69.3 · coverage 50%" in said
    assert "Will they talk?\nYour forecast: **62.5%** · closes <t:" in said
    assert "### Not scored\nWill it rain?\nYour forecast: **30%** · **Annulled**" in said
    assert "About **80%**: happened **100%** of 1" in said
    assert "drawn from 5 settled forecasts on; there are 1 so far" in said
    assert "by at least 3" in said
    assert "Will they lie?" not in said
    assert "Anonymous polls do not count" in said
    assert "**20%**" not in said  # ben's forecast
    assert picture_texts(result.response) == []
    other = await here.mod.slash(here.channel, "forecast mine")
    assert "You have no forecasts yet" in text_of(other.response)


async def test_a_closed_poll_is_listed_until_it_is_settled(here: World) -> None:
    poll = await poll_on(here, "Will they talk?")
    await cast(here, poll, [(here.ann, 625)])
    await here.env.advance_time(25 * 3600)
    result = await here.ann.slash(here.channel, "forecast mine")
    assert "### Closed, not settled yet\nWill they talk?\nYour forecast: **62.5%**" in text_of(
        result.response
    )
    assert "not on the leaderboard yet" in text_of(result.response)


async def test_ones_own_calibration_is_drawn_from_five_settled_forecasts_on(here: World) -> None:
    for number in range(5):
        await resolved_poll(here, f"Question {number}?", [(here.ann, 800)], int(number < 4))
    result = await here.ann.slash(here.channel, "forecast mine")
    assert result.ephemeral
    (alt,) = picture_texts(result.response)
    assert alt.startswith("Your calibration. 5 settled forecasts.")
    # Wilson, 4 of 5: middle (4 + 1.9207)/8.8415 = 0.6697,
    # reach 0.2217 * sqrt(0.8 + 0.9604) = 0.2941
    assert "80%: 80% of 5 (38% to 96%)" in alt
    assert "About **80%**: happened **80%** of 5 (38% to 96%)" in text_of(result.response)
    assert "is drawn from" not in text_of(result.response)
    assert result.response.attachments[0].filename == "calibration.png"  # type: ignore[union-attr]


async def test_the_picture_stays_on_the_first_page_of_a_long_record(here: World) -> None:
    for number in range(12):
        await resolved_poll(here, f"{number} {'long ' * 40}?", [(here.ann, 800)], 1)
    result = await here.ann.slash(here.channel, "forecast mine")
    assert len(picture_texts(result.response)) == 1
    await here.ann.click(result.response, label="▶")
    assert labels_of(result.response)[1].startswith("2 / ")
    assert picture_texts(result.response) == []
    await here.ann.click(result.response, label="◀")
    assert len(picture_texts(result.response)) == 1
    assert result.response.attachments[0].filename == "calibration.png"  # type: ignore[union-attr]


async def test_the_leaderboard_is_public_names_members_without_pinging_and_explains_itself(
    here: World,
) -> None:
    await resolved_poll(here, "Will they meet?", [(here.ann, 800), (here.ben, 200)], 1)
    result = await here.ben.slash(here.channel, "forecast leaderboard")
    assert not result.ephemeral
    said = text_of(result.response)
    assert f"**1.** <@{here.ann.id}> **+23.1** · N = 1" in said
    assert f"**2.** <@{here.ben.id}> **-23.1** · N = 1" in said
    assert f"### Who asked\n<@{here.ben.id}>: **Place 2 of 2** · -23.1 points" in said
    assert "2 forecasters, best first" in said
    assert "by at least 3" in said
    assert "ranked from N = 1 on" in said
    assert result.followups == []
    (reply,) = (one for one in here.env.http_requests if one.path.endswith("/callback"))
    assert reply.json["data"]["allowed_mentions"] == {"parse": []}


async def test_who_is_not_on_the_leaderboard_is_told_so_in_private_alone(here: World) -> None:
    await resolved_poll(here, "Will they meet?", [(here.ann, 800), (here.ben, 200)], 1)
    result = await here.mod.slash(here.channel, "forecast leaderboard")
    assert not result.ephemeral
    assert str(here.mod.id) not in text_of(result.response)
    assert "Who asked" not in text_of(result.response)
    (private,) = result.followups
    assert private.flags.ephemeral
    assert "You are not on the leaderboard yet: it takes 1 scored poll" in text_of(private)


async def test_equal_forecasters_share_a_rank_and_pages_hold_ten(here: World) -> None:
    crowd = here.members(12)
    ballots = [(who, 900 if place < 3 else 500) for place, who in enumerate(crowd)]
    await resolved_poll(here, "Will they meet?", ballots, 1)
    result = await crowd[11].slash(here.channel, "forecast leaderboard")
    said = text_of(result.response)
    assert [line[:6] for line in said.splitlines() if " · N = " in line] == [
        *["**1.**"] * 3,
        *["**4.**"] * 7,
    ]
    assert f"<@{crowd[11].id}>: **Place 4 of 12**" in said
    assert labels_of(result.response) == ["◀", "1 / 2", "▶"]


async def test_who_asked_turns_the_page_and_others_get_a_page_of_their_own_even_after_a_restart(
    here: World,
) -> None:
    crowd = here.members(12)
    await resolved_poll(here, "Will they meet?", [(who, 500) for who in crowd], 1)
    result = await crowd[0].slash(here.channel, "forecast leaderboard")
    message = result.response
    await here.restart()
    other = await here.ann.click(message, label="▶")
    assert other.ephemeral
    assert "2 / 2" in labels_of(other.response)
    assert "### You\nYou are not on the leaderboard yet" in text_of(other.response)
    assert "1 / 2" in labels_of(reread(here, message))
    await crowd[0].click(message, label="▶")
    turned = reread(here, message)
    assert "2 / 2" in labels_of(turned)
    assert len([line for line in text_of(turned).splitlines() if " · N = " in line]) == 2
    assert str(here.ann.id) not in text_of(turned)
    await here.ann.click(other.response, label="◀")
    assert "1 / 2" in labels_of(other.response)


async def test_a_forged_button_shows_nobody_elses_record(here: World) -> None:
    await resolved_poll(here, "Will they meet?", [(here.ann, 800), (here.ben, 200)], 1)
    board = await here.ann.slash(here.channel, "forecast leaderboard")
    message: Any = board.response
    mine = await here.raw_click(here.ben, here.channel, "forecast:mine:v1:0", message.id)
    assert mine.ephemeral
    assert "Brier 0.64" in text_of(mine.response)
    assert str(here.ann.id) not in text_of(mine.response)
    assert "0.04" not in text_of(mine.response)
    beyond = await here.raw_click(
        here.ben, here.channel, "forecast:leaderboard:v1:999999", message.id
    )
    assert beyond.acknowledged
    assert beyond.ephemeral
    assert "Leaderboard" in text_of(reread(here, message))


async def test_the_crowds_calibration_is_in_words_and_from_five_on_a_picture(here: World) -> None:
    crowd = here.members(3)
    for number in range(4):
        ballots = [(who, 700) for who in crowd]
        await resolved_poll(here, f"Question {number}?", ballots, int(number < 3))
    await resolved_poll(here, "Few?", [(crowd[0], 100)], 1)
    result = await here.ann.slash(here.channel, "forecast calibration")
    assert not result.ephemeral
    said = text_of(result.response)
    # Wilson, 3 of 4: middle (3 + 1.9207)/7.8415 = 0.6275,
    # reach 0.24995 * sqrt(0.75 + 0.9604) = 0.3269
    assert "About **70%**: happened **75%** of 4 (30% to 95%)" in said
    assert "drawn from 5 settled forecasts on; there are 4 so far" in said
    assert "1 settled poll is left out: it had too few voters" in said
    assert picture_texts(result.response) == []
    await resolved_poll(here, "Fifth?", [(who, 200) for who in crowd], 0)
    result = await here.ann.slash(here.channel, "forecast calibration")
    (alt,) = picture_texts(result.response)
    assert "20%: 0% of 1 (0% to 79%); 70%: 75% of 4 (30% to 95%)." in alt


async def test_surprises_rank_what_was_expected_least_and_explain_bits(here: World) -> None:
    crowd = here.members(4)
    await resolved_poll(here, "Sure?", [(who, 900) for who in crowd], 1)
    await resolved_poll(here, "Unheard of?", [(who, 900) for who in crowd], 0)
    votes = [(who, int(number == 3)) for number, who in enumerate(crowd)]
    await resolved_poll(here, "Which tone?", votes, 1, "Warm", "Cool")
    await resolved_poll(here, "Secret?", [(who, 1) for who in crowd], 0, "A", "B", anonymous=True)
    result = await here.ann.slash(here.channel, "forecast surprises")
    assert not result.ephemeral
    said = text_of(result.response)
    # -log2: 0.1 -> 3.3; 1 of 4 -> 2.0; 0.9 -> 0.2
    rows = [line for line in said.splitlines() if " bits**" in line or line[:4] == "**1."]
    assert "**1.** Unheard of?\n**No** came true; the crowd gave it **10%**: **3.3 bits**" in said
    assert "**2.** Which tone?\n**Cool** came true; **25%** had voted for it: **2.0 bits**" in said
    assert "**3.** Sure?\n**Yes** came true; the crowd gave it **90%**: **0.2 bits**" in said
    assert len(rows) == 4
    assert "Secret?" not in said
    assert "1 settled poll is left out" in said
    assert "1 bit is a coin toss" in said


async def test_many_surprises_are_paged_in_place(here: World) -> None:
    for number in range(30):
        await resolved_poll(
            here, f"{number} {'long ' * 30}?", [(here.ann, 1), (here.ben, 1)], 1, "A", "B"
        )
    result = await here.ann.slash(here.channel, "forecast surprises")
    assert labels_of(result.response)[1].startswith("1 / ")
    message = result.response
    await here.ann.click(message, label="▶")
    assert labels_of(reread(here, message))[1].startswith("2 / ")
