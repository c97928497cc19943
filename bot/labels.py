"""How options of a poll are compared, and words that none may be."""

import unicodedata

UNCLEAR, SILENT = "unclear", "says nothing of it"
"""What a readout can say beside the poll's own answers."""
AMBIGUOUS, ANNULLED = "ambiguous", "annulled"
"""What can become of a poll beside that an answer came true."""

# Letters that show as nothing, though Unicode counts them among those that are printed: fillers,
# the blank Braille pattern, and what only changes the look of the letter before.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_VARIANTS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def is_visible(text: str) -> bool:
    """Whether there is anything to see in `text`: Discord refuses what it would show as empty.

    What only changes the letter before it, such as an accent, is nothing by itself.
    """
    return any(_shows(letter) and unicodedata.category(letter)[0] != "M" for letter in text)


def alike(label: str) -> str:
    """`label` as it is told from others: without case, width, and what nobody sees."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    return " ".join("".join(c if _shows(c) or c.isspace() else "" for c in plain).split())


def is_taken(label: str) -> bool:
    """Whether an option so called would be taken for one of the bot's own words."""
    return alike(label) in (UNCLEAR, SILENT, AMBIGUOUS, ANNULLED)


def _shows(letter: str) -> bool:
    if letter in _BLANK or any(ord(letter) in variants for variants in _VARIANTS):
        return False
    return letter.isprintable() and not letter.isspace()
