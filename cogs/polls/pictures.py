"""The chart of a closed poll's result."""

import logging
from collections import OrderedDict

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

MOST_KEPT = 32

log = logging.getLogger(__name__)


class Pictures:
    """Draws results, and keeps the pictures drawn last: a closed poll's never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Picture] = OrderedDict()

    async def of(self, report: Report) -> Picture | None:
        """The result as a picture; None while the poll is open, or where nothing may be shown.

        A poll whose picture cannot be made still shows its result in words.
        """
        drawing = result_drawing(report)
        if drawing is None:
            return None
        if drawing.svg not in self._kept:
            try:
                self._kept[drawing.svg] = await render(drawing)
            except DrawingError:
                log.exception("Poll %d is shown without its picture", report.poll.id)
                return None
        self._kept.move_to_end(drawing.svg)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[drawing.svg]


def result_drawing(report: Report) -> Drawing | None:
    """The chart of a closed poll, made only of what its report shows."""
    poll, results = report.poll, report.results
    if poll.state is PollState.OPEN or results is None or not results.ballots:
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
    return result_bars(ResultBars(poll.question, bars, results.ballots))
