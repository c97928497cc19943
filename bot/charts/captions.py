"""Numbers and alt texts in words."""

from collections.abc import Sequence

from bot.charts.text_layout import clip, plain

ALT_LIMIT = 1024
TITLE_LIMIT = 200
SHORT_TITLE = 60
NOTE_LIMIT = 160
LABEL_LENGTHS = (100, 80, 60, 50, 40, 35, 30, 25, 20, 16, 12, 8, 4)


def percent(permille: int) -> str:
    """Tenths of a percent as people write them: `62%`, `62.5%`."""
    return f"{permille / 10:g}%"


def share(count: int, total: int) -> str:
    """`count` of `total` in whole percent; `<1%` and `>99%` where rounding would hide votes."""
    if not total or not count:
        return "0%"
    rounded = (200 * count + total) // (2 * total)
    if rounded < 1:
        return "<1%"
    return ">99%" if rounded == 100 and count < total else f"{rounded}%"


def compact(number: int) -> str:
    """A count in at most four characters up to a million: `987`, `1.2k`, `34k`."""
    if number < 1000:
        return str(number)
    return f"{number / 1000:.1f}k" if number < 9950 else f"{number / 1000:.0f}k"


def alt_text(title: str, opening: str, rows: Sequence[tuple[str, str]], note: str = "") -> str:
    """The chart in words, within Discord's limit for alt text.

    A row is a label and its numbers. Labels are cut if there is too little room, numbers never.
    """
    title, note = plain(title), clip(plain(note), NOTE_LIMIT)
    plain_rows = [(plain(label), numbers) for label, numbers in rows]
    for head, tail in ((clip(title, TITLE_LIMIT), note), (clip(title, SHORT_TITLE), "")):
        for length in LABEL_LENGTHS:
            alt = _sentences([head, opening, _listed(plain_rows, length), tail])
            if len(alt) <= ALT_LIMIT:
                return alt
    return clip(alt, ALT_LIMIT)


def _listed(rows: Sequence[tuple[str, str]], length: int) -> str:
    """The rows one after the other, labels of at most `length` characters."""
    return "; ".join(": ".join(filter(None, (clip(label, length), told))) for label, told in rows)


def _sentences(parts: Sequence[str]) -> str:
    return " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)
