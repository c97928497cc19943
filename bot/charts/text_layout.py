"""Makes text drawable: keeps what the font has, measures, wraps and cuts to a width."""

import re
from itertools import groupby
from unicodedata import category, east_asian_width, name, normalize

from bot.charts.fonts import covers

DOTS = "..."
BOLD_IS_WIDER = 1.07

# Advances of ASCII 32 to 126 in Noto Sans CJK at weight 400, in thousandths of the font size.
# fmt: off
_ASCII = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555,
    555, 555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589,
    552, 689, 728, 293, 535, 646, 543, 812, 723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573,
    531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552,
    284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555,
)
# fmt: on
_CUSTOM_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_REGIONAL_A = 0x1F1E6


def plain(text: str) -> str:
    """`text` on one line, in characters that XML allows; a reader misses nothing."""
    text = _CUSTOM_EMOJI.sub(r":\1:", normalize("NFC", text))
    spaced = "".join(" " if category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    kept = "".join(c for c in spaced if category(c) not in {"Cs", "Cn"})
    return " ".join(kept.split())


def drawable(text: str, instead: str = DOTS) -> str:
    """`plain` text without what the font lacks.

    Emoji beside words are dropped, and emoji alone are spelled out. Runs of a script that the font
    lacks become dots. `instead` is used if nothing would be left.
    """
    text = plain(text)
    parts = [_drawn(kind, "".join(run)) for kind, run in groupby(text, key=_fate)]
    kept = " ".join("".join(parts).split())
    if kept.strip(" .:"):
        return kept
    return " ".join(filter(None, map(_spelled, text))) or instead


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide `text` is drawn at font size `size`, in the unit of `size`."""
    total = sum(map(_advance, text)) * size / 1000
    return total * BOLD_IS_WIDER if bold else total


def wrap(text: str, size: float, room: float, lines: int, *, bold: bool = False) -> list[str]:
    """`text` on at most `lines` lines no wider than `room`; the last ends in dots if cut."""
    wrapped: list[str] = []
    while len(wrapped) < lines - 1 and width(text, size, bold=bold) > room:
        cut = _break_before(text, _fitting(text, size, room, bold=bold))
        wrapped.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    wrapped.append(shorten(text, size, room, bold=bold))
    return wrapped


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """`text`, cut with dots if it is wider than `room`."""
    if width(text, size, bold=bold) <= room:
        return text
    room -= width(DOTS, size, bold=bold)
    return text[: _fitting(text, size, room, bold=bold)].rstrip(" ,.;:") + DOTS


def clip(text: str, length: int) -> str:
    """`text`, cut with dots if it has more than `length` characters."""
    return text if len(text) <= length else text[: max(length - len(DOTS), 1)].rstrip() + DOTS


def _fate(char: str) -> str:
    if covers(char) and category(char) != "Cf":
        return "keep"
    return "dots" if category(char)[0] in "LMN" and char not in "\u20e3\ufe0e\ufe0f" else "drop"


def _drawn(fate: str, run: str) -> str:
    return {"keep": run, "dots": DOTS}.get(fate, "")


def _spelled(char: str) -> str:
    if 0 <= ord(char) - _REGIONAL_A < 26:
        return chr(ord("A") + ord(char) - _REGIONAL_A)
    return name(char, "").lower() if category(char) == "So" else ""


def _advance(char: str) -> int:
    if " " <= char <= "~":
        return _ASCII[ord(char) - 32]
    if category(char) == "Mn":
        return 0
    base = normalize("NFD", char)[0]
    if " " <= base <= "~":
        return _ASCII[ord(base) - 32]
    return 1000 if east_asian_width(char) in "WFA" else 700


def _fitting(text: str, size: float, room: float, *, bold: bool) -> int:
    """How many characters of `text` fit into `room`, at least one."""
    used = 0.0
    for place, char in enumerate(text):
        used += width(char, size, bold=bold)
        if used > room:
            return max(place, 1)
    return len(text)


def _break_before(text: str, cut: int) -> int:
    """The last place up to `cut` where a line may end; `cut` itself inside a very long word."""
    for place in range(cut, cut // 3, -1):
        before, after = text[place - 1], text[place : place + 1]
        if after == " " or before in " -/" or (_is_hanzi(before) and _is_hanzi(after)):
            return place
    return cut


def _is_hanzi(char: str) -> bool:
    return "\u3040" <= char <= "\u9fff"
