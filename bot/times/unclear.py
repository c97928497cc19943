"""Why something that was typed names no one time."""

EXAMPLES = "`3 days`, `1h 30m`, `tomorrow 18:00`, `Friday 9am` or `2026-03-04 18:00`"
UNKNOWN = f"is not a time I can read. Write, for example, {EXAMPLES}."


class Unclear(Exception):  # noqa: N818 - it names no failure of the bot
    """Its text goes on from a quotation of what was typed, and says what to write instead."""
