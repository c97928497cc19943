"""The pictures of polls: what is drawn when, and what is not."""

import dataclasses
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from bot.charts import Drawing
from bot.polls.crowd_history import History, Moment
from bot.polls.model import PollKind, PollState, Resolution, Results, Verdict
from bot.polls.visibility import Report, report
from cogs.polls.pictures import drawings
from tests.factories import FORECAST_POLL, changed
from tests.sim.messages import components, picture_texts, reread, text_of
from tests.sim.polls import close_poll, open_poll
from tests.sim.server import World

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=9)
POLL = changed(
    FORECAST_POLL,
    kind=PollKind.CHOICE,
    text="Which tone?",
    options=(("warm", "Warm"), ("cool", "Cool 시원")),
    state=PollState.CLOSED,
    closed_at=START + timedelta(days=7),
)
HISTORY = History(
    (Moment(START, 300, 3), Moment(START + timedelta(days=1), 620, 12)), START + timedelta(days=7)
)


def seen(counts: dict[int, int], ballots: int, crowd: int | None = None, **poll: object) -> Report:
    return report(changed(POLL, **poll), ballots, Results(counts, ballots, crowd), now=NOW)


def texts(drawing: Drawing) -> list[str]:
    return [element.text or "" for element in ET.fromstring(drawing.svg) if "text" in element.tag]


def test_the_star_marks_the_leader_until_it_is_known_what_came_true() -> None:
    (before,) = drawings(seen({0: 3, 1: 1}, 4), None)
    assert {"★ Warm", "Cool 시원", "★ most votes"} <= set(texts(before))
    (after,) = drawings(seen({0: 3, 1: 1}, 4, resolution=Resolution(Verdict.SETTLED, 1, 5)), None)
    assert {"Warm", "★ Cool 시원", "★ came true"} <= set(texts(after))
    assert "Cool 시원: 1 (25%, came true)." in after.alt
    assert "most votes" not in after.alt


@pytest.mark.parametrize("verdict", [Verdict.AMBIGUOUS, Verdict.ANNULLED])
def test_where_nothing_came_true_the_leader_keeps_the_star(verdict: Verdict) -> None:
    (drawing,) = drawings(seen({0: 3, 1: 1}, 4, resolution=Resolution(verdict, None, 5)), None)
    assert "★ most votes" in texts(drawing)


def test_what_came_true_is_starred_though_nobody_voted_for_it() -> None:
    (drawing,) = drawings(seen({0: 3}, 3, resolution=Resolution(Verdict.SETTLED, 1, 5)), None)
    assert {"Warm", "★ Cool 시원"} <= set(texts(drawing))
    assert "Cool 시원: 0 (0%, came true)." in drawing.alt


def test_an_approval_poll_counts_voters_not_votes() -> None:
    (drawing,) = drawings(seen({0: 3, 1: 2}, 4, kind=PollKind.APPROVAL), None)
    assert "4 voters, several answers each" in texts(drawing)
    assert "Warm: 3 (75%, most votes); Cool 시원: 2 (50%)." in drawing.alt


def test_a_closed_forecast_shows_the_distribution_then_how_the_crowd_moved() -> None:
    result = seen({300: 2, 620: 10}, 12, 620, kind=PollKind.FORECAST, options=())
    distribution, moved = drawings(result, HISTORY)
    assert "12 forecasts, the crowd says 62%" in distribution.alt
    assert "1 Jan 00:00 30% (3); 2 Jan 00:00 62% (12)." in moved.alt
    assert POLL.question.text in texts(distribution)
    assert POLL.question.text not in texts(moved)
    assert "How the crowd moved" in texts(moved)
    assert distribution.filename != moved.filename
    known = dataclasses.replace(
        result, poll=changed(result.poll, resolution=Resolution(Verdict.SETTLED, 0, 5))
    )
    for drawing in drawings(known, HISTORY):
        assert "What happened: No" in texts(drawing)
        assert drawing.alt.endswith("What happened: No.")


def test_an_open_forecast_shows_only_how_the_crowd_moved() -> None:
    running = seen({300: 2, 620: 10}, 12, 620, kind=PollKind.FORECAST, state=PollState.OPEN)
    (moved,) = drawings(running, HISTORY)
    assert moved.filename == "crowd.png"
    assert POLL.question.text in texts(moved)
    assert drawings(running, None) == []


def test_a_crowd_that_never_moved_is_no_picture() -> None:
    still = History((Moment(START, 620, 3), Moment(NOW, 620, 12)), NOW)
    result = seen({620: 12}, 12, 620, kind=PollKind.FORECAST, options=())
    assert [drawing.filename for drawing in drawings(result, still)] == ["forecasts.png"]
    running = dataclasses.replace(result, poll=changed(result.poll, state=PollState.OPEN))
    assert drawings(running, still) == []


@pytest.mark.parametrize(
    ("ballots", "poll"),
    [
        (0, {}),
        (4, {"anonymous": True}),
        (2, {"kind": PollKind.FORECAST, "options": ()}),
        (4, {"kind": PollKind.FORECAST, "options": (), "min_forecasters": 5}),
    ],
)
def test_nothing_is_drawn_that_the_report_withholds(ballots: int, poll: dict[str, object]) -> None:
    assert drawings(seen({0: ballots}, ballots, 0, **poll), HISTORY) == []


async def test_a_closed_forecast_polls_message_holds_both_pictures_over_the_whole_width(
    here: World,
) -> None:
    message = await open_poll(here)
    for who, label in ((here.ann, "25%"), (here.ben, "50%"), (here.mod, "95%"), (here.ben, "75%")):
        await who.click(message, label=label)
        await here.env.advance_time(60)
    await close_poll(here, "hotline")
    result = reread(here, message)
    distribution, moved = picture_texts(result)
    assert "3 forecasts, the crowd says 75%" in distribution
    assert "At the end crowd 75%, 3 forecasters" in moved
    galleries = [node for node in components(result) if node.get("type") == 12]
    assert [len(gallery["items"]) for gallery in galleries] == [1, 1]
    assert [file.filename for file in result.attachments] == ["forecasts.png", "crowd.png"]
    assert [file.description for file in result.attachments] == [distribution, moved]


async def test_poll_show_draws_an_open_forecasts_crowd_once_it_may_be_seen(here: World) -> None:
    message = await open_poll(here)
    await here.ann.click(message, label="25%")
    await here.ben.click(message, label="75%")
    few = await here.mod.slash(here.channel, "poll show", poll="hotline")
    assert picture_texts(few.response) == []
    await here.mod.click(message, label="50%")
    await here.env.advance_time(60)
    await here.mod.click(message, label="75%")
    show = await here.ann.slash(here.channel, "poll show", poll="hotline")
    (alt,) = picture_texts(show.response)
    assert "crowd 75%, 3 forecasters" in alt
    assert show.response.attachments[0].filename == "crowd.png"  # type: ignore[union-attr]
    # The poll's own message is edited with every few votes: it has no picture while it is open.
    await here.env.advance_time(4)
    assert picture_texts(reread(here, message)) == []


@pytest.mark.parametrize("hidden", ["until_close", "until_ballot"])
async def test_poll_show_draws_nothing_of_hidden_results(here: World, hidden: str) -> None:
    message = await open_poll(here, hide_results=hidden)
    for who in (here.ann, here.ben, here.mod):
        await who.click(message, label="75%")
    show = await here.ann.slash(here.channel, "poll show", poll="hotline")
    assert "**3 forecasts**" in text_of(show.response)
    assert picture_texts(show.response) == []
    assert not show.response.attachments  # type: ignore[union-attr]
