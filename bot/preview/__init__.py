"""The real bot in a simulated server: in a local browser page, and in tests.

The only module that uses private parts of simcord is `page`.
"""

from bot.preview.simulation import SimulatedClock, simulate

__all__ = ["SimulatedClock", "simulate"]
