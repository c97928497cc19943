"""The custom id of the button under a discussion's first message."""

from bot.ui.custom_ids import CustomId, Text

POSITIONS = CustomId("discuss:positions:v1", issue=Text(r"[\w-]{8}", "x" * 8))
"""`issue` is the issue's handle in the library."""
