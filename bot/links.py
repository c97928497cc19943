"""Links that people give."""

import re

LINK_LIMIT = 500
_LINK = re.compile(r"https?://[\w.-]+\.\w+(:\d+)?([/?#][\x21-\x7e]*)?")


def is_link(text: str) -> bool:
    """Whether `text` is one full http(s) address that a reader can follow."""
    return len(text) <= LINK_LIMIT and _LINK.fullmatch(text) is not None
