"""The picture of how well forecasts hold."""

from collections.abc import Sequence

from bot.charts import Calibration, CalibrationBin, Drawing, calibration
from bot.polls.scoring.calibration import Bin

FEWEST_DRAWN = 5
"""There is no picture below this many settled forecasts: it would suggest more than it shows."""


def calibration_drawing(title: str, bins: Sequence[Bin]) -> Drawing | None:
    """The bins against the diagonal; None where they hold too few forecasts."""
    if sum(one.count for one in bins) < FEWEST_DRAWN:
        return None
    drawn = tuple(
        CalibrationBin(round(one.mean), one.share, one.count, one.low, one.high) for one in bins
    )
    return calibration(Calibration(title, drawn))
