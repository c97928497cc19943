"""The chart of a closed poll's result."""

import logging

from bot.polls.model import PollKind, PollState, Report
from bot.ui.charts import (
    Bar,
    Drawing,
    DrawingError,
    ForecastDistribution,
    Picture,
    ResultBars,
    forecast_distribution,
    render,
    result_bars,
)

log = logging.getLogger(__name__)


async def result_picture(report: Report) -> Picture | None:
    """The result as a picture; None while the poll is open, or where nothing may be shown.

    A poll whose picture cannot be made still shows its result in words.
    """
    drawing = result_drawing(report)
    if drawing is None:
        return None
    try:
        return await render(drawing)
    except DrawingError:
        log.exception("Poll %d is shown without its picture", report.poll.id)
        return None


def result_drawing(report: Report) -> Drawing | None:
    """The chart of a closed poll, made only of what its report shows."""
    poll, results = report.poll, report.results
    if poll.state is PollState.OPEN or results is None or not report.ballots:
        return None
    if poll.kind is PollKind.FORECAST:
        return forecast_distribution(
            ForecastDistribution(poll.question, results.counts, results.crowd)
        )
    most = max(results.counts.values())
    bars = tuple(
        Bar(label, results.counts.get(position, 0), results.counts.get(position) == most)
        for position, label in enumerate(poll.options)
    )
    return result_bars(ResultBars(poll.question, bars, report.ballots))
