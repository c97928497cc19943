from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UserError
from bot.polls.drafts import PollDraft, Tick, Typed, preview_report
from bot.polls.model import HideResults, PollKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def draft(typed: Typed, lasts: timedelta | None = timedelta(days=3)) -> PollDraft:
    closes_at = None if lasts is None else NOW + lasts
    return PollDraft(1, 10, 100, 5, typed, closes_at, min_forecasters=7)


def typed(options: str = "Yes\nNo", *ticks: Tick, question: str = "Shall we?") -> Typed:
    return Typed(question, options, "in 3 days", frozenset(ticks))


def test_options_are_lines_with_anything_to_see_without_the_space_around_them() -> None:
    asked = typed("  Trade  and\tborders \r\n\n\u200b\n \nSecurity").as_question
    assert asked.options == (("1", "Trade and borders"), ("2", "Security"))


def test_a_question_over_several_lines_is_one() -> None:
    assert typed(question=" Shall we?\n\nToday? ").as_question.text == "Shall we? Today?"


@pytest.mark.parametrize(
    ("ticks", "kind"),
    [
        ((), PollKind.CHOICE),
        ((Tick.APPROVAL,), PollKind.APPROVAL),
        ((Tick.FORECAST,), PollKind.FORECAST),
    ],
)
def test_what_is_ticked_makes_the_kind(ticks: tuple[Tick, ...], kind: PollKind) -> None:
    assert typed("Yes\nNo", *ticks).as_question.kind is kind


def test_two_kinds_are_one_problem_with_and_without_options() -> None:
    for options in ("", "Yes\nNo"):
        assert len(draft(typed(options, Tick.APPROVAL, Tick.FORECAST)).problems(NOW)) == 1


def test_what_is_ticked_makes_the_terms() -> None:
    plain = draft(typed()).ready(NOW).terms
    assert (plain.anonymous, plain.hide_results, plain.asks_hope) == (
        False,
        HideResults.NEVER,
        False,
    )
    ticks = (Tick.ANONYMOUS, Tick.UNTIL_BALLOT, Tick.FORECAST, Tick.HOPE)
    terms = draft(typed("", *ticks)).ready(NOW).terms
    assert (terms.anonymous, terms.hide_results, terms.asks_hope) == (
        True,
        HideResults.UNTIL_BALLOT,
        True,
    )
    assert terms.min_forecasters == 7


def test_every_option_that_is_wrong_is_named_in_one_sentence_a_kind_of_mistake() -> None:
    long = [f"{number} {'x' * 80}" for number in range(7)]
    found = draft(typed("\n".join(("Yes", "YES", "No", "no", "yes", *long)))).problems(NOW)
    assert len(found) == 2
    assert "“0 xxx" in found[0]
    assert found[0].endswith("and 2 more.")
    assert found[1].startswith("“Yes”, “No”: every option can appear only once.")


@pytest.mark.parametrize(
    ("lasts", "told"),
    [
        (None, "is not a time I can read"),
        (timedelta(0), "has passed already"),
        (timedelta(seconds=59), "1 minute to 365 days"),
        (timedelta(days=365, seconds=1), "1 minute to 365 days"),
    ],
)
def test_a_draft_with_an_impossible_closing_time_is_not_ready(
    lasts: timedelta | None, told: str
) -> None:
    with pytest.raises(UserError, match=told):
        draft(typed(), lasts).ready(NOW)


@pytest.mark.parametrize("lasts", [timedelta(minutes=1), timedelta(days=365)])
def test_a_draft_closes_when_its_preview_said(lasts: timedelta) -> None:
    assert draft(typed(), lasts).ready(NOW).lifecycle.closes_at == NOW + lasts


def test_a_poll_foreseen_has_no_ballots_and_its_hope_beside_it() -> None:
    found = preview_report(draft(typed("", Tick.FORECAST, Tick.HOPE)).ready(NOW))
    assert (found.poll.id, found.ballots, found.results) == (0, 0, None)
    assert found.withheld == "The crowd's forecast is shown after 7 forecasts."
    assert found.hope is not None
    assert found.hope.poll.question.labels[0] == "I want it"
