"""Text: lists, plurals, Markdown, comparing, shortening, and characters that nobody can see."""

import re
import unicodedata
from collections.abc import Iterable

from bot.errors import UserError

LABEL_LIMIT = 100
"""Characters in the label of a menu's option or of an autocomplete choice."""
LINK_LIMIT = 500
ELLIPSIS = "…"
DELETED_MEMBER = 0
"""Stored in place of the id of a member whose data was deleted."""

_LINK = re.compile(r"https?://[\w.-]+\.\w+(:\d+)?([/?#][\x21-\x7e]*)?")
_MARKDOWN = re.compile(
    r"(?P<url><[^: >]+:/[^ >]+>|(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s])"
    r"|(?P<mark>[_\\~|*`]|^>(?:>>)?\s|\[.+\]\(.+\)|^#{1,3}|^\s*-)",
    re.MULTILINE,
)
_DROPPED = re.compile(r"[.'’`´]")
_BREAKS = re.compile(r"[\W_]+")
# Characters that Unicode calls printable and that show nothing: fillers, the blank Braille pattern
# and variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_VARIANTS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


# Lists and plurals


def joined(things: Iterable[str], last: str = "or") -> str:
    """ "a", "a or b", "a, b or c"."""
    names = list(things)
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 poll", "2,000 polls"; `many` is the plural where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


# Markdown


def mention(user_id: int) -> str:
    """A member in Markdown."""
    return f"<@{user_id}>"


def mentions(user_id: int) -> tuple[str, ...]:
    """Both forms of a mention; people also paste the older one."""
    return mention(user_id), f"<@!{user_id}>"


def member(user_id: int | None) -> str:
    """A mention of a member; words for a member whose data was deleted, and for the bot (None)."""
    if user_id is None:
        return "the bot"
    return "a deleted member" if user_id == DELETED_MEMBER else mention(user_id)


def escaped(text: str) -> str:
    """`text` with everything escaped that Discord would read as Markdown; addresses stay whole."""
    return _MARKDOWN.sub(lambda match: match["url"] or f"\\{match['mark']}", text)


def linkable(text: str) -> str:
    """`text` as the words of a link."""
    return escaped(text).replace("[", "(").replace("]", ")")


def is_link(text: str) -> bool:
    """Whether `text` is one full http(s) address that a reader can follow."""
    return len(text) <= LINK_LIMIT and _LINK.fullmatch(text) is not None


# Length


def byte_length(text: str) -> int:
    """Bytes in UTF-8, which Discord counts besides characters."""
    return len(text.encode())


def shorten(text: str, limit: int = LABEL_LIMIT, byte_limit: int | None = None) -> str:
    """`text` on one line, in at most `limit` characters and `byte_limit` bytes; cut at a word
    where possible."""
    line = " ".join(text.split())
    if _fits(line, limit, byte_limit):
        return line
    most = None if byte_limit is None else byte_limit - byte_length(ELLIPSIS)
    room = _room(line, limit - 1, most)
    cut = line[:room]
    head = cut if line[room : room + 1] == " " else cut.rpartition(" ")[0]
    return (head if len(head) > len(cut) // 2 else cut).rstrip(" ,;:·—-") + ELLIPSIS


def split(text: str, limit: int, byte_limit: int | None = None) -> list[str]:
    """`text` in pieces of at most `limit` characters and `byte_limit` bytes each.

    It is cut between paragraphs where possible, else between lines, sentences, words, and at
    last anywhere.
    """
    pieces = []
    rest = text.strip()
    while not _fits(rest, limit, byte_limit):
        cut = _break(rest, _room(rest, limit, byte_limit))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def _fits(text: str, limit: int, byte_limit: int | None) -> bool:
    return len(text) <= limit and (byte_limit is None or byte_length(text) <= byte_limit)


def _room(text: str, limit: int, byte_limit: int | None) -> int:
    """How many characters of `text` fit; at least one."""
    start = text[:limit]
    if byte_limit is not None:
        start = start.encode()[: max(byte_limit, 0)].decode(errors="ignore")
    return max(len(start), 1)


def _break(text: str, room: int) -> int:
    for separator in ("\n\n", "\n", ". ", " "):
        found = text.rfind(separator, room // 3, room)
        if found > 0:
            return found + len(separator)
    return room


# Comparing


def fold(text: str) -> str:
    """`text` for comparing in a search: without case, width, accents and punctuation.

    Hangul is split into its letters, so that a half-typed syllable is a prefix of the whole one.
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return " ".join(_BREAKS.sub(" ", _DROPPED.sub("", plain)).split())


def same_key(label: str) -> str:
    """The same for labels that a reader cannot tell apart.

    Case, width and invisible characters do not matter. Accents do.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    return " ".join("".join(c if _shows(c) or c.isspace() else "" for c in plain).split())


# Characters that nobody can see


def is_visible(text: str) -> bool:
    """Whether `text` shows anything. Discord refuses texts that it would show as empty.

    A character that only changes the one before it, such as an accent, does not count.
    """
    return any(_shows(letter) and unicodedata.category(letter)[0] != "M" for letter in text)


def hidden_problem(text: str, name: str = "This text") -> str | None:
    """Why `text` must not be shown: it is only invisible characters, or it turns the direction of
    the text around it. None if it may be shown or is empty. The sentence begins with `name`."""
    if text.isascii() and text.lstrip()[:1].isprintable():
        # A pack has tens of thousands of texts, nearly all of them like this.
        return None
    if text.strip() and not is_visible(text):
        return f"{name} has only characters that nobody can see. Write something to read."
    found = _DIRECTION.search(text)
    if found is None:
        return None
    return (
        f"{name} contains U+{ord(found[0]):04X}, an invisible character that changes the direction "
        "of text. Remove it."
    )


def refuse_hidden(text: str | None, name: str = "This text") -> None:
    """UserError if `hidden_problem` finds something in `text`."""
    if text and (problem := hidden_problem(text, name)):
        raise UserError(problem)


def _shows(letter: str) -> bool:
    if letter in _BLANK or any(ord(letter) in variants for variants in _VARIANTS):
        return False
    return letter.isprintable() and not letter.isspace()
