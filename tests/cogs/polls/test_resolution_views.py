"""What the server is told of scores when a poll is resolved."""

from datetime import timedelta

import pytest
from discord import ui

from bot.polls.model import Action, ActionKind, PollKind, Proposal, Resolution, Results, Verdict
from bot.polls.resolution import Confirmation
from bot.polls.scoring.scores import Score
from bot.polls.visibility import report
from bot.ui.polls.actions import action_post
from tests.cogs.polls.test_pictures import NOW, POLL
from tests.factories import changed
from tests.sim.messages import text_of
from tests.sim.polls import open_poll, resolve_poll
from tests.sim.server import World


def told(
    scores: dict[str, Score],
    *,
    kind: ActionKind = ActionKind.RESOLVE,
    verdict: Verdict | None = Verdict.SETTLED,
    standing: int | None = None,
    **poll: object,
) -> str:
    """The message on a forecast poll that came true, whose crowd had said 25%."""
    settled = verdict is Verdict.SETTLED
    resolution = Resolution(verdict, 1 if settled else None, 5) if verdict else None
    poll_then = changed(POLL, kind=PollKind.FORECAST, options=(), resolution=resolution, **poll)
    proposal = Proposal(kind, 1, "Because.", verdict=verdict, value=1 if settled else None)
    action = Action(5, proposal, 7, NOW - timedelta(hours=1), "done")
    effect = Confirmation(action, poll_then, scores)
    ballots = len(scores) if standing is None else standing
    seen = report(poll_then, ballots, Results({250: ballots}, ballots, 250), now=NOW)
    view = action_post(effect, seen)
    return "\n".join(
        item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)
    )


def score(brier: float, peer: float) -> Score:
    return Score(brier, 1.0, peer)


def test_a_resolution_tells_the_surprise_how_many_were_scored_the_middle_and_the_best() -> None:
    said = told(
        {"11": score(0.04, 30.0), "12": score(0.16, 10.0), "13": score(0.2, 0.0),
         "14": score(0.64, -40.0)}
    )  # fmt: skip
    assert "The crowd gave this **25%** (2.0 bits of surprise)." in said
    # The middle of 0.04, 0.16, 0.2, 0.64 is (0.16 + 0.2)/2 = 0.18.
    assert "4 forecasters scored; the middle Brier score is **0.18**" in said
    assert "Best: <@11> (peer score +30.0)." in said


def test_equally_good_forecasters_are_named_together_and_few_of_many() -> None:
    best = {str(number): score(0.1, 25.0) for number in range(11, 16)}
    said = told({**best, "20": score(0.9, -125.0), "deleted:7f": score(0.0, 99.0)})
    assert "Best: <@11>, <@12>, <@13> and 2 more (peer score +25.0)." in said
    assert "deleted" not in said


def test_nobody_is_named_in_an_anonymous_poll() -> None:
    said = told({f"{n}a": score(0.1 * n, 30.0 - n) for n in range(1, 6)}, anonymous=True)
    # 0.1, 0.2, 0.3, 0.4, 0.5
    assert "5 forecasters scored; the middle Brier score is **0.30**" in said
    assert "Best" not in said
    assert "<@" not in said.replace("<@7>", "")  # the moderator stands behind it


@pytest.mark.parametrize(
    ("scored", "terms"), [(1, {}), (2, {}), (4, {"anonymous": True}), (4, {"min_forecasters": 5})]
)
def test_few_scores_would_tell_what_was_forecast_and_are_not_told(
    scored: int, terms: dict[str, object]
) -> None:
    said = told({str(n): score(0.04, 30.0 - n) for n in range(scored)}, **terms)
    assert f"{scored} forecaster" in said
    assert "scored. See `/forecast mine`." in said
    assert "Brier" not in said
    assert "Best" not in said
    assert "bits" not in said


def test_scores_of_those_who_withdrew_are_not_told_where_few_ballots_stand() -> None:
    said = told({str(n): score(0.04, 30.0 - n) for n in range(6)}, standing=2)
    assert "6 forecasters scored. See" in said
    assert "Brier" not in said


def test_alone_or_equal_nobody_is_best() -> None:
    assert "Best" not in told({str(n): score(0.04, 0.0) for n in range(3)})


@pytest.mark.parametrize(
    ("kind", "verdict", "sentence"),
    [
        (ActionKind.RESOLVE, Verdict.AMBIGUOUS, "Nobody is scored."),
        (ActionKind.ANNUL, Verdict.ANNULLED, "Nobody is scored."),
        (ActionKind.UNRESOLVE, None, "Its scores are removed."),
    ],
)
def test_what_scores_nobody_says_so(
    kind: ActionKind, verdict: Verdict | None, sentence: str
) -> None:
    said = told({}, kind=kind, verdict=verdict)
    assert sentence in said
    assert "The crowd gave" not in said


async def test_resolving_posts_the_scores_effect_where_the_poll_is(here: World) -> None:
    message = await open_poll(here)
    for who, label in ((here.ann, "75%"), (here.ben, "25%"), (here.mod, "25%")):
        await who.click(message, label=label)
    await here.env.advance_time(3600)
    await resolve_poll(here, "hotline", "yes")
    await here.env.settle()
    said = text_of(here.channel.last_message)
    assert "### Resolved: Yes" in said
    assert "The crowd gave this **25%** (2.0 bits of surprise)." in said
    # Briers: (0.75 - 1)^2 = 0.0625, and twice (0.25 - 1)^2 = 0.5625
    assert "3 forecasters scored; the middle Brier score is **0.56**" in said
    assert f"Best: <@{here.ann.id}> (peer score +" in said
