"""The charts of a poll, made only of what its report shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.charts import (
    Bar,
    CrowdOverTime,
    CrowdPoint,
    Drawing,
    ForecastDistribution,
    ResultBars,
    crowd_over_time,
    forecast_distribution,
    result_bars,
)
from bot.polls.model import PollKind, PollState, Results, Verdict
from bot.polls.visibility import Report
from bot.ui.polls import strings as shared

if TYPE_CHECKING:
    from bot.polls.crowd_history import History

CAME_TRUE = "came true"
MOVED = "How the crowd moved"


def drawings(report: Report, history: History | None) -> list[Drawing]:
    """The result of a closed poll, then how its crowd moved, if it did.

    Empty if the report shows no results.
    """
    results = report.results
    if results is None or not results.ballots:
        return []
    drawn = [] if report.poll.lifecycle.state is PollState.OPEN else [_result(report, results)]
    if history and len({moment.crowd for moment in history.moments}) > 1:
        drawn.append(_over_time(report, history, MOVED if drawn else report.poll.question.text))
    return drawn


def _result(report: Report, results: Results) -> Drawing:
    poll = report.poll
    if poll.question.kind is PollKind.FORECAST:
        return forecast_distribution(
            ForecastDistribution(poll.question.text, results.counts, results.crowd, _note(report))
        )
    settled = poll.verdict is Verdict.SETTLED
    most = max(results.counts.values())
    bars = tuple(
        Bar(
            label,
            count := results.counts.get(position, 0),
            highlighted=position == poll.result if settled else count == most,
        )
        for position, label in enumerate(poll.question.labels)
    )
    chart = ResultBars(
        poll.question.text, bars, results.ballots, several=poll.question.kind is PollKind.APPROVAL
    )
    return result_bars(replace(chart, highlight=CAME_TRUE) if settled else chart)


def _over_time(report: Report, history: History, title: str) -> Drawing:
    points = tuple(
        CrowdPoint(moment.at, moment.crowd, moment.forecasters) for moment in history.moments
    )
    return crowd_over_time(CrowdOverTime(title, points, history.until, _note(report)))


def _note(report: Report) -> str:
    """What happened, if the forecast is settled."""
    poll = report.poll
    if poll.verdict is not Verdict.SETTLED:
        return ""
    return f"What happened: {shared.verdict(poll, poll.verdict, poll.result)}"
