"""Charts as pictures with alt text. A value in, a drawing out; `render` makes the picture.

    picture = await render(result_bars(ResultBars(title, bars, total)))

It knows neither Discord nor who may see what: the calling code leaves out what a viewer may not
see.
"""

from bot.charts.bars import Bar, ResultBars, result_bars
from bot.charts.calibration import Calibration, CalibrationBin, calibration
from bot.charts.distribution import ForecastDistribution, forecast_distribution
from bot.charts.over_time import CrowdOverTime, CrowdPoint, crowd_over_time
from bot.charts.picture import Drawing, DrawingError, Picture, render, render_blocking
from bot.charts.position_grid import PositionGrid, position_grid

__all__ = [
    "Bar",
    "Calibration",
    "CalibrationBin",
    "CrowdOverTime",
    "CrowdPoint",
    "Drawing",
    "DrawingError",
    "ForecastDistribution",
    "Picture",
    "PositionGrid",
    "ResultBars",
    "calibration",
    "crowd_over_time",
    "forecast_distribution",
    "position_grid",
    "render",
    "render_blocking",
    "result_bars",
]
