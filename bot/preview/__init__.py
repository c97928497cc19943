"""The real bot in a simulated server: in a local browser page, and in tests.

Everything that touches simcord's private parts is in this package.
"""

from bot.preview.simulation import SimulatedClock, simulate

__all__ = ["SimulatedClock", "simulate"]
