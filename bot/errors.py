"""Refusals that a person is meant to read."""


class UserError(Exception):
    """An expected refusal. Its text is one sentence or two for the person who asked.

    It says what was wrong and what to do next, and is shown to that person alone.
    Raised by rules and services; turned into a private reply at the border in `bot.ui.failures`.
    """


class StartupError(Exception):
    """The bot cannot start. Its text is printed as it is, without a traceback."""
