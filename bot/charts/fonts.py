"""The one font of all pictures: Noto Sans CJK from its package, never a font of the system."""

import struct
from bisect import bisect_right
from functools import cache
from importlib.resources import files
from pathlib import Path

PACKAGE = "manimgx_fonts_cjk"
STEM = "NotoSansCJK"

LATIN_AND_KOREAN = "Noto Sans CJK KR"
CHINESE = "Noto Sans CJK SC"
JAPANESE = "Noto Sans CJK JP"

_KANA = ("\u3040", "\u30ff")
_HANZI = ("\u3400", "\u9fff")
_HANGUL = ("\uac00", "\ud7a3")


@cache
def font_file() -> Path:
    """The path of the font. RuntimeError if its package does not contain it."""
    for entry in files(PACKAGE).iterdir():
        if entry.name.startswith(STEM) and isinstance(entry, Path):
            return entry
    raise RuntimeError(f"The package {PACKAGE} has no font file {STEM}*: reinstall it.")


def family(text: str) -> str:
    """The member of the font collection that draws `text` as its readers write it.

    The same code points look different in Chinese, Japanese and Korean. Latin text is set in
    the Korean member: in the others quotation marks and dashes are as wide as a Hanzi.
    """
    if _has(text, _HANGUL):
        return LATIN_AND_KOREAN
    if _has(text, _KANA):
        return JAPANESE
    return CHINESE if _has(text, _HANZI) else LATIN_AND_KOREAN


def covers(char: str) -> bool:
    """Whether the font can draw a character. Others would show as an empty box."""
    starts, ends = _coverage()
    place = bisect_right(starts, ord(char)) - 1
    return place >= 0 and ord(char) <= ends[place]


def _has(text: str, span: tuple[str, str]) -> bool:
    return any(span[0] <= char <= span[1] for char in text)


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """First and last code points of the ranges that the font's `cmap` table (format 12) maps."""
    starts: list[int] = []
    ends: list[int] = []
    for first, last, _ in struct.iter_unpack(">3I", _cmap_groups()):
        if ends and first == ends[-1] + 1:
            ends[-1] = last
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _cmap_groups() -> bytes:
    """The groups of the first font's Unicode map, 12 bytes each (OpenType, `cmap` format 12)."""
    with font_file().open("rb") as file:
        (font,) = struct.unpack(">12xI", file.read(16))
        file.seek(font)
        (tables,) = struct.unpack(">4xH6x", file.read(12))
        records = struct.iter_unpack(">4s4xII", file.read(16 * tables))
        cmap = next(offset for tag, offset, _ in records if tag == b"cmap")
        file.seek(cmap)
        (subtables,) = struct.unpack(">2xH", file.read(4))
        for _, _, offset in list(struct.iter_unpack(">HHI", file.read(8 * subtables))):
            file.seek(cmap + offset)
            kind, groups = struct.unpack(">H10xI", file.read(16))
            if kind == 12:
                return file.read(12 * groups)
    raise RuntimeError(f"{font_file().name} has no full Unicode map.")
